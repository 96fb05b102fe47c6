"""Precision and recall of joining: is a line put to the right ticket, with the right act?

    python -m bench.matching [--transcripts FOLDER] [--gate] [--kept-back] [--views]

Without options each hand's days are read by weights learned from the other hands. `--gate` opens
tickets by the ear's own gate instead of the labels; `--kept-back` reads days 9-12 by weights
learned from all others; `--views` compares how far back the talk is kept.
"""

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bench.matching_days import Day, Said, read_days, read_scenes
from bench.matching_walk import RUNTIME, IsMatter, Outcome, View, walk_day
from bench.train_matching import TRANSCRIPTS, train_weights
from handlers.intents import Ear
from handlers.matching import ACTS, Weights, match_by
from handlers.reading import Candidate, Gate, Match
from handlers.talk import Line, Talk
from storage.models import Act


def decide_by(weights: Weights) -> Callable[[Line, Talk, list[Candidate]], Match | None]:
    def decide(line: Line, talk: Talk, candidates: list[Candidate]) -> Match | None:
        return match_by(weights, line, talk, candidates, line.at) if candidates else None

    return decide


def run(
    weights: Weights, days: Iterable[Day], view: View, is_matter: IsMatter | None
) -> list[Outcome]:
    decide = decide_by(weights)
    return [one for day in days for one in walk_day(day, decide, view, is_matter)]


def print_table(title: str, outcomes: Sequence[Outcome], *, with_open: bool) -> None:
    print(f"\n{title}")
    for act in (Act.OPEN, *ACTS) if with_open else ACTS:
        said = [one for one in outcomes if one.act is act]
        labelled = [one for one in outcomes if one.said.act is act]
        right = sum(one.said.act is act and _is_same(one) for one in said)
        print(
            f"  {act.value:7} precision {right / max(1, len(said)):.3f}"
            f"  recall {right / max(1, len(labelled)):.3f}"
            f"  ({right} right, {len(said)} said, {len(labelled)} labelled)"
        )
    lost = sum(one.said.act is Act.OPEN and one.act in ACTS for one in outcomes)
    print(f"  new matters taken for part of an old one: {lost}")


def _is_same(one: Outcome) -> bool:
    return one.found_of == (one.said.of or one.said.line.message_id)


def gate() -> IsMatter:
    ear = Ear()

    def is_matter(said: Said, talk: Talk) -> bool:
        return ear.classify(said.line, talk).gate is Gate.OPEN

    return is_matter


def leave_one_hand_out(
    days: Sequence[Day], view: View, is_matter: IsMatter | None
) -> list[Outcome]:
    scenes = read_scenes()
    everything: list[Outcome] = []
    for hand in sorted({day.hand for day in days}):
        others = [day for day in days if day.hand != hand]
        weights = train_weights([*others, *scenes], view)
        outcomes = run(weights, [day for day in days if day.hand == hand], view, is_matter)
        print_table(f"hand {hand}, learned from the others", outcomes, with_open=bool(is_matter))
        everything += outcomes
    return everything


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transcripts", type=Path, default=TRANSCRIPTS)
    parser.add_argument("--gate", action="store_true")
    parser.add_argument("--kept-back", action="store_true")
    parser.add_argument("--views", action="store_true")
    options = parser.parse_args()
    days = read_days(options.transcripts)
    is_matter = gate() if options.gate else None
    if options.kept_back:
        weights = train_weights([*days, *read_scenes()])
        kept = read_days(options.transcripts, kept_back=True)
        outcomes = run(weights, kept, RUNTIME, is_matter)
        print_table("days 9-12, kept back", outcomes, with_open=options.gate)
        return
    for view in VIEWS if options.views else (RUNTIME,):
        outcomes = leave_one_hand_out(days, view, is_matter)
        title = f"all hands, talk of {view.minutes:g} minutes and {view.lines} lines"
        print_table(title, outcomes, with_open=options.gate)


VIEWS = (View(5, 20), View(10, 30), RUNTIME, View(120, 80), View(600, 120))

if __name__ == "__main__":
    main()
