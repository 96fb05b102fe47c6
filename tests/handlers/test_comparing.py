"""Old against new, and how far corrections can turn the gate."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from handlers import model
from handlers.comparing import Asked, Score, is_worse, own_lines, score, shipped_lines
from handlers.examples import WHOLE, Example, shipped
from handlers.features import surface
from handlers.intents import Ear, shipped_model
from handlers.lessons import gather
from handlers.schooling import train_ear
from handlers.talk import NO_TALK, Line
from storage.models import Correction, PersonId

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SAME = Score(
    lines=100, matters=50, opened=50, found=45, with_field=50, in_field=40, critical=4, alarmed=4
)


@pytest.mark.parametrize(
    ("new", "is_so"),
    [
        (SAME, False),
        (replace(SAME, found=46), False),
        (replace(SAME, found=44), True),
        (replace(SAME, opened=60), True),
        (replace(SAME, in_field=39), True),
        (replace(SAME, alarmed=3), True),
        (replace(SAME, found=50, in_field=50), False),
    ],
)
def test_worse_is_who_falls_by_more_than_one_in_a_hundred(new: Score, is_so: bool) -> None:
    assert is_worse(SAME, new) is is_so


def test_what_is_not_asked_is_no_fault() -> None:
    nothing = Score(0, 0, 0, 0, 0, 0, 0, 0)
    assert (nothing.precision, nothing.recall, nothing.f1, nothing.field_accuracy) == (1, 1, 1, 1)
    assert not is_worse(nothing, nothing)


def test_an_ear_is_scored_line_by_line() -> None:
    lines = own_lines(
        [
            Example("路灯坏了没人管，能不能派人修", "open", field="道路市政"),
            Example("水管漏水没人管，能不能派人修", "open", field="道路市政"),
            Example("大家早上好", "open"),
            Example("哈哈哈", "chatter"),
        ]
    )
    found = score(Ear(shipped_model()), lines)
    assert (found.lines, found.matters, found.opened, found.found) == (4, 3, 2, 2)
    assert (found.with_field, found.in_field) == (2, 1)


def test_the_shipped_days_ask_of_every_resident_and_of_danger() -> None:
    lines = shipped_lines()
    assert not any(one.line.is_staff for one in lines)
    assert sum(one.is_matter for one in lines) > 700
    assert sum(one.is_critical for one in lines) > 20


_LINES = [one for one in shipped() if not one.is_own and one.act != WHOLE]
_LEARNED = _LINES[1::3]
_OTHERS = [*_LINES[0::3], *_LINES[2::3]]
_MATTERS = [one.text for one in _OTHERS if one.act == "open"]
_ASKED = [
    Asked(Line("", NOW, "", "", text), NO_TALK, is_matter=True, field=None)
    for text in _MATTERS[0::16]
]


def taught(corrections: Sequence[Correction]) -> Score:
    """What an ear that learned them makes of a hundred matters it never saw, of all hands."""
    learned = gather([], corrections).learned
    return score(Ear(model.load(train_ear([*_LEARNED, *learned], "2026-11-24"))), _ASKED)


def denied(people: int) -> list[Correction]:
    """Two hundred real matters, every one of them said to be none."""
    return [
        Correction(number, NOW, PersonId(number % people), None, "none", None, None, text)
        for number, text in enumerate(_MATTERS[1::8])
    ]


def test_one_person_can_not_turn_the_gate_but_many_can() -> None:
    before = taught([]).recall
    by_one, by_many = taught(denied(1)).recall, taught(denied(20)).recall
    assert by_one >= before - 0.04
    assert by_many <= before - 0.08


def test_nobody_can_unteach_danger() -> None:
    gas = [one.text for one in _OTHERS if one.urgency == "critical"]
    denials = [
        Correction(number, NOW, PersonId(number), None, "none", None, None, text)
        for number, text in enumerate(gas)
    ]
    learned = gather([], denials).learned
    assert len(learned) > 10
    before = model.load(train_ear(_LEARNED, "2026-11-24"))
    after = model.load(train_ear([*_LEARNED, *learned], "2026-11-24"))
    at = before.about.lanes.index("danger")
    heard = [surface(text).grams for text in gas]
    assert sum(after.scores(grams)[at] for grams in heard) == pytest.approx(
        sum(before.scores(grams)[at] for grams in heard), rel=0.05
    )
