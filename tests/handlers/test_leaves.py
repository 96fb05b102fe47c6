"""While somebody is away."""

import pytest

from handlers import leaves
from handlers.reading import Against
from storage.models import Leave, Stage
from tests.handlers.town import (
    DEPUTY,
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    OVER_SECRETARY,
    RESIDENT,
    SECRETARY,
    TOWN_SECRETARY,
    Town,
    private,
    to,
)


def holder(town: Town, number: int = 1) -> str:
    assignee = town.ticket(number).assignee
    person = town.store.people.get(assignee) if assignee else None
    return person.name if person else ""


def test_a_leave_that_begins_tomorrow_changes_nothing_today(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "请假 明天")
    assert holder(town) == "李惠"


def test_on_the_morning_the_deputy_takes_over_and_is_told_in_one_message(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "请假 明天")
    town.wait(hours=23, minutes=50)
    told = town.queue(leaves.hand_over_all(town.context()), "leave")
    assert holder(town) == "张小雷"
    assert len(to(told, private(DEPUTY))) == 1


def test_the_next_morning_nothing_is_said_again(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "请假 11-25 11-27")
    town.wait(days=1)
    leaves.hand_over_all(town.context())
    town.wait(days=1)
    assert leaves.hand_over_all(town.context()) == []


def test_a_sensitive_matter_goes_to_the_secretary_never_to_the_deputy(town: Town) -> None:
    town.open("停水")
    town.open("低保的事", sender=NEIGHBOUR, is_sensitive=True)
    told = town.tell(INSTRUCTOR, "请假 今天")
    assert (holder(town, 1), holder(town, 2)) == ("张小雷", "鲍春霞")
    assert "件转给张小雷，#2 只转给鲍春霞。" in told[0].text
    assert "#2" in to(told, private(SECRETARY))[0]
    assert all("#2" not in text for text in to(told, private(DEPUTY)))


def test_a_sensitive_matter_goes_further_up_where_the_secretary_is_away(town: Town) -> None:
    town.open("低保的事", is_sensitive=True)
    town.tell(SECRETARY, "请假 今天")
    town.tell(INSTRUCTOR, "请假 今天")
    assert holder(town) == "郝长顺"


def test_a_complaint_that_its_secretary_leaves_goes_up_not_down(town: Town) -> None:
    town.open("指导员的事", is_sensitive=True, against=Against.INSTRUCTOR)
    town.tell(SECRETARY, "请假 今天")
    assert holder(town) == "郝长顺"


def test_a_sensitive_matter_that_nobody_may_take_stays_and_that_is_said(town: Town) -> None:
    town.open("低保的事", is_sensitive=True)
    for secretary in (SECRETARY, OVER_SECRETARY, TOWN_SECRETARY):
        town.tell(secretary, "请假 今天")
    told = town.tell(INSTRUCTOR, "请假 今天")
    assert holder(town) == "李惠"
    assert "#1 没有能转的人" in told[0].text


