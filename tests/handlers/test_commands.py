"""What staff do by one word, and what is refused kindly."""

import pytest

from storage.models import Field, Outcome, Stage
from tests.handlers.town import (
    ADMINISTRATOR,
    DEPUTY,
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    OTHER_INSTRUCTOR,
    RESIDENT,
    SECRETARY,
    THIRD,
    Town,
    matter,
    private,
    to,
)


@pytest.mark.parametrize(
    "text",
    [
        "1 受理",
        "受理 1",
        "受理1",
        "#1 受理",
        "１号 受理",
        "1号受理",
        "受理 #1",
        "第1件 受理",
        "/受理 ①",
    ],
)
def test_number_and_word_in_either_order_and_any_spelling(town: Town, text: str) -> None:
    town.open()
    town.tell(INSTRUCTOR, text)
    assert town.ticket(1).stage is Stage.ACCEPTED


def test_quoting_the_card_needs_no_number(town: Town) -> None:
    town.say(RESIDENT, "又没水", reading=matter("停水"))
    ack = next(row for row in town.wait(seconds=100) if row.conversation == GROUP)
    town.mark_sent(ack, "bot7")
    town.say(INSTRUCTOR, "受理", quote="bot7")
    assert town.ticket(1).stage is Stage.ACCEPTED


@pytest.mark.parametrize("text", ["进展 2台抽水泵到了", "办结 2根管子换好了", "受理 110出警了"])
def test_what_is_counted_after_the_word_is_no_other_ticket(town: Town, text: str) -> None:
    town.say(RESIDENT, "又没水", reading=matter("停水"))
    ack = next(row for row in town.wait(seconds=100) if row.conversation == GROUP)
    town.mark_sent(ack, "bot7")
    town.open("路灯不亮", sender=NEIGHBOUR, field=Field.ROADS)
    told = town.say(INSTRUCTOR, text, quote="bot7")
    assert [row.ticket for row in told] == [1]
    assert town.ticket(2).stage is Stage.REGISTERED


def test_what_is_counted_names_no_ticket_where_none_is_quoted(town: Town) -> None:
    town.open("停水")
    town.open("路灯不亮", sender=NEIGHBOUR, field=Field.ROADS)
    told = town.tell(INSTRUCTOR, "办结 2根管子换好了")
    assert told[0].text.startswith("办结哪一件？")
    assert town.ticket(2).stage is Stage.REGISTERED


def test_an_ordinary_word_in_the_group_is_no_command(town: Town) -> None:
    town.open()
    town.say(INSTRUCTOR, "受理中心今天上班")
    assert town.ticket(1).stage is Stage.REGISTERED


def test_a_number_that_does_not_exist_is_told_with_ones_own(town: Town) -> None:
    town.open("停水")
    told = town.tell(INSTRUCTOR, "310 受理")
    assert to(told, private(INSTRUCTOR)) == ["没有找到 #310。您的在办事项：#1。"]


def test_staff_of_another_unit_can_not_act(town: Town) -> None:
    town.open()
    told = town.tell(OTHER_INSTRUCTOR, "1 办结 好了")
    assert "城关党支部" in told[0].text
    assert town.ticket(1).stage is Stage.REGISTERED


def test_a_resident_can_not_act_like_staff(town: Town) -> None:
    town.open()
    told = town.tell(NEIGHBOUR, "1 受理")
    assert "帮助" in told[0].text
    assert town.ticket(1).stage is Stage.REGISTERED


def test_nickname_gives_no_role(town: Town) -> None:
    town.open()
    town.say(NEIGHBOUR, "/1 受理", sender_name="李惠")
    assert town.ticket(1).stage is Stage.REGISTERED


