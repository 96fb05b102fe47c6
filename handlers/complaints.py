"""Complaints of the staff: past those they are about, and apart from the tickets these work on."""

from dataclasses import replace

from handlers.assignment import complained_of
from handlers.context import Context
from handlers.messages import Incoming, Outgoing
from handlers.reading import Against, Gate, Reading, as_matter
from handlers.speakers import Speaker
from handlers.tickets import open_ticket
from handlers.understanding import read_text
from handlers.unnaming import is_unnamed
from storage.models import Resident, Ticket, Urgency


def take_apart(
    said: Incoming, against: Against, ticket: Ticket, resident: Resident, context: Context
) -> list[Outgoing] | None:
    """A matter of its own with all that was said, delicate, which goes past those it is about; the
    line is no part of the ticket. Who has no name there has none here. None on redelivery."""
    reading = as_matter(read_text(said.words, ticket.unit, context))
    reading = replace(reading, is_sensitive=True, against=against)
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


def past_staff(incoming: Incoming, speaker: Speaker, reading: Reading, context: Context) -> Reading:
    """A complaint of staff said in private is one, however softly it sounds to the ear; a matter
    that complains of somebody by name goes past him as one that tells his post."""
    if reading.against is not None or reading.urgency is Urgency.CRITICAL:
        return reading
    if reading.gate is Gate.NONE and not incoming.is_private:
        return reading
    against = complained_of(context.store, speaker.unit, incoming.words)
    if against is None:
        return reading
    if reading.gate is Gate.NONE:
        reading = read_text(incoming.words, speaker.unit, context)
    gate = Gate.OPEN if incoming.is_private else reading.gate
    return replace(reading, gate=gate, is_sensitive=True, against=against)
