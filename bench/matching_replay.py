"""Joining as the bot really does it, by an ear and weights that never saw the day's hand.

    python -m bench.matching_replay [--hands h1 h3] [--together N] [--lost] [--keep FOLDER]

The days of each hand go through `replay` with everything trained on the other hands: what a town
sees that was never heard. `--together` leaves out every Nth hand at once, which is N trainings for
all hands. `--lost` shows the lines that were lost; `--keep` keeps what was trained for the next
run.
"""

import argparse
import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from bench.matching_days import read_days, read_scenes
from bench.train_matching import TRANSCRIPTS, train
from bench.transcripts import (
    CONFIG,
    Did,
    Label,
    Score,
    matter_of,
    print_score,
    read_labels,
    run_day,
    score_day,
)
from bot.config import Config, load_config
from handlers import dispatch, matching
from handlers.examples import Example, read_day, read_own
from handlers.lexicon import read_lines
from handlers.matching import Weights, read_weights
from handlers.reading import Candidate, Gate, Match, Reading
from handlers.schooling import train_ear
from handlers.talk import Line, Talk
from storage.models import Act

FOLLOWING = (Act.JOIN.value, Act.ADD.value)


@dataclass(frozen=True, slots=True)
class Fold:
    """What was trained without one hand."""

    ear: Path
    weights: Weights


@dataclass(frozen=True, slots=True)
class Asked:
    """One line as it came to the matcher: who opened the tickets it might belong to."""

    gate: Gate
    opened_by: frozenset[str]
    found: Match | None


