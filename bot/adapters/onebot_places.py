"""Where a QQ conversation was last heard: by which account, which message, through which group."""

from collections import OrderedDict
from dataclasses import dataclass

MOST_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """`temporary_group` is set for a stranger who writes through a common group."""

    account: str
    message_id: str
    temporary_group: str | None = None


class Places:
    """The last place of each conversation, bounded; the one unheard longest is forgotten."""

    def __init__(self, most: int = MOST_PLACES) -> None:
        self._most = most
        self._places: OrderedDict[str, Place] = OrderedDict()
        self._groups: OrderedDict[str, str] = OrderedDict()

    def note(self, conversation: str, place: Place) -> None:
        self._places[conversation] = place
        self._places.move_to_end(conversation)
        if len(self._places) > self._most:
            self._places.popitem(last=False)

    def get(self, conversation: str) -> Place | None:
        return self._places.get(conversation)

    def meet(self, user_id: str, group: str) -> None:
        """Somebody spoke in a group, through which he can be written to if he is no friend."""
        self._groups[user_id] = group
        self._groups.move_to_end(user_id)
        if len(self._groups) > self._most:
            self._groups.popitem(last=False)

    def group_of(self, user_id: str) -> str | None:
        return self._groups.get(user_id)
