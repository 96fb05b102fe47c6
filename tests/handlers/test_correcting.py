"""改, and what else is kept as a correction."""

from datetime import timedelta

import pytest

from handlers.fields import field_named
from storage.models import Field, Outcome, Stage
from tests.handlers.town import (
    GROUP,
    INSTRUCTOR,
    OTHER_INSTRUCTOR,
    RESIDENT,
    SECRETARY,
    Town,
    matter,
    private,
    to,
)


def kept(town: Town) -> list[tuple[str, str | None, str | None, str]]:
    return [(one.act, one.field, one.place, one.text) for one in town.store.corrections.list_all()]


@pytest.mark.parametrize(
    "text",
    [
        *("改 1 领域 路灯", "1 改 领域 路灯", "1 改领域 路灯", "改领域 1 道路市政", "改1领域市政"),
        *(
            "1 改 类别：道路",
            "1 改 领域改成道路市政",
            "/改 1 分类 路面",
            "１号 改 路灯",
            "1 改 归类 修路",
        ),
    ],
)
def test_the_field_is_changed_in_any_spelling(town: Town, text: str) -> None:
    town.open("黑得很", text="巷子里黑得很，摔了几个人")
    told = town.tell(INSTRUCTOR, text)
    assert town.ticket(1).field is Field.ROADS
    assert to(told, private(INSTRUCTOR)) == ["✓ #1 改好了：道路市政。"]
    assert kept(town) == [("open", "道路市政", None, "巷子里黑得很，摔了几个人")]


@pytest.mark.parametrize(
    "text",
    [
        *("改 1 地点 3号楼2单元", "1 改地点 3号楼2单元", "1 改 位置：3号楼2单元"),
        *("1 改 地点改为3号楼2单元。", "改地点 1 3号楼2单元", "1 改 3号楼2单元"),
    ],
)
def test_the_place_is_changed_and_brought_to_its_normal_form(town: Town, text: str) -> None:
    town.open("停水", place="河边", place_key="河边")
    town.tell(INSTRUCTOR, text)
    ticket = town.ticket(1)
    assert (ticket.place, ticket.place_key) == ("3号楼2单元", "3号楼|2单元")
    assert kept(town) == [("open", None, "3号楼2单元", "停水了没人管")]


def test_with_a_quote_the_number_may_be_left_out(town: Town) -> None:
    town.say(RESIDENT, "又没水了", reading=matter("没水"))
    told = town.say(INSTRUCTOR, "改地点 5社东头", quote="m1")
    assert town.ticket(1).place == "5社东头"
    assert to(told, GROUP) == []


def test_a_changed_place_is_found_by_the_search(town: Town) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "1 改 地点 老磨坊")
    assert to(town.tell(INSTRUCTOR, "查 老磨坊"), private(INSTRUCTOR))[0].startswith("#1 ")


def test_it_is_undone_with_its_correction(town: Town) -> None:
    town.open("停水", place="河边", place_key="河边")
    town.tell(INSTRUCTOR, "1 改 地点 老磨坊")
    town.tell(INSTRUCTOR, "撤销")
    assert town.ticket(1).place == "河边"
    assert to(town.tell(INSTRUCTOR, "查 河边"), private(INSTRUCTOR))[0].startswith("#1 ")
    assert kept(town) == []


def test_a_matter_that_is_taken_for_one_again_is_no_correction(town: Town) -> None:
    town.open("停水")
    town.tell(INSTRUCTOR, "1 不是")
    town.tell(INSTRUCTOR, "撤销")
    assert town.ticket(1).stage is Stage.REGISTERED
    assert kept(town) == []


def test_a_closed_ticket_can_be_put_right_too(town: Town) -> None:
    town.answered()
    town.tell(RESIDENT, "好了")
    town.tell(INSTRUCTOR, "1 改 领域 道路")
    assert (town.ticket(1).field, town.ticket(1).outcome) == (Field.ROADS, Outcome.CONFIRMED)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1 改", "改成什么？比如“1 改 领域 水电气暖”或“1 改 地点 3号楼2单元”。"),
        ("1 改 一下", "改成什么？比如“1 改 领域 水电气暖”或“1 改 地点 3号楼2单元”。"),
        ("1 改 地点", "地点写短一点、说清楚，比如“1 改 地点 3号楼2单元”。"),
        ("1 改 领域 水电气暖", "#1 本来就是这样，不用改。"),
    ],
)
def test_what_can_not_be_done_is_said(town: Town, text: str, answer: str) -> None:
    town.open("停水")
    assert to(town.tell(INSTRUCTOR, text), private(INSTRUCTOR)) == [answer]
    assert kept(town) == []


def test_a_field_that_is_none_is_answered_by_those_there_are(town: Town) -> None:
    town.open("停水")
    (answer,) = to(town.tell(INSTRUCTOR, "1 改 领域 天气"), private(INSTRUCTOR))
    assert answer.startswith("“天气”不知道算哪一类。#1 的领域可以是：水电气暖、道路市政、")


def test_only_who_may_act_on_a_ticket_puts_it_right(town: Town) -> None:
    town.open("停水")
    told = town.tell(OTHER_INSTRUCTOR, "1 改 领域 道路")
    assert "改不了" in to(told, private(OTHER_INSTRUCTOR))[0]
    town.tell(RESIDENT, "1 改 领域 道路")
    assert town.ticket(1).field is Field.UTILITIES
    assert kept(town) == []


def test_personal_numbers_in_a_correction_are_masked(town: Town) -> None:
    town.open("停水", text="停水了，电话13912345678")
    town.tell(INSTRUCTOR, "1 改 地点 老磨坊13912345678")
    assert kept(town) == [("open", None, "老磨坊139****5678", "停水了，电话139****5678")]


def test_of_a_sensitive_matter_nothing_is_kept_to_learn_from(town: Town) -> None:
    town.open("低保", is_sensitive=True, text="低保停了没人管")
    town.tell(SECRETARY, "1 改 领域 社保")
    assert town.ticket(1).field is Field.LABOUR
    assert kept(town) == []


def test_a_line_that_was_missed_is_kept_as_a_matter_without_a_guess(town: Town) -> None:
    town.say(RESIDENT, "东头那个坡滑得很，电话13912345678")
    town.say(INSTRUCTOR, "登记", quote="m1")
    assert kept(town) == [("open", None, None, "东头那个坡滑得很，电话139****5678")]


def test_a_line_that_is_registered_twice_is_one_correction(town: Town) -> None:
    town.say(RESIDENT, "东头那个坡滑得很")
    town.say(INSTRUCTOR, "登记", quote="m1")
    town.now += timedelta(minutes=1)
    town.say(INSTRUCTOR, "登记", quote="m1")
    assert len(kept(town)) == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        *(("供水", Field.UTILITIES), ("水", Field.UTILITIES), ("水电", Field.UTILITIES)),
        *(("医疗", Field.HEALTH), ("卫生", Field.SANITATION), ("环境卫生类", Field.SANITATION)),
        *(("农业农村", Field.FARMING), ("其它", Field.OTHER), ("其他", Field.OTHER)),
        *(("路灯不亮", Field.ROADS), ("环境", None), ("", None), ("天气", None), ("社", None)),
    ],
)
def test_fields_go_by_everyday_words(said: str, field: Field | None) -> None:
    assert field_named(said) is field


@pytest.mark.parametrize("field", Field)
def test_every_field_goes_by_its_own_name(field: Field) -> None:
    assert field_named(field.value) is field
