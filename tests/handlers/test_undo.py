"""撤销: what was said is set right, what others did since stays."""

from dataclasses import replace

import pytest

from handlers import dispatch
from handlers.reading import Match
from storage.models import (
    Act,
    Approval,
    Outcome,
    OutgoingClass,
    PersonId,
    Stage,
    TicketNumber,
    Urgency,
)
from tests.handlers.town import (
    ADMINISTRATOR,
    DEPUTY,
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    OVER_SECRETARY,
    RESIDENT,
    SECRETARY,
    Town,
    matter,
    of,
    private,
    to,
)


def test_undo_within_two_minutes_brings_the_ticket_back_unsaid(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 办结 通了")
    told = town.tell(INSTRUCTOR, "撤销")
    assert town.ticket(1).stage is Stage.REGISTERED
    assert to(told, GROUP) == []
    assert of(list(town.store.outbox.list_new()), OutgoingClass.ANSWER) == []


def test_undo_of_what_was_said_is_set_right_in_the_group(town: Town) -> None:
    town.open()
    for row in town.tell(INSTRUCTOR, "1 办结 通了"):
        town.mark_sent(row, f"bot{row.id}")
    told = town.tell(INSTRUCTOR, "撤销")
    assert "还在办" in to(told, GROUP)[0]


def test_undo_after_two_minutes_is_too_late(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 受理")
    town.wait(minutes=3)
    town.tell(INSTRUCTOR, "撤销")
    assert town.ticket(1).stage is Stage.ACCEPTED


def test_undo_does_not_undo_what_others_did_since(town: Town) -> None:
    town.answered()
    town.say(RESIDENT, "好了")
    town.tell(INSTRUCTOR, "撤销")
    assert town.ticket(1).outcome is Outcome.CONFIRMED


def say_more(town: Town, monkeypatch: pytest.MonkeyPatch, text: str, **read: object) -> None:
    guess = Match(TicketNumber(1), Act.ADD, 0.95)
    monkeypatch.setattr(dispatch, "match", lambda *_: guess)
    town.say(RESIDENT, text, reading=matter(**read))


def test_undo_keeps_what_a_resident_said_meanwhile(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 受理")
    say_more(town, monkeypatch, "二单元也没有，别说是我")
    town.tell(INSTRUCTOR, "撤销")
    ticket = town.ticket(1)
    assert (ticket.stage, ticket.is_anonymous) == (Stage.REGISTERED, True)
    assert "二单元也没有" in ticket.body


def test_undo_does_not_take_back_a_danger_that_was_told_meanwhile(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 受理")
    say_more(town, monkeypatch, "楼道里有煤气味", urgency=Urgency.CRITICAL, danger="gas")
    told = town.tell(INSTRUCTOR, "撤销")
    assert "不能撤" in to(told, private(INSTRUCTOR))[0]
    assert town.ticket(1).urgency is Urgency.CRITICAL


@pytest.mark.parametrize(
    ("command", "instead"),
    [
        ("2 协办 水厂", "说一声"),
        ("2 合并 3", "3 拆分"),
    ],
)
def test_a_step_that_cannot_be_taken_back_is_not_passed_over(
    town: Town, command: str, instead: str
) -> None:
    for sender in (RESIDENT, NEIGHBOUR, RESIDENT):
        town.open(sender=sender)
    town.tell(INSTRUCTOR, "1 受理")
    town.tell(INSTRUCTOR, command)
    told = town.tell(INSTRUCTOR, "撤销")
    assert "撤不回来" in told[0].text
    assert instead in told[0].text
    assert town.ticket(1).stage is Stage.ACCEPTED


def test_two_commands_are_taken_back_one_after_the_other(town: Town) -> None:
    town.open()
    town.open(sender=NEIGHBOUR)
    for command in ("1 受理", "2 受理", "撤销", "撤销"):
        town.tell(INSTRUCTOR, command)
    assert [ticket.stage for ticket in town.tickets()] == [Stage.REGISTERED] * 2
    assert "没有可以撤销" in town.tell(INSTRUCTOR, "撤销")[0].text


def test_talk_in_the_group_does_not_hide_the_last_command(town: Town) -> None:
    town.open()
    town.open(sender=NEIGHBOUR)
    line = town.talk[GROUP][1].message_id
    town.tell(INSTRUCTOR, "1 受理")
    town.say(INSTRUCTOR, "马上过去看看", quote=line)
    assert town.ticket(2).stage is Stage.CONTACTED
    town.tell(INSTRUCTOR, "撤销")
    assert town.ticket(1).stage is Stage.REGISTERED


@pytest.mark.parametrize("answer", ["1 转 张小雷", "1 不受理 不归我们"])
def test_a_return_whose_answer_is_taken_back_waits_again(town: Town, answer: str) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 退 不归我管")
    town.wait(seconds=30)
    town.tell(SECRETARY, answer)
    town.wait(seconds=30)
    town.tell(SECRETARY, "撤销")
    assert "退单已驳回" in to(town.tell(SECRETARY, "驳回 1"), private(SECRETARY))[0]


def test_what_a_wrong_word_kept_back_is_said_after_all(town: Town) -> None:
    town.open()
    told = [(row.kind, row.text) for row in town.store.outbox.list_new()]
    assert [kind for kind, _ in told] == [OutgoingClass.ACK, OutgoingClass.CARD]
    town.tell(INSTRUCTOR, "1 不是")
    town.tell(INSTRUCTOR, "撤销")
    waiting = [(row.kind, row.text) for row in town.store.outbox.list_new()]
    assert waiting[:2] == told


def test_what_was_said_wrong_stays_unsaid_when_a_later_step_is_undone(town: Town) -> None:
    town.open()
    for command in ("1 办结 通了", "撤销", "1 不是", "撤销"):
        town.tell(INSTRUCTOR, command)
    assert of(list(town.store.outbox.list_new()), OutgoingClass.ANSWER) == []


@pytest.mark.parametrize("later", ["登记 井盖破了", "绑定码 李惠"])
def test_the_command_before_a_later_one_is_not_taken_back(town: Town, later: str) -> None:
    who = ADMINISTRATOR if later.startswith("绑定码") else INSTRUCTOR
    town.open()
    town.store.tickets.save(replace(town.ticket(1), assignee=_person(town, who)))
    town.tell(who, "1 受理")
    town.wait(seconds=10)
    town.tell(who, later)
    town.wait(seconds=10)
    said = town.tell(who, "撤销")[0].text
    assert f"“{later.split()[0]}”撤不回来" in said
    assert town.ticket(1).stage is Stage.ACCEPTED
    town.tell(who, "撤销 1")
    assert town.ticket(1).stage is Stage.REGISTERED


def test_a_look_between_does_not_keep_a_command_from_being_taken_back(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 受理")
    town.wait(seconds=10)
    town.tell(INSTRUCTOR, "待办")
    town.wait(seconds=10)
    town.tell(INSTRUCTOR, "撤销")
    assert town.ticket(1).stage is Stage.REGISTERED


def _person(town: Town, user_id: str) -> PersonId:
    person = town.store.people.by_account("qq", user_id)
    assert person is not None
    return person.id


def test_who_was_given_a_ticket_hears_that_it_was_taken_back(town: Town) -> None:
    town.open()
    for row in town.tell(INSTRUCTOR, "1 转 张小雷"):
        town.mark_sent(row, f"bot{row.id}")
    told = town.tell(INSTRUCTOR, "撤销")
    assert to(told, private(DEPUTY)) == ["#1 李惠收回去了，您不用办。"]


def test_who_has_not_heard_yet_is_not_told_that_it_was_taken_back(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 转 张小雷")
    told = town.tell(INSTRUCTOR, "撤销")
    assert to(told, private(DEPUTY)) == []


def _waiting(town: Town) -> Approval | None:
    return town.store.approvals.get_waiting(TicketNumber(1))


def test_an_extension_asked_for_is_taken_back_while_undecided(town: Town) -> None:
    before = town.open()
    for row in town.tell(INSTRUCTOR, "1 延期 2天 缺配件"):
        town.mark_sent(row, f"bot{row.id}")
    town.wait(minutes=1)
    told = town.tell(INSTRUCTOR, "撤销")
    assert to(told, private(INSTRUCTOR)) == ["✓ #1 延期撤回来了，时限照旧。"]
    assert to(told, private(SECRETARY)) == ["#1 停水 李惠撤回了延期，不用您定了。"]
    assert _waiting(town) is None
    assert "没有等您定的事" in town.tell(SECRETARY, "批准 1")[0].text
    assert town.ticket(1).handling_due_at == before.handling_due_at


def test_a_return_is_taken_back_while_undecided(town: Town) -> None:
    before = town.open()
    for row in town.tell(INSTRUCTOR, "1 退 不归我管"):
        town.mark_sent(row, f"bot{row.id}")
    town.wait(minutes=1)
    told = town.tell(INSTRUCTOR, "撤销")
    assert to(told, private(INSTRUCTOR)) == ["✓ #1 退单撤回来了，还是您办，时限照旧。"]
    assert to(told, private(SECRETARY)) == ["#1 停水 李惠撤回了退单，不用您定了。"]
    assert town.ticket(1).assignee == before.assignee
    assert _waiting(town) is None


@pytest.mark.parametrize("command", ["1 延期 2天 缺配件", "1 退 不归我管"])
def test_a_secretary_who_has_not_read_it_yet_hears_nothing(town: Town, command: str) -> None:
    town.open()
    town.tell(INSTRUCTOR, command)
    told = town.tell(INSTRUCTOR, "撤销")
    assert to(told, private(SECRETARY)) == []
    waiting = [row.text for row in town.store.outbox.list_new() if "等您定" in row.text]
    assert waiting == []
    assert _waiting(town) is None


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("1 延期 2天 缺配件", "批准 1"),
        ("1 延期 2天 缺配件", "驳回 1"),
        ("1 退 不归我管", "驳回 1"),
        ("1 退 不归我管", "1 转 张小雷"),
    ],
)
def test_what_has_been_decided_is_not_taken_back(town: Town, command: str, answer: str) -> None:
    town.open()
    town.tell(INSTRUCTOR, command)
    town.wait(seconds=30)
    town.tell(SECRETARY, answer)
    before = town.ticket(1)
    told = town.tell(INSTRUCTOR, "撤销")
    assert [row.text for row in told] == ["#1 后来又有人动过，不能撤了。"]
    assert town.ticket(1) == before


@pytest.mark.parametrize("command", ["1 延期 2天 缺配件", "1 退 不归我管"])
def test_the_secretary_who_stands_in_hears_too_that_it_was_taken_back(
    town: Town, command: str
) -> None:
    town.open()
    town.tell(INSTRUCTOR, command)
    town.wait(seconds=10)
    for row in town.tell(SECRETARY, "请假 今天"):
        town.mark_sent(row, f"bot{row.id}")
    town.wait(seconds=10)
    told = town.tell(INSTRUCTOR, "撤销")
    assert len(to(told, private(OVER_SECRETARY))) == 1
    assert "不用您定了" in to(told, private(OVER_SECRETARY))[0]
    assert town.ticket(1).assignee == _person(town, INSTRUCTOR)


def test_a_request_taken_back_can_be_made_again(town: Town) -> None:
    town.open()
    for text in ("1 延期 2天 缺配件", "撤销", "1 延期 3天 缺配件"):
        told = town.tell(INSTRUCTOR, text)
        town.wait(seconds=10)
    assert "等您定" in to(told, private(SECRETARY))[0]
    town.tell(INSTRUCTOR, "撤销")
    assert _waiting(town) is None


def test_a_request_taken_back_in_the_group_is_confirmed_in_private(town: Town) -> None:
    town.open()
    town.say(INSTRUCTOR, "/1 退 不归我管")
    told = town.say(INSTRUCTOR, "/撤销")
    assert to(told, GROUP) == []
    assert "退单撤回来了" in to(told, private(INSTRUCTOR))[0]


def test_an_extension_taken_back_leaves_what_residents_said_since(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    town.say(RESIDENT, "二单元也停了", quote="m1")
    body = town.ticket(1).body
    town.tell(INSTRUCTOR, "撤销")
    assert town.ticket(1).body == body


@pytest.mark.parametrize(
    "command",
    ["1 受理", "1 办结 通了", "1 转 张小雷", "1 不是", "1 改 地点 3号楼", "1 改 领域 道路"],
)
def test_undo_puts_back_what_the_step_changed_and_no_more(town: Town, command: str) -> None:
    before = town.open()
    town.tell(INSTRUCTOR, command)
    town.wait(seconds=10)
    town.tell(RESIDENT, "补充 1 水压也小了，别说是我")
    told = town.tell(INSTRUCTOR, "撤销")
    assert "撤回来了" in told[0].text
    after = town.ticket(1)
    assert (after.stage, after.assignee) == (before.stage, before.assignee)
    assert (after.field, after.place) == (before.field, before.place)
    if command != "1 不是":  # nothing is added to what is closed
        assert "水压也小了" in after.body
        assert after.is_anonymous
    assert after.next_action_at is not None


def test_undo_does_not_let_a_matter_be_acknowledged_twice(town: Town) -> None:
    town.say(RESIDENT, "停水了没人管", reading=matter())
    town.tell(INSTRUCTOR, "1 受理")
    town.wait(seconds=100)
    town.tell(INSTRUCTOR, "撤销")
    again = of(town.wait(seconds=100), OutgoingClass.CARD)
    assert again == []
