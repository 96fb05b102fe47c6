"""Fits linear yes-or-no questions to labelled texts, with nothing but the standard library.

A lane is a linear support vector machine with squared hinge loss, trained by dual coordinate
descent (Hsieh et al. 2008). Only + - * / in a fixed order: the same examples give the same
weights on every machine.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, mul

Progress = Callable[[int, int], None]

SETTLED = 0.05
"""Training ends when no example's slope is steeper than this in a whole round."""


@dataclass(frozen=True, slots=True)
class Row:
    """A text's features as places in the weights: those worth 1, and those worth `values`."""

    ones: tuple[int, ...]
    others: tuple[int, ...]
    values: tuple[float, ...]
    norm: float

    @classmethod
    def of(cls, features: Mapping[str, float], names: Mapping[str, int]) -> "Row":
        known = sorted((names[name], value) for name, value in features.items() if name in names)
        ones = tuple(at for at, value in known if value == 1.0)
        others = [(at, value) for at, value in known if value != 1.0]
        norm = 1.0 + len(ones) + reduce(add, (value * value for _, value in others), 0.0)
        return cls(ones, tuple(at for at, _ in others), tuple(value for _, value in others), norm)


@dataclass(frozen=True, slots=True)
class Lane:
    """One yes-or-no question. `signs` and `costs` are by row; sign 0 leaves a row out."""

    name: str
    signs: Sequence[int]
    costs: Sequence[float]


def fit_lane(rows: Sequence[Row], lane: Lane, size: int, rounds: int = 20) -> list[float]:
    """The weights of `size` features and, last, the bias."""
    weights = [0.0] * (size + 1)
    order = [at for at, sign in enumerate(lane.signs) if sign]
    alphas = [0.0] * len(rows)
    mixer = 12345
    for _ in range(rounds):
        mixer = _shuffle(order, mixer)
        if _round(rows, lane, order, weights, alphas) < SETTLED:
            break
    return weights


def _round(
    rows: Sequence[Row], lane: Lane, order: list[int], weights: list[float], alphas: list[float]
) -> float:
    """One pass over the examples; the steepest slope met."""
    steepest = 0.0
    signs, costs, read = lane.signs, lane.costs, weights.__getitem__
    for at in order:
        row, sign, old, slack = rows[at], signs[at], alphas[at], 0.5 / costs[at]
        score = reduce(add, map(read, row.ones), weights[-1])
        score = reduce(add, map(mul, map(read, row.others), row.values), score)
        slope = sign * score - 1.0 + old * slack
        if old == 0.0 and slope >= 0.0:
            continue
        steepest = max(steepest, abs(slope))
        alphas[at] = new = max(old - slope / (row.norm + slack), 0.0)
        change = (new - old) * sign
        weights[-1] += change
        for place in row.ones:
            weights[place] += change
        for place, value in zip(row.others, row.values, strict=True):
            weights[place] += change * value
    return steepest


def _shuffle(order: list[int], mixer: int) -> int:
    """Shuffles by a fixed congruential sequence: the order must not depend on the machine."""
    for at in range(len(order) - 1, 0, -1):
        mixer = (mixer * 1103515245 + 12345) & 0x7FFFFFFF
        other = mixer % (at + 1)
        order[at], order[other] = order[other], order[at]
    return mixer


def vocabulary(documents: Iterable[Iterable[str]], least: int, most: int) -> dict[str, int]:
    """Features that stand in at least `least` documents, the `most` frequent of them."""
    counts = Counter(name for names in documents for name in names)
    kept = sorted((-count, name) for name, count in counts.items() if count >= least)
    return {name: at for at, (_, name) in enumerate(kept[:most])}


def rounded(weights: Mapping[str, Sequence[float]]) -> tuple[list[float], dict[str, list[int]]]:
    """Each lane's scale, and all weights as whole numbers between -127 and 127."""
    lanes = len(next(iter(weights.values()))) if weights else 0
    tops = [max(abs(row[lane]) for row in weights.values()) or 1.0 for lane in range(lanes)]
    scales = [float(f"{top / 127:.6g}") for top in tops]
    return scales, {
        name: [
            max(-127, min(127, round(value / scale)))
            for value, scale in zip(row, scales, strict=True)
        ]
        for name, row in weights.items()
    }
