"""What intake makes of hostile and careless characters, and how commands are read."""

import pytest

from handlers.characters import is_cut
from handlers.privacy import clean, fold


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("楼道灯坏了", "楼道灯坏了"),
        ("  没水了 \n", "没水了"),
        ("没\x00水\x07了\x1b[31m", "没水了[31m"),
        ("第一行\r\n第二行\r第三行\u2028第四行", "第一行\n第二行\n第三行\n第四行"),
        ("3号楼\t501", "3号楼 501"),
        ("a\ud800b\udfffc", "abc"),
        ("\ud83d\ude00", "😀"),
        ("a\ufffe\uffff\ufdd0\U0001ffffb", "ab"),
        ("王\u202e书记\u202c\u2066\u2069\u200f", "王书记"),
        ("受\u200b理\ufeff \u200c1\u20602", "受理 12"),
        ("a\u200db", "ab"),
        ("👨‍👩‍👧 一家", "👨‍👩‍👧 一家"),
        ("❤️‍🔥", "❤️‍🔥"),
        ("\u200d👨\u200d", "👨"),
        ("啊" * 500, "啊" * 10),
        ("13800000000000", "13800000000000"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("z" + "\u0300" * 50, "z" + "\u0300" * 4),
        ("", ""),
        ("\u200b\x00", ""),
    ],
)
def test_intake_keeps_the_words_and_drops_what_can_not_be_seen(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    cleaned = clean("一二三四五六七八九" * 12000)
    assert len(cleaned) == 4000
    assert cleaned.endswith("…")


def test_a_text_of_just_the_length_is_not_cut() -> None:
    assert clean("一二三四五", most=5) == "一二三四五"
    assert clean("一二三四五六", most=5) == "一二三四…"


def test_cq_codes_stay_text() -> None:
    assert clean("[CQ:at,qq=all]") == "[CQ:at,qq=all]"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("受理 12", "受理 12"),
        ("受理 １２号", "受理 12号"),
        ("受理⑫", "受理12"),
        ("受理➊❷", "受理12"),
        ("受理 ⓬", "受理 12"),
        ("受理 ١٢", "受理 12"),
        ("受理 १२", "受理 12"),
        ("受理 𝟏𝟐", "受理 12"),
        ("受理 ¹²", "受理 12"),
        ("＃１２　办结", "#12 办结"),
        ("  Ｈｅｌｐ \t  ME\n", "help me"),
        ("受\u200b理\u202e12", "受理12"),
        ("一二三", "一二三"),
        ("辦結", "辦結"),
        ("½", "1⁄2"),
        ("STRASSE ß", "strasse ss"),
    ],
)
def test_commands_are_read_alike_however_they_are_typed(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["路灯不亮。" * 20_000, "水 \n" * 20_000, "水……" * 20_000])
def test_of_a_cut_text_it_can_be_told(text: str) -> None:
    assert is_cut(clean(text))


@pytest.mark.parametrize("text", ["", "没水了…", "路灯不亮。" * 700])
def test_what_is_whole_is_not_cut(text: str) -> None:
    assert not is_cut(clean(text))
