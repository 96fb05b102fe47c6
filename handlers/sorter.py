"""A classifier of long texts into a deployer's own labels, trained from his own tickets.

Character 1- to 3-grams weighted by inverse document frequency, each text brought to length one,
a linear support vector machine for each label; nothing but the standard library.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from handlers.features import normal
from handlers.fitting import Lane, Progress, Row, fit_lane, rounded, vocabulary
from handlers.model import About, Model, dump

PURPOSE = "sorter"
LONGEST_GRAM = 3
MOST_FEATURES = 20_000
LEAST_SEEN = 3
COST = 0.3
ROUNDS = 8
_SQUARES = 16
"""Squared inverse frequencies are kept in sixteenths of a byte's steps."""

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


def grams(text: str) -> frozenset[str]:
    """The character 1- to 3-grams of the first 600 characters."""
    plain = normal(text)
    return frozenset(
        plain[at : at + size] for size in range(1, LONGEST_GRAM + 1) for at in range(len(plain))
    )


def train_sorter(
    rows: Sequence[Labelled], trained_on: str, progress: Progress | None = None
) -> bytes:
    """The model file. ValueError where there are fewer than two labels."""
    labels = sorted({label for _, label in rows})
    if len(labels) < 2:
        raise ValueError("fewer than two labels")
    documents = [grams(text) for text, _ in rows]
    names = vocabulary(documents, LEAST_SEEN, MOST_FEATURES)
    squares = _squares(documents, names)
    drawn = [_row(document, names, squares) for document in documents]
    fitted = []
    for at, label in enumerate(labels):
        signs = [1 if its == label else -1 for _, its in rows]
        fitted.append(fit_lane(drawn, Lane(label, signs, [COST] * len(rows)), len(names), ROUNDS))
        if progress is not None:
            progress(at + 1, len(labels))
    return _pack(rows, trained_on, labels, names, squares, fitted)


def sort_text(model: Model, text: str) -> str:
    """The label of a text. Never raises."""
    scores = model.scores(grams(text))
    return max(zip(scores, model.about.lanes, strict=True))[1]


def evaluate_sorter(model: Model, rows: Iterable[Labelled]) -> Report:
    """Held against labelled texts that the model was not trained on."""
    pairs = [(label, sort_text(model, text)) for text, label in rows]
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


def _squares(documents: Sequence[frozenset[str]], names: Mapping[str, int]) -> dict[str, int]:
    """The squared inverse frequency of each feature, as it is kept in the file (0..255)."""
    counts = Counter(name for document in documents for name in document if name in names)
    count = len(documents)
    return {
        name: min(255, max(1, round(_SQUARES * (math.log((count + 1) / (seen + 1)) + 1) ** 2 / 5)))
        for name, seen in counts.items()
    }


def _row(document: frozenset[str], names: Mapping[str, int], squares: Mapping[str, int]) -> Row:
    known = sorted(name for name in document if name in names)
    length = math.sqrt(sum(squares[name] / _SQUARES for name in known)) or 1.0
    values = {name: math.sqrt(squares[name] / _SQUARES) / length for name in known}
    return Row.of(values, names)


def _pack(
    rows: Sequence[Labelled],
    trained_on: str,
    labels: Sequence[str],
    names: Mapping[str, int],
    squares: Mapping[str, int],
    fitted: Sequence[Sequence[float]],
) -> bytes:
    """A feature's own frequency is worked into its weights, so that reading need not know it."""
    weights = {
        name: [row[at] * math.sqrt(squares[name] / _SQUARES) for row in fitted]
        for name, at in names.items()
    }
    scales, whole = rounded(weights)
    about = About(
        purpose=PURPOSE,
        trained_on=trained_on,
        digest="",
        lanes=tuple(labels),
        scales=tuple(scales),
        biases=tuple(round(row[-1], 6) for row in fitted),
        counts=dict(sorted(Counter(label for _, label in rows).items())),
        is_normed=True,
    )
    return dump(about, {name: [squares[name], *row] for name, row in whole.items()})
