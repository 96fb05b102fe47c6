"""Whether a resident's line belongs to one of the recent tickets of the unit, and what it does.

Pure. A small log-linear model: each (ticket, act) that is possible gets the sum of the weights of
its evidence, a matter of its own that of the line alone, "nothing" gets 0, and the shares of their
exponentials are the probabilities. The weights are a readable table, rebuilt by
`python -m bench.train_matching`.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import TypeAlias

from handlers.evidence import (
    Rarity,
    Scene,
    features,
    has_message,
    is_plausible,
    last_at,
    last_of_speaker,
    lines_back,
    pairs,
    shared,
    spots,
    tone_of,
)
from handlers.manner import JESTS, LONGEST, grams, marks, plain, topics
from handlers.reading import Candidate, Gate, Match, Reading
from handlers.staff_word import said_about
from handlers.talk import Line, Talk
from storage.models import Act, TicketNumber, Urgency

ACTS = (Act.ADD, Act.JOIN, Act.THANKS, Act.REOPEN)
CHOICES = (*ACTS, Act.OPEN)
BIAS = "bias"
ALSO = "也"
BEHIND_ALSO = 4
QUOTED = 0.7
"""With a quote there is no doubt which ticket is meant: less certainty of the act will do."""
JOINS_ALSO, JOINS_OPEN = 0.58, 0.9
"""A line that says 也 of the ticket's thing joins by less certainty. What the ear takes for a
matter of its own must not be lost in another: by more."""
SURE = 0.9
"""From here on a line belongs to its ticket, whatever it does there."""

Row: TypeAlias = tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature adds to the score of each of `CHOICES`; `least` is by `ACTS`."""

    rows: Mapping[str, Row]
    rarity: Rarity
    least: Sequence[float]

    def total(self, found: Iterable[str]) -> Row:
        add = join = thanks = reopen = opening = 0.0
        get = self.rows.get
        for name in found:
            row = get(name)
            if row is not None:
                add += row[0]
                join += row[1]
                thanks += row[2]
                reopen += row[3]
                opening += row[4]
        return add, join, thanks, reopen, opening


@lru_cache(maxsize=1)
def shipped() -> Weights:
    """The weights that come with the package."""
    text = files("handlers").joinpath("matching_weights.json").read_text(encoding="utf-8")
    return read_weights(text)


def read_weights(text: str) -> Weights:
    """Weights from JSON: acts, least, rarest, rarity and weights, as the training writes them."""
    told = json.loads(text)
    rarity = Rarity(told["rarity"], told["rarest"])
    rows = {name: _row(values) for name, values in told["weights"].items()}
    return Weights(rows, rarity, told["least"])


def _row(values: Sequence[float]) -> Row:
    add, join, thanks, reopen, opening = values
    return add, join, thanks, reopen, opening


def match(
    line: Line,
    reading: Reading,
    talk: Talk,
    candidates: Sequence[Candidate],
    now: datetime,
) -> Match | None:
    """The ticket the line belongs to and what it does there; None for chatter or a new matter.

    Staff lines are none. Precision goes first: an uncertain line is none.
    """
    if reading.urgency is Urgency.CRITICAL:
        candidates = [one for one in candidates if _may_take_danger(one, line.sender)]
    if not candidates or talk.is_staff or line.is_staff:
        return None
    join_at = JOINS_OPEN if reading.gate is Gate.OPEN else None
    return match_by(shipped(), line, talk, candidates, now, join_at)


def _may_take_danger(candidate: Candidate, sender: str) -> bool:
    """A neighbour's danger is never only joined to what is none: nobody would be alarmed."""
    return candidate.ticket.urgency is Urgency.CRITICAL or sender in candidate.user_ids[:1]


def match_by(
    weights: Weights,
    line: Line,
    talk: Talk,
    candidates: Sequence[Candidate],
    now: datetime,
    join_at: float | None = None,
) -> Match | None:
    """As `match`, by the given weights. `join_at`: the certainty asked for a join, by default that
    of the weights."""
    meant = _meant(line, candidates)
    scored, opening = weigh(weights, line, talk, meant, now)
    if not scored:
        return None
    number, act, score = max(scored, key=lambda one: one[2])
    top = max(score, opening, 0.0)
    none = math.exp(-top) + math.exp(opening - top)
    whole = none + sum(math.exp(other - top) for _, _, other in scored)
    share = math.exp(score - top) / whole
    is_quoted = line.quote is not None and any(has_message(one, line.quote) for one in meant)
    least = weights.least[ACTS.index(act)]
    if act is Act.JOIN:
        also = number in _also_said_of(line, meant)
        least = (JOINS_ALSO if also else least) if join_at is None else join_at
    if share >= least * (QUOTED if is_quoted else 1.0):
        return Match(number, act, share)
    return _mildest(number, scored, whole * math.exp(top))


