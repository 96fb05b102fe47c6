"""Where a text names the spot of a matter, and the one form of its spellings."""

import json
from importlib.resources import files
from itertools import accumulate

import pytest

from bench.train_places import digest, read_all
from handlers.anchors import bound_features, inside_features, mark
from handlers.places import find_place, place_key
from handlers.spans import _weigh, shipped


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("7号楼3单元的门禁又坏了", "7号楼3单元"),
        ("我家10栋2单元902，厨房顶上滴水", "10栋2单元902"),
        ("书记您好，三社村口的路灯不亮", "三社村口"),
        ("粮站对面的井盖翘起来了，骑车的当心", "粮站对面"),
        ("昨晚在卫生院门口摔了一跤，全是冰", "卫生院门口"),
        ("3-1-204敲门没人应，麻烦看看", "3-1-204"),
        ("電梯壞了，6號樓1單元", "6號樓1單元"),
    ],
)
def test_the_shortest_span_that_finds_the_spot_is_told(text: str, place: str) -> None:
    assert find_place(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "又没水了",
        "我家门口的灯坏了",
        "楼上天天半夜拖桌子",
        "工头欠我三个月工资",
        "来回一百多公里，说好一号，今天都六号了",
        "😂" * 300,
    ],
)
def test_what_a_stranger_can_not_find_is_no_place(text: str) -> None:
    assert find_place(text) is None


def test_a_name_of_the_units_own_is_known() -> None:
    text = "早上路过小红楼，闻见一股怪味"
    assert find_place(text) is None
    assert find_place(text, ("小红楼",)) == "小红楼"


def test_the_place_stands_as_it_was_written() -> None:
    assert find_place("九號樓東側下水道冒水") == "九號樓東側"


def test_grams_looked_up_once_weigh_as_their_features() -> None:
    marked = mark("西街3号楼后头的化粪池满了,一股味")
    told = json.loads(files("handlers").joinpath("place_weights.json").read_text("utf-8"))
    begins, ends, sums = _weigh(marked, shipped())
    pairs = [
        [told["bounds"].get(name, (0, 0)) for name in names] for names in bound_features(marked)
    ]
    signs = [
        sum(told["inside"].get(name, 0) for name in names) for names in inside_features(marked)
    ]
    assert begins == pytest.approx([sum(pair[0] for pair in found) for found in pairs])
    assert ends == pytest.approx([sum(pair[1] for pair in found) for found in pairs])
    assert sums == pytest.approx([0, *accumulate(signs)])


def test_the_shipped_weights_are_of_the_shipped_examples() -> None:
    told = json.loads(files("handlers").joinpath("place_weights.json").read_text("utf-8"))
    assert told["digest"] == digest(read_all())


@pytest.mark.parametrize(
    "spelling", ["3号楼2单元501", "三号楼二单元501", "3-2-501", "3#2单元501", "3#楼2单元501室"]
)
def test_all_spellings_of_a_room_have_one_key(spelling: str) -> None:
    assert place_key(spelling) == "3号楼|2单元|501"


def test_another_building_has_another_key() -> None:
    assert place_key("3号楼2单元") != place_key("13号楼2单元")
