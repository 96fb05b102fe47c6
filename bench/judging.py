"""What a judge would be shown, and what one that is always right could mend.

    python -m bench.judging [--reach 0.1]

Each hand's labelled days are heard by an ear that was trained without them. A line is in the band
where the bot would ask the resident, below it where it comes within `reach` of that. No judge is
asked: how often a real one is right has to be tried with that one.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.transcripts import read_labels
from bench.understanding import EXAMPLES
from bot.transcript import read_transcripts
from handlers import model
from handlers.conversing import bare_line
from handlers.examples import Example, read_day, read_own
from handlers.intents import Ear
from handlers.judging import is_uncertain, prepare
from handlers.lexicon import read_lines
from handlers.reading import Gate
from handlers.schooling import train_ear
from handlers.talk import Line, Talk
from storage.models import UnitId

UNIT = UnitId("chengguan")
ACTS = {"open": "matters", "chatter": "chatter"}
Counts = Counter[tuple[str, str, bool]]
"""Of (band or below, what the line is, whether it may be shown)."""


def hands() -> Mapping[str, Sequence[Path]]:
    found: dict[str, list[Path]] = {}
    for day in sorted(EXAMPLES.glob("*.jsonl")):
        hand = "days 1-8" if day.name.startswith("day") else day.name[:2]
        found.setdefault(hand, []).append(day)
    return found


def train(days: Sequence[Path]) -> Ear:
    own = [path.name for path in sorted(EXAMPLES.glob("*.txt"))]
    learned: list[Example] = []
    for day in days:
        learned += read_day(read_lines(f"examples/{day.name}"))
    for name in own:
        learned += read_own(read_lines(f"examples/{name}"))
    return Ear(model.load(train_ear(learned, "bench")))


def hear(day: Path, ear: Ear, reach: float) -> Iterator[tuple[str, str, bool]]:
    """The uncertain lines of a day."""
    labels = read_labels(day)
    before: dict[str, list[Line]] = {}
    for said in read_transcripts([day]):
        incoming = said.incoming
        line = replace(bare_line(incoming), is_staff=said.is_staff)
        talked = before.setdefault(incoming.conversation, [])
        talk = Talk(tuple(talked[-60:]), said.is_staff, incoming.is_private, UNIT)
        talked.append(line)
        reading = ear.classify(line, talk)
        if is_uncertain(reading.score, ear, reach):
            label = labels.get(incoming.message_id)
            act = "chatter" if label is None else str(label.act)
            zone = "band" if reading.gate is Gate.ASK else "below"
            is_shown = prepare(incoming, line, talk, ear) is not None
            yield zone, ACTS.get(act, "more on a matter"), is_shown


def measure(reach: float) -> Counts:
    counts: Counts = Counter()
    by_hand = hands()
    for hand, days in by_hand.items():
        others = [day for other, its in by_hand.items() if other != hand for day in its]
        ear = train(others)
        for day in days:
            counts.update(hear(day, ear, reach))
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reach", type=float, default=0.1)
    counts = measure(parser.parse_args().reach)
    for zone in ("band", "below"):
        for kind in ("matters", "more on a matter", "chatter"):
            shown, hidden = counts[zone, kind, True], counts[zone, kind, False]
            print(f"{zone:<6} {kind:<17} {shown + hidden:>4} lines, {shown:>4} of them shown")


if __name__ == "__main__":
    main()
