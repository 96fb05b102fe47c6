"""Makes the ear's model from examples: the gate, what follows a matter, kind, field, urgency."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from handlers.bearing import bearing
from handlers.dangers import danger_in
from handlers.examples import ELSEWHERE, NOTICE, SORTED, STAFF, WHOLE, Example
from handlers.features import normal, surface
from handlers.fitting import Lane, Progress, Row, fit_lane, rounded, vocabulary
from handlers.lexicon import word_classes
from handlers.model import About, dump
from handlers.registers import spoken
from handlers.topics import NAMED, topics_in, topics_told
from storage.models import Field, Kind, Urgency

PURPOSE = "ear"
GATE = "gate"
FOLLOWS = ("add", "join", "thanks", "reopen")
OF_SORTS = (SORTED, WHOLE)
SORTS = ("field:", "kind:", "urgency:")
CLASS_WEIGHT = 0.5
LEAST_SEEN = 2
LONGEST_GRAM = 3
FAINT = 2
"""Of 127. A feature that weighs no more in any lane is left out: a fifth of all, and of memory."""


@dataclass(frozen=True, slots=True)
class Costs:
    """How much a mistake on an example costs, by what it is (found by cross-validation)."""

    gate: float = 0.012
    follow: float = 0.03
    sort: float = 0.025
    followers: float = 0.1
    own_matter: float = 0.3
    own_sort: float = 1.0
    danger: float = 0.02
    own_danger: float = 1.0
    own_chatter: float = 1.0
    elsewhere: float = 0.2
    lesson: float = 2.5
    staff: float = 0.3


def train_ear(
    examples: Sequence[Example],
    trained_on: str,
    costs: Costs | None = None,
    progress: Progress | None = None,
    counts: Mapping[str, int] | None = None,
) -> bytes:
    """The model file of an ear. The same examples give the same weights on every machine.

    `counts` is what it shall tell besides of what it was made of.
    """
    costs = costs or Costs()
    names, rows_of = _rows(examples)
    lanes = list(lanes_of(examples, costs))
    fitted = []
    for at, lane in enumerate(lanes):
        fitted.append(fit_lane(rows_of(lane.name), lane, len(names)))
        if progress is not None:
            progress(at + 1, len(lanes))
    return _pack(examples, trained_on, names, lanes, fitted, counts or {})


def _rows(
    examples: Sequence[Example],
) -> tuple[Mapping[str, int], Callable[[str], Sequence[Row]]]:
    """The places of all features, and the examples as each lane is shown them."""
    drawn = [draw(one.text, one.marks) for one in examples]
    grams = [surface(spoken(one.text)).grams for one in examples]
    topics = [topics_in(its) for its in grams]
    sorts = [row | dict.fromkeys(its, 1.0) for row, its in zip(drawn, topics, strict=True)]
    gates = [
        row | dict.fromkeys((*filter(is_named, told), *bearing(its, told)), 1.0)
        for row, its, told in zip(drawn, grams, topics, strict=True)
    ]
    once = (
        sort | gate
        for one, sort, gate in zip(examples, sorts, gates, strict=True)
        if one.act != WHOLE
    )
    names = vocabulary(once, LEAST_SEEN, 200_000)
    bare, sort, gate = ([Row.of(row, names) for row in rows] for rows in (drawn, sorts, gates))
    return names, lambda lane: gate if lane == GATE else sort if is_sort(lane) else bare


def draw(text: str, context_marks: Iterable[str] = ()) -> dict[str, float]:
    """The features an example is learned by: grams, counts of word classes, marks."""
    taken = surface(spoken(text))
    classes = _classes()
    row = {gram: 1.0 for gram in taken.grams if len(gram) <= LONGEST_GRAM}
    for gram in taken.grams & classes.keys():
        for name in classes[gram]:
            row[f"L:{name}"] = row.get(f"L:{name}", 0.0) + CLASS_WEIGHT
    row.update(dict.fromkeys((*taken.marks, *context_marks), 1.0))
    danger = danger_in(taken.text)
    if danger is not None:
        row["!danger"] = row[f"!{danger}"] = 1.0
    return row


def is_named(topic: str) -> bool:
    """The gate knows which topics there are, not of what sort they usually are."""
    return topic.startswith(NAMED)


def is_sort(lane: str) -> bool:
    """Field, kind and urgency: lanes that are asked of matters only, and know topics."""
    return lane.startswith(SORTS)


@lru_cache(maxsize=1)
def _classes() -> Mapping[str, tuple[str, ...]]:
    return {normal(word): names for word, names in word_classes().items()}


def lanes_of(examples: Sequence[Example], costs: Costs) -> Iterable[Lane]:
    """The questions asked of each line."""
    yield _gate_lane(examples, costs)
    for act in FOLLOWS:
        yield _act_lane(act, examples, costs)
    sorts: tuple[tuple[str, Sequence[str], Callable[[Example], str | None]], ...] = (
        ("field", tuple(Field), lambda one: one.field),
        ("kind", tuple(Kind), lambda one: one.kind),
        ("urgency", tuple(Urgency), lambda one: one.urgency),
    )
    yield _danger_lane(examples, costs)
    for group, values, read in sorts:
        for value in values:
            yield _sort_lane(f"{group}:{value}", value, read, examples, costs)


def _gate_lane(examples: Sequence[Example], costs: Costs) -> Lane:
    return Lane(
        GATE,
        [1 if one.act == "open" else 0 if one.act in OF_SORTS else -1 for one in examples],
        [costs.gate * _gate_cost(one, costs) for one in examples],
    )


def _gate_cost(one: Example, costs: Costs) -> float:
    if one.is_lesson:
        return costs.lesson
    if one.act == "open":
        return costs.own_matter if one.is_own else 1.0
    if one.act in FOLLOWS:
        return costs.followers
    if one.act == STAFF:
        return costs.staff
    if one.act == ELSEWHERE:
        return costs.elsewhere
    return costs.own_chatter if one.is_own else 1.0


def _danger_lane(examples: Sequence[Example], costs: Costs) -> Lane:
    """Against all other lines, not only against other matters: jokes have the same words."""
    aside = (*FOLLOWS, SORTED)
    told = [1 if one.urgency == "critical" else 0 if one.act in aside else -1 for one in examples]
    signs = [
        0 if one.is_calm or one.is_lesson else sign
        for one, sign in zip(examples, told, strict=True)
    ]
    weigh = [costs.own_danger if one.is_own else 1.0 for one in examples]
    return Lane("danger", signs, [costs.danger * weight for weight in weigh])


def _act_lane(act: str, examples: Sequence[Example], costs: Costs) -> Lane:
    aside = (STAFF, NOTICE, *OF_SORTS, ELSEWHERE)
    signs = [1 if one.act == act else 0 if one.act in aside else -1 for one in examples]
    return Lane(f"act:{act}", signs, [costs.follow] * len(examples))


def _sort_lane(
    name: str,
    value: str,
    read: Callable[[Example], str | None],
    examples: Sequence[Example],
    costs: Costs,
) -> Lane:
    found = [read(one) for one in examples]
    signs = [0 if got is None else 1 if got == value else -1 for got in found]
    if name.startswith("urgency:"):
        signs = [0 if one.is_calm else sign for one, sign in zip(examples, signs, strict=True)]
    own = costs.sort * costs.own_sort
    return Lane(name, signs, [own if one.is_own else costs.sort for one in examples])


def _give_to_words(weights: dict[str, list[float]], lanes: int) -> None:
    """Add to a word's weights those of its classes: reading a line need not know the classes."""
    zero = [0.0] * lanes
    for word, its in _classes().items():
        if len(word) > LONGEST_GRAM + 1:
            continue
        row = weights.get(word, zero)
        for name in its:
            of_class = weights.get(f"L:{name}", zero)
            row = [a + CLASS_WEIGHT * b for a, b in zip(row, of_class, strict=True)]
        weights[word] = row


