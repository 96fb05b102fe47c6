"""A classifier of long texts into a deployer's own labels, trained from his own tickets.

Characters and pairs of them, counted and weighted by how telling they are, each text brought
to length one; a linear support vector machine for each label, in which rare labels weigh as much
as frequent ones. Nothing but the standard library (docs/decisions/learning.md has the trials).
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, mul

from handlers.features import LONGEST, normal
from handlers.fitting import Lane, Progress, Row, fit_lane, rounded, vocabulary
from handlers.model import About, Model, dump

PURPOSE = "sorter 2"
LONGEST_TEXT = 3_000
HEAD = 80
MOST_FEATURES = 80_000
LEAST_SEEN = 2
COST = 1.2
ROUNDS = 5
_LADDER = tuple(2.0 ** ((step - 128) / 16) for step in range(256))
"""What a feature's square is worth by the byte that is kept of it."""

Labelled = tuple[str, str]
"""A text and its label."""


@dataclass(frozen=True, slots=True)
class Result:
    """How well labels were found: precision, recall and F1 of each, and how many there were."""

    precision: float
    recall: float
    f1: float
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    accuracy: float
    macro_f1: float
    labels: Mapping[str, Result]


def grams(text: str) -> Counter[str]:
    """How often each character and each pair stands in the first 3,000 characters.

    The first 80 count twice: there a letter says what it is about.
    """
    parts = (text[at : at + LONGEST] for at in range(0, min(len(text), LONGEST_TEXT), LONGEST))
    plain = "".join(map(normal, parts))
    counted: Counter[str] = Counter()
    for said in (plain, plain[:HEAD]):
        counted.update(said)
        counted.update(map(add, said, said[1:]))
    return counted


def train_sorter(
    rows: Sequence[Labelled], trained_on: str, progress: Progress | None = None
) -> bytes:
    """The model file. ValueError where there are fewer than two labels."""
    labels = sorted({label for _, label in rows})
    if len(labels) < 2:
        raise ValueError("fewer than two labels")
    documents = [grams(text) for text, _ in rows]
    names = vocabulary(documents, LEAST_SEEN, MOST_FEATURES)
    steps = _steps(documents, [label for _, label in rows], names)
    worth = {name: math.sqrt(_LADDER[step]) for name, step in steps.items()}
    drawn = [_row(document, names, worth) for document in documents]
    fitted = []
    for at, label in enumerate(labels):
        signs = [1 if its == label else -1 for _, its in rows]
        lane = Lane(label, signs, _costs(signs, len(labels)))
        fitted.append(fit_lane(drawn, lane, len(names), ROUNDS))
        if progress is not None:
            progress(at + 1, len(labels))
    weights = {name: [row[at] * worth[name] for row in fitted] for name, at in names.items()}
    biases = tuple(round(row[-1], 6) for row in fitted)
    return _pack(rows, trained_on, weights, biases, steps)


def _costs(signs: Sequence[int], labels: int) -> list[float]:
    """A text of a rare label costs more, so that all labels together cost the same."""
    own = COST * len(signs) / (labels * signs.count(1))
    return [own if sign > 0 else COST for sign in signs]


def sort_text(model: Model, text: str) -> str:
    """The label of a text. Never raises."""
    counted = grams(text)
    scores = model.scores(counted.elements())
    length = _length(model, counted)
    found = (
        (score - bias) / length + bias
        for score, bias in zip(scores, model.about.biases, strict=True)
    )
    return max(zip(found, model.about.lanes, strict=True))[1]


def _length(model: Model, counted: Mapping[str, int]) -> float:
    """Of a text that is to be brought to length one."""
    wide = 32 * len(model.about.lanes)
    table = model.table
    squares = sum(
        count * count * _LADDER[table[name] >> wide & 0xFF]
        for name, count in counted.items()
        if name in table
    )
    return math.sqrt(squares) or 1.0


def evaluate_sorter(model: Model, rows: Iterable[Labelled]) -> Report:
    """Held against labelled texts that the model was not trained on."""
    return report_of([(label, sort_text(model, text)) for text, label in rows])


def report_of(pairs: Sequence[tuple[str, str]]) -> Report:
    """Of what the label is, and which was found, text by text."""
    real, said = Counter(label for label, _ in pairs), Counter(label for _, label in pairs)
    right = Counter(label for label, found in pairs if label == found)
    results = {
        label: _result(right[label], said[label], real[label]) for label in sorted(real | said)
    }
    known = [result.f1 for result in results.values() if result.count]
    return Report(
        accuracy=sum(right.values()) / max(len(pairs), 1),
        macro_f1=sum(known) / max(len(known), 1),
        labels=results,
    )


def _result(right: int, said: int, real: int) -> Result:
    precision = right / said if said else 0.0
    recall = right / real if real else 0.0
    both = precision + recall
    return Result(precision, recall, 2 * precision * recall / both if both else 0.0, real)


def _steps(
    documents: Sequence[Mapping[str, int]], labels: Sequence[str], names: Mapping[str, int]
) -> dict[str, int]:
    """How telling each feature is, as a step of the ladder: rare, and of one label above others.

    The square is the squared inverse frequency times the largest log-ratio of how often it stands
    in texts of one label and in all others (as in Wang and Manning 2012).
    """
    sizes = Counter(labels)
    seen: dict[str, Counter[str]] = {label: Counter() for label in sizes}
    for document, label in zip(documents, labels, strict=True):
        seen[label].update(name for name in document if name in names)
    total = Counter[str]()
    for counted in seen.values():
        total.update(counted)
    steps = {}
    for name in names:
        shares = ((seen[label][name], size) for label, size in sizes.items())
        ratio = max(_ratio(inside, size, total[name], len(labels)) for inside, size in shares)
        rarity = math.log((len(labels) + 1) / (total[name] + 1)) + 1
        steps[name] = _step(rarity * rarity * ratio / 4)
    return steps


def _ratio(inside: int, size: int, total: int, count: int) -> float:
    within = (inside + 1) / (size + 2)
    without = (total - inside + 1) / (count - size + 2)
    return abs(math.log(within / without))


def _step(square: float) -> int:
    return min(255, max(0, round(16 * math.log2(square)) + 128)) if square > 0 else 0


def _row(document: Mapping[str, int], names: Mapping[str, int], worth: Mapping[str, float]) -> Row:
    values = {name: count * worth[name] for name, count in document.items() if name in names}
    ordered = [values[name] for name in sorted(values)]
    length = math.sqrt(reduce(add, map(mul, ordered, ordered), 0.0)) or 1.0
    return Row.of({name: value / length for name, value in values.items()}, names)


def _pack(
    rows: Sequence[Labelled],
    trained_on: str,
    weights: Mapping[str, Sequence[float]],
    biases: tuple[float, ...],
    steps: Mapping[str, int],
) -> bytes:
    """A feature's own worth is worked into its weights, so that reading need not know it."""
    scales, whole = rounded(weights)
    counts = dict(sorted(Counter(label for _, label in rows).items()))
    about = About(PURPOSE, trained_on, "", tuple(counts), tuple(scales), biases, counts)
    return dump(about, {name: [steps[name], *row] for name, row in whole.items()})
