"""An alarm nobody answers: loud for a day, then with the other reminders."""

import pytest

from storage.models import OutgoingClass, Urgency
from tests.handlers.town import (
    INSTRUCTOR,
    OVER_SECRETARY,
    RESIDENT,
    SECRETARY,
    TOWN_SECRETARY,
    Town,
    matter,
    of,
    private,
    to,
)


def test_who_hears_of_a_contacted_alarm_is_told_what_is_overdue(town: Town) -> None:
    town.say(RESIDENT, "煤气味", reading=matter("煤气味", urgency=Urgency.CRITICAL, danger="gas"))
    town.tell(INSTRUCTOR, "1 已联系")
    told = to(of(town.wait(hours=6), OutgoingClass.ALARM), private(SECRETARY))
    assert told
    assert not [text for text in told if "没人回应" in text or "已联系" in text]
    assert "1 受理" in told[0]


def test_after_a_day_an_unanswered_alarm_comes_once_each_working_day(town: Town) -> None:
    town.say(RESIDENT, "煤气味", reading=matter("煤气味", urgency=Urgency.CRITICAL, danger="gas"))
    town.wait(hours=26)
    later = to(of(town.wait(days=7), OutgoingClass.ALARM), private(INSTRUCTOR))
    assert len(later) == 5


def _gas(town: Town) -> None:
    reading = matter("煤气味", urgency=Urgency.CRITICAL, danger="gas")
    town.say(RESIDENT, "煤气味", reading=reading)


@pytest.mark.parametrize("word", ["已联系", "受理"])
def test_once_somebody_has_answered_nobody_is_told_the_same_words_twice_a_day(
    town: Town, word: str
) -> None:
    _gas(town)
    town.tell(INSTRUCTOR, f"1 {word}")
    told = town.wait(hours=23)
    assert told
    for user in (INSTRUCTOR, SECRETARY, OVER_SECRETARY, TOWN_SECRETARY):
        heard = to(told, private(user))
        assert len(heard) == len(set(heard)) == 1, heard


def test_an_overdue_accepted_danger_is_told_again_each_working_day(town: Town) -> None:
    _gas(town)
    town.tell(INSTRUCTOR, "1 受理")
    town.wait(hours=6)
    assert len(to(town.wait(days=7), private(INSTRUCTOR))) == 5


def test_an_overdue_accepted_danger_climbs_to_every_secretary(town: Town) -> None:
    _gas(town)
    town.tell(INSTRUCTOR, "1 受理")
    told = of(town.wait(hours=6), OutgoingClass.ALARM)
    for user in (SECRETARY, OVER_SECRETARY, TOWN_SECRETARY):
        assert "办理已超时" in to(told, private(user))[0]


def test_an_accepted_danger_that_runs_over_at_night_is_told_its_holder_at_once(town: Town) -> None:
    town.wait(hours=14)
    _gas(town)
    town.tell(INSTRUCTOR, "1 受理")
    over = town.ticket(1).handling_due_at
    held = [row for row in town.wait(hours=5) if row.conversation == private(INSTRUCTOR)]
    assert [row.not_before for row in held] == [over]


@pytest.mark.parametrize("done", ["已联系", "受理", "办结"])
def test_danger_that_comes_after_a_step_rings_until_it_is_answered_itself(
    town: Town, done: str
) -> None:
    town.open("楼道有味")
    town.tell(INSTRUCTOR, f"1 {done}")
    town.wait(minutes=3)
    danger = matter("煤气味", urgency=Urgency.CRITICAL, danger="gas")
    town.say(RESIDENT, "煤气味很大，头都晕了", quote="m1", reading=danger)
    rung = of(town.wait(minutes=26), OutgoingClass.ALARM)
    assert len([row for row in rung if row.conversation == private(INSTRUCTOR)]) == 3
    town.tell(INSTRUCTOR, "1 已联系")
    assert to(of(town.wait(minutes=20), OutgoingClass.ALARM), private(INSTRUCTOR)) == []


def test_danger_in_what_has_climbed_already_climbs_anew(town: Town) -> None:
    town.open("楼道有味")
    town.wait(days=10)
    danger = matter("煤气味", urgency=Urgency.CRITICAL, danger="gas")
    town.say(RESIDENT, "煤气味很大，头都晕了", quote="m1", reading=danger)
    assert to(town.wait(minutes=40), private(OVER_SECRETARY)) != []


def test_an_alarm_passes_a_secretary_on_leave_by(town: Town) -> None:
    town.tell(SECRETARY, "请假 今天")
    reading = matter("煤气味", urgency=Urgency.CRITICAL, danger="gas")
    told = of(town.say(RESIDENT, "煤气味", reading=reading), OutgoingClass.ALARM)
    assert to(told, private(OVER_SECRETARY))
    assert not to(told, private(SECRETARY))


def test_an_alarm_rings_at_a_secretary_on_leave_where_all_are(town: Town) -> None:
    for user in (SECRETARY, OVER_SECRETARY, TOWN_SECRETARY):
        town.tell(user, "请假 今天")
    reading = matter("煤气味", urgency=Urgency.CRITICAL, danger="gas")
    told = of(town.say(RESIDENT, "煤气味", reading=reading), OutgoingClass.ALARM)
    assert to(told, private(SECRETARY))
