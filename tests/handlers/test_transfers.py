"""转 and 协办: who has it, and who helps."""

from tests.handlers.town import DEPUTY, GROUP, INSTRUCTOR, OTHER_INSTRUCTOR, Town, private, to


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
