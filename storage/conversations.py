"""Groups bound to units, and which unit lies below which."""

from collections.abc import Sequence

from storage.models import Conversation, UnitId
from storage.queries import Connection, Noun
from storage.rows import to_row, to_value


class Conversations:
    """Changes tell whether there was such a conversation to change."""

    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def set_scope(self, pairs: Sequence[tuple[UnitId, UnitId]]) -> None:
        """Replace the tree by (ancestor, unit) pairs; each unit becomes its own ancestor too."""
        own = {(unit, unit) for pair in pairs for unit in pair}
        self._queries.remove_scope(self._connection)
        for ancestor, unit in sorted(own.union(pairs)):
            self._queries.add_scope(self._connection, ancestor=ancestor, unit=unit)

    def bind(self, conversation: Conversation) -> None:
        """Bind a group to a unit, or take over all fields where it is bound already."""
        self._queries.bind_conversation(self._connection, **to_row(conversation))

    def get(self, platform: str, conversation: str) -> Conversation | None:
        found: Conversation | None = self._queries.get_conversation(
            self._connection, platform=platform, conversation=conversation
        )
        return found

    def list_all(self) -> Sequence[Conversation]:
        return list(self._queries.list_all(self._connection))

    def list_for_unit(self, unit: UnitId) -> Sequence[Conversation]:
        """The groups of exactly this unit."""
        return list(self._queries.list_for_unit(self._connection, unit=unit))

    def rename(self, platform: str, conversation: str, title: str) -> bool:
        return bool(
            self._queries.rename_conversation(
                self._connection, platform=platform, conversation=conversation, title=title
            )
        )

    def set_paused(self, platform: str, conversation: str, is_paused: bool) -> bool:
        return bool(
            self._queries.set_paused(
                self._connection,
                platform=platform,
                conversation=conversation,
                is_paused=to_value(is_paused),
            )
        )

    def move(self, platform: str, old: str, new: str) -> None:
        """The platform calls a group by a new id: what was raised in it goes along, and what is
        still to be said there. The old binding is gone; the caller binds `new`."""
        for query in (
            self._queries.move_tickets,
            self._queries.move_reports,
            self._queries.move_questions,
            self._queries.move_unsent,
        ):
            query(self._connection, platform=platform, old=old, new=new)
        self.remove(platform, old)

    def remove(self, platform: str, conversation: str) -> bool:
        return bool(
            self._queries.remove_conversation(
                self._connection, platform=platform, conversation=conversation
            )
        )
