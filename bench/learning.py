"""What corrections are worth: a town corrects the ear for half its days, and is read on the rest.

    python -m bench.learning

For each of the hands that wrote labelled days: an ear trained without that hand reads the first
half of its days. What it took wrongly for matters is marked 不是, what it missed 登记, what it
found is closed under the right field. Then it learns from that as `lianxin train` does, and both
ears read the other half.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from importlib.resources import files
from itertools import groupby

from handlers import model
from handlers.comparing import Asked, Score, asked_of, score
from handlers.examples import read_day, shipped
from handlers.intents import Ear
from handlers.lessons import Lessons, gather
from handlers.lexicon import read_lines
from handlers.reading import Gate
from handlers.schooling import train_ear
from storage.models import Correction, Lesson, PersonId, ResidentId, TicketNumber

EPOCH = datetime.fromtimestamp(0, UTC)
STAFF = 4


def main() -> None:
    names = sorted(item.name for item in files("handlers").joinpath("examples").iterdir())
    days = [name for name in names if name.endswith(".jsonl")]
    totals: dict[str, list[Score]] = {"before": [], "after": []}
    for hand, its in groupby(days, key=lambda name: name[:2]):
        before, after = try_hand(hand, list(its))
        totals["before"].append(before)
        totals["after"].append(after)
    print("all")
    for name, scores in totals.items():
        print(f"  {name} {describe(added(scores))}")


def try_hand(hand: str, days: Sequence[str]) -> tuple[Score, Score]:
    texts = [read_lines(f"examples/{name}") for name in days]
    own = {(one.text, one.act) for day in texts for one in read_day(day)}
    others = [one for one in shipped() if one.is_own or (one.text, one.act) not in own]
    half = len(texts) // 2
    old = Ear(model.load(train_ear(others, "bench")))
    lessons = corrected(old, [one for day in texts[:half] for one in asked_of(day)])
    learned = [*lessons.learned, *lessons.held_back]
    new = Ear(model.load(train_ear([*others, *learned], "bench")))
    asked = [one for day in texts[half:] for one in asked_of(day)]
    before, after = score(old, asked), score(new, asked)
    share = f"{lessons.corrections} of {lessons.corrections + lessons.tickets} corrections"
    print(f"{hand}: {len(learned)} lines learned ({share}), {len(asked)} read")
    print(f"  before {describe(before)}\n  after  {describe(after)}")
    return before, after


def corrected(ear: Ear, asked: Sequence[Asked]) -> Lessons:
    """What the staff and the residents of a town leave behind that put every line right."""
    settled: list[Lesson] = []
    corrections: list[Correction] = []
    for number, one in enumerate(asked):
        is_open = ear.classify(one.line, one.talk).gate is Gate.OPEN
        staff, text = PersonId(number % STAFF), one.line.text
        if one.is_matter and is_open and one.field:
            resident = ResidentId(number)
            settled.append(Lesson(TicketNumber(number), resident, one.field, text))
        if one.is_matter is not is_open:
            act = "open" if one.is_matter else "none"
            given = Correction(number, EPOCH, staff, None, act, one.field, None, text)
            corrections.append(given)
    return gather(settled, corrections)


def added(scores: Sequence[Score]) -> Score:
    names = [one.name for one in fields(Score)]
    return Score(*(sum(getattr(one, name) for one in scores) for name in names))


def describe(one: Score) -> str:
    return (
        f"precision {one.found}/{one.opened} {one.precision:.3f}"
        f"  recall {one.found}/{one.matters} {one.recall:.3f}  F1 {one.f1:.3f}"
        f"  field {one.in_field}/{one.with_field} {one.field_accuracy:.3f}"
        f"  danger {one.alarmed}/{one.critical}"
    )


if __name__ == "__main__":
    main()
