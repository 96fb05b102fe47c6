"""Incoming, Outgoing and Target: all that crosses between bot and handlers."""

from dataclasses import dataclass
from datetime import datetime

from storage.models import (
    MessageKey,
    OutgoingClass,
    PersonId,
    TicketNumber,
    UnitId,
    VoiceNote,
)


@dataclass(frozen=True, slots=True)
class Target:
    """A conversation on a platform: ``group:<id>`` or ``private:<user id>``."""

    platform: str
    conversation: str

    @property
    def is_private(self) -> bool:
        return self.conversation.startswith("private:")


@dataclass(frozen=True, slots=True)
class Room:
    """A group as the platform shows it now: conversation, title, user ids of its members."""

    conversation: str
    topic: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice note. `transcript` is None where the platform could not turn it into words.

    `seconds` is 0 where the platform does not say; `file` is the stored note, where kept.
    """

    seconds: int
    transcript: str | None
    file: str | None = None

    @property
    def kept(self) -> str:
        """As it is kept with a message."""
        return str(VoiceNote(self.seconds, self.file))


@dataclass(frozen=True, slots=True)
class Incoming:
    """One chat message, cleaned by the adapter. Nothing of the platform's own types is left.

    `images` are names of stored files, `images_missing` counts those that could not be fetched.
    `quote` and `recall` are message ids of the same conversation. `sender` of a recall is the one
    whose message it was; `recalled_by` is set where another (a group's admin) took it back.
    `is_late` marks a message that is too old to be answered in chat (replayed after an outage).
    """

    platform: str
    account: str
    conversation: str
    message_id: str
    sender: str
    sender_name: str
    at: datetime
    text: str
    images: tuple[str, ...] = ()
    images_missing: int = 0
    voice: Voice | None = None
    quote: str | None = None
    is_at_bot: bool = False
    at_users: tuple[str, ...] = ()
    recall: str | None = None
    recalled_by: str | None = None
    is_late: bool = False

    @property
    def key(self) -> MessageKey:
        return message_key(self.platform, self.conversation, self.message_id)

    @property
    def target(self) -> Target:
        return Target(self.platform, self.conversation)

    @property
    def is_private(self) -> bool:
        return self.conversation.startswith("private:")

    @property
    def words(self) -> str:
        """The text as typed, or the voice note's transcript."""
        if self.text or self.voice is None:
            return self.text
        return self.voice.transcript or ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to send. `slot` makes it unique; None means it may be said again.

    `not_before` None means now. `person` is set on private messages to staff, so that delivery
    can find the account he used last. `unit` is whose digest names it if it can not be delivered;
    None is the ticket's unit, else the group's, else the town.
    """

    target: Target
    kind: OutgoingClass
    text: str
    at_users: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    ticket: TicketNumber | None = None
    person: PersonId | None = None
    unit: UnitId | None = None
    slot: str | None = None
    not_before: datetime | None = None


def message_key(platform: str, conversation: str, message_id: str) -> MessageKey:
    return MessageKey(f"{platform}/{conversation}/{message_id}")
