"""Reminders, escalations and what is merged, in working time."""

from datetime import timedelta

import pytest

from handlers import followups
from handlers.reading import Gate
from storage.models import Field, OutgoingClass, Stage, Urgency
from tests.handlers.conftest import TownMaker
from tests.handlers.town import (
    DEPUTY,
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    OVER_SECRETARY,
    RESIDENT,
    SECRETARY,
    THIRD,
    TOWN_SECRETARY,
    Town,
    matter,
    of,
    private,
    to,
)

UP = (private(OVER_SECRETARY), private(TOWN_SECRETARY))


def local(town: Town) -> str:
    return town.now.astimezone(town.settings.worktime.zone).strftime("%m-%d %H:%M")


def first_of(town: Town, kind: OutgoingClass) -> str:
    """The local moment at which the next message of a class is decided."""
    for _ in range(400):
        if of(town.wait(minutes=1), kind):
            return local(town)
    raise AssertionError(f"no {kind} within 400 minutes")


def test_the_first_reminder_comes_at_four_fifths_of_the_contact_clock(town: Town) -> None:
    town.open()
    assert first_of(town, OutgoingClass.REMINDER) == "11-24 10:36"


def test_the_second_comes_at_its_end_and_goes_to_the_secretary_too(town: Town) -> None:
    town.open()
    town.wait(minutes=110)
    told = town.wait(minutes=15)
    assert len(of(told, OutgoingClass.REMINDER)) == 1
    assert to(of(told, OutgoingClass.ESCALATION), private(SECRETARY))


def test_then_one_each_working_day(town: Town) -> None:
    town.open()
    town.wait(hours=10)
    days = []
    for _ in range(5):
        told = of(town.wait(days=1), OutgoingClass.REMINDER)
        days.append(len(told))
    assert days == [1, 1, 1, 0, 0]


def test_escalation_climbs_a_level_a_working_day(town: Town) -> None:
    town.open()
    town.wait(hours=10)
    next_day = of(town.wait(days=1), OutgoingClass.ESCALATION)
    assert [row.conversation for row in next_day] == [private(OVER_SECRETARY)]
    day_after = of(town.wait(days=1), OutgoingClass.ESCALATION)
    assert [row.conversation for row in day_after] == [private(TOWN_SECRETARY)]
    assert of(town.wait(days=10), OutgoingClass.ESCALATION) == []


def test_no_reminder_ever_goes_to_a_group(town: Town) -> None:
    town.open()
    told = town.wait(days=30)
    kinds = {OutgoingClass.REMINDER, OutgoingClass.ESCALATION}
    assert all(row.conversation != GROUP for row in told if row.kind in kinds)


def test_what_is_due_for_one_person_within_the_slot_is_one_message(town: Town) -> None:
    town.open("停水")
    town.open("路灯不亮", sender=NEIGHBOUR, field=Field.ROADS)
    town.open("垃圾没人收", sender=THIRD, field=Field.SANITATION)
    told = of(town.wait(hours=1, minutes=45), OutgoingClass.REMINDER)
    assert len(told) == 1
    assert "3 件等您" in told[0].text
    assert all(f"#{number}" in told[0].text for number in (1, 2, 3))


