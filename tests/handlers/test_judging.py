"""What a judge may be shown: uncertain lines of ordinary talk, masked, and nothing private."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.conversing import bare_line
from handlers.intents import Ear, shipped_model
from handlers.judging import Brief, is_uncertain, prepare
from handlers.messages import Incoming
from handlers.talk import Line, Talk
from storage.models import TicketNumber, UnitId

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
TALK = Talk(unit=UnitId("chengguan"))
LAMP = "门口那盏灯又黑着"


def said(text: str, **changed: object) -> Incoming:
    incoming = Incoming("qq", "8000", "group:1", "m9", "20001", "向阳花", AT, text)
    return replace(incoming, **changed)  # type: ignore[arg-type]


def before(text: str, number: int = 1, **changed: object) -> Line:
    line = Line(f"b{number}", AT - timedelta(seconds=60 - number), f"3000{number}", "老周", text)
    return replace(line, **changed)  # type: ignore[arg-type]


def prepared(incoming: Incoming, *lines: Line, talk: Talk = TALK) -> Brief | None:
    ear = Ear(shipped_model())
    return prepare(incoming, bare_line(incoming), replace(talk, before=lines), ear)


def shown(incoming: Incoming, *lines: Line) -> list[tuple[str, str]]:
    brief = prepared(incoming, *lines)
    assert brief is not None
    return [(one.speaker, one.text) for one in brief.lines]


@pytest.mark.parametrize(
    ("score", "reach", "is_it"),
    [(0.55, 0.1, False), (0.54, 0.0, True), (0.25, 0.0, True), (0.2, 0.0, False), (0.2, 0.1, True)],
)
def test_only_what_lies_in_the_band_or_just_below_is_uncertain(
    score: float, reach: float, is_it: bool
) -> None:
    assert is_uncertain(score, Ear(shipped_model(), 0.55, 0.25), reach) is is_it


def test_a_line_is_shown_with_what_was_said_just_before() -> None:
    lines = (
        before("吃了没", 1),
        before("我在外面", 2, sender="20001"),
        before("各位早上好", 3, is_staff=True),
    )
    assert shown(said(LAMP), *lines) == [
        ("甲", "吃了没"),
        ("乙", "我在外面"),
        ("工作人员", "各位早上好"),
        ("乙", LAMP),
    ]


def test_only_the_last_four_lines_of_ten_minutes_are_shown() -> None:
    old = before("昨天的事", 1, at=AT - timedelta(minutes=11))
    many = [before(f"第{number}句", number) for number in range(2, 8)]
    assert [text for _, text in shown(said(LAMP), old, *many)] == [
        "第4句",
        "第5句",
        "第6句",
        "第7句",
        LAMP,
    ]


def test_numbers_names_and_mentions_are_starred_out() -> None:
    told = shown(
        said("打我电话13812345678 身份证622323199001011234 @王建国 我是李秀英 灯黑着"),
        before("老周的微信是 zhou_5566778", 1),
    )
    text = "".join(text for _, text in told)
    for secret in ("13812345678", "199001011234", "王建国", "李秀英", "zhou_5566778", "老周"):
        assert secret not in text


def test_a_number_at_the_cut_is_not_shown_by_half() -> None:
    ((_, text),) = shown(said("灯" * 193 + "13812345678，灯又黑着"))
    assert "1381234" not in text
    assert len(text) == 200


@pytest.mark.parametrize(
    "incoming",
    [
        said(LAMP, conversation="private:20001"),
        said(LAMP, is_late=True),
        said(LAMP, is_at_bot=True),
        said("", recall="m1"),
        said(""),
        said("／登记 灯又黑着"),
        said("登记"),
        said("低保的事到底啥时候批下来呀"),
        said("书记家亲戚又占了车位"),
        said("匿名说一句，灯又黑着"),
        said("邻居天天打老婆，谁管管"),
        said("不想活了"),
        said(LAMP, quote="somewhere else"),
    ],
)
def test_private_delicate_and_command_lines_are_never_shown(incoming: Incoming) -> None:
    assert prepared(incoming) is None


def test_nor_is_what_staff_say_or_what_is_said_in_a_group_of_no_unit() -> None:
    assert prepared(said(LAMP), talk=replace(TALK, is_staff=True)) is None
    assert prepared(said(LAMP), talk=Talk()) is None


@pytest.mark.parametrize(
    "delicate",
    ["主任收了人家的红包", "他家低保是咋评上的", "我得了尿毒症没钱看病", "两口子要离婚了"],
)
def test_a_line_that_follows_a_delicate_one_is_not_shown(delicate: str) -> None:
    assert prepared(said(LAMP), before(delicate)) is None


def test_the_tickets_of_the_lines_before_are_noted_to_be_looked_at() -> None:
    brief = prepared(said(LAMP), before("楼道灯坏了", ticket=TicketNumber(7)))
    assert brief is not None
    assert brief.tickets == (7,)
