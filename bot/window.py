"""The in-memory talk window: what was said just before, never on disk and bounded in every way."""

from collections import OrderedDict, deque
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from handlers.messages import Incoming, Target
from handlers.talk import Line, Talk
from storage.models import Act, TicketNumber, UnitId

KEEP = timedelta(minutes=30)
MOST_LINES = 60
MOST_CONVERSATIONS = 2000
MOST_SPEAKERS = 20_000
MOST_CHARACTERS = 600
MOST_SEEN = 10_000

Lines = deque[Line]
Key = TypeVar("Key")
Value = TypeVar("Value")


class Window:
    """Lines of the last half hour by conversation; the least used conversation goes first.

    `staff` holds (platform, user id); `units` the unit each group is bound to. Both are replaced
    as a whole by `know`.
    """

    def __init__(self) -> None:
        self._lines: OrderedDict[Target, Lines] = OrderedDict()
        self._met: OrderedDict[tuple[str, str], UnitId] = OrderedDict()
        self._seen: OrderedDict[tuple[str, datetime], None] = OrderedDict()
        self._staff: Collection[tuple[str, str]] = frozenset()
        self._units: Mapping[Target, UnitId] = {}

    def know(self, staff: Collection[tuple[str, str]], units: Mapping[Target, UnitId]) -> None:
        """Who is staff and which group belongs to which unit, from now on."""
        self._staff = staff
        self._units = units

    def has_seen(self, incoming: Incoming) -> bool:
        return (incoming.key, incoming.at) in self._seen

    def is_repeated(self, incoming: Incoming) -> bool:
        """Whether this very message came in lately (the platform delivers some twice)."""
        if self.has_seen(incoming):
            return True
        self._seen[incoming.key, incoming.at] = None
        _limit(self._seen, MOST_SEEN)
        return False

    def is_staff(self, incoming: Incoming) -> bool:
        return (incoming.platform, incoming.sender) in self._staff

    def unit_of(self, incoming: Incoming) -> UnitId | None:
        """The group's unit; in private that of the group in which the speaker spoke last."""
        if incoming.is_private:
            return self._met.get((incoming.platform, incoming.sender))
        return self._units.get(incoming.target)

    def line(self, incoming: Incoming) -> Line:
        """An incoming message as the ear reads it."""
        return Line(
            message_id=incoming.message_id,
            at=incoming.at,
            sender=incoming.sender,
            sender_name=incoming.sender_name,
            text=incoming.words,
            is_staff=self.is_staff(incoming),
            images=incoming.images or ("",) * incoming.images_missing,
            is_voice=incoming.voice is not None,
            quote=incoming.quote,
            is_at_bot=incoming.is_at_bot,
            at_users=incoming.at_users,
        )

    def talk(self, incoming: Incoming) -> Talk:
        """What was said before this message, at most half an hour and 60 lines ago."""
        lines = self._lines.get(incoming.target, ())
        oldest = incoming.at - KEEP
        return Talk(
            before=tuple(line for line in lines if line.at >= oldest),
            is_staff=self.is_staff(incoming),
            is_private=incoming.is_private,
            unit=self.unit_of(incoming),
        )

    def record(
        self,
        incoming: Incoming,
        line: Line,
        ticket: TicketNumber | None = None,
        act: Act | None = None,
    ) -> None:
        """Remember a line that has been read, with what it did; a recall takes its line out."""
        lines = self._lines.setdefault(incoming.target, deque(maxlen=MOST_LINES))
        self._lines.move_to_end(incoming.target)
        _limit(self._lines, MOST_CONVERSATIONS)
        while lines and lines[0].at < incoming.at - KEEP:
            lines.popleft()
        self._meet(incoming)
        if incoming.recall is not None:
            self._forget(lines, incoming)
            return
        lines.append(
            replace(
                line,
                text=line.text[:MOST_CHARACTERS],
                images=incoming.images,
                ticket=ticket,
                act=act,
            )
        )

    def _meet(self, incoming: Incoming) -> None:
        unit = self._units.get(incoming.target)
        if unit is None:
            return
        speaker = (incoming.platform, incoming.sender)
        self._met[speaker] = unit
        self._met.move_to_end(speaker)
        _limit(self._met, MOST_SPEAKERS)

    def _forget(self, lines: Lines, recall: Incoming) -> None:
        """Only who said a line can take it back."""
        if recall.recalled_by not in (None, recall.sender):
            return
        for line in tuple(lines):
            if line.message_id == recall.recall and line.sender == recall.sender:
                lines.remove(line)


def _limit(cache: OrderedDict[Key, Value], most: int) -> None:
    while len(cache) > most:
        cache.popitem(last=False)
