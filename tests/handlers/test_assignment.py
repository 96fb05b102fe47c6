"""A complaint about staff when nobody is there to whom it may go."""

import itertools

from handlers.assignment import CHAIN
from handlers.reading import Against
from storage.models import Role
from tests.handlers.town import (
    ADMINISTRATOR,
    INSTRUCTOR,
    OVER_SECRETARY,
    RESIDENT,
    SECRETARY,
    TOWN_SECRETARY,
    Town,
    private,
    to,
)

OF_INSTRUCTOR = {"text": "指导员吃拿卡要", "against": Against.INSTRUCTOR, "is_sensitive": True}
OF_SECRETARY = {"text": "书记收了钱不办事", "against": Against.SECRETARY, "is_sensitive": True}


def on_leave(town: Town, *roles: Role) -> None:
    """All of these posts, in every unit, for today."""
    for unit, role in itertools.product(town.settings.units, roles):
        for person in town.store.people.list_in_post(unit, role):
            town.store.people.add_leave(person.id, town.now.date(), town.now.date())


def told_to(town: Town, user_id: str) -> str:
    rows = town.store.outbox.list_new()
    return "\n".join(to(list(rows), private(user_id)))


def test_the_administrator_is_told_truly_why_a_complaint_is_nobodys(town: Town) -> None:
    on_leave(town, Role.SECRETARY)
    town.open(**OF_INSTRUCTOR)  # type: ignore[arg-type]
    text = told_to(town, ADMINISTRATOR)
    assert "反映指导员" in text
    assert "没有书记在岗" in text
    assert "1 转 姓名" in text
    assert "没有人接" not in text
    assert "吃拿卡要" not in text


def test_of_a_secretary_he_is_told_that_no_other_is_there(town: Town) -> None:
    on_leave(town, Role.SECRETARY)
    town.open(**OF_SECRETARY)  # type: ignore[arg-type]
    assert "反映书记" in told_to(town, ADMINISTRATOR)
    assert "没有别的书记在岗" in told_to(town, ADMINISTRATOR)


def test_what_is_nobodys_and_complains_of_nobody_is_worded_as_before(town: Town) -> None:
    on_leave(town, *CHAIN)
    town.open("低保的事", text="我家低保咋停了", is_sensitive=True)
    assert "没有人接" in told_to(town, ADMINISTRATOR)


def test_a_complaint_that_is_nobodys_never_comes_to_whom_it_is_about(town: Town) -> None:
    on_leave(town, Role.SECRETARY)
    town.open(**OF_INSTRUCTOR)  # type: ignore[arg-type]
    town.wait(hours=9)
    assert told_to(town, INSTRUCTOR) == ""
    assert town.ticket(1).assignee is None


def test_a_secretary_who_is_back_takes_the_complaint_of_the_instructor(town: Town) -> None:
    on_leave(town, Role.SECRETARY)
    town.open(**OF_INSTRUCTOR)  # type: ignore[arg-type]
    town.wait(days=2)
    assert told_to(town, SECRETARY) != ""
    assert told_to(town, INSTRUCTOR) == ""


def test_of_a_secretary_neither_reminder_nor_digest_comes_to_him(town: Town) -> None:
    on_leave(town, Role.SECRETARY)
    town.open(**OF_SECRETARY)  # type: ignore[arg-type]
    town.wait(days=2)
    for user_id, own in itertools.product((SECRETARY, INSTRUCTOR), ("待办", "进度 1", "查 书记")):
        assert "#1 " not in told_to(town, user_id)
        assert "收了钱" not in "".join(row.text for row in town.tell(user_id, own))
    assert "#1" in told_to(town, OVER_SECRETARY) + told_to(town, TOWN_SECRETARY)
    assert told_to(town, RESIDENT) != ""