def _also_said_of(line: Line, candidates: Sequence[Candidate]) -> frozenset[TicketNumber]:
    """The tickets whose thing a line names together with 也: hardly anybody means another."""
    return _about(line.text, candidates) if ALSO in line.text else frozenset()


def _named_behind_also(line: Line, candidates: Sequence[Candidate]) -> frozenset[TicketNumber]:
    """也没水, 也停电: what stands right behind 也 is what is the same."""
    _, also, behind = line.text.partition(ALSO)
    return _about(behind[:BEHIND_ALSO], candidates) if also else frozenset()


def _about(text: str, candidates: Sequence[Candidate]) -> frozenset[TicketNumber]:
    said = topics(plain(text[:LONGEST]))
    return frozenset(one.ticket.number for one in candidates if said & shared(one).topics)


def _mildest(
    number: TicketNumber, scored: Sequence[tuple[TicketNumber, Act, float]], whole: float
) -> Match | None:
    """The ticket is sure, what is done to it is not: then it is only more about the matter."""
    own = {act: score for ticket, act, score in scored if ticket == number}
    share = sum(map(math.exp, own.values())) / whole
    if share < SURE:
        return None
    return Match(number, Act.ADD if Act.ADD in own else Act.JOIN, share)


def _meant(line: Line, candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """A quote names its ticket; 也没水 leaves out all where water is not spoken of. Words elsewhere
    in the line may name anything: "他家猪耳朵我也吃了" is not of the pigs."""
    if line.quote is not None:
        quoted = [one for one in candidates if has_message(one, line.quote)]
        if quoted:
            return quoted
    fitting = _named_behind_also(line, candidates)
    if not fitting:
        return candidates
    return [
        one for one in candidates if one.ticket.number in fitting or line.sender in one.user_ids
    ]


def weigh(
    weights: Weights, line: Line, talk: Talk, candidates: Sequence[Candidate], now: datetime
) -> tuple[list[tuple[TicketNumber, Act, float]], float]:
    """The score of each ticket and act that is possible, and of a matter of its own.

    0 is as likely as nothing.
    """
    text = plain(line.text[:LONGEST])
    found = marks(line, text, talk)
    scene = look(line, text, frozenset(found), talk, candidates, now, weights.rarity)
    base = weights.total((BIAS, *found, *grams(text)))
    scored: list[tuple[TicketNumber, Act, float]] = []
    for candidate in candidates:
        acts = possible_acts(scene, candidate)
        if not acts or not is_plausible(scene, candidate):
            continue
        more = weights.total(features(scene, candidate))
        for place, act in enumerate(ACTS):
            if act in acts:
                scored.append((candidate.ticket.number, act, base[place] + more[place]))
    return scored, base[-1]


def look(
    line: Line,
    text: str,
    found: frozenset[str],
    talk: Talk,
    candidates: Sequence[Candidate],
    now: datetime,
    rarity: Rarity,
) -> Scene:
    """What is the same for every candidate. `text` is plain, `found` the line's marks."""
    mine = pairs(text)
    likeness = {one.ticket.number: rarity.weigh(mine & shared(one).pairs) for one in candidates}
    newest_first = sorted(candidates, key=last_at, reverse=True)
    return Scene(
        line=line,
        text=text,
        now=now,
        marks=found,
        pairs=mine,
        spots=spots(line.text[:LONGEST]),
        weight=rarity.weigh(mine),
        tone=tone_of(found),
        likeness=likeness,
        most_alike=max(likeness.values(), default=0.0),
        order={one.ticket.number: place for place, one in enumerate(newest_first)},
        back=lines_back(talk),
        staff=said_about(talk, candidates, rarity),
        speakers_last=last_of_speaker(line, talk, candidates),
        owned=sum(one.user_ids[:1] == (line.sender,) for one in candidates),
    )


def possible_acts(scene: Scene, candidate: Candidate) -> frozenset[Act]:
    """Only who opened a ticket adds to it, others join; a private matter is its opener's alone.

    Where nothing is called fine nobody gives thanks, where nothing but, nobody complains: a
    ticket must not be closed by "又停水了". A line with two jests in it joins nothing.
    """
    is_opener = candidate.user_ids[:1] == (scene.line.sender,)
    if not is_opener and candidate.ticket.conversation.startswith("private:"):
        return frozenset()
    possible = (_OF_OPENER if is_opener else _OF_OTHERS) - _BARRED.get(scene.tone, frozenset())
    return possible - {Act.JOIN} if JESTS in scene.marks else possible


_OF_OPENER = frozenset({Act.ADD, Act.THANKS, Act.REOPEN})
_OF_OTHERS = frozenset({Act.JOIN, Act.THANKS, Act.REOPEN})
_BARRED = {"n": frozenset({Act.THANKS}), "p": frozenset({Act.REOPEN})}
