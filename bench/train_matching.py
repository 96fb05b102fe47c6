"""Learns what each piece of evidence is worth and writes handlers/matching_weights.json.

    python -m bench.train_matching [--transcripts FOLDER] [--out FILE]

Reads days 1-8, more/ and the scenes; never days 9-12. Needs scikit-learn's numpy and scipy.
"""

import argparse
import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from bench.matching_days import Day, read_days, read_scenes
from bench.matching_walk import RUNTIME, View, teach_day
from handlers.evidence import Rarity, features, is_plausible, pairs
from handlers.manner import LONGEST, grams, marks, plain
from handlers.matching import ACTS, BIAS, CHOICES, Weights, look, possible_acts, read_weights
from storage.models import Act

OUT = Path(__file__).parents[1] / "handlers" / "matching_weights.json"
TRANSCRIPTS = Path(__file__).parents[1] / "handlers" / "examples"
LEAST = {Act.ADD: 0.65, Act.JOIN: 0.86, Act.THANKS: 0.58, Act.REOPEN: 0.5}
LIGHTEST = 0.08
"""Weights that all stay below this are left out."""
FEWEST = {True: 5, False: 3}
PENALTY = {True: 6.0, False: 4.0}
"""Fewest examples of a feature and its L2 penalty: of runs of characters (True), of others."""
ROUNDS = 120


@dataclass(frozen=True, slots=True)
class Choice:
    """One ticket and act a line might be for."""

    act: Act
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A line's own features, its choices, and which one is right (None: nothing)."""

    own: tuple[str, ...]
    choices: tuple[Choice, ...]
    right: int | None


def count_pairs(days: Sequence[Day]) -> tuple[dict[str, float], float]:
    """The rarity (natural logarithm of one in so many lines) of pairs seen thrice or more."""
    counts: Counter[str] = Counter()
    lines = 0
    for day in days:
        for said in day.lines:
            if said.line.text:
                lines += 1
                counts.update(pairs(plain(said.line.text[:LONGEST])))
    often = {pair: count for pair, count in counts.items() if count >= 3}
    table = {pair: round(math.log(lines / count), 1) for pair, count in sorted(often.items())}
    return table, round(math.log(max(lines, 2) / 2), 1)


def examples(days: Sequence[Day], rarity: Rarity, view: View) -> list[Example]:
    found = []
    for day in days:
        for said, talk, candidates, number in teach_day(day, view):
            text = plain(said.line.text[:LONGEST])
            own = marks(said.line, text, talk)
            scene = look(said.line, text, frozenset(own), talk, candidates, said.line.at, rarity)
            choices: list[Choice] = []
            right = None
            for candidate in candidates:
                if not is_plausible(scene, candidate):
                    continue
                told = tuple(features(scene, candidate))
                possible = possible_acts(scene, candidate)
                for act in (one for one in ACTS if one in possible):
                    if act is said.act and candidate.ticket.number == number:
                        right = len(choices)
                    choices.append(Choice(act, told))
            if said.act is Act.OPEN:
                right = len(choices)
            if choices:
                choices.append(Choice(Act.OPEN, ()))
            if right is not None or number is None:
                found.append(Example((*own, *grams(text)), tuple(choices), right))
    return found


def learn(learned_from: Sequence[Example]) -> dict[str, list[float]]:
    """The weights of each feature, in the order of CHOICES, by penalised maximum likelihood."""
    used = [example for example in learned_from if example.choices]
    places = _places(used)
    task = _Task.of(used, places)
    penalty = np.array([0.01 if name == BIAS else PENALTY[_is_gram(name)] for name in places])
    best = minimize(
        task.loss,
        np.zeros(len(places) * len(CHOICES)),
        args=(penalty[:, None],),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": ROUNDS},
    )
    table = best.x.reshape(-1, len(CHOICES))
    return {name: [float(value) for value in table[place]] for name, place in places.items()}


def _is_gram(name: str) -> bool:
    return name.startswith("g:")


