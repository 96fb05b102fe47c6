"""Learns how places are named and writes handlers/place_weights.json.

    python -m bench.train_places [--hands]

Reads the labelled days of handlers/examples and handlers/place_examples.txt. Each line with a
place is learned again with other places set in, at a lower weight. `--hands` leaves out one
hand's days after the other and tells how many places of its opening lines are found exactly.
Needs scikit-learn's numpy and scipy.
"""

import argparse
import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from handlers.anchors import bound_features, inside_features, is_whole, mark, span_features
from handlers.examples import read_line
from handlers.features import simplified
from handlers.lexicon import read_lines
from handlers.registers import spoken
from handlers.spans import find_span, read_weights

HANDLERS = Path(__file__).parents[1] / "handlers"
OUT = HANDLERS / "place_weights.json"
OWN = "own"
ROUNDS, ROUND_WEIGHT = 2, 0.25
"""How often each line is learned with another place set in, and how much that counts."""
PENALTY, SPAN_PENALTY = 1.0, 0.3
FEWEST = 3
LIGHTEST = 0.04
LOUDER = 0.4
"""Added to the bias: a place that is missed costs as much as one that is wrong."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Told:
    """A simplified line, where its spot is named, and whose it is."""

    text: str
    span: Span | None
    hand: str
    is_opening: bool = True
    weight: float = 1.0


def read_own() -> Iterator[Told]:
    for line in read_lines("place_examples.txt"):
        text = simplified(line)
        begin, end = text.find("〔"), text.find("〕")
        bare = text.replace("〔", "").replace("〕", "")
        yield Told(bare, (begin, end - 1) if begin >= 0 else None, OWN)


def read_days() -> Iterator[Told]:
    """Opening lines, and what their speakers added."""
    for day in sorted(HANDLERS.glob("examples/*.jsonl")):
        hand = "days 1-8" if day.name.startswith("day") else day.name[:2]
        records = [json.loads(line) for line in day.read_text(encoding="utf-8").splitlines()]
        labels = {record["id"]: record["label"] for record in records}
        for record in records:
            label = record["label"]
            if label is None or label["act"] not in ("open", "add"):
                continue
            is_opening = label["act"] == "open"
            place = label["place"] if is_opening else labels[label["of"]]["place"]
            told = spoken(read_line(record).text)
            text = simplified(told)
            if text and len(text) == len(told):
                yield Told(text, _find(text, place), hand, is_opening)


def _find(text: str, place: str | None) -> Span | None:
    at = text.find(simplified(place)) if place else -1
    return (at, at + len(place)) if place and at >= 0 else None


def with_other_places(told: Sequence[Told], rounds: int) -> Iterator[Told]:
    chance = random.Random(5)
    pool = [one.text[slice(*one.span)] for one in told if one.span]
    for _ in range(rounds):
        for one in told:
            if one.span:
                begin, end = one.span
                place = chance.choice(pool)
                text = one.text[:begin] + place + one.text[end:]
                yield Told(text, (begin, begin + len(place)), one.hand, weight=ROUND_WEIGHT)


class Table:
    """Feature names with their columns, and rows of features as they are met."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []

    def matrix(self, fewest: int) -> tuple[csr_matrix, list[str]]:
        counts = Counter(name for row in self.rows for name in row)
        names = sorted(name for name, count in counts.items() if count >= fewest)
        column = {name: at for at, name in enumerate(names)}
        columns = [[column[name] for name in row if name in column] for row in self.rows]
        starts = np.cumsum([0, *map(len, columns)])
        flat = np.array([at for row in columns for at in row], dtype=np.int64)
        shape = (len(self.rows), len(names))
        return csr_matrix((np.ones(len(flat)), flat, starts), shape=shape), names


@dataclass
class Problem:
    """All spans of all lines; each line's last "span" is that no place is named."""

    bounds: Table
    inside: Table
    spans: Table
    begins: list[int]
    ends: list[int]
    lines: list[int]
    right: list[int]
    starts: list[int]
    weights: list[float]


def lay_out(told: Iterable[Told]) -> Problem:
    laid = Problem(Table(), Table(), Table(), [], [], [], [], [], [])
    for line, one in enumerate(told):
        marked = mark(one.text)
        offset = len(laid.bounds.rows)
        laid.bounds.rows += bound_features(marked)
        laid.inside.rows += [[], *inside_features(marked)]
        laid.starts.append(len(laid.lines))
        laid.weights.append(one.weight)
        size = len(one.text)
        pairs = [(at, to) for at in range(size) for to in range(at + 1, size + 1)]
        for begin, end in pairs:
            if not is_whole(marked, begin, end) and (begin, end) != one.span:
                continue
            if (begin, end) == one.span:
                laid.right.append(len(laid.lines))
            laid.begins.append(offset + begin)
            laid.ends.append(offset + end)
            laid.lines.append(line)
            laid.spans.rows.append(span_features(marked, begin, end))
        if one.span is None:
            laid.right.append(len(laid.lines))
        laid.begins.append(-1)
        laid.ends.append(-1)
        laid.lines.append(line)
    return laid


