"""Where in a text the spot of a matter is named, told by a small log-linear model.

Each span gets what speaks for its beginning, its end, its signs and itself as a whole; no span
gets 0. The weights are a readable table, rebuilt by `python -m bench.train_places`.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from handlers.anchors import (
    BEFORE,
    BEFORE_GRAM,
    BEHIND,
    BEHIND_GRAM,
    SIGN,
    WITHIN_GRAM,
    Marked,
    is_whole,
    kind_of,
    mark,
    other_features,
    span_features,
)

MOST_BOUNDS = 10
"""So many of the likeliest beginnings and ends are tried with each other."""
KNOWN = 8.0
"""What a span gains that is a name of the unit's own gazetteer; half, if it holds one."""
_AT_GRAM = (BEHIND_GRAM, BEFORE_GRAM, WITHIN_GRAM)

Pair = tuple[float, float]
Row = tuple[float, float, float, float, float, float, float]
"""Of a gram: for a bound behind it, before it, within it (begin and end each), and as a sign."""


@dataclass(frozen=True, slots=True)
class Weights:
    """`bounds`: what a feature adds to a beginning and to an end; `grams` the same by gram.

    More than `most` no span gains as a whole.
    """

    bounds: Mapping[str, Pair]
    inside: Mapping[str, float]
    spans: Mapping[str, float]
    bias: float
    grams: Mapping[str, Row]
    most: float


@lru_cache(maxsize=1)
def shipped() -> Weights:
    """The weights that come with the package."""
    return read_weights(files("handlers").joinpath("place_weights.json").read_text("utf-8"))


def read_weights(text: str) -> Weights:
    told = json.loads(text)
    bounds: dict[str, Pair] = {name: (begin, end) for name, (begin, end) in told["bounds"].items()}
    inside: dict[str, float] = told["inside"]
    names = {name[1:] for name in bounds if name[0] in _AT_GRAM}
    names |= {name[1:] for name in inside if name[0] == SIGN}
    grams = {name: _row(name, bounds, inside) for name in names}
    others = {name: pair for name, pair in bounds.items() if name[0] not in _AT_GRAM}
    spans: dict[str, float] = told["spans"]
    most = sum(max(spans[name] for name in spans if name[0] == head) for head in _heads(spans))
    return Weights(others, inside, spans, told["bias"], grams, most)


def _heads(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name[0] for name in names)


def _row(gram: str, bounds: Mapping[str, Pair], inside: Mapping[str, float]) -> Row:
    behind, before, within = (bounds.get(f"{where}{gram}", (0.0, 0.0)) for where in _AT_GRAM)
    return (*behind, *before, *within, inside.get(f"{SIGN}{gram}", 0.0))


def find_span(
    text: str, weights: Weights, known: Collection[tuple[int, int]] = ()
) -> tuple[int, int] | None:
    """Beginning and end of the likeliest span of a simplified text; None where none is likely.

    `known`: where names of the unit's own places stand.
    """
    if not text:
        return None
    marked = mark(text)
    if not known and not any(marked.covers):
        return None
    begins, ends, inside = _weigh(marked, weights)
    best, found = 0.0, None
    for base, begin, end in _candidates(marked, begins, ends, inside, known):
        if base + weights.bias + weights.most <= best:
            break
        score = base + weights.bias
        for name in span_features(marked, begin, end):
            score += weights.spans.get(name, 0.0)
        if score > best:
            best, found = score, (begin, end)
    return found


def _weigh(marked: Marked, weights: Weights) -> tuple[list[float], list[float], list[float]]:
    """What speaks for beginnings and ends at each bound, and the sums of the signs before it."""
    begins, ends, signs = _weigh_grams(marked.text, weights)
    get, inside = weights.bounds.get, weights.inside
    for at, names in enumerate(other_features(marked)):
        for name in names:
            pair = get(name)
            if pair is not None:
                begins[at] += pair[0]
                ends[at] += pair[1]
    sums = [0.0]
    for sign, cover, weight in zip(marked.text, marked.covers, signs, strict=True):
        sums.append(sums[-1] + weight + inside.get(f"c{kind_of(sign)}{cover}", 0.0))
    return begins, ends, sums


def _weigh_grams(text: str, weights: Weights) -> tuple[list[float], list[float], list[float]]:
    """The same of the grams alone, each looked up once; the third list is by sign."""
    padded = f"{BEFORE}{text}{BEHIND}"
    size = len(padded)
    begins, ends, signs = [0.0] * (size + 1), [0.0] * (size + 1), [0.0] * size
    get = weights.grams.get
    for at in range(size):
        for behind in range(at + 1, min(at + 3, size) + 1):
            row = get(padded[at:behind])
            if row is None:
                continue
            begins[behind] += row[0]
            ends[behind] += row[1]
            begins[at] += row[2]
            ends[at] += row[3]
            if row[4] or row[5]:
                begins[at + 1] += row[4]
                ends[at + 1] += row[5]
            signs[at] += row[6]
    return begins[3:-3], ends[3:-3], signs[3:-3]


def _candidates(
    marked: Marked,
    begins: Sequence[float],
    ends: Sequence[float],
    inside: Sequence[float],
    known: Collection[tuple[int, int]],
) -> list[tuple[float, int, int]]:
    """Known names, and the likeliest beginnings with the likeliest ends, the best first."""
    size = len(marked.text)
    first = sorted(range(size), key=begins.__getitem__, reverse=True)[:MOST_BOUNDS]
    last = sorted(range(1, size + 1), key=ends.__getitem__, reverse=True)[:MOST_BOUNDS]
    spans = {(begin, end) for begin in first for end in last if begin < end}
    found = []
    for begin, end in spans.union(known):
        if is_whole(marked, begin, end):
            base = begins[begin] + ends[end] + inside[end] - inside[begin]
            if any(begin <= at and to <= end for at, to in known):
                base += KNOWN if (begin, end) in known else KNOWN / 2
            found.append((base, begin, end))
    found.sort(reverse=True)
    return found
