"""What the ear makes of a line: the types between intents, matching and the tickets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from storage.models import (
    Act,
    Field,
    Kind,
    Report,
    Stage,
    TicketMessage,
    TicketNumber,
    UnitId,
    Urgency,
)


class Gate(StrEnum):
    """Whether a line starts a matter, should be asked about once, or is left alone."""

    OPEN = "open"
    ASK = "ask"
    NONE = "none"


class Against(StrEnum):
    """Whom of the staff a complaint is about; decides who must not see it."""

    INSTRUCTOR = "instructor"
    SECRETARY = "secretary"
    CADRE = "cadre"


@dataclass(frozen=True, slots=True)
class Impression:
    """One line at first hearing: whether it may concern anybody, not yet what it is about.

    `score` is the gate's calibrated probability (0..1) that the line starts a matter.
    `may_follow`: it may belong to a ticket that is already there (add, join, thanks, reopen);
    False lets chatter stop without a look at the database.
    `text` and `scores`, by lane of the model, are what it is read by if it comes to that.
    """

    gate: Gate
    score: float
    urgency: Urgency
    danger: str | None
    may_follow: bool
    text: str
    scores: Mapping[str, float]
    unit: UnitId | None


Hear = Callable[[], Impression]
"""Takes the impression of the line at hand the first time it is asked."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One line as understood, without knowledge of the open tickets.

    `gate`, `score` and `may_follow` are those of its Impression.
    `place` is the span as said, `place_key` its normal form for joining ("3号楼|2单元|501").
    `danger` names what threatens life (gas, power, fire, missing, self_harm, violence, trapped,
    water, flood, no_answer, other; unsure where no word tells it), None unless urgency is critical.
    `gist` is the matter in at most 16 characters, masked.
    """

    gate: Gate
    score: float
    kind: Kind
    field: Field
    urgency: Urgency
    place: str | None
    place_key: str | None
    gist: str
    is_sensitive: bool = False
    danger: str | None = None
    against: Against | None = None
    may_follow: bool = True


def as_matter(reading: Reading) -> Reading:
    """What was read of a line of which somebody has said that it is a matter."""
    return replace(reading, gate=Gate.OPEN, score=1.0)


class Matter(Protocol):
    """What is looked at of a ticket, or of a line that may become one."""

    @property
    def number(self) -> TicketNumber: ...
    @property
    def conversation(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def urgency(self) -> Urgency: ...
    @property
    def stage(self) -> Stage: ...
    @property
    def body(self) -> str: ...
    @property
    def opened_at(self) -> datetime: ...
    @property
    def is_sensitive(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recent ticket of the unit, with its messages (oldest first) and who raised it.

    `user_ids` are the platform user ids of the reporters, the opener's first.
    """

    ticket: Matter
    messages: tuple[TicketMessage, ...]
    reports: tuple[Report, ...]
    user_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """That a line belongs to a ticket, and how surely (0..1)."""

    ticket: TicketNumber
    act: Act
    score: float
