"""The steps of handling, each with its evidence."""

import pytest

from storage.models import Outcome, OutgoingClass, Stage
from tests.handlers.town import GROUP, INSTRUCTOR, NEIGHBOUR, RESIDENT, Town, of, private, to


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


def test_declining_tells_the_reason(town: Town) -> None:
    town.open("停水")
    told = town.tell(INSTRUCTOR, "1 不受理 小区内部管道归物业")
    assert "小区内部管道归物业" in to(told, GROUP)[0]
    assert town.ticket(1).outcome is Outcome.DECLINED


def test_progress_shown_by_a_picture_alone_says_where_to_look(town: Town) -> None:
    town.open("停水")
    told = of(town.tell(INSTRUCTOR, "1 进展", images=("pipe.jpg",)), OutgoingClass.ANSWER)
    assert [(row.text, row.images) for row in told] == [("#1 停水：见图。", ("pipe.jpg",))]


def test_an_answer_of_a_picture_alone_says_where_to_look(town: Town) -> None:
    town.open("停水")
    answer = of(town.tell(INSTRUCTOR, "1 反馈", images=("tap.jpg",)), OutgoingClass.ANSWER)[0]
    assert "办好了：见图。" in answer.text
    assert answer.images == ("tap.jpg",)


def test_a_picture_that_comes_with_the_acceptance_is_shown(town: Town) -> None:
    town.open("停水")
    told = town.tell(INSTRUCTOR, "1 受理", images=("pipe.jpg",))
    answer = of(told, OutgoingClass.ANSWER)[0]
    assert (answer.text, answer.images) == ("#1 停水：已受理，正在办。", ("pipe.jpg",))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1 办结 通了", "1 反馈 阀门也换了新的"),
        ("1 反馈 通了", "1 办结 阀门也换了新的"),
        ("1 办结 通了", "1 办结 阀门也换了新的"),
    ],
)
def test_more_of_the_result_is_told_without_asking_again(
    town: Town, first: str, second: str
) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, first)
    town.wait(minutes=5)
    told = town.tell(INSTRUCTOR, second)
    assert to(told, GROUP) == ["#1 停水：阀门也换了新的。"]
    assert town.ticket(1).result == "阀门也换了新的"


@pytest.mark.parametrize("word", ["办结", "反馈"])
def test_the_same_result_is_not_told_twice(town: Town, word: str) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "1 办结 通了")
    told = town.tell(INSTRUCTOR, f"1 {word} 通了。")
    assert [row.text for row in told] == ["#1 已反馈，等居民回话，不用重复。"]


def test_pictures_after_the_result_are_shown_without_asking_again(town: Town) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "1 办结 通了")
    town.wait(minutes=5)
    told = of(town.tell(INSTRUCTOR, "1 反馈", images=("tap.jpg",)), OutgoingClass.ANSWER)
    assert [(row.text, row.images) for row in told] == [("#1 停水：见图。", ("tap.jpg",))]
    assert town.ticket(1).result == "通了"


def test_who_says_that_it_is_not_solved_is_asked_anew_after_the_next_answer(town: Town) -> None:
    town.answered()
    town.say(RESIDENT, "还没好")
    told = town.tell(INSTRUCTOR, "1 办结 这回真通了")
    assert "好了" in of(told, OutgoingClass.ANSWER)[0].text


def test_more_of_the_result_that_is_taken_back_leaves_the_answer_standing(town: Town) -> None:
    town.answered()
    town.wait(minutes=5)
    for row in town.tell(INSTRUCTOR, "1 反馈 阀门也换了"):
        town.mark_sent(row, f"bot{row.id}")
    told = town.tell(INSTRUCTOR, "撤销")
    assert town.ticket(1).stage is Stage.ANSWERED
    assert to(told, GROUP) == ["#1 停水：刚才那条发错了。"]


def test_who_joined_after_the_answer_is_asked_with_the_next_one_and_once(town: Town) -> None:
    town.answered()
    town.wait(minutes=5)
    town.say(NEIGHBOUR, "我家也没水", quote="m1")
    assert len(town.store.tickets.list_reports(town.ticket(1).number)) == 2
    town.wait(minutes=5)
    answer = of(town.tell(INSTRUCTOR, "1 反馈 阀门也换了"), OutgoingClass.ANSWER)[0]
    assert answer.text.startswith("#1 停水，办好了：阀门也换了。周，")
    assert answer.at_users == (NEIGHBOUR,)
    town.wait(minutes=5)
    told = town.tell(INSTRUCTOR, "1 反馈 水表也换了")
    assert to(told, GROUP) == ["#1 停水：水表也换了。"]
