"""Tickets, the messages that belong to them, and the residents who raised them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from operator import itemgetter

from storage.models import (
    Field,
    MessageKey,
    PersonId,
    Report,
    ResidentId,
    Stage,
    Ticket,
    TicketMessage,
    TicketNumber,
    UnitId,
)
from storage.queries import Connection, Noun
from storage.rows import Value, from_millis, row_reader, to_millis, to_row, to_value

_COLUMNS = tuple(column.name for column in fields(Ticket))
_in_order = itemgetter(*_COLUMNS)
_read = row_reader(Ticket).by_position(_COLUMNS)
_report = row_reader(Report).by_position(tuple(column.name for column in fields(Report)))

RESCHEDULED = (
    "number",
    "assignee",
    "gather_until",
    "acknowledged_at",
    "reminders_sent",
    "escalations_sent",
    "last_reminded_at",
    "next_action_at",
    "updated_at",
)
"""What changes when something falls due or is told, without a step of the ticket itself."""

NEW_TICKET: Mapping[str, Value] = {
    **dict.fromkeys(_COLUMNS),
    "stage": Stage.REGISTERED.value,
    "level": 0,
    "reopened": 0,
    "reminders_sent": 0,
    "escalations_sent": 0,
}
"""What add_ticket writes of its own. To let the database return it takes as long as the rest."""


class Tickets:
    """`add` is harmless when repeated: the source key of a ticket is unique."""

    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def add(self, **values: object) -> Ticket | None:
        """Open a ticket; None if one with this source key is there already."""
        row = {name: to_value(value) for name, value in values.items()}
        number = self._queries.add_ticket(self._connection, **row)
        if number is None:
            return None
        opened = {"number": number, "clock_started_at": row["opened_at"]}
        row = {**NEW_TICKET, **row, **opened, "updated_at": row["opened_at"]}
        ticket: Ticket = _read(_in_order(row))
        return ticket

    def get(self, number: TicketNumber) -> Ticket | None:
        ticket: Ticket | None = self._queries.get_ticket(self._connection, number=number)
        return ticket

    def get_by_source(self, source_key: MessageKey) -> Ticket | None:
        ticket: Ticket | None = self._queries.get_by_source(self._connection, source_key=source_key)
        return ticket

    def save(self, ticket: Ticket) -> None:
        row = to_row(ticket)
        for fixed in ("source_key", "platform", "conversation", "resident", "opened_at"):
            del row[fixed]
        self._queries.save_ticket(self._connection, **row)

    def reschedule(self, ticket: Ticket) -> None:
        """Save only who has it, what has been told and when something happens next: a quarter of
        the work of `save`."""
        row = {name: to_value(getattr(ticket, name)) for name in RESCHEDULED}
        self._queries.reschedule_ticket(self._connection, **row)

    def list_due(self, now: datetime, most: int = 1000) -> Sequence[Ticket]:
        """Tickets whose next action is due, earliest first."""
        return list(self._queries.list_due(self._connection, now=to_millis(now), most=most))

    def next_due(self) -> datetime | None:
        value = self._queries.next_due(self._connection)
        return None if value is None else from_millis(value)

    def list_open_for_person(self, person: PersonId) -> Sequence[Ticket]:
        return list(self._queries.list_open_for_person(self._connection, person=person))

    def list_open_in_scope(self, unit: UnitId) -> Sequence[Ticket]:
        """Open tickets of a unit and all below it, oldest first."""
        return list(self._queries.list_open_in_scope(self._connection, unit=unit))

    def list_recent_in_unit(self, unit: UnitId, since: datetime) -> Sequence[Ticket]:
        """At most 60 tickets touched since a moment, last touched first."""
        return list(
            self._queries.list_recent_in_unit(self._connection, unit=unit, since=to_millis(since))
        )

    def list_known_to(
        self, unit: UnitId, resident: ResidentId, since: datetime
    ) -> Sequence[Ticket]:
        """At most 60 tickets of a unit touched since a moment that a resident may hear of: his own
        and those raised in public, last touched first."""
        return list(
            self._queries.list_known_to(
                self._connection, unit=unit, resident=resident, since=to_millis(since)
            )
        )

    def list_for_resident(self, resident: ResidentId, most: int = 20) -> Sequence[Ticket]:
        """Tickets a resident raised or joined, newest first."""
        return list(self._queries.list_for_resident(self._connection, resident=resident, most=most))

    def list_all(self) -> Sequence[Ticket]:
        return list(self._queries.list_all(self._connection))

    def add_message(self, message: TicketMessage) -> bool:
        """Attach a message; False if it belonged to a ticket already."""
        return bool(self._queries.add_message(self._connection, **to_row(message)))

    def get_message(self, key: MessageKey) -> TicketMessage | None:
        message: TicketMessage | None = self._queries.get_message(self._connection, key=key)
        return message

    def list_spoken(self, platform: str, most: int = 500) -> Sequence[tuple[MessageKey, str, str]]:
        """(key, user id, text) of what residents said, of the newest tickets, oldest first."""
        return list(self._queries.list_spoken(self._connection, platform=platform, most=most))

    def list_messages(self, ticket: TicketNumber) -> Sequence[TicketMessage]:
        return list(self._queries.list_messages(self._connection, ticket=ticket))

    def mark_recalled(self, key: MessageKey) -> None:
        self._queries.mark_recalled(self._connection, key=key)

    def move_message(self, key: MessageKey, target: TicketNumber) -> None:
        self._queries.move_message(self._connection, key=key, target=target)

    def add_report(self, report: Report) -> bool:
        """Count a resident in; False if he was counted already."""
        return bool(self._queries.add_report(self._connection, **to_row(report)))

    def list_reports(self, ticket: TicketNumber) -> Sequence[Report]:
        return list(self._queries.list_reports(self._connection, ticket=ticket))

    def acknowledge_reports(self, ticket: TicketNumber) -> None:
        self._queries.acknowledge_reports(self._connection, ticket=ticket)

    def make_anonymous(self, ticket: TicketNumber, resident: ResidentId) -> None:
        """One of those who raised it wants no name."""
        self._queries.make_anonymous(self._connection, ticket=ticket, resident=resident)

    def remove_report(self, ticket: TicketNumber, resident: ResidentId) -> None:
        self._queries.remove_report(self._connection, ticket=ticket, resident=resident)

    def list_reporters(self, ticket: TicketNumber) -> Sequence[tuple[Report, str]]:
        """Who raised a ticket, with his platform user id, oldest first."""
        rows = self._queries.list_reporters(self._connection, ticket=ticket)
        return [(_report(columns), user_id) for *columns, user_id in rows]

    def list_raised_in_scope(
        self, unit: UnitId, since: datetime
    ) -> Sequence[tuple[TicketNumber, UnitId, Field, datetime, ResidentId]]:
        """Who raised what in a unit and below it since a moment; sensitive matters are left out."""
        rows = self._queries.list_raised_in_scope(
            self._connection, unit=unit, since=to_millis(since)
        )
        return [
            (TicketNumber(number), UnitId(of), Field(field), from_millis(at), ResidentId(resident))
            for number, of, field, at, resident in rows
        ]
