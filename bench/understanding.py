"""What the ear makes of labelled days, notices, chatter, headlines and one line's time.

    python -m bench.understanding --data DIR [--hands] [--missed]

DIR holds transcripts/day*.jsonl and the CSV files. The ear hears each day line by line as the
runtime would let it, and takes its own openings for what was opened; joining is measured by
bench.matching and bench.transcripts. `--hands` leaves out one hand's days after the other,
trains on the rest, and hears the days left out: what a town sees that the ear has never heard.
Places are learned apart from the ear: `python -m bench.train_places --hands` leaves out hands too.
"""

import argparse
import csv
import gc
import json
import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.scores import FOLLOWS, Score, print_score
from handlers import model
from handlers.examples import WINDOW, Example, Label, read_day, read_line, read_own, shipped
from handlers.intents import Ear, classify, shipped_model
from handlers.lexicon import read_lines
from handlers.reading import Gate, Reading
from handlers.schooling import train_ear
from handlers.sorter import evaluate_sorter, train_sorter
from handlers.talk import Line, Talk
from storage.models import Act, Urgency

EXAMPLES = Path(__file__).parents[1] / "handlers" / "examples"
FOLDS = 5
SPEED_LINES = 4000
csv.field_size_limit(10_000_000)


@dataclass(frozen=True, slots=True)
class Heard:
    line: Line
    label: Label | None
    reading: Reading

    @property
    def act(self) -> str:
        return str(self.label["act"]) if self.label else "chatter"


def hear(day: Path, ear: Ear) -> Iterator[Heard]:
    """Each resident's line with what the ear makes of it, in time order."""
    before: dict[str, list[Line]] = {}
    for raw in day.read_text(encoding="utf-8").splitlines():
        record = json.loads(raw)
        if record["recall"]:
            continue
        line, conversation = read_line(record), record["conversation"]
        talked = before.setdefault(conversation, [])
        recent = tuple(one for one in talked[-30:] if line.at - one.at <= WINDOW)
        talk = Talk(recent, line.is_staff, conversation.startswith("private:"))
        reading = ear.classify(line, talk)
        if not line.is_staff:
            yield Heard(line, record["label"], reading)
        opened = reading.gate is Gate.OPEN
        talked.append(replace(line, act=Act.OPEN) if opened else line)


def score_days(days: Iterable[Path], ear: Ear) -> Score:
    score = Score()
    for day in days:
        heard = list(hear(day, ear))
        alarmed = {_matter(one) for one in heard if one.reading.danger}
        for one in heard:
            _count(one, score)
            if one.act == "open" and one.label and one.label["urgency"] == "critical":
                score.counts["critical raised by any line"] += one.line.message_id in alarmed
    return score


def _matter(one: Heard) -> str | None:
    """The id of the line that opened the matter this line belongs to."""
    if one.label is None:
        return None
    return one.line.message_id if one.act == "open" else one.label["of"]


def _count(one: Heard, score: Score) -> None:
    counts, reading = score.counts, one.reading
    counts["lines"] += 1
    counts[one.act] += 1
    opened = reading.gate is Gate.OPEN
    counts["opened"] += opened
    counts[f"opened {one.act}"] += opened
    counts[f"asked {one.act}"] += reading.gate is Gate.ASK
    counts["opened or asked"] += reading.gate is not Gate.NONE
    counts["follows"] += one.act in FOLLOWS
    counts["follows heard"] += one.act in FOLLOWS and (reading.may_follow or opened)
    counts["chatter let go"] += one.act == "chatter" and not reading.may_follow and not opened
    if one.act == "open":
        _count_matter(one, score)
    elif one.act == "chatter" and opened:
        score.false.append(one.line.text)
    _count_danger(one, score)


def _count_matter(one: Heard, score: Score) -> None:
    label, reading, counts = one.label, one.reading, score.counts
    assert label is not None
    if reading.gate is not Gate.OPEN:
        score.missed.append(f"{reading.gate} {one.line.text}")
        return
    for name in ("kind", "field", "urgency"):
        counts[f"{name} right"] += getattr(reading, name) == label[name]
    here = label["place"] if label["place"] and label["place"] in one.line.text else None
    counts["place right"] += reading.place == here
    counts["placed"] += here is not None
    counts["placed right"] += here is not None and reading.place == here


def _count_danger(one: Heard, score: Score) -> None:
    is_critical = one.act == "open" and bool(one.label and one.label["urgency"] == "critical")
    score.counts["critical"] += is_critical
    raised = one.reading.urgency is Urgency.CRITICAL and one.reading.gate is Gate.OPEN
    score.counts["critical raised"] += is_critical and raised
    if is_critical and not raised:
        score.missed_danger.append(one.line.text)
    if raised and one.act == "chatter":
        score.counts["alarms at chatter"] += 1
        score.false_danger.append(f"chatter: {one.line.text}")
    if raised and one.act == "open" and not is_critical:
        score.counts["alarms at other matters"] += 1
        score.false_danger.append(f"{one.label and one.label['urgency']}: {one.line.text}")


