"""A message and a report as they are kept with a ticket."""

from dataclasses import replace
from datetime import datetime

from storage.models import Act, MessageKey, Report, Resident, Ticket, TicketMessage


def message(ticket: Ticket, key: str, at: datetime, **changed: object) -> TicketMessage:
    plain = TicketMessage(
        MessageKey(key), ticket.number, ticket.resident, None, Act.ADD, at, "还没来水"
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def report(ticket: Ticket, resident: Resident, at: datetime) -> Report:
    return Report(ticket.number, resident.id, "group:1", "qq", at, False)
