"""What waits for somebody's word: a secretary's, a department's, a resident's."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.models.ids import MessageKey, PersonId, ResidentId, TicketNumber, UnitId


class ApprovalKind(StrEnum):
    EXTENSION = "extension"
    RETURN = "return"


class ApprovalState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Approval:
    """What an instructor asked of a secretary: an extension (延期) or a return (退单)."""

    id: int
    ticket: TicketNumber
    kind: ApprovalKind
    state: ApprovalState
    reason: str
    new_due_at: datetime | None
    asked_by: PersonId
    asked_at: datetime
    decided_by: PersonId | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Assist:
    """A department asked to help with a ticket (协办)."""

    ticket: TicketNumber
    unit: UnitId
    asked_by: PersonId
    asked_at: datetime


class QuestionState(StrEnum):
    PENDING = "pending"
    ASKED = "asked"
    ANSWERED = "answered"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Question:
    """ "要登记吗?" about an uncertain line. Its text is kept only until it is settled.

    `is_asked` stays true after that: one dropped unasked is not counted as a disturbance.
    """

    id: int
    source_key: MessageKey
    platform: str
    conversation: str
    resident: ResidentId
    unit: UnitId
    text: str
    images: tuple[str, ...]
    gist: str
    state: QuestionState
    raised_at: datetime
    due_at: datetime | None
    is_asked: bool = False
    is_anonymous: bool = False
