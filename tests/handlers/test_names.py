"""How names are shown, and where they are found in sensitive texts."""

import pytest

from handlers.privacy import mask_name, mask_names


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王建国", "王**"),
        ("王伟", "王*"),
        ("欧阳娜娜", "欧阳**"),
        ("司马懿", "司马*"),
        ("买买提·艾力", "买**·**"),
        ("3号楼2单元王建国", "3号楼2单元王**"),
        ("3-201 李秀英", "3-201 李**"),
        ("李秀英(3-201)", "李**(3-201)"),
        ("王建国大爷", "王**大爷"),
    ],
)
def test_a_name_keeps_its_surname(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    "name",
    [
        "王大爷",
        "李书记",
        "张师傅",
        "小王",
        "老王",
        "王某",
        "向阳花开",
        "A水电小蒋",
        "Tom",
        "😀",
        "",
    ],
)
def test_a_nickname_or_form_of_address_is_kept(name: str) -> None:
    assert mask_name(name) == name


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("举报王建国打人", "举报王**打人"),
        ("我是李秀英,老公张强把我打了", "我是李**,老公张*把我打了"),
        ("跟邻居刘志强吵架", "跟邻居刘**吵架"),
        ("王建国大爷病了没人管", "王**大爷病了没人管"),
        ("村民马玉兰家揭不开锅", "村民马**家揭不开锅"),
        ("姓名:欧阳建国", "姓名:欧阳**"),
        ("赵铁柱欠我工钱", "赵**欠我工钱"),
        ("和买买提·艾力借过钱", "和买**·**借过钱"),
        ("昨天晚上村里那个买买提·艾力来过", "昨天晚上村里那个买**·**来过"),
    ],
)
def test_a_name_in_a_sensitive_text_loses_its_given_name(text: str, masked: str) -> None:
    assert mask_names(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "王书记不管我们",
        "老王说了不算",
        "找李主任评理",
        "王大爷病了",
        "张某打人",
        "和张家的地界有纠纷",
    ],
)
def test_surnames_with_titles_stay(text: str) -> None:
    assert mask_names(text) == text


def test_known_names_are_masked_wherever_they_stand() -> None:
    masked = mask_names("这事古丽和文静都知道,文静说的", names=("文静", "古丽", "文"))
    assert masked == "这事古*和文*都知道,文*说的"


def test_the_longer_of_two_known_names_goes_first() -> None:
    assert mask_names("昨天文静怡来过", names=("文静", "文静怡")) == "昨天文**来过"
