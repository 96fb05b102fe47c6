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
    TOWN_SECRETARY,
    Town,
    private,
    to,
)

WATERWORKS = "21000902"


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
    assert "请协办" in to(told, private(WATERWORKS))[0]
    told = town.tell(WATERWORKS, "1 进展 师傅在路上")
    assert to(told, private(INSTRUCTOR)) == [
        "#1 协办进展——吴建军：师傅在路上\n要告诉居民，回“1 进展 …”。"
    ]
    assert to(told, private(WATERWORKS)) == ["✓ #1 记下了，已转告李惠。"]


def test_a_department_finds_what_it_assists_with(town: Town) -> None:
    town.open("停水")
    assert "没有找到" in town.tell("21000902", "查 停水")[0].text
    town.tell(INSTRUCTOR, "1 协办 水厂")
    assert "#1" in town.tell("21000902", "查 停水")[0].text


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


def test_a_department_gets_what_is_passed_on_to_it(town: Town) -> None:
    town.open("停水")
    told = town.tell(INSTRUCTOR, "1 转 水厂")
    assert "转给您" in to(told, private(WATERWORKS))[0]
    assert to(told, private(TOWN_SECRETARY)) == []
    town.tell(WATERWORKS, "1 受理 师傅在路上")
    assert town.ticket(1).acceptance_done_at is not None


@pytest.mark.parametrize("command", ["1 转 供电所", "1 协办 供电所"])
def test_a_department_without_staff_is_neither_asked_nor_given_anything(
    town: Town, command: str
) -> None:
    town.open("停电")
    told = town.tell(INSTRUCTOR, command)
    assert [row.text for row in told] == [
        "供电所还没有登记接件的人，请先联系他们，或请管理员登记。"
    ]
    assert town.ticket(1).unit == "chengguan"
    assert town.store.approvals.list_assists(town.ticket(1).number) == []


@pytest.mark.parametrize("command", ["1 转 水厂", "1 转 吴建军", "1 协办 水厂"])
def test_a_department_that_is_away_is_not_asked(town: Town, command: str) -> None:
    town.open("停水")
    town.tell(WATERWORKS, "请假 今天")
    told = town.tell(INSTRUCTOR, command)
    assert "都请假了" in told[0].text
    assert town.ticket(1).unit == "chengguan"


def test_what_is_for_somebody_of_another_branch_who_is_away_goes_to_his_deputy(town: Town) -> None:
    town.open("停水")
    town.tell(OTHER_INSTRUCTOR, "请假 今天")
    told = town.tell(INSTRUCTOR, "1 转 杨帆")
    assert town.ticket(1).unit == "hedong"
    assert "转给您" in to(told, private("21000103"))[0]


def test_a_departments_report_may_be_a_picture_alone(town: Town) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "1 协办 水厂")
    told = town.tell("21000902", "1 进展", images=("pipe.jpg",))
    card = next(row for row in told if row.conversation == private(INSTRUCTOR))
    assert "吴建军：见图" in card.text
    assert card.images == ("pipe.jpg",)