def _pack(
    examples: Sequence[Example],
    trained_on: str,
    names: Mapping[str, int],
    lanes: Sequence[Lane],
    fitted: Sequence[Sequence[float]],
    counts: Mapping[str, int],
) -> bytes:
    weights = {name: [row[at] for row in fitted] for name, at in names.items()}
    _give_to_words(weights, len(fitted))
    kept = {name: row for name, row in weights.items() if not name.startswith("L:")}
    scales, whole = rounded(kept)
    about = About(
        purpose=PURPOSE,
        trained_on=trained_on,
        digest=digest(examples),
        lanes=tuple(lane.name for lane in lanes),
        scales=tuple(scales),
        biases=tuple(round(row[-1], 6) for row in fitted),
        counts=dict(sorted(Counter(one.act for one in examples).items())) | dict(counts),
    )
    told = {name: row for name, row in whole.items() if max(map(abs, row)) > FAINT}
    return dump(about, {name: [0, *row] for name, row in told.items()})


def digest(examples: Sequence[Example]) -> str:
    """Names examples, word classes and topics: a model that was made of others is out of date."""
    hasher = hashlib.sha256(repr((sorted(word_classes().items()), topics_told())).encode())
    for one in examples:
        hasher.update(repr(one).encode("utf-8", "surrogatepass"))
    return hasher.hexdigest()
