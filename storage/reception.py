"""How well the bot hears: gaps, watermarks to catch up from, lines that failed or were too many."""

from collections.abc import Sequence
from datetime import datetime

from storage.models import DeadLetter, Flood, Gap, UnitId, Watermark
from storage.queries import Connection, Noun
from storage.rows import to_millis, to_row


class Reception:
    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def open_gap(self, platform: str, account: str, began_at: datetime) -> int:
        """An account hears nothing from a moment on; the open gap's id if there is one already."""
        there = self.get_open_gap(platform, account)
        if there is not None:
            return there.id
        gap: int = self._queries.open_gap(
            self._connection, platform=platform, account=account, began_at=to_millis(began_at)
        )
        return gap

    def close_gap(self, platform: str, account: str, ended_at: datetime) -> Gap | None:
        """The gap that ended, None if none was open."""
        there = self.get_open_gap(platform, account)
        if there is not None:
            self._queries.close_gap(
                self._connection, platform=platform, account=account, ended_at=to_millis(ended_at)
            )
        return there

    def get_open_gap(self, platform: str, account: str) -> Gap | None:
        gap: Gap | None = self._queries.get_open_gap(
            self._connection, platform=platform, account=account
        )
        return gap

    def get_last_gap(self, platform: str, account: str) -> Gap | None:
        gap: Gap | None = self._queries.get_last_gap(
            self._connection, platform=platform, account=account
        )
        return gap

    def add_recovered(self, gap: int, recovered: int, opened: int, unfilled: int = 0) -> None:
        """Count lines that came in afterwards, the tickets they opened, and conversations that
        stay unfilled (below zero for those that were filled after all)."""
        self._queries.add_recovered(
            self._connection, id=gap, recovered=recovered, opened=opened, unfilled=unfilled
        )

    def list_gaps_between(self, since: datetime, until: datetime) -> Sequence[Gap]:
        """Gaps that touch a stretch of time, oldest first; one that goes on has no end."""
        return list(
            self._queries.list_gaps_between(
                self._connection, since=to_millis(since), until=to_millis(until)
            )
        )

    def move_watermark(
        self, platform: str, conversation: str, message_id: str, at: datetime
    ) -> None:
        """The newest message seen; an older one moves nothing."""
        self._queries.move_watermark(
            self._connection,
            platform=platform,
            conversation=conversation,
            message_id=message_id,
            at=to_millis(at),
        )

    def get_watermark(self, platform: str, conversation: str) -> Watermark | None:
        mark: Watermark | None = self._queries.get_watermark(
            self._connection, platform=platform, conversation=conversation
        )
        return mark

    def list_watermarks(self, platform: str) -> Sequence[Watermark]:
        return list(self._queries.list_watermarks(self._connection, platform=platform))

    def add_dead_letter(self, key: str, at: datetime, payload: str, error: str, tries: int) -> int:
        """Keep a message that could not be handled; the same key counts its tries up."""
        letter: int = self._queries.add_dead_letter(
            self._connection, key=key, at=to_millis(at), payload=payload, error=error, tries=tries
        )
        return letter

    def list_dead_letters(self) -> Sequence[DeadLetter]:
        return list(self._queries.list_dead_letters(self._connection))

    def get_dead_letter(self, letter: int) -> DeadLetter | None:
        found: DeadLetter | None = self._queries.get_dead_letter(self._connection, id=letter)
        return found

    def remove_dead_letter(self, letter: int) -> None:
        self._queries.remove_dead_letter(self._connection, id=letter)

    def add_flood(self, flood: Flood) -> None:
        """Count lines that were not handled; what began at the same moment is one flood."""
        self._queries.add_flood(self._connection, **to_row(flood))

    def list_floods_since(self, since: datetime) -> Sequence[Flood]:
        return list(self._queries.list_floods_since(self._connection, since=to_millis(since)))

    def list_floods_in_scope(self, unit: UnitId, since: datetime) -> Sequence[Flood]:
        """Those in groups of a unit and all below it."""
        return list(
            self._queries.list_floods_in_scope(self._connection, unit=unit, since=to_millis(since))
        )