def test_acting_in_time_stops_the_reminders_of_that_clock(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 受理")
    assert of(town.wait(hours=9), OutgoingClass.REMINDER) == []


def test_a_friday_afternoon_matter_is_due_on_monday(town_at: TownMaker) -> None:
    town = town_at("2026-11-27 16:30")
    ticket = town.open()
    due = ticket.contact_due_at.astimezone(town.settings.worktime.zone)
    assert due.strftime("%m-%d %H:%M") == "11-30 09:30"
    assert of(town.wait(days=2), OutgoingClass.REMINDER) == []


def test_an_urgent_matter_is_to_be_contacted_within_half_an_hour(town: Town) -> None:
    town.open("停水", urgency=Urgency.URGENT)
    assert first_of(town, OutgoingClass.REMINDER) == "11-24 09:24"


def test_an_unanswered_alarm_is_repeated_until_somebody_answers(town: Town) -> None:
    critical = matter("煤气味", urgency=Urgency.CRITICAL, danger="gas")
    town.say(RESIDENT, "煤气味", reading=critical)
    again = of(town.wait(minutes=16), OutgoingClass.ALARM)
    assert {row.conversation for row in again} == {private(INSTRUCTOR), private(SECRETARY)}
    town.tell(INSTRUCTOR, "1 已联系")
    assert of(town.wait(minutes=9), OutgoingClass.ALARM) == []


def test_an_unanswered_alarm_climbs_in_real_time(town_at: TownMaker) -> None:
    town = town_at("2026-11-28 23:00")
    critical = matter("煤气味", urgency=Urgency.CRITICAL, danger="gas")
    town.say(RESIDENT, "煤气味", reading=critical)
    told = of(town.wait(hours=2), OutgoingClass.ALARM)
    higher = [row for row in told if row.conversation in UP]
    assert [row.conversation for row in higher] == [
        private(OVER_SECRETARY),
        private(TOWN_SECRETARY),
    ]
    assert all(row.not_before == row.queued_at for row in higher)


def test_alarms_grow_rarer_but_never_stop(town: Town) -> None:
    critical = matter("煤气味", urgency=Urgency.CRITICAL, danger="gas")
    town.say(RESIDENT, "煤气味", reading=critical)
    first_hour = of(town.wait(hours=1), OutgoingClass.ALARM)
    tenth = of(town.wait(hours=9), OutgoingClass.ALARM)
    assert len(first_hour) <= 14
    assert 16 <= len(tenth) <= 22


def test_in_danger_the_first_word_of_staff_in_the_group_is_contact(town: Town) -> None:
    critical = matter("煤气味", urgency=Urgency.CRITICAL, danger="gas")
    town.say(RESIDENT, "煤气味", reading=critical)
    town.say(INSTRUCTOR, "我和燃气站的人马上到，所有人先下楼")
    assert town.ticket(1).stage is Stage.CONTACTED


def test_one_word_of_help_answers_all_who_report_the_same_danger(town: Town) -> None:
    for sender, gist in ((RESIDENT, "有煤气味"), (NEIGHBOUR, "有煤气味"), (THIRD, "有人被困")):
        town.open(gist, sender=sender, urgency=Urgency.CRITICAL, danger="gas")
    town.say(INSTRUCTOR, "别慌，人都先下楼", at_users=(THIRD,))
    assert stages(town) == [Stage.REGISTERED, Stage.REGISTERED, Stage.CONTACTED]
    town.say(INSTRUCTOR, "我马上到")
    assert stages(town) == [Stage.CONTACTED] * 3


def stages(town: Town) -> list[Stage]:
    return [ticket.stage for ticket in town.tickets()]


@pytest.mark.parametrize(
    "said",
    ["通知：明天上午九点活动室开会，各位党员请提前到，别迟到", "早饭吃了没", "收到"],
)
def test_other_talk_of_staff_does_not_silence_an_alarm(town: Town, said: str) -> None:
    critical = matter("煤气味", urgency=Urgency.CRITICAL, danger="gas")
    town.say(RESIDENT, "煤气味", reading=critical)
    town.say(DEPUTY, said)
    assert town.ticket(1).stage is Stage.REGISTERED
    assert of(town.wait(minutes=16), OutgoingClass.ALARM) != []


@pytest.mark.parametrize(
    "said",
    ["我马上到", "在路上", "已联系燃气公司", "先开窗，别开灯", "几号楼几单元？", "打了119了"],
)
def test_a_word_of_help_is_contact(town: Town, said: str) -> None:
    critical = matter("煤气味", urgency=Urgency.CRITICAL, danger="gas")
    town.say(RESIDENT, "煤气味", reading=critical)
    town.say(DEPUTY, said)
    assert town.ticket(1).stage is Stage.CONTACTED


def test_otherwise_talk_of_staff_is_no_evidence(town: Town) -> None:
    town.open()
    town.say(INSTRUCTOR, "今天下午打扫卫生")
    assert town.ticket(1).stage is Stage.REGISTERED


def test_after_an_outage_of_days_each_person_gets_one_message(town: Town) -> None:
    for sender, gist in ((RESIDENT, "停水"), (NEIGHBOUR, "路灯不亮"), (THIRD, "垃圾没人收")):
        town.say(sender, gist, reading=matter(gist, field=list(Field)[len(gist)]))
    town.now += timedelta(days=3)
    told = town.queue(followups.send_due(town.context()), "sweep")
    assert len(of(told, OutgoingClass.REMINDER)) == 1
    for secretary in (SECRETARY, OVER_SECRETARY, TOWN_SECRETARY):
        assert len(to(of(told, OutgoingClass.ESCALATION), private(secretary))) == 1


def test_a_second_sweep_at_the_same_moment_finds_nothing(town: Town) -> None:
    town.open()
    town.now += timedelta(days=3)
    town.queue(followups.send_due(town.context()), "sweep")
    assert followups.send_due(town.context()) == []


def test_who_went_on_leave_is_replaced_at_the_next_reminder(town: Town) -> None:
    town.open()
    person = town.store.people.by_account("qq", INSTRUCTOR)
    assert person is not None
    day = town.now.date()
    town.store.people.add_leave(person.id, day, day + timedelta(days=3))
    told = of(town.wait(hours=2), OutgoingClass.REMINDER)
    assert {row.conversation for row in told} == {private(DEPUTY)}


def test_a_reopened_matter_is_also_the_secretarys(town: Town) -> None:
    town.answered()
    town.say(RESIDENT, "还没")
    told = of(town.wait(hours=2), OutgoingClass.REMINDER)
    assert private(SECRETARY) in {row.conversation for row in told}


def test_an_uncertain_line_is_asked_about_once_and_let_go(town: Town) -> None:
    unsure = matter("楼道灯不亮", gate=Gate.ASK, score=0.6)
    town.say(RESIDENT, "这楼道的灯怕是要过年才亮了", reading=unsure)
    asked = of(town.wait(seconds=100), OutgoingClass.QUESTION)
    assert len(asked) == 1
    assert "登记" in asked[0].text
    assert of(town.wait(days=2), OutgoingClass.QUESTION) == []
    assert town.tickets() == []


def test_yes_with_the_building_opens_it(town: Town) -> None:
    unsure = matter("楼道灯不亮", gate=Gate.ASK, score=0.6)
    town.say(RESIDENT, "这楼道的灯怕是要过年才亮了", reading=unsure)
    town.wait(seconds=100)
    town.say(RESIDENT, "登记 3号楼")
    ticket = town.ticket(1)
    assert "楼道的灯" in ticket.body
    assert "3号楼" in ticket.body
    assert ticket.source_key.endswith("/m1")


def test_a_delicate_line_is_asked_about_in_private(town: Town) -> None:
    unsure = matter("低保的事", gate=Gate.ASK, score=0.3, is_sensitive=True)
    town.say(RESIDENT, "听说低保又要核查了", reading=unsure)
    asked = of(town.wait(seconds=100), OutgoingClass.QUESTION)
    assert [row.conversation for row in asked] == [private(RESIDENT)]


def test_no_means_no(town: Town) -> None:
    town.say(RESIDENT, "灯怕是要过年才亮", reading=matter("灯不亮", gate=Gate.ASK))
    town.wait(seconds=100)
    assert town.say(RESIDENT, "不用了") == []
    assert town.tickets() == []


def test_the_text_of_an_unanswered_question_is_forgotten(town: Town) -> None:
    town.say(RESIDENT, "灯怕是要过年才亮", reading=matter("灯不亮", gate=Gate.ASK))
    town.wait(days=3)
    from storage.models import MessageKey

    question = town.store.questions.get_by_source(MessageKey(f"qq/{GROUP}/m1"))
    assert question is not None
    assert question.text == ""


def test_handled_but_not_answered_is_reminded(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 办结")
    assert town.ticket(1).stage is Stage.HANDLED
    assert len(of(town.wait(days=1, hours=1), OutgoingClass.REMINDER)) == 2