def test_a_closed_ticket_says_so(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 不受理 不归镇上管")
    told = town.tell(DEPUTY, "1 受理")
    assert told[0].text == "#1 已经结了，不用再办。"


def test_an_unknown_word_gets_near_ones(town: Town) -> None:
    town.open()
    told = town.tell(INSTRUCTOR, "1 办洁")
    assert "办结" in told[0].text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("代办", "待办"),
        ("待班", "待办"),
        ("办洁", "办结"),
        ("办洁 1", "办结"),
        ("收理1号", "受理"),
        ("进渡 1", "进度"),
    ],
)
def test_a_slip_of_staff_gets_the_word_that_was_meant(town: Town, text: str, meant: str) -> None:
    town.open()
    for told in (town.tell(INSTRUCTOR, text), town.say(INSTRUCTOR, text, is_at_bot=True)):
        assert f"没认出来。是不是：{meant}" in told[0].text


@pytest.mark.parametrize("text", ["进渡 1", "1 进渡", "我得", "不慢意"])
def test_a_slip_of_a_resident_in_private_is_not_told_to_the_instructor(
    town: Town, text: str
) -> None:
    town.open()
    told = town.tell(RESIDENT, text)
    assert [row.conversation for row in told] == [private(RESIDENT)]
    assert "没认出来。是不是：" in told[0].text


@pytest.mark.parametrize(
    "text",
    [
        *("好的", "收到", "不行", "不同意", "知道了", "在吗", "谢谢", "办了", "明天去", "受累了"),
        *(
            "改天再说",
            "查过了",
            "面板坏了",
            "恢复了",
            "批准了吗",
            "下午 3点",
            "13812345678",
            "3号楼",
        ),
    ],
)
def test_ordinary_talk_of_staff_gets_no_hint(town: Town, text: str) -> None:
    town.open()
    assert town.tell(INSTRUCTOR, text) == []


@pytest.mark.parametrize(
    "text", ["我们", "好了吗", "进来", "补水", "登门", "2号楼", "我的灯", "进度怎么这么慢", "5 楼"]
)
def test_ordinary_talk_of_a_resident_gets_no_hint(town: Town, text: str) -> None:
    told = town.tell(NEIGHBOUR, text)
    assert not any("没认出来" in row.text for row in told)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1转张小雷", "✓ #1 已转给张小雷。"),
        ("1协办水厂", "✓ #1 已请水厂协办"),
        ("1反馈已修好", "✓ #1 "),
        ("/1反馈已修好", "✓ #1 "),
        ("1退不归我们", "✓ #1 已退给书记"),
    ],
)
def test_a_number_makes_a_command_without_a_space(town: Town, text: str, answer: str) -> None:
    town.open()
    told = town.tell(INSTRUCTOR, text)
    assert any(one.startswith(answer) for one in to(told, private(INSTRUCTOR)))


@pytest.mark.parametrize(
    "text", ["日报", "面板", "停发", "督办 1", "批准 1", "批准", "绑定本群 城关"]
)
def test_what_is_not_his_to_say_is_refused_not_swallowed(town: Town, text: str) -> None:
    town.open()
    for told in (town.tell(INSTRUCTOR, text), town.say(INSTRUCTOR, text, is_at_bot=True)):
        assert "用不了" in told[0].text


def test_a_number_too_long_for_a_ticket_is_asked_about(town: Town) -> None:
    town.open()
    assert town.tell(INSTRUCTOR, "99999999999 受理")[0].text.startswith("受理哪一件？#1")