def test_what_was_returned_goes_to_who_decides_now_not_back(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 退 不归我管")
    told = town.tell(SECRETARY, "请假 今天")
    assert holder(town) == "郝长顺"
    assert "要您定的转给郝长顺，#1 转给郝长顺" in told[0].text
    town.tell(OVER_SECRETARY, "驳回 1")
    assert holder(town) == "李惠"


@pytest.mark.parametrize("command", ["1 延期 2天 缺配件", "1 退 不归我管"])
def test_what_a_secretary_must_decide_goes_to_one_who_is_there(town: Town, command: str) -> None:
    town.open()
    town.tell(SECRETARY, "请假 今天")
    told = town.tell(INSTRUCTOR, command)
    assert "等您定" in to(told, private(OVER_SECRETARY))[0]
    assert to(told, private(SECRETARY)) == []


def test_where_all_secretaries_are_away_the_nearest_is_asked(town: Town) -> None:
    town.open()
    for secretary in (SECRETARY, OVER_SECRETARY, TOWN_SECRETARY):
        town.tell(secretary, "请假 今天")
    told = town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    assert "等您定" in to(told, private(SECRETARY))[0]


def test_a_leave_in_the_past_is_refused(town: Town) -> None:
    told = town.tell(INSTRUCTOR, "请假 11-20 11-21")
    assert "过去" in told[0].text
    assert to(told, private(SECRETARY)) == []


def test_a_leave_is_taken_back_and_not_the_step_before_it(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 受理")
    town.tell(INSTRUCTOR, "请假 11-25 11-27")
    told = town.tell(INSTRUCTOR, "撤销")
    assert to(told, private(INSTRUCTOR)) == ["✓ 11月25日到11月27日的假撤了，件还是您办。"]
    assert to(told, private(DEPUTY)) == ["李惠11月25日到11月27日不请假了，他的件还是他办。"]
    assert town.ticket(1).stage is Stage.ACCEPTED
    town.wait(days=1)
    assert leaves.hand_over_all(town.context()) == []
    assert holder(town) == "李惠"


def test_a_leave_that_has_begun_is_not_taken_back(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "请假 今天")
    assert "撤不回来" in town.tell(INSTRUCTOR, "撤销")[0].text
    assert holder(town) == "张小雷"


def test_the_same_days_said_again_are_told_to_nobody(town: Town) -> None:
    town.tell(INSTRUCTOR, "请假 11-25 11-27")
    told = town.tell(INSTRUCTOR, "请假 11-25 11-26")
    assert [row.text for row in told] == ["11月25日到11月26日已经请过假了，不用再说。"]


def test_of_a_longer_leave_the_deputy_is_told_the_days_that_are_new(town: Town) -> None:
    town.tell(INSTRUCTOR, "请假 11-25 11-27")
    told = town.tell(INSTRUCTOR, "请假 11-26 11-30")
    assert to(told, private(DEPUTY)) == ["李惠11月28日到11月30日请假，他的件这几天由您接。"]
    town.tell(INSTRUCTOR, "撤销")
    assert [(one.first_day.day, one.last_day.day) for one in _leaves(town)] == [(25, 27)]


def test_days_that_two_leaves_cover_together_are_told_to_nobody(town: Town) -> None:
    for days in ("11-25 11-26", "11-27 11-28", "11-25 11-28"):
        told = town.tell(INSTRUCTOR, f"请假 {days}")
    assert "已经请过假了" in told[0].text
    assert to(told, private(DEPUTY)) == []


def _leaves(town: Town, user_id: str = INSTRUCTOR) -> list[Leave]:
    person = town.store.people.by_account("qq", user_id)
    assert person is not None
    return list(town.store.people.list_leaves(person.id))


def test_one_who_comes_back_early_gets_the_new_matters_again(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "请假 今天 11-27")
    town.wait(days=1)
    told = town.tell(INSTRUCTOR, "销假")
    assert to(told, private(INSTRUCTOR)) == [
        "✓ 销假了，新件还是您办。#1 还由张小雷办完，要接回来请他回“1 转 李惠”。"
    ]
    assert to(told, private(DEPUTY)) == ["李惠回来了，新件由他办；#1 还请您办完。"]
    assert holder(town, 1) == "张小雷"
    town.open("路灯不亮", sender=NEIGHBOUR)
    assert holder(town, 2) == "李惠"
    assert [(one.first_day.day, one.last_day.day) for one in _leaves(town)] == [(24, 24)]


def test_what_is_named_after_a_leave_is_what_can_be_given_back(town: Town) -> None:
    town.open("停水")
    town.open("低保的事", sender=NEIGHBOUR, is_sensitive=True)
    town.tell(INSTRUCTOR, "请假 今天 11-27")
    town.open("路灯不亮", sender=RESIDENT)
    town.wait(days=1)
    told = town.tell(INSTRUCTOR, "销假")
    assert "#1 还由张小雷办完；#2 还由鲍春霞办完" in told[0].text
    town.tell(DEPUTY, "1 转 李惠")
    assert holder(town, 1) == "李惠"


def test_who_had_nothing_is_told_of_nothing_that_others_have(town: Town) -> None:
    town.tell(INSTRUCTOR, "请假 今天 11-27")
    told = town.tell(INSTRUCTOR, "销假")
    assert [row.text for row in told] == ["✓ 销假了，新件还是您办。", "李惠回来了，新件由他办。"]


@pytest.mark.parametrize("text", ["销假 明天", "销假 11-26"])
def test_a_leave_is_ended_on_the_day_of_the_return(town: Town, text: str) -> None:
    town.tell(INSTRUCTOR, "请假 今天 11-27")
    assert "回来那天" in town.tell(INSTRUCTOR, text)[0].text
    assert len(_leaves(town)) == 1


def test_a_mistyped_end_of_a_leave_is_guessed(town: Town) -> None:
    town.tell(INSTRUCTOR, "请假 今天 11-27")
    assert "是不是：销假" in town.tell(INSTRUCTOR, "消假")[0].text


def test_a_leave_that_ends_by_itself_leaves_the_deputy_what_he_has(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "请假 今天")
    town.wait(days=1)
    leaves.hand_over_all(town.context())
    town.open("路灯不亮", sender=NEIGHBOUR)
    assert (holder(town, 1), holder(town, 2)) == ("张小雷", "李惠")


def test_a_leave_of_today_is_ended_whole(town: Town) -> None:
    town.tell(INSTRUCTOR, "请假 今天 11-27")
    town.tell(INSTRUCTOR, "销假")
    assert _leaves(town) == []


def test_a_leave_that_has_not_begun_is_dropped(town: Town) -> None:
    town.tell(INSTRUCTOR, "请假 11-26 11-27")
    town.wait(hours=3)
    told = town.tell(INSTRUCTOR, "销假")
    assert to(told, private(INSTRUCTOR)) == ["✓ 11月26日到11月27日的假撤了，件还是您办。"]
    assert to(told, private(DEPUTY)) == ["李惠11月26日到11月27日不请假了，他的件还是他办。"]
    assert _leaves(town) == []


@pytest.mark.parametrize(
    "said",
    [
        ("请假 今天 11-25", "请假 今天 11-27"),
        ("请假 11-25 11-26", "请假 今天 11-27"),
    ],
)
def test_a_leave_that_was_made_longer_is_ended_whole(town: Town, said: tuple[str, str]) -> None:
    for words in (*said, "请假 12-1 12-2", "销假"):
        town.tell(INSTRUCTOR, words)
    assert [(one.first_day.day, one.last_day.day) for one in _leaves(town)] == [(1, 2)]
    town.wait(days=2)
    leaves.hand_over_all(town.context())
    town.open()
    assert holder(town) == "李惠"


def test_a_leave_that_was_made_longer_is_dropped_whole(town: Town) -> None:
    for words in ("请假 11-26 11-27", "请假 11-26 11-28"):
        town.tell(INSTRUCTOR, words)
    told = town.tell(INSTRUCTOR, "销假")
    assert to(told, private(DEPUTY)) == ["李惠11月26日到11月28日不请假了，他的件还是他办。"]
    assert _leaves(town) == []


def test_a_secretary_leaves_what_he_decides_to_the_one_above_and_nothing_to_the_instructor(
    town: Town,
) -> None:
    told = town.tell(SECRETARY, "请假 11-25 11-27")
    told += town.tell(SECRETARY, "销假")
    assert to(told, private(INSTRUCTOR)) == []
    assert to(told, private(SECRETARY)) == [
        "✓ 11月25日到11月27日请假，要您定的转给郝长顺。",
        "✓ 11月25日到11月27日的假撤了，要定的还是您定。",
    ]
    assert to(told, private(OVER_SECRETARY)) == [
        "鲍春霞11月25日到11月27日请假，城关党支部要书记定的这几天由您定。",
        "鲍春霞11月25日到11月27日不请假了，城关党支部要书记定的还是他定。",
    ]


def test_a_secretary_who_comes_back_early_decides_again(town: Town) -> None:
    town.tell(SECRETARY, "请假 今天 11-27")
    told = town.tell(SECRETARY, "销假")
    assert [row.text for row in told] == [
        "✓ 销假了，要定的还是您定。",
        "鲍春霞回来了，城关党支部要书记定的还是他定。",
    ]


def test_what_a_secretary_holds_goes_to_the_instructor_who_is_told_which(town: Town) -> None:
    town.open()
    town.tell(SECRETARY, "1 转 鲍春霞")
    told = town.tell(SECRETARY, "请假 今天 11-27")
    assert holder(town) == "李惠"
    assert to(told, private(SECRETARY)) == [
        "✓ 11月24日到11月27日请假，要您定的转给郝长顺，#1 转给李惠。"
    ]
    assert "#1" in to(told, private(INSTRUCTOR))[0]


def test_the_last_secretary_is_told_that_what_he_decides_waits(town: Town) -> None:
    told = town.tell(TOWN_SECRETARY, "请假 11-25 11-27")
    assert "没有别的书记在，要您定的还等您" in told[0].text


def test_who_is_not_on_leave_has_nothing_to_end(town: Town) -> None:
    told = town.tell(INSTRUCTOR, "销假")
    assert [row.text for row in told] == ["您现在没有请假，不用销。"]


@pytest.mark.parametrize("word", ["销假了", "提前回来", "提前回来了"])
def test_coming_back_early_is_understood_of_who_is_on_leave(town: Town, word: str) -> None:
    town.tell(INSTRUCTOR, "请假 今天 11-27")
    town.wait(days=1)
    assert town.tell(INSTRUCTOR, word)[0].text.startswith("✓ 销假了")


def test_that_somebody_or_something_is_back_ends_no_leave(town: Town) -> None:
    town.open("孩子不见了")
    town.tell(INSTRUCTOR, "请假 今天 11-27")
    for words in ("回来了", "1 回来了", "1 提前回来了", "提前回来一个人"):
        town.tell(INSTRUCTOR, words)
    assert len(_leaves(town)) == 1
    town.tell(RESIDENT, "提前回来了")
    assert len(_leaves(town)) == 1


def test_that_a_child_is_back_said_to_a_line_or_a_card_is_no_command(town: Town) -> None:
    town.open("孩子不见了")
    card = next(row for row in town.store.outbox.list_new() if row.conversation == GROUP)
    town.mark_sent(card, "card1")
    town.tell(INSTRUCTOR, "请假 今天 11-27")
    for quoted in ("m1", "card1"):
        assert town.say(INSTRUCTOR, "提前回来了", quote=quoted) == []
    assert len(_leaves(town)) == 1


def test_undo_after_a_leave_was_taken_and_ended_in_one_moment_is_refused(town: Town) -> None:
    for words in ("请假 今天", "销假"):
        town.tell(INSTRUCTOR, words)
    assert "撤不回来" in town.tell(INSTRUCTOR, "撤销")[0].text


def test_the_end_of_a_leave_is_not_passed_over_by_undo(town: Town) -> None:
    town.tell(INSTRUCTOR, "请假 今天 11-27")
    town.wait(seconds=10)
    town.tell(INSTRUCTOR, "销假")
    town.wait(seconds=10)
    told = town.tell(INSTRUCTOR, "撤销")
    assert [row.text for row in told] == ["“销假”撤不回来，要接着请，再回“请假 11-25 11-27”。"]
    assert _leaves(town) == []


def test_a_leave_can_be_taken_again_after_it_was_ended(town: Town) -> None:
    for words in ("请假 今天 11-27", "销假", "请假 今天 11-27"):
        told = town.tell(INSTRUCTOR, words)
        town.wait(seconds=10)
    assert "请假，他的件" in to(told, private(DEPUTY))[0]


def test_an_ended_leave_said_in_the_group_is_confirmed_in_private(town: Town) -> None:
    town.tell(INSTRUCTOR, "请假 今天 11-27")
    told = town.say(INSTRUCTOR, "/销假")
    assert to(told, GROUP) == []
    assert to(told, private(INSTRUCTOR))[0].startswith("✓ 销假了")


def test_what_waits_for_a_secretary_is_put_before_another_as_his_leave_begins(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    told = town.tell(SECRETARY, "请假 今天 11-27")
    note, *cards = to(told, private(OVER_SECRETARY))
    assert note.endswith("要书记定的这几天由您定。")
    assert len(cards) == 1
    assert cards[0].startswith("等您定 #1 停水\n李惠要延到")
    assert "缺配件" in cards[0]
    town.tell(OVER_SECRETARY, "批准 1")
    assert town.store.approvals.get_waiting(town.ticket(1).number) is None


def test_it_is_put_before_him_once_on_the_first_morning(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    town.tell(SECRETARY, "请假 明天 11-27")
    heard: list[str] = []
    for _ in range(3):
        town.wait(days=1)
        told = town.queue(leaves.hand_over_all(town.context()), f"leave{town.now}")
        heard += to(told, private(OVER_SECRETARY))
    assert len(heard) == 1
    assert "等您定" in heard[0]


def test_it_goes_further_where_he_goes_on_leave_too(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    town.tell(SECRETARY, "请假 今天 11-27")
    told = town.tell(OVER_SECRETARY, "请假 今天 11-27")
    assert "等您定" in to(told, private(TOWN_SECRETARY))[-1]


def test_what_somebody_who_is_there_was_asked_is_not_asked_again(town: Town) -> None:
    town.open()
    town.tell(SECRETARY, "请假 今天")
    town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    town.wait(days=1)
    told = town.tell(TOWN_SECRETARY, "请假 今天")
    assert not [row for row in told if "等您定" in row.text]


def test_where_all_secretaries_are_away_nothing_is_put_before_one_of_them(town: Town) -> None:
    town.open()
    for secretary in (OVER_SECRETARY, TOWN_SECRETARY):
        town.tell(secretary, "请假 今天")
    town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    told = town.tell(SECRETARY, "请假 今天")
    assert not [row for row in told if "等您定" in row.text]


def test_a_return_is_put_before_the_next_secretary_with_its_reason(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 退 不归我管")
    told = town.tell(SECRETARY, "请假 今天")
    assert to(told, private(OVER_SECRETARY))[1:] == [
        "等您定 #1 停水\n李惠退单：不归我管\n回“1 转 姓名或支部”，或“驳回 1”。"
    ]
