"""转 and 协办: who has it, and who helps."""

import pytest

from handlers.assignment import CHAIN
from storage.models import Stage, UnitId
from tests.handlers.town import (
    ADMINISTRATOR,
    DEPUTY,
    GROUP,
    INSTRUCTOR,
    OTHER_INSTRUCTOR,
    Town,
    private,
    to,
)


def all_on_leave(town: Town) -> None:
    for unit in town.settings.ancestors(UnitId("chengguan")):
        for role in CHAIN:
            for person in town.store.people.list_in_post(unit, role):
                town.store.people.add_leave(person.id, town.now.date(), town.now.date())


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


@pytest.mark.parametrize("is_sensitive", [False, True])
def test_the_administrator_places_what_is_nobodys(town: Town, is_sensitive: bool) -> None:
    all_on_leave(town)
    town.open("停水", is_sensitive=is_sensitive)
    assert town.ticket(1).assignee is None
    town.tell(ADMINISTRATOR, "1 已联系")
    assert town.ticket(1).stage is Stage.CONTACTED
    told = town.tell(ADMINISTRATOR, "1 转 李惠")
    assert "转给您" in to(told, private(INSTRUCTOR))[0]
    refusal = "没有找到 #1" if is_sensitive else "改不了"
    assert refusal in town.tell(ADMINISTRATOR, "1 转 张小雷")[0].text


def test_the_administrator_does_no_more_with_it(town: Town) -> None:
    all_on_leave(town)
    town.open("停水")
    assert "改不了" in town.tell(ADMINISTRATOR, "1 办结 好了")[0].text


def test_what_is_somebodys_is_not_the_administrators(town: Town) -> None:
    town.open("停水")
    assert "改不了" in town.tell(ADMINISTRATOR, "1 转 张小雷")[0].text