def _places(used: Sequence[Example]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for example in used:
        counts.update(set(example.own).union(*(choice.features for choice in example.choices)))
    kept = [name for name, count in counts.items() if count >= FEWEST[_is_gram(name)]]
    return {name: place for place, name in enumerate((BIAS, *sorted(kept)))}


@dataclass(frozen=True, slots=True)
class _Task:
    """Lines and tickets as two sparse tables, whose scores a choice adds up.

    `line`, `ticket` and `act` are by choice, sorted by line; `first` the first choice of each
    line, `right` the choices that are right.
    """

    lines: csr_matrix
    tickets: csr_matrix
    line: np.ndarray
    ticket: np.ndarray
    act: np.ndarray
    first: np.ndarray
    right: np.ndarray

    @classmethod
    def of(cls, used: Sequence[Example], places: dict[str, int]) -> "_Task":
        told: list[tuple[str, ...]] = []
        rows: list[tuple[int, int, int]] = []
        right = []
        for number, example in enumerate(used):
            for place, choice in enumerate(example.choices):
                if place == 0 or choice.features is not example.choices[place - 1].features:
                    told.append(choice.features)
                if place == example.right:
                    right.append(len(rows))
                rows.append((number, len(told) - 1, CHOICES.index(choice.act)))
        line, ticket, act = np.array(rows).T
        return cls(
            lines=_table([(BIAS, *example.own) for example in used], places),
            tickets=_table(told, places),
            line=line,
            ticket=ticket,
            act=act,
            first=np.searchsorted(line, np.arange(len(used))),
            right=np.array(right),
        )

    def loss(self, flat: np.ndarray, penalty: np.ndarray) -> tuple[float, np.ndarray]:
        """The penalised negative logarithm of the likelihood, and its slope."""
        weights = flat.reshape(-1, len(CHOICES))
        of_lines, of_tickets = self.lines @ weights, self.tickets @ weights
        scores = of_lines[self.line, self.act] + of_tickets[self.ticket, self.act]
        top = np.maximum(0, np.maximum.reduceat(scores, self.first))
        powers = np.exp(scores - top[self.line])
        whole = np.exp(-top) + np.add.reduceat(powers, self.first)
        slopes = powers / whole[self.line]
        slopes[self.right] -= 1.0
        value = float((np.log(whole) + top).sum() - scores[self.right].sum())
        slope = self.lines.T @ self._by_row(self.line, slopes, len(of_lines))
        slope += self.tickets.T @ self._by_row(self.ticket, slopes, len(of_tickets))
        value += 0.5 * float((penalty * weights * weights).sum())
        return value, (slope + penalty * weights).ravel()

    def _by_row(self, row: np.ndarray, slopes: np.ndarray, count: int) -> np.ndarray:
        places = row * len(CHOICES) + self.act
        return np.bincount(places, slopes, count * len(CHOICES)).reshape(count, len(CHOICES))


def _table(told: Sequence[Sequence[str]], places: dict[str, int]) -> csr_matrix:
    starts, columns = [0], []
    for names in told:
        columns += sorted(places[name] for name in names if name in places)
        starts.append(len(columns))
    return csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(told), len(places)))


def train(days: Sequence[Day], view: View = RUNTIME) -> str:
    """The JSON of the weights learned from `days`."""
    table, rarest = count_pairs(days)
    learned = learn(examples(days, Rarity(table, rarest), view))
    rounded = {name: [round(value, 2) for value in row] for name, row in sorted(learned.items())}
    kept = {name: row for name, row in rounded.items() if max(map(abs, row)) >= LIGHTEST}
    return _write(kept, table, rarest)


def _write(weights: dict[str, list[float]], rarity: dict[str, float], rarest: float) -> str:
    """JSON with one feature a line, so that two versions can be compared by eye."""
    told = {
        "acts": [act.value for act in CHOICES],
        "least": [LEAST[act] for act in ACTS],
        "rarest": rarest,
        "rarity": rarity,
    }
    head = json.dumps(told, ensure_ascii=False)[:-1]
    rows = (f"{json.dumps(name, ensure_ascii=False)}: {row}" for name, row in weights.items())
    return head + ', "weights": {\n' + ",\n".join(rows) + "\n}}\n"


def train_weights(days: Sequence[Day], view: View = RUNTIME) -> Weights:
    return read_weights(train(days, view))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transcripts", type=Path, default=TRANSCRIPTS)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    days = [*read_days(options.transcripts), *read_scenes()]
    options.out.write_text(train(days), encoding="utf-8")


if __name__ == "__main__":
    main()