class Likelihood:
    """Penalised, over the spans of each line: negative, with its slope, for the minimiser."""

    def __init__(self, laid: Problem) -> None:
        self.at_bounds, self.bound_names = laid.bounds.matrix(FEWEST)
        self.at_inside, self.inside_names = laid.inside.matrix(FEWEST)
        self.at_spans, self.span_names = laid.spans.matrix(1)
        begins, ends, self.lines = map(np.array, (laid.begins, laid.ends, laid.lines))
        self.starts, self.right, self.weight = map(
            np.array, (laid.starts, laid.right, laid.weights)
        )
        self.is_span = begins >= 0
        self.begins, self.ends = begins[self.is_span], ends[self.is_span]
        self.count = len(laid.bounds.rows)
        bounds, inside, spans = map(len, (self.bound_names, self.inside_names, self.span_names))
        self.cuts = np.cumsum([bounds, bounds, inside, spans])
        self.penalty = np.full(self.cuts[-1] + 1, PENALTY)
        self.penalty[self.cuts[2] :] = SPAN_PENALTY
        self.penalty[-1] = 0.01

    def parts(self, values: np.ndarray) -> list[np.ndarray]:
        """Of beginnings, of ends, of inner signs, of whole spans, and the bias."""
        return list(np.split(values, self.cuts))

    def scores(self, values: np.ndarray) -> np.ndarray:
        first, last, inside, whole, bias = self.parts(values)
        sums = np.cumsum(self.at_inside @ inside)
        found = np.zeros(len(self.lines))
        found[self.is_span] = (
            (self.at_bounds @ first)[self.begins]
            + (self.at_bounds @ last)[self.ends]
            + (sums[self.ends] - sums[self.begins])
            + (self.at_spans @ whole + bias)
        )
        return found

    def __call__(self, values: np.ndarray) -> tuple[float, np.ndarray]:
        scores = self.scores(values)
        top = np.maximum.reduceat(scores, self.starts)
        powers = np.exp(scores - top[self.lines])
        whole = np.add.reduceat(powers, self.starts)
        value = float((self.weight * (np.log(whole) + top - scores[self.right])).sum())
        slope = powers / whole[self.lines] * self.weight[self.lines]
        np.subtract.at(slope, self.right, self.weight)
        value += 0.5 * float(self.penalty @ (values * values))
        return value, self._gradient(slope[self.is_span]) + self.penalty * values

    def _gradient(self, slope: np.ndarray) -> np.ndarray:
        size = self.count + 1
        opened = np.bincount(self.begins + 1, slope, size)
        closed = np.bincount(self.ends + 1, slope, size)
        return np.concatenate(
            [
                self.at_bounds.T @ np.bincount(self.begins, slope, self.count),
                self.at_bounds.T @ np.bincount(self.ends, slope, self.count),
                self.at_inside.T @ np.cumsum(opened - closed)[: self.count],
                self.at_spans.T @ slope,
                [slope.sum()],
            ]
        )


def train(told: Sequence[Told]) -> str:
    """The JSON of the weights, by penalised maximum likelihood."""
    loss = Likelihood(lay_out([*told, *with_other_places(told, ROUNDS)]))
    start = np.zeros(loss.cuts[-1] + 1)
    options = {"maxiter": 150}
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    first, last, inside, spans, bias = loss.parts(best)
    pairs = zip(loss.bound_names, map(float, first), map(float, last), strict=True)
    return _write(
        digest(told),
        {name: (begin, end) for name, begin, end in pairs},
        dict(zip(loss.inside_names, map(float, inside), strict=True)),
        dict(zip(loss.span_names, map(float, spans), strict=True)),
        float(bias[0]) + LOUDER,
    )


def digest(told: Iterable[Told]) -> str:
    """Names the lines, nouns and word classes: weights that were learned of others are stale."""
    hasher = hashlib.sha256(repr(read_lines("landmarks.txt")).encode())
    hasher.update(repr(read_lines("lexicon.txt")).encode())
    for one in told:
        hasher.update(repr((one.text, one.span)).encode("utf-8", "surrogatepass"))
    return hasher.hexdigest()


def read_all() -> list[Told]:
    return [*read_days(), *read_own()]


def _write(
    learned_of: str,
    bounds: dict[str, tuple[float, float]],
    inside: dict[str, float],
    spans: dict[str, float],
    bias: float,
) -> str:
    """JSON with one feature a line, so that two versions can be compared by eye."""
    kept = {
        name: [round(value, 2) for value in row]
        for name, row in bounds.items()
        if max(map(abs, row)) >= LIGHTEST
    }
    heads = {
        "digest": learned_of,
        "inside": {
            name: round(value, 2) for name, value in inside.items() if abs(value) > LIGHTEST
        },
        "spans": {name: round(value, 2) for name, value in spans.items()},
        "bias": round(bias, 2),
    }
    rows = (f"{json.dumps(name, ensure_ascii=False)}: {row}" for name, row in kept.items())
    return (
        json.dumps(heads, ensure_ascii=False)[:-1] + ', "bounds": {\n' + ",\n".join(rows) + "\n}}\n"
    )


def measure(told: Sequence[Told]) -> None:
    right: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for hand in sorted({one.hand for one in told} - {OWN}):
        weights = read_weights(train([one for one in told if one.hand != hand]))
        for one in told:
            if one.hand == hand and one.is_opening:
                whole[hand] += 1
                right[hand] += find_span(one.text, weights) == one.span
        print(
            f"hand {hand}, left out: {right[hand] / whole[hand]:.3f} of {whole[hand]}", flush=True
        )
    print(f"all: {right.total() / whole.total():.3f} of {whole.total()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hands", action="store_true", help="measure without each hand's days")
    options = parser.parse_args()
    told = read_all()
    if options.hands:
        measure(told)
    else:
        OUT.write_text(train(told), encoding="utf-8")


if __name__ == "__main__":
    main()
