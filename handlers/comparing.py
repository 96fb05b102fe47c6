"""Two ears held against the same lines, to see whether the new one is worse."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files

from handlers.examples import Example, walk_day
from handlers.intents import Ear
from handlers.lexicon import read_lines
from handlers.reading import Gate
from handlers.talk import NO_TALK, Line, Talk
from storage.models import Urgency

TOLERANCE = 0.01
"""A figure may fall by so much before the new ear counts as worse: one line in a hundred."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A line with what would be right. `field` None where nobody said it."""

    line: Line
    talk: Talk
    is_matter: bool
    field: str | None
    is_critical: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """`opened` lines were taken for matters, `found` of them rightly, of `matters` there are.

    `in_field` matters of `with_field` were given the right field, `alarmed` of `critical` ones
    raised the alarm.
    """

    lines: int
    matters: int
    opened: int
    found: int
    with_field: int
    in_field: int
    critical: int
    alarmed: int

    @property
    def precision(self) -> float:
        return self.found / self.opened if self.opened else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.matters if self.matters else 1.0

    @property
    def f1(self) -> float:
        both = self.opened + self.matters
        return 2 * self.found / both if both else 1.0

    @property
    def field_accuracy(self) -> float:
        return self.in_field / self.with_field if self.with_field else 1.0


def own_lines(held_back: Iterable[Example]) -> list[Asked]:
    """What a deployment held back, each as said into a quiet group."""
    moment = datetime.fromtimestamp(0, UTC)
    return [
        Asked(Line("", moment, "", "", one.text), NO_TALK, one.act == "open", one.field)
        for one in held_back
    ]


@lru_cache(maxsize=1)
def shipped_lines() -> Sequence[Asked]:
    """The residents' lines of the shipped days: every ear has learned them, none may forget."""
    names = sorted(item.name for item in files("handlers").joinpath("examples").iterdir())
    days = (read_lines(f"examples/{name}") for name in names if name.endswith(".jsonl"))
    return [asked for day in days for asked in asked_of(day)]


def asked_of(day: Sequence[str]) -> Iterator[Asked]:
    for line, talk, label in walk_day(day):
        if not line.is_staff:
            is_matter = label is not None and label["act"] == "open"
            sort = label if is_matter and label is not None else {}
            is_critical = sort.get("urgency") == Urgency.CRITICAL
            yield Asked(line, talk, is_matter, sort.get("field"), is_critical)


def score(ear: Ear, asked: Sequence[Asked]) -> Score:
    """How one ear reads them."""
    read = [(one, ear.classify(one.line, one.talk, in_full=one.is_matter)) for one in asked]
    opened = [one for one, reading in read if reading.gate is Gate.OPEN]
    sorted_ = [(one, reading) for one, reading in read if one.field is not None]
    critical = [reading for one, reading in read if one.is_critical]
    return Score(
        lines=len(asked),
        matters=sum(one.is_matter for one in asked),
        opened=len(opened),
        found=sum(one.is_matter for one in opened),
        with_field=len(sorted_),
        in_field=sum(one.field == reading.field for one, reading in sorted_),
        critical=len(critical),
        alarmed=sum(reading.danger is not None for reading in critical),
    )


def is_worse(old: Score, new: Score) -> bool:
    """Whether any figure fell by more than what chance may do, or any danger goes unheard."""
    return (
        new.f1 < old.f1 - TOLERANCE
        or new.field_accuracy < old.field_accuracy - TOLERANCE
        or new.alarmed < old.alarmed
    )
