"""What happened to each ticket, and every command that was given."""

from collections.abc import Sequence
from datetime import datetime

from storage.models import Event, MessageKey, PersonId, ResidentId, Ticket, TicketNumber
from storage.queries import Connection, Noun
from storage.rows import from_millis, to_json, to_millis


class History:
    """Events are only added; an undo takes no more than the stored `before` away."""

    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def add(
        self,
        ticket: TicketNumber,
        at: datetime,
        action: str,
        person: PersonId | None = None,
        resident: ResidentId | None = None,
        message_key: MessageKey | None = None,
        detail: str = "",
        before: Ticket | None = None,
    ) -> int:
        """Note one step; the event's id. `before` is the ticket to return to by an undo."""
        event: int = self._queries.add_event(
            self._connection,
            ticket=ticket,
            at=to_millis(at),
            person=person,
            resident=resident,
            action=action,
            message_key=message_key,
            detail=detail,
            before=None if before is None else to_json(before),
        )
        return event

    def list_for_ticket(self, number: TicketNumber) -> Sequence[Event]:
        """In the order in which they were added."""
        return list(self._queries.list_for_ticket(self._connection, ticket=number))

    def last_commanded(self, person: PersonId, since: datetime) -> Event | None:
        """The newest event since a moment (included) by a command of the person that stands."""
        event: Event | None = self._queries.last_commanded(
            self._connection, person=person, since=to_millis(since)
        )
        return event

    def list_commands_after(self, person: PersonId, after: datetime) -> Sequence[str]:
        """The words of the person's commands that stand and came later than a moment."""
        rows = self._queries.list_commands_after(
            self._connection, person=person, after=to_millis(after)
        )
        return [word for (word,) in rows]

    def last_given(
        self, person: PersonId, word: str, since: datetime
    ) -> tuple[MessageKey, datetime] | None:
        """The message and moment of the person's newest such command since a moment (included)."""
        row = self._queries.last_given(
            self._connection, person=person, word=word, since=to_millis(since)
        )
        return None if row is None else (MessageKey(row[0]), from_millis(row[1]))

    def clear_before(self, event: int) -> None:
        """Make an event past undoing."""
        self._queries.clear_before(self._connection, event=event)

    def log_command(
        self,
        key: MessageKey,
        at: datetime,
        person: PersonId | None,
        resident: ResidentId | None,
        word: str,
        ticket: TicketNumber | None,
        result: str,
    ) -> bool:
        """Log a command; False if its message was logged before (a redelivery)."""
        return bool(
            self._queries.log_command(
                self._connection,
                key=key,
                at=to_millis(at),
                person=person,
                resident=resident,
                word=word,
                ticket=ticket,
                result=result,
            )
        )

    def set_command_result(self, key: MessageKey, result: str) -> None:
        self._queries.set_command_result(self._connection, key=key, result=result)
