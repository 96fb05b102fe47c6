"""Names, moments and matters as they are said in public."""

import pytest

from handlers.replies.wording import called, names_of


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