def measure_hands(shows_missed: bool) -> None:
    """Each hand's days by an ear that was trained without them."""
    hands: dict[str, list[Path]] = {}
    for day in sorted(EXAMPLES.glob("*.jsonl")):
        hands.setdefault("days 1-8" if day.name.startswith("day") else day.name[:2], []).append(day)
    own = [
        one
        for name in sorted(path.name for path in EXAMPLES.glob("*.txt"))
        for one in read_own(read_lines(f"examples/{name}"))
    ]
    whole = Score()
    for hand, days in hands.items():
        others = [day for other, its in hands.items() if other != hand for day in its]
        ear = Ear(model.load(train_ear([*_examples(others), *own], "bench")))
        score = score_days(days, ear)
        print_score(f"hand {hand}, left out", score, shows_missed, tells_places=False)
        whole.counts.update(score.counts)
    print_score("all hands, each left out", whole, False, tells_places=False)


def _examples(days: Iterable[Path]) -> Iterator[Example]:
    for day in days:
        yield from read_day(read_lines(f"examples/{day.name}"))


def measure_sets(data: Path) -> None:
    """Text of other registers: bare, without any talk around it."""
    for name, column in (
        ("official_notices_dev", "text"),
        ("chatter_dev", "text"),
        ("river_complaints_dev", "标题"),
    ):
        path = data / f"{name}.csv"
        if not path.exists():
            continue
        texts = [row[column] for row in _rows(path)]
        gates = Counter(classify(text).gate for text in texts)
        total = len(texts)
        opened, asked = gates[Gate.OPEN] / total, gates[Gate.ASK] / total
        alarms = sum(classify(text).danger is not None for text in texts)
        print(f"\n== {name}: {total} texts")
        print(f"  opened {opened:.4f}  asked {asked:.4f}  either {opened + asked:.4f}")
        print(f"  alarms {alarms}")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def measure_sorter(data: Path) -> None:
    """`lianxin train` on letters with seven labels, in folds."""
    path = data / "civic_fields_dev.csv"
    if not path.exists():
        return
    rows = [(row["text"], row["field"]) for row in _rows(path)]
    random.Random(1).shuffle(rows)
    found = []
    for fold in range(FOLDS):
        learned = [row for at, row in enumerate(rows) if at % FOLDS != fold]
        trained = model.load(train_sorter(learned, "bench"))
        found.append(evaluate_sorter(trained, rows[fold::FOLDS]).macro_f1)
    figures = " ".join(f"{one:.3f}" for one in found)
    print(f"\n== train on civic_fields_dev, {FOLDS} folds: {len(rows)} letters")
    print(f"  macro-F1 {sum(found) / FOLDS:.4f} ({figures})")


def measure_speed(days: Sequence[Path]) -> None:
    """One line through the whole of `Ear.classify`; what loading costs."""
    content = EXAMPLES.parent.joinpath("ear.bin").read_bytes()
    started = time.perf_counter()
    loaded = model.load(content)
    seconds = time.perf_counter() - started
    tracemalloc.start()
    kept = model.load(content)
    memory = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    ear = Ear(loaded)
    lines = [one.line for day in days for one in hear(day, ear)][:SPEED_LINES]
    gc.collect()
    gc.disable()
    took = sorted(_seconds(ear, line) for line in lines for _ in range(3))
    long = _seconds(ear, replace(lines[0], text="门口的路灯坏了没人管，" * 10_000))
    gc.enable()
    p50, p99 = (took[int(len(took) * share)] * 1e6 for share in (0.5, 0.99))
    print(f"\n== speed: {len(lines)} lines, 3 times each")
    print(f"  p50 {p50:.0f} µs  p99 {p99:.0f} µs  of 110,000 characters {long * 1e6:.0f} µs")
    print(
        f"  the model: {len(content) // 1024} KB, {len(kept.table)} features, load {seconds:.2f} s"
    )
    print(f"  in memory {memory:.0f} MB")


def _seconds(ear: Ear, line: Line) -> float:
    started = time.perf_counter()
    ear.classify(line, Talk())
    return time.perf_counter() - started


def _counted(examples: Sequence[Example]) -> Mapping[str, int]:
    return Counter("own" if one.is_own else "of days" for one in examples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the measuring data")
    parser.add_argument("--hands", action="store_true", help="train without each hand's days")
    parser.add_argument("--missed", action="store_true", help="show what was missed and false")
    options = parser.parse_args()
    print(f"examples: {dict(_counted(shipped()))}")
    days = sorted((options.data / "transcripts").glob("day*.jsonl"))
    kept_back = [day for day in days if day.stem > "day08"]
    if options.hands:
        measure_hands(options.missed)
    ear = Ear(shipped_model())
    if kept_back:
        print_score("days 9-12, never trained on", score_days(kept_back, ear), options.missed)
    measure_sets(options.data)
    measure_sorter(options.data)
    measure_speed(
        [day for day in days if day not in kept_back] or sorted(EXAMPLES.glob("d*.jsonl"))
    )


if __name__ == "__main__":
    main()
