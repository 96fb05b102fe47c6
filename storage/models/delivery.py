"""What is to be said, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.models.ids import PersonId, TicketNumber, UnitId


class OutgoingState(StrEnum):
    NEW = "new"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    DEAD = "dead"
    CANCELLED = "cancelled"


class OutgoingClass(StrEnum):
    """Why a message is sent; decides how often it may be tried and when it may go."""

    ACK = "ack"
    QUESTION = "question"
    ANSWER = "answer"
    ALARM = "alarm"
    CARD = "card"
    REPLY = "reply"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    DIGEST = "digest"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message to send. `slot` is unique: the same slot is never queued twice."""

    id: int
    slot: str
    platform: str
    conversation: str
    unit: UnitId | None
    kind: OutgoingClass
    text: str
    at_users: tuple[str, ...]
    images: tuple[str, ...]
    ticket: TicketNumber | None
    person: PersonId | None
    state: OutgoingState
    queued_at: datetime
    not_before: datetime
    tries: int
    claimed_at: datetime | None
    sent_at: datetime | None
    message_id: str | None
    error: str | None
