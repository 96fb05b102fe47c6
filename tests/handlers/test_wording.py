"""Names, moments and matters as they are said in public."""

import pytest

from handlers.replies.staff import alarm_again
from handlers.replies.wording import called, matter, names_of
from tests.handlers.town import Town


@pytest.mark.parametrize(
    ("card", "name"),
    [
        ("2-2-502小何妈妈", "小何妈妈"),
        ("孙姐 3-1-302", "孙姐"),
        ("老马（退休）", "老马"),
        ("晓燕(8-2-301)", "晓燕"),
        ("9栋小冯", "小冯"),
        ("A孙记水暖13812345678", "A孙记水暖"),
        ("3号楼2单元501", "邻居"),
        ("", "邻居"),
        ("周", "周"),
    ],
)
def test_a_group_card_is_called_without_house_and_telephone(card: str, name: str) -> None:
    assert called(card) == name


def test_many_names_are_three_and_a_number() -> None:
    assert names_of(["周", "老丁", "小宋", "秀兰"]) == "周、老丁、小宋等4位"


@pytest.mark.parametrize(
    ("place", "gist", "told"),
    [
        ("3号楼", "楼道灯坏了", "3号楼楼道灯坏了"),
        ("河东路", "路灯不亮", "河东路路灯不亮"),
        ("8号楼后头垃圾桶", "垃圾桶满了", "8号楼后头垃圾桶满了"),
        ("东头围墙", "墙裂了", "东头围墙裂了"),
    ],
)
def test_a_place_and_a_fault_share_a_word_but_not_half_of_one(
    town: Town, place: str, gist: str, told: str
) -> None:
    assert matter(town.open(gist, place=place)) == told


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, "0 分钟"), (35, "35 分钟"), (60, "1 小时"), (815, "13 小时 35 分钟")],
)
def test_how_long_nobody_answered_is_told_in_hours(town: Town, minutes: int, told: str) -> None:
    assert f"已过 {told}没人回应" in alarm_again(town.open(), minutes)
