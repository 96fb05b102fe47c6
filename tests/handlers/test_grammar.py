"""How a command is written: numbers of tickets and numbers of other things."""

import pytest

from handlers.commands import COMMANDS
from handlers.grammar import take_apart

NAMES = ("连心",)


@pytest.mark.parametrize(
    "text",
    [
        "12 受理",
        "12号受理",
        "受理12",
        "受理 #12",
        "受理第12件",
        "#12受理",
        "１２ 受理",
        "12单受理",
        "@连心 受理 12号",
    ],
)
def test_a_tickets_number_may_stand_before_or_after_the_word(text: str) -> None:
    written = take_apart(text, COMMANDS, NAMES)
    assert (written.word, written.number, written.rest) == ("受理", 12, "")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("进展 3号楼明天修", "3号楼明天修"),
        ("进展 3栋2单元修好了", "3栋2单元修好了"),
        ("办结 2单元的水通了", "2单元的水通了"),
        ("办结 8号机井修好了", "8号机井修好了"),
        ("补充 5户都没水", "5户都没水"),
        ("登记 12路公交不来", "12路公交不来"),
        ("登记 3号路灯不亮", "3号路灯不亮"),
        ("进展 2台抽水泵到了", "2台抽水泵到了"),
        ("办结 2根管子换好了", "2根管子换好了"),
        ("受理 1名师傅上门了", "1名师傅上门了"),
        ("受理 110出警了", "110出警了"),
        ("办结 3件都修好了", "3件都修好了"),
        ("进展 25号到货", "25号到货"),
        ("进展 第2批货到了", "第2批货到了"),
        ("办结 12路灯修好了", "12路灯修好了"),
        ("进展 9:30能通", "9:30能通"),
        ("进展 80%修完了", "80%修完了"),
    ],
)
def test_the_number_of_a_house_is_no_tickets(text: str, rest: str) -> None:
    written = take_apart(text, COMMANDS, NAMES)
    assert (written.number, written.rest) == (None, rest)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("办结 12 路灯修好了", "路灯修好了"),
        ("办结 #12路灯修好了", "路灯修好了"),
        ("办结12，换好了", "换好了"),
        ("受理 12：主管冻堵", "主管冻堵"),
        ("受理 第12号 主管冻堵", "主管冻堵"),
        ("12 进展 3号楼明天修", "3号楼明天修"),
    ],
)
def test_a_ticket_is_named_even_where_a_house_follows(text: str, rest: str) -> None:
    written = take_apart(text, COMMANDS, NAMES)
    assert (written.number, written.rest) == (12, rest)


def test_where_nothing_is_counted_the_number_needs_no_space() -> None:
    assert take_apart("进度 12怎么样了", COMMANDS, NAMES).number == 12
