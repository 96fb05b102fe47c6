"""Keeps what people put right, masked, for `lianxin train`."""

from handlers.context import Context
from handlers.privacy import mask
from handlers.speakers import Speaker
from storage.models import Field, MessageKey, Ticket, TicketNumber

LONGEST = 500


def learn(
    act: str,
    text: str,
    speaker: Speaker,
    key: MessageKey,
    context: Context,
    *,
    ticket: TicketNumber | None = None,
    field: Field | None = None,
    place: str | None = None,
) -> None:
    """Keep what would have been right: `act` "open" or "none", a field, a place."""
    context.store.corrections.add(
        context.now,
        speaker.person.id if speaker.person else None,
        None if speaker.person else speaker.resident.id,
        act,
        field,
        mask(place) if place else None,
        mask(text)[:LONGEST],
        key,
        ticket,
    )


def opening_words(ticket: Ticket, context: Context) -> str:
    """What the ear had to judge by: the line that opened the ticket."""
    message = context.store.tickets.get_message(ticket.source_key)
    return message.text if message is not None and message.text else ticket.body
