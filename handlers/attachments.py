"""What came with a matter besides words: pictures, those that are missing, and voice notes."""

from collections.abc import Iterable
from dataclasses import dataclass

from handlers.context import Context
from storage.models import Ticket, TicketMessage, VoiceNote

MOST_PICTURES = 9
"""So many go with one message; as many as a phone lets one choose at once."""


@dataclass(frozen=True, slots=True)
class Attached:
    """`images` are stored file names, `missing` counts pictures that could not be fetched."""

    images: tuple[str, ...] = ()
    missing: int = 0
    voices: tuple[VoiceNote, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """The pictures that go along with a message."""
        return self.images[:MOST_PICTURES]


NOTHING = Attached()


def attached_to(messages: Iterable[TicketMessage]) -> Attached:
    images: dict[str, None] = {}
    missing = 0
    voices: list[VoiceNote] = []
    for message in messages:
        images.update(dict.fromkeys(message.images))
        missing += message.images_missing
        voices += [VoiceNote.read(message.voice)] if message.voice else []
    return Attached(tuple(images), missing, tuple(voices))


def from_residents(ticket: Ticket, context: Context) -> Attached:
    """All that residents sent of it and did not take back."""
    messages = context.store.tickets.list_messages(ticket.number)
    return attached_to(one for one in messages if one.resident is not None and not one.is_recalled)


def is_picture_wanted(ticket: Ticket, context: Context) -> bool:
    """Whether of the last pictures a resident sent some could not be fetched."""
    messages = context.store.tickets.list_messages(ticket.number)
    shown = [one for one in messages if one.resident is not None and _has_pictures(one)]
    return bool(shown) and shown[-1].images_missing > 0


def _has_pictures(message: TicketMessage) -> bool:
    return bool(message.images or message.images_missing)
