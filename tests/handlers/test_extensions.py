"""延期 and 退: asked for, and decided by the secretary."""

from datetime import timedelta

import pytest

from tests.handlers.town import GROUP, INSTRUCTOR, RESIDENT, SECRETARY, Town, private, to


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


def test_a_day_before_the_present_end_is_told_with_that_end(town: Town) -> None:
    town.open()
    told = town.tell(INSTRUCTOR, "1 延期 明天 缺配件")
    assert told[0].text == "#1 现在的时限是11月30日 18:00，请说一个更晚的日子。"


def test_what_is_handled_is_not_extended(town: Town) -> None:
    town.answered()
    told = town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    assert to(told, private(SECRETARY)) == []
    assert told[0].text == "#1 已反馈，等居民回话，不用延期。"


def test_an_extension_that_was_overtaken_is_not_told_to_the_residents(town: Town) -> None:
    ticket = town.open("停水")
    town.tell(INSTRUCTOR, "1 延期 2天 缺配件")
    town.tell(INSTRUCTOR, "1 办结 修好了")
    told = town.tell(SECRETARY, "批准 1")
    assert [row.text for row in told] == ["#1 已反馈，等居民回话，不用延期。"]
    assert town.store.approvals.get_waiting(ticket.number) is None


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("1 退", "1 退 不在我们片区"),
        ("1 退单", "1 退 不在我们片区"),
        ("1 不受理", "1 不受理 要找县供电公司"),
        ("1 延期 2天", "1 延期 2天 缺配件"),
    ],
)
def test_the_example_of_a_reason_fits_the_word(town: Town, text: str, example: str) -> None:
    town.open()
    assert town.tell(INSTRUCTOR, text)[0].text == f"请说一下原因，比如“{example}”。"


def test_what_is_between_staff_is_not_said_in_the_group(town: Town) -> None:
    town.open("停水")
    for text in ("/1 延期 2天 缺配件", "/1 协办 水厂", "/请假 明天"):
        told = town.say(INSTRUCTOR, text)
        assert to(told, GROUP) == []
        assert to(told, private(INSTRUCTOR))[0].startswith("✓")
    for text in ("/督办 1", "/驳回 1"):
        told = town.say(SECRETARY, text)
        assert to(told, GROUP) == []
        assert to(told, private(SECRETARY))[0].startswith("✓")
    told = town.say(INSTRUCTOR, "/1 退 不在我们片区")
    assert to(told, GROUP) == []
    assert to(told, private(INSTRUCTOR))[0].startswith("✓")


def test_a_refused_return_says_whose_it_is(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 退 不归我管")
    told = town.tell(SECRETARY, "驳回 1")
    assert to(told, private(INSTRUCTOR)) == ["#1 退单没批，还请您办，时限照旧。"]
