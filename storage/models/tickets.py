"""Matters: what one is, how far it has come, what was said and done in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.models.ids import MessageKey, PersonId, ResidentId, TicketNumber, UnitId


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
class VoiceNote:
    """A voice note as it is kept with a message, "8s <stored file name>": 0 seconds where the
    platform does not say, no name where no file is kept."""

    seconds: int
    file: str | None = None

    def __str__(self) -> str:
        return f"{self.seconds}s {self.file or ''}".rstrip()

    @classmethod
    def read(cls, kept: str) -> "VoiceNote":
        length, _, file = kept.partition(" ")
        return cls(int(length.removesuffix("s")), file or None)


@dataclass(frozen=True, slots=True)
class TicketMessage:
    """One chat message that belongs to a ticket. `images` are stored file names, `voice` is a
    VoiceNote as text."""

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
    """One resident who raised a ticket's matter: 件 counts tickets, 人 counts these.

    `is_anonymous`: he wants no name, whatever the others want.
    """

    ticket: TicketNumber
    resident: ResidentId
    conversation: str
    platform: str
    at: datetime
    is_acknowledged: bool
    is_anonymous: bool = False


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
