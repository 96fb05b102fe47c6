"""A complaint of whoever works on a ticket, said together with something of the ticket itself."""

from dataclasses import replace

from handlers.context import Context
from handlers.messages import Incoming, Outgoing
from handlers.reading import Against, Gate
from handlers.tickets import open_ticket
from handlers.understanding import read_text
from handlers.unnaming import is_unnamed
from storage.models import Resident, Ticket


def take_apart(
    said: Incoming, against: Against, ticket: Ticket, resident: Resident, context: Context
) -> list[Outgoing] | None:
    """A matter of its own with all that was said, delicate, which goes past those it is about; the
    line is no part of the ticket. Who has no name there has none here. None on redelivery."""
    reading = read_text(said.words, ticket.unit, context)
    reading = replace(reading, gate=Gate.OPEN, score=1.0, is_sensitive=True, against=against)
    opened, told = open_ticket(
        said,
        reading,
        resident,
        ticket.unit,
        context,
        body=said.words,
        is_unnamed=is_unnamed(ticket, resident.id, context),
    )
    return None if opened is None else told
