"""What staff do by one word, and what is refused kindly."""

from datetime import timedelta

import pytest

from storage.models import Field, Outcome, OutgoingClass, Stage, UnitId
from tests.handlers.town import (
    ADMINISTRATOR,
    DEPUTY,
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    OTHER_INSTRUCTOR,
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


def test_acceptance_also_ends_the_contact_clock_with_the_same_evidence(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 受理")
    ticket = town.ticket(1)
    assert ticket.contact_done_at == ticket.acceptance_done_at == town.now
    assert ticket.contact_proof == f"qq/{private(INSTRUCTOR)}/m2"


def test_acceptance_with_words_tells_the_residents(town: Town) -> None:
    town.open("停水", place="2号楼")
    told = town.tell(INSTRUCTOR, "1 受理 主管冻堵，水站在抢修，10点前通")
    assert to(told, GROUP) == ["#1 2号楼停水：主管冻堵，水站在抢修，10点前通。"]
    assert to(told, private(INSTRUCTOR))[0].startswith("✓ #1")


def test_quoting_the_card_needs_no_number(town: Town) -> None:
    town.say(RESIDENT, "又没水", reading=matter("停水"))
    ack = next(row for row in town.wait(seconds=100) if row.conversation == GROUP)
    town.mark_sent(ack, "bot7")
    town.say(INSTRUCTOR, "受理", quote="bot7")
    assert town.ticket(1).stage is Stage.ACCEPTED


def test_an_ordinary_word_in_the_group_is_no_command(town: Town) -> None:
    town.open()
    town.say(INSTRUCTOR, "受理中心今天上班")
    assert town.ticket(1).stage is Stage.REGISTERED


def test_answering_a_resident_by_quote_is_contact(town: Town) -> None:
    town.open()
    town.say(INSTRUCTOR, "收到，我问一下水厂那边", quote="m1")
    assert town.ticket(1).stage is Stage.CONTACTED


def test_a_result_with_a_picture_is_answered_and_asked_about(town: Town) -> None:
    town.open("停水")
    told = town.tell(INSTRUCTOR, "1 办结 通了", images=("tap.jpg",))
    answer = of(told, OutgoingClass.ANSWER)[0]
    assert answer.conversation == GROUP
    assert answer.images == ("tap.jpg",)
    assert "通了" in answer.text
    assert "好了" in answer.text
    assert answer.at_users == (RESIDENT,)
    assert town.ticket(1).stage is Stage.ANSWERED


def test_handled_without_words_waits_for_the_answer(town: Town) -> None:
    town.open()
    told = town.tell(INSTRUCTOR, "1 办结")
    assert to(told, GROUP) == []
    assert town.ticket(1).stage is Stage.HANDLED
    town.tell(INSTRUCTOR, "1 反馈 换了阀门")
    assert town.ticket(1).stage is Stage.ANSWERED


def test_one_answer_reaches_all_who_joined(town: Town) -> None:
    town.open("停水")
    town.say(NEIGHBOUR, "我家也没水", quote="m1")
    told = town.tell(INSTRUCTOR, "1 办结 通了")
    assert of(told, OutgoingClass.ANSWER)[0].at_users == (RESIDENT, NEIGHBOUR)


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


def test_redelivered_command_does_nothing_twice(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 受理", message_id="c1")
    assert town.tell(INSTRUCTOR, "1 受理", message_id="c1") == []


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


def test_transfer_to_another_branch_tells_both_sides(town: Town) -> None:
    town.open("停水")
    told = town.tell(INSTRUCTOR, "1 转 河东")
    assert town.ticket(1).unit == "hedong"
    assert "转给您" in to(told, private(OTHER_INSTRUCTOR))[0]
    assert "河东" in to(told, GROUP)[0]


def test_transfer_to_a_colleague_stays_in_the_unit(town: Town) -> None:
    town.open("停水")
    told = town.tell(INSTRUCTOR, "1 转 张小雷")
    assert town.ticket(1).unit == "chengguan"
    assert "转给您" in to(told, private(DEPUTY))[0]
    assert to(told, GROUP) == []


def test_transfer_to_nobody_names_the_nearest(town: Town) -> None:
    town.open()
    told = town.tell(INSTRUCTOR, "1 转 和东")
    assert "河东" in told[0].text


def test_assistance_tells_the_department_and_it_may_report(town: Town) -> None:
    town.open("停水")
    told = town.tell(INSTRUCTOR, "1 协办 水厂")
    assert "请协办" in to(told, private("21000902"))[0]
    told = town.tell("21000902", "1 进展 师傅在路上")
    assert "师傅在路上" in to(told, private(INSTRUCTOR))[0]


def test_an_extension_is_approved_by_the_secretary_and_the_resident_is_told(town: Town) -> None:
    ticket = town.open("停水")
    told = town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    assert "批准 1" in to(told, private(SECRETARY))[0]
    assert town.ticket(1).handling_due_at == ticket.handling_due_at
    told = town.tell(SECRETARY, "批准 1")
    assert town.ticket(1).handling_due_at == ticket.handling_due_at + timedelta(days=2)
    assert "缺配件" in to(told, GROUP)[0]


def test_what_waits_for_the_secretary_ends_with_the_ticket(town: Town) -> None:
    ticket = town.open("停水")
    town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    town.tell(RESIDENT, "满意 1")
    assert town.store.approvals.get_waiting(ticket.number) is None


def test_a_refused_extension_leaves_the_end(town: Town) -> None:
    ticket = town.open("停水")
    town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    told = town.tell(SECRETARY, "驳回 1")
    assert town.ticket(1).handling_due_at == ticket.handling_due_at
    assert to(told, GROUP) == []


@pytest.mark.parametrize("text", ["1 延期 缺配件", "1 延期 2天", "1 延期"])
def test_an_extension_needs_a_date_and_a_reason(town: Town, text: str) -> None:
    town.open()
    told = town.tell(INSTRUCTOR, text)
    assert to(told, private(SECRETARY)) == []
    assert "比如" in told[0].text


def test_an_instructor_can_not_approve_his_own_extension(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    told = town.tell(INSTRUCTOR, "批准 1")
    assert "用不了" in told[0].text


def test_a_returned_ticket_is_the_secretarys_until_he_names_an_owner(town: Town) -> None:
    before = town.open("停水")
    told = town.tell(INSTRUCTOR, "1 退 不是我们支部的")
    after = town.ticket(1)
    assert "退单" in to(told, private(SECRETARY))[0]
    assert after.contact_due_at == before.contact_due_at
    assert town.store.people.get(after.assignee).name == "鲍春霞"  # type: ignore[arg-type, union-attr]
    town.tell(SECRETARY, "1 转 河东")
    assert town.store.approvals.get_waiting(after.number) is None


def test_a_return_without_reason_or_too_late_is_refused(town: Town) -> None:
    town.open()
    assert "原因" in town.tell(INSTRUCTOR, "1 退")[0].text
    town.wait(days=6)
    told = town.tell(INSTRUCTOR, "1 退 不归我")
    assert "不能退" in told[0].text


def test_declining_tells_the_reason(town: Town) -> None:
    town.open("停水")
    told = town.tell(INSTRUCTOR, "1 不受理 小区内部管道归物业")
    assert "小区内部管道归物业" in to(told, GROUP)[0]
    assert town.ticket(1).outcome is Outcome.DECLINED


def test_merging_counts_people_and_splitting_gives_them_back(town: Town) -> None:
    town.open("停水", sender=RESIDENT)
    town.open("没水", sender=THIRD, text="西头没水做饭")
    town.tell(INSTRUCTOR, "1 合并 2")
    assert town.ticket(2).outcome is Outcome.JOINED
    assert len(town.store.tickets.list_reports(town.ticket(1).number)) == 2
    town.tell(INSTRUCTOR, "2 拆分")
    assert town.ticket(2).stage is Stage.REGISTERED
    assert len(town.store.tickets.list_reports(town.ticket(1).number)) == 1


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


def test_search_finds_by_words_within_what_one_may_see(town: Town) -> None:
    town.open("路灯不亮", text="铁路巷的路灯坏了三天")
    assert "#1" in town.tell(INSTRUCTOR, "查 路灯")[0].text
    assert "没有找到" in town.tell(OTHER_INSTRUCTOR, "查 路灯")[0].text
    assert "#1" in town.tell(TOWN_SECRETARY, "查 路灯")[0].text


def test_a_sensitive_ticket_is_not_found_by_those_it_is_kept_from(town: Town) -> None:
    from handlers.reading import Against

    reading = {"is_sensitive": True, "against": Against.INSTRUCTOR}
    town.open("干部吃请", text="指导员吃拿卡要", **reading)
    assert town.store.people.get(town.ticket(1).assignee).name == "鲍春霞"  # type: ignore[arg-type, union-attr]
    assert "没有找到" in town.tell(INSTRUCTOR, "查 指导员")[0].text
    assert "没有找到" in town.tell(INSTRUCTOR, "进度 1")[0].text
    assert "#1" in town.tell(SECRETARY, "进度 1")[0].text


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
    assert "绑定本群" in town.tell(ADMINISTRATOR, "帮助")[0].text


def test_todo_lists_what_waits(town: Town) -> None:
    town.open("停水")
    town.open("路灯不亮", sender=NEIGHBOUR)
    text = town.tell(INSTRUCTOR, "待办")[0].text
    assert text.startswith("2 件等您")


def test_todo_tells_a_secretary_what_waits_for_his_word(town: Town) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    text = town.tell(SECRETARY, "待办")[0].text
    assert text.endswith("\n等您定：#1，回“批准”或“驳回”加编号。")


def test_urging_reaches_the_holder_in_private(town: Town) -> None:
    town.open("停水")
    told = town.tell(OVER_SECRETARY, "督办 1 群众等着用水")
    assert "群众等着用水" in to(told, private(INSTRUCTOR))[0]


def test_the_board_is_opened_by_a_secretary_in_private_only(town: Town) -> None:
    assert "https://board.example/board/" in town.tell(SECRETARY, "面板")[0].text
    assert "私下" in town.say(SECRETARY, "/面板")[0].text
    assert "用不了" in town.tell(INSTRUCTOR, "/面板")[0].text


def test_the_administrator_binds_a_group(town: Town) -> None:
    town.say(ADMINISTRATOR, "/绑定本群 城关", where="group:999")
    bound = town.store.conversations.get("qq", "group:999")
    assert bound is not None
    assert bound.unit == UnitId("chengguan")


def test_nobody_else_binds_a_group(town: Town) -> None:
    town.say(INSTRUCTOR, "/绑定本群 城关", where="group:999")
    assert town.store.conversations.get("qq", "group:999") is None


def test_a_bind_code_works_once(town: Town) -> None:
    text = town.tell(ADMINISTRATOR, "绑定码 李惠")[0].text
    code = "".join(char for char in text if char.isdigit())[:8]
    assert "李惠" in town.tell("7777", f"绑定码 {code}")[0].text
    assert "不对" in town.tell("8888", f"绑定码 {code}")[0].text


def test_pausing_a_group_is_told_in_private(town: Town) -> None:
    told = town.say(ADMINISTRATOR, "/停发")
    assert to(told, GROUP) == []
    bound = town.store.conversations.get("qq", GROUP)
    assert bound is not None
    assert bound.is_paused


def test_statistics_show_numerator_and_denominator(town: Town) -> None:
    town.answered()
    text = town.tell(SECRETARY, "统计")[0].text
    assert "响应 1/1" in text