def test_redelivered_command_does_nothing_twice(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 受理", message_id="c1")
    assert town.tell(INSTRUCTOR, "1 受理", message_id="c1") == []


def test_merging_counts_people_and_splitting_gives_them_back(town: Town) -> None:
    town.open("停水", sender=RESIDENT)
    town.open("没水", sender=THIRD, text="西头没水做饭")
    town.tell(INSTRUCTOR, "1 合并 2")
    assert town.ticket(2).outcome is Outcome.JOINED
    assert len(town.store.tickets.list_reports(town.ticket(1).number)) == 2
    town.tell(INSTRUCTOR, "2 拆分")
    assert town.ticket(2).stage is Stage.REGISTERED
    assert len(town.store.tickets.list_reports(town.ticket(1).number)) == 1


@pytest.mark.parametrize("number", ["99999999999999999999999", "１" * 30])
def test_merging_with_what_can_be_no_ticket_asks_which(town: Town, number: str) -> None:
    town.open("停水")
    assert town.tell(INSTRUCTOR, f"1 合并 {number}")[0].text.startswith("和哪一件合并？")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/1 办结", "✓ #1 已办结。请把结果告诉居民：回“1 反馈 …”。"),
        ("/1 改 领域 路灯", "✓ #1 改好了：道路市政。"),
        ("/2 拆分", "✓ #2 已拆出来单独办。"),
    ],
)
def test_what_the_group_is_not_told_is_told_to_whoever_did_it(
    town: Town, text: str, answer: str
) -> None:
    town.open("停水", sender=RESIDENT)
    town.open("没水", sender=THIRD, text="西头没水做饭")
    town.tell(INSTRUCTOR, "1 合并 2")
    told = town.say(INSTRUCTOR, text)
    assert not any("✓" in line for line in to(told, GROUP))
    assert to(told, private(INSTRUCTOR)) == [answer]


def test_a_wrong_ticket_is_closed_silently_and_kept_as_a_correction(town: Town) -> None:
    town.say(RESIDENT, "我要投诉这个红包", reading=matter("投诉"))
    ack = next(row for row in town.wait(seconds=100) if row.conversation == GROUP)
    town.mark_sent(ack, "bot1")
    told = town.say(INSTRUCTOR, "不是", quote="bot1")
    assert to(told, GROUP) == []
    assert town.ticket(1).outcome is Outcome.MISTAKEN
    assert [one.act for one in town.store.corrections.list_all()] == ["none"]


def test_staff_register_a_quoted_line_for_the_resident(town: Town) -> None:
    town.say(RESIDENT, "东头那个坡滑得很")
    town.say(INSTRUCTOR, "登记", quote="m1")
    ticket = town.ticket(1)
    assert ticket.body == "东头那个坡滑得很"
    resident = town.store.residents.get(ticket.resident)
    assert resident is not None
    assert resident.user_id == RESIDENT


def test_leave_hands_the_open_tickets_to_the_deputy(town: Town) -> None:
    town.open("停水")
    told = town.tell(INSTRUCTOR, "请假 11-24 11-26")
    assert "张小雷" in to(told, private(INSTRUCTOR))[0]
    assert "请假" in to(told, private(DEPUTY))[0]
    holder = town.store.people.get(town.ticket(1).assignee)  # type: ignore[arg-type]
    assert holder is not None
    assert holder.name == "张小雷"
    town.open("路灯不亮", sender=NEIGHBOUR, field=Field.ROADS)
    assert "张小雷" in town.store.outbox.list_for_ticket(town.ticket(2).number)[0].text


def test_both_on_leave_makes_it_the_secretarys(town: Town) -> None:
    town.tell(INSTRUCTOR, "请假 3天")
    town.tell(DEPUTY, "请假 3天")
    town.open("停水")
    assert town.store.people.get(town.ticket(1).assignee).name == "鲍春霞"  # type: ignore[arg-type, union-attr]


def test_a_complaint_about_the_secretary_goes_to_the_general_branch(town: Town) -> None:
    from handlers.reading import Against

    town.open("书记的事", is_sensitive=True, against=Against.SECRETARY)
    assert town.store.people.get(town.ticket(1).assignee).name == "郝长顺"  # type: ignore[arg-type, union-attr]
    assert "没有找到" in town.tell(SECRETARY, "进度 1")[0].text


def test_help_shows_only_what_one_may_do(town: Town) -> None:
    resident = town.tell(RESIDENT, "帮助")[0].text
    assert "受理" not in resident
    assert "进度" in resident
    assert "批准" not in town.tell(INSTRUCTOR, "帮助")[0].text
    assert "批准" in town.tell(SECRETARY, "帮助")[0].text
    administrator = town.tell(ADMINISTRATOR, "帮助")[0].text
    assert "绑定本群" in administrator
    assert "绑定码 姓名" in administrator
    assert "绑定码" not in resident