@dataclass
class Losses:
    """Where labelled joins and adds were lost, and where those that were said are wrong."""

    lost: dict[str, Counter[str]] = field(default_factory=dict)
    wrong: dict[str, Counter[str]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def add(self, other: "Losses") -> None:
        for mine, its in ((self.lost, other.lost), (self.wrong, other.wrong)):
            for act, counts in its.items():
                mine.setdefault(act, Counter()).update(counts)
        self.lines += other.lines


def make_fold(left_out: Sequence[str], folder: Path) -> Fold:
    name = "-".join(left_out)
    ear, weights = folder / f"{name}.ear", folder / f"{name}.json"
    if not ear.exists():
        ear.write_bytes(train_ear(list(_examples_without(left_out)), "bench"))
    if not weights.exists():
        others = [day for day in read_days(TRANSCRIPTS) if day.hand not in left_out]
        weights.write_text(train([*others, *read_scenes()]), encoding="utf-8")
    return Fold(ear, read_weights(weights.read_text(encoding="utf-8")))


def _examples_without(left_out: Sequence[str]) -> Iterator[Example]:
    for day in read_days(TRANSCRIPTS):
        if day.hand not in left_out:
            yield from read_day(read_lines(f"examples/{day.name}.jsonl"))
    for name in sorted(path.name for path in TRANSCRIPTS.glob("*.txt")):
        yield from read_own(read_lines(f"examples/{name}"))


@contextmanager
def matching_by(weights: Weights, asked: dict[str, Asked]) -> Iterator[None]:
    """The bot matches by `weights`; what it is asked is written down by message id."""
    match = dispatch.match

    def noting(
        line: Line, reading: Reading, talk: Talk, candidates: Sequence[Candidate], now: datetime
    ) -> Match | None:
        found = match(line, reading, talk, candidates, now)
        opened_by = (_id(one.ticket.source_key) for one in candidates)
        asked[line.message_id] = Asked(reading.gate, frozenset(opened_by), found)
        return found

    with (
        patch.object(matching, "shipped", lambda: weights),
        patch.object(dispatch, "match", noting),
    ):
        yield


def _id(key: str) -> str:
    return key.rsplit("/", 1)[-1]


def find_losses(
    path: Path, labels: Mapping[str, Label | None], did: Did, asked: Mapping[str, Asked]
) -> Losses:
    texts = {one.line.message_id: one.line.text for one in _said(path)}
    found = Losses()
    for message, label in labels.items():
        act, of = did.acts.get(message, ("", ""))
        matter = matter_of(of, labels) if of else None
        if label is not None and label.act in FOLLOWING:
            why = _why_lost(message, label, act, matter, labels, did, asked)
            if why is not None:
                found.lost.setdefault(label.act, Counter())[why] += 1
                found.lines.append(f"{path.stem} {label.act} lost: {why}: {texts.get(message, '')}")
        if act in FOLLOWING:
            why = _why_wrong(label, act, matter)
            if why is not None:
                found.wrong.setdefault(act, Counter())[why] += 1
                found.lines.append(f"{path.stem} {act} wrong: {why}: {texts.get(message, '')}")
    return found


def _said(path: Path) -> Iterable:
    day = next(one for one in read_days(path.parent) if one.name == path.stem)
    return day.lines


def _why_lost(
    message: str,
    label: Label,
    act: str,
    matter: str | None,
    labels: Mapping[str, Label | None],
    did: Did,
    asked: Mapping[str, Asked],
) -> str | None:
    if act == label.act and matter == label.of:
        return None
    if act == Act.OPEN.value:
        return "opened a ticket of its own"
    if act:
        return f"{act} instead" if matter == label.of else f"{act} to another matter"
    if message in did.asked:
        return "asked about"
    at = asked.get(message)
    if at is None:
        return "never came to the matcher"
    if not any(matter_of(one, labels) == label.of for one in at.opened_by):
        return "no ticket of its matter"
    return "left alone"


def _why_wrong(label: Label | None, act: str, matter: str | None) -> str | None:
    if label is None:
        return "chatter"
    if matter != label.of:
        return f"another matter ({label.act})"
    return None if act == label.act else f"was {label.act}"


def replay_hand(
    hand: str, fold: Fold, config: Config, unit: str, folder: Path
) -> tuple[Score, Losses]:
    score, losses = Score(), Losses()
    for path in (TRANSCRIPTS / f"{day.name}.jsonl" for day in read_days(TRANSCRIPTS)):
        if path.stem[:2] != hand and not (hand == "h1" and path.stem.startswith("day")):
            continue
        asked: dict[str, Asked] = {}
        with matching_by(fold.weights, asked):
            heard = replace(config, model_path=fold.ear)
            did = asyncio.run(run_day(path, heard, unit, folder))
        labels = read_labels(path)
        score.add(score_day(path.stem, labels, did))
        losses.add(find_losses(path, labels, did, asked))
    return score, losses


def print_losses(losses: Losses, *, shows_lines: bool) -> None:
    for title, kinds in (("lost", losses.lost), ("wrong", losses.wrong)):
        for act, counts in sorted(kinds.items()):
            told = "  ".join(f"{why} {count}" for why, count in counts.most_common())
            print(f"  {act} {title}: {told}")
    if shows_lines:
        print("\n".join(f"    {line}" for line in losses.lines))


def main() -> None:
    hands = sorted({day.hand for day in read_days(TRANSCRIPTS)})
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hands", nargs="+", default=hands)
    parser.add_argument("--together", type=int, default=len(hands), help="groups of hands")
    parser.add_argument("--unit", default="liuyuan", help="for groups of no unit")
    parser.add_argument("--lost", action="store_true", help="show the lines")
    parser.add_argument("--keep", type=Path, help="folder for what was trained")
    options = parser.parse_args()
    config = load_config(CONFIG, {})
    whole, lost = Score(), Losses()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for hand in options.hands:
            left_out = hands[hands.index(hand) % options.together :: options.together]
            fold = make_fold(left_out, options.keep or Path(folder))
            score, losses = replay_hand(hand, fold, config, options.unit, Path(folder))
            print_score(f"hand {hand}, left out", score)
            print_losses(losses, shows_lines=options.lost)
            whole.add(score)
            lost.add(losses)
    print_score("all hands, each left out", whole)
    print_losses(lost, shows_lines=False)


if __name__ == "__main__":
    main()
