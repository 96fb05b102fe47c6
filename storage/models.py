"""What is remembered, as frozen values. Times are aware UTC datetimes; ids are NewTypes."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

TicketNumber = NewType("TicketNumber", int)
PersonId = NewType("PersonId", int)
ResidentId = NewType("ResidentId", int)
UnitId = NewType("UnitId", str)
MessageKey = NewType("MessageKey", str)
"""``platform/conversation/message id``: the same for every redelivery of one message."""


class Role(StrEnum):
    """What a person is for a unit. A worker (工作人员) may act like an instructor."""

    INSTRUCTOR = "instructor"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    WORKER = "worker"
    ADMINISTRATOR = "administrator"


class Stage(StrEnum):
    """How far a ticket has come. Each stage but the first is entered by evidence."""

    REGISTERED = "registered"
    CONTACTED = "contacted"
    ACCEPTED = "accepted"
    HANDLED = "handled"
    ANSWERED = "answered"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a ticket was closed."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    JOINED = "joined"
    MISTAKEN = "mistaken"


class Clock(StrEnum):
    """The four "first moment" clocks 沟通 受理 办理 反馈."""

    CONTACT = "contact"
    ACCEPTANCE = "acceptance"
    HANDLING = "handling"
    ANSWER = "answer"


class Kind(StrEnum):
    COMPLAINT = "投诉"
    REQUEST = "求助"
    SUGGESTION = "建议"
    INQUIRY = "咨询"
    DISPUTE = "纠纷"


class Field(StrEnum):
    """The sixteen fields a matter can belong to."""

    UTILITIES = "水电气暖"
    ROADS = "道路市政"
    SANITATION = "环境卫生"
    POLLUTION = "环境保护"
    HOUSING = "住房物业"
    TRAFFIC = "交通出行"
    SAFETY = "公共安全"
    WELFARE = "社会救助"
    LABOUR = "劳动社保"
    HEALTH = "医疗卫生"
    EDUCATION = "教育文体"
    FARMING = "农业农村"
    CONSUMER = "市场消费"
    CONFLICT = "矛盾纠纷"
    PARTY = "党务政务"
    OTHER = "其他"


class Urgency(StrEnum):
    ROUTINE = "routine"
    URGENT = "urgent"
    CRITICAL = "critical"


class Act(StrEnum):
    """What one resident's message did to a ticket."""

    OPEN = "open"
    ADD = "add"
    JOIN = "join"
    THANKS = "thanks"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Resident:
    """Known by platform and user id only; the name is what the group showed last."""

    id: ResidentId
    platform: str
    user_id: str
    name: str
    unit: UnitId | None


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff. `handle` is the stable key of the roster (unit/name)."""

    id: PersonId
    handle: str
    name: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class Post:
    """One person's role for one unit."""

    person: PersonId
    unit: UnitId
    role: Role


@dataclass(frozen=True, slots=True)
class Account:
    """A platform account of a member of staff."""

    platform: str
    user_id: str
    person: PersonId
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Leave:
    """Days (local, both included) on which a person is away."""

    id: int
    person: PersonId
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Conversation:
    """A group bound to a unit. `conversation` is ``group:<id>``."""

    platform: str
    conversation: str
    unit: UnitId
    title: str
    is_paused: bool


@dataclass(frozen=True, slots=True)
class Ticket:
    """One matter. The `*_due_at` run in working time; the `*_proof` are message keys."""

    number: TicketNumber
    source_key: MessageKey
    unit: UnitId
    platform: str
    conversation: str
    resident: ResidentId
    is_sensitive: bool
    is_anonymous: bool
    kind: Kind
    field: Field
    urgency: Urgency
    place: str | None
    place_key: str | None
    gist: str
    body: str
    stage: Stage
    outcome: Outcome | None
    assignee: PersonId | None
    level: int
    reopened: int
    opened_at: datetime
    clock_started_at: datetime
    contact_due_at: datetime
    contact_done_at: datetime | None
    contact_proof: MessageKey | None
    acceptance_due_at: datetime
    acceptance_done_at: datetime | None
    acceptance_proof: MessageKey | None
    handling_due_at: datetime
    handling_done_at: datetime | None
    handling_proof: MessageKey | None
    answer_due_at: datetime
    answer_done_at: datetime | None
    answer_proof: MessageKey | None
    closed_at: datetime | None
    closed_proof: MessageKey | None
    is_solved: bool | None
    is_satisfied: bool | None
    joined_into: TicketNumber | None
    result: str | None
    gather_until: datetime | None
    acknowledged_at: datetime | None
    reminders_sent: int
    escalations_sent: int
    last_reminded_at: datetime | None
    next_action_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ListedTicket(Ticket):
    """A ticket in a list of the board, with the number of residents who raised it."""

    people: int


@dataclass(frozen=True, slots=True)
class TicketMessage:
    """One chat message that belongs to a ticket. `images` are stored file names."""

    key: MessageKey
    ticket: TicketNumber
    resident: ResidentId | None
    person: PersonId | None
    act: Act
    at: datetime
    text: str
    images: tuple[str, ...] = ()
    images_missing: int = 0
    voice: str | None = None
    is_recalled: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """One resident who raised a ticket's matter: 件 counts tickets, 人 counts these."""

    ticket: TicketNumber
    resident: ResidentId
    conversation: str
    platform: str
    at: datetime
    is_acknowledged: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One step in a ticket's history. `before` is the ticket as it was, as JSON, for undo."""

    id: int
    ticket: TicketNumber
    at: datetime
    person: PersonId | None
    resident: ResidentId | None
    action: str
    message_key: MessageKey | None
    detail: str
    before: str | None


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


@dataclass(frozen=True, slots=True)
class Correction:
    """A user's word against the classifier's, text masked: food for `lianxin train`.

    `act` is what would have been right ("open", "none"), `field` and `place` where they were put
    right. `key` is the message that brought it, by which it is taken back.
    """

    id: int
    at: datetime
    person: PersonId | None
    resident: ResidentId | None
    act: str
    field: str | None
    place: str | None
    text: str
    key: MessageKey | None = None
    ticket: TicketNumber | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """What opened a ticket that was settled, and the field it was settled under."""

    ticket: TicketNumber
    resident: ResidentId
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which an account heard nothing; `recovered` lines came in afterwards.

    `unfilled`: conversations whose history could not be had back to what was heard last.
    """

    id: int
    platform: str
    account: str
    began_at: datetime
    ended_at: datetime | None
    recovered: int
    opened: int
    unfilled: int = 0


@dataclass(frozen=True, slots=True)
class Flood:
    """Lines of one person that were not handled because he said too much in too short a time."""

    platform: str
    conversation: str
    user_id: str
    began_at: datetime
    ended_at: datetime
    dropped: int


@dataclass(frozen=True, slots=True)
class Watermark:
    """The newest message seen in a conversation, from which to catch up."""

    platform: str
    conversation: str
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BindCode:
    """A one-time code that binds an account to a person."""

    code: str
    person: PersonId
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class BoardLink:
    """A one-time link to the board. Only the token's SHA-256 is kept."""

    token_hash: str
    person: PersonId
    unit: UnitId
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = field(default=None)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An incoming message whose handling raised to the end; kept to be run again."""

    id: int
    key: str
    at: datetime
    payload: str
    error: str
    tries: int
