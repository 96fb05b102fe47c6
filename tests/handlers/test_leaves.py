"""While somebody is away."""

from handlers import leaves
from tests.handlers.town import DEPUTY, INSTRUCTOR, SECRETARY, Town, private, to


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


def test_a_sensitive_matter_does_not_change_hands_by_itself(town: Town) -> None:
    town.open("低保的事", is_sensitive=True)
    town.tell(INSTRUCTOR, "请假 今天")
    assert holder(town) == "李惠"


def test_a_leave_in_the_past_is_refused(town: Town) -> None:
    told = town.tell(INSTRUCTOR, "请假 11-20 11-21")
    assert "过去" in told[0].text
    assert to(told, private(SECRETARY)) == []
