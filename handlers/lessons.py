"""What a deployment has to teach: settled tickets and corrections as examples, so many a person.

One line in five is held back for good, by its words alone: no model ever learns it, so an old and
a new one can be compared on it honestly.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from handlers.examples import CHATTER, Example
from handlers.features import normal
from handlers.learning import LONGEST
from handlers.privacy import mask
from storage.models import Act, Correction, Field, Lesson

MOST_A_PERSON = 30
"""So many lines of one person are learned, the newest: nobody turns the model alone."""
HELD_BACK = 5

Giver = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One line to learn from, and who gave it."""

    giver: Giver
    example: Example
    is_correction: bool


@dataclass(frozen=True, slots=True)
class Lessons:
    """`tickets` and `corrections` are the learned lines of either sort, from so many `people`.

    `over` lines were more than one person may give, in `disputed` people contradict each other.
    """

    learned: tuple[Example, ...]
    held_back: tuple[Example, ...]
    tickets: int
    corrections: int
    people: int
    over: int
    disputed: int


def gather(settled: Iterable[Lesson], corrections: Iterable[Correction]) -> Lessons:
    """Each text once, masked. Of what people contradict each other in, nothing is learned."""
    lines = [*_from_corrections(corrections), *_from_tickets(settled)]
    allowed = list(_no_more_than(MOST_A_PERSON, lines))
    agreed, disputed = _agree(allowed)
    learned = [line for line in agreed if not is_held_back(line.example.text)]
    held_back = [line for line in agreed if is_held_back(line.example.text)]
    return Lessons(
        learned=tuple(line.example for line in learned),
        held_back=tuple(line.example for line in held_back),
        tickets=sum(not line.is_correction for line in learned),
        corrections=sum(line.is_correction for line in learned),
        people=len({line.giver for line in learned}),
        over=len(lines) - len(allowed),
        disputed=disputed,
    )


def is_held_back(text: str) -> bool:
    """By a digest of the words: the same line always stands on the same side."""
    digest = hashlib.sha256(normal(text).encode("utf-8", "surrogatepass")).digest()
    return digest[0] % HELD_BACK == 0


def _from_corrections(corrections: Iterable[Correction]) -> Iterator[Line]:
    """The newest first."""
    for one in sorted(corrections, key=lambda one: one.id, reverse=True):
        giver = ("resident", int(one.resident or 0))
        if one.person is not None:
            giver = ("person", int(one.person))
        is_matter = one.act == Act.OPEN
        field = one.field if is_matter and one.field in set(Field) else None
        act = "open" if is_matter else CHATTER
        if one.text.strip():
            example = Example(one.text, act, field=field, is_lesson=True)
            yield Line(giver, example, is_correction=True)


def _from_tickets(settled: Iterable[Lesson]) -> Iterator[Line]:
    for one in sorted(settled, key=lambda one: one.ticket, reverse=True):
        text = mask(one.text)[:LONGEST]
        giver = ("resident", int(one.resident))
        example = Example(text, "open", field=one.field, is_lesson=True)
        yield Line(giver, example, is_correction=False)


def _no_more_than(most: int, lines: Iterable[Line]) -> Iterator[Line]:
    given: Counter[Giver] = Counter()
    for line in lines:
        given[line.giver] += 1
        if given[line.giver] <= most:
            yield line


def _agree(lines: Sequence[Line]) -> tuple[list[Line], int]:
    """Each text by who said it last, a correction before a ticket; and how many were disputed.

    A field that was put right stands beside a matter that says nothing of it.
    """
    found: dict[str, Line] = {}
    disputed: set[str] = set()
    for line in lines:
        words = normal(line.example.text)
        first = found.setdefault(words, line)
        if first.example.act != line.example.act and first.giver != line.giver:
            disputed.add(words)
        elif first.example.field is None and first.example.act == line.example.act:
            found[words] = Line(first.giver, line.example, first.is_correction)
    agreed = [line for words, line in found.items() if words not in disputed]
    return agreed, len(disputed)
