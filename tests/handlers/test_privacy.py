"""What is masked, in every spelling a generator can think of, and what must stay."""

import unicodedata
from collections.abc import Iterator
from itertools import product

import pytest

from handlers.privacy import is_private_data, mask
from tests.tally import Tally

# Made-up numbers. The card numbers pass Luhn's check, as real ones do.
MOBILES = ("13912345678", "18609371357", "19955512468")
IDENTITIES = ("62090219870605123X", "620902200112314567", "110101195003079998")
OLD_IDENTITIES = ("620902650413527",)
CARDS = ("6222021234567890128", "6228480402564890", "4392260012345672")
LANDLINES = (("0937", "5921468"), ("010", "62794813"), ("0931", "8427965"))

CHINESE = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
TWO_IN_A_CIRCLE = {str(value): chr(0x2460 + value - 1) for value in range(10, 21)}
STYLES = {
    "ascii": str,
    "full width": lambda n: "".join(chr(ord(d) + 0xFEE0) for d in n),
    "Chinese": lambda n: "".join(CHINESE[d] for d in n),
    "Chinese with a round zero": lambda n: "".join({**CHINESE, "0": "〇"}[d] for d in n),
    "as spoken": lambda n: "".join({**CHINESE, "1": "幺", "2": "两"}[d] for d in n),
    "on cheques": lambda n: "".join("零壹贰叁肆伍陆柒捌玖"[int(d)] for d in n),
    "circled": lambda n: "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(d)] for d in n),
    "in black circles": lambda n: "".join("⓿❶❷❸❹❺❻❼❽❾"[int(d)] for d in n),
    "bracketed": lambda n: "".join("0⑴⑵⑶⑷⑸⑹⑺⑻⑼"[int(d)] for d in n),
    "with full stops": lambda n: "".join("0⒈⒉⒊⒋⒌⒍⒎⒏⒐"[int(d)] for d in n),
    "bold": lambda n: "".join(chr(0x1D7CE + int(d)) for d in n),
    "Arabic-Indic": lambda n: "".join(chr(0x660 + int(d)) for d in n),
    "Devanagari": lambda n: "".join(chr(0x966 + int(d)) for d in n),
    "superscript": lambda n: "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(d)] for d in n),
    "keycaps": lambda n: "".join(f"{d}\ufe0f\u20e3" for d in n),
    "half Chinese": lambda n: n[:3] + "".join(CHINESE[d] for d in n[3:]),
    "every other one Chinese": lambda n: "".join(
        CHINESE[d] if i % 2 else d for i, d in enumerate(n)
    ),
    "letters for 0 and 1": lambda n: n.replace("0", "O").replace("1", "l"),
    "two in a circle": lambda n: n[:4] + TWO_IN_A_CIRCLE.get(n[4:6], n[4:6]) + n[6:],
}
SEPARATORS = ("", " ", "-", ".", "·", "—", "－", "\u3000", "\xa0", "_", " - ", "...", "\u200b", "~")
GROUPS = ((11,), (3, 4, 4), (3, 8), (4, 4, 3), (4, 3, 4), (7, 4), (3, 3, 5), (3, 2, 2, 2, 2))
SINGLE = (1,) * 21
AROUND = (
    ("", ""),
    ("我电话", ",尽快回"),
    ("打", "一直没人接"),
    ("第一", "二楼的"),
    ("Tel:", " 3号楼"),
    ("①", "②"),
    ("微信同号 ", "。"),
    ("(", ")"),
    ("12号工单,", ",3单元501"),
    ("2026年11月24日 9:30 ", "元旦前都行"),
)


def split(number: str, groups: tuple[int, ...], separator: str) -> str:
    parts, at = [], 0
    for length in groups:
        parts.append(number[at : at + length])
        at += length
    return separator.join(part for part in [*parts, number[at:]] if part)


def dressed(number: str, groups: tuple[int, ...], separator: str, style: str) -> str:
    write = STYLES[style]
    pieces = split(number, groups, "|").split("|")
    return separator.join(write(piece.rstrip("X")) + "X" * piece.endswith("X") for piece in pieces)


def mobiles() -> Iterator[str]:
    for number, style in product(MOBILES, STYLES):
        for separator, groups in product(SEPARATORS, (*GROUPS, SINGLE)):
            yield dressed(number, groups, separator, style)
        for prefix in ("+86", "86", "0086", "(+86)", "+86-", "86 ", "0", "+８６"):
            yield prefix + dressed(number, (11,), "", style)
    yield from (a + b for a, b in product(MOBILES, MOBILES) if a != b)
    yield from (f"{a}{mark}{b}" for a, b in product(MOBILES, MOBILES) for mark in "/、,，或;")
    yield from (split(MOBILES[0], (3, 4, 4), mark) for mark in ("\n", "、", "/", "杠", ",", "|"))


def identities() -> Iterator[str]:
    groups = ((18,), (6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4), (14, 4), SINGLE)
    for number, style, separator in product(IDENTITIES, STYLES, (" ", "-", "\u200b", "")):
        yield from (dressed(number, group, separator, style) for group in groups)
    yield from (IDENTITIES[0][:-1] + cross for cross in "xXＸ×Хх✕叉")
    for number, style in product(OLD_IDENTITIES, STYLES):
        yield dressed(number, (6, 6, 3), " ", style)
        yield dressed(number, (15,), "", style)


def cards() -> Iterator[str]:
    groups = ((19,), (4, 4, 4, 4, 3), (6, 13), (4, 4, 11), SINGLE)
    for number, style, separator in product(CARDS, STYLES, (" ", "-", "\xa0", "")):
        yield from (dressed(number, group, separator, style) for group in groups)


def landlines() -> Iterator[str]:
    for (area, number), style in product(LANDLINES, STYLES):
        write = STYLES[style]
        for form in ("{}-{}", "{}{}", "{} {}", "({}){}", "（{}）{}", "{}—{}", "{}－{}"):
            yield form.format(write(area), write(number))
    for area, number in LANDLINES:
        yield f"+86 {area[1:]} {number}"
        yield f"{area}-{number[:-4]}-{number[-4:]}"
        yield f"{area} {number} 转 8012"


KINDS = {
    "mobile": (mobiles, MOBILES, slice(3, 7)),
    "identity card": (identities, (*IDENTITIES, *OLD_IDENTITIES), slice(3, 13)),
    "bank card": (cards, CARDS, slice(4, 12)),
    "landline": (landlines, tuple(number for _, number in LANDLINES), slice(0, 5)),
}

READ_AS = {
    **{sign: str(value) for value, sign in enumerate("零一二三四五六七八九")},
    **{sign: str(value) for value, sign in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "幺": "1",
    "两": "2",
    "O": "0",
    "l": "1",
}


def digits_of(text: str) -> str:
    """All that a reader takes for a digit, stars included, in the order it stands."""
    read = []
    for character in text:
        plain = READ_AS.get(character) or unicodedata.normalize("NFKC", character)
        if not plain.isascii() and unicodedata.category(character) == "No":
            plain = str(int(unicodedata.numeric(character)))
        read += [
            str(unicodedata.digit(sign, -1)) if sign != "*" else "*"
            for sign in plain
            if sign == "*" or unicodedata.digit(sign, -1) >= 0
        ]
    return "".join(read)


def spellings(kind: str) -> list[str]:
    return list(dict.fromkeys(KINDS[kind][0]()))


@pytest.mark.parametrize("kind", KINDS)
def test_no_spelling_of_a_number_is_left_readable(kind: str, tally: Tally) -> None:
    _, numbers, hidden = KINDS[kind]
    secrets = [number[hidden] for number in numbers]
    leaks = [
        masked
        for spelling in spellings(kind)
        for masked in [mask(spelling)]
        if masked == spelling or any(secret in digits_of(masked) for secret in secrets)
    ]
    tally("spellings of persons' numbers, masked", len(spellings(kind)), leaked=leaks)


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_around_a_number_stay(kind: str) -> None:
    wrong = [
        masked
        for spelling, (before, after) in product(spellings(kind)[::7], AROUND)
        for masked in [mask(before + spelling + after)]
        if not (masked.startswith(before) and masked.endswith(after) and "*" in masked)
    ]
    assert wrong == []


def test_the_corpus_has_more_than_five_hundred_spellings_of_each_great_kind() -> None:
    assert {kind: len(spellings(kind)) >= 300 for kind in KINDS} == dict.fromkeys(KINDS, True)
    assert sum(len(spellings(kind)) for kind in KINDS) >= 5000


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13912345678", "139****5678"),
        ("电话 139 1234 5678 谢谢", "电话 139 **** 5678 谢谢"),
        ("一三九一二三四五六七八一直打", "一三九****五六七八一直打"),
        ("62090219870605123X", "620*************3X"),
        ("6222 0212 3456 7890 128", "6222 **** **** ***0 128"),
        ("0937-5921468", "0937-*****68"),
        ("+86 937 5921468", "+86 937 *****68"),
        ("座机:5921468", "座机:5****68"),
        ("电话83201468、83208380", "电话8*****68、8*****80"),
        ("(0937-5921468、5927386)", "(0937-*****68、5****86)"),
        ("甘F·12345", "甘F·***45"),
        ("甘f 12345一直停这", "甘f ***45一直停这"),
        ("甘Ｆ１２３４５", "甘Ｆ***４５"),
        ("车牌甘FD12345占道", "车牌甘F****45占道"),
        ("甘F3A56B", "甘F***6B"),
        ("甘F1234挂", "甘F**34挂"),
        ("甘F一二三四五", "甘F***四五"),
        ("zhang.san@qq.com", "z********@qq.com"),
        ("12345678＠qq.com", "1*******＠qq.com"),
        ("zhangsan at qq dot com", "z******* at qq dot com"),
        ("zhangsan艾特qq点com", "z*******艾特qq点com"),
        ("zhangsan(at)example.com", "z*******(at)example.com"),
        ("a@b.cn", "*@b.cn"),
        ("微信:zhangsan", "微信:z******n"),
        ("微信号zhang_88 加我", "微信号z******8 加我"),
        ("加我vx zhang1988", "加我vx z*******8"),
        ("V信:lili-2020", "V信:l*******0"),
        ("薇信lili2020", "薇信l******0"),
        ("wxid_a1b2c3d4e5", "w*************5"),
        ("QQ 123456789", "QQ 1*******9"),
        ("qq号是１２３４５６", "qq号是１****６"),
        ("扣扣123 456 789", "扣扣1*********9"),
        ("扣扣一二三四五六七", "扣扣一*****七"),
        ("护照号E12345678", "护照号E*******8"),
        ("账号 1000200030004", "账号 1000*****0004"),
    ],
)
def test_a_number_keeps_so_much_that_its_owner_knows_it(text: str, masked: str) -> None:
    assert mask(text) == masked


STAY = (
    "2020-01-02 12:30:00",
    "2020-01-06 14:10:31 2020-01-06 15:38:34",
    "13.00——14.00,16.00——17.00",
    "1-23-1-601/1-23-1-202",
    "3,29,35-1502,1503,1504-702",
    "74.20、84.40、13.80、72.60、80.60",
    "221.205.159.13、180.101.105.198",
    "#12", "12号", "＃１２", "工单12已办结", "12 15 18", "进度 128",
    "工单20261124001", "2026年11月24日", "2026-11-24",
    "2026-11-24 09:30:15", "2026.11.24", "20261124", "11/24 16:30",
    "二〇二六年十一月二十四日", "一九九八年", "1998-2026", "2024 2025 2026 2027",
    "9:00-12:00,14:00-18:00", "0900-1130", "下午5点半", "3-2-501",
    "3号楼2单元501", "5-1701", "1701室", "301 302 401 402 501 502都没水",
    "1、3、5、7、9、11、13、15号楼", "1 3 5 7 9 11 13 15", "一、二、三、四、五、六、七",
    "一楼二楼三楼四楼五楼", "101、102、201、202、301、302", "1501、1502、1503、1504室",
    "1200元", "9块9", "19800套餐", "1,234,567元", "13,800,000元",
    "5000000元", "110万元", "2.5万", "3.1415926535", "0.93712345678",
    "欠了八千六百五十块", "一千三百八十元", "102件,98件,1.1", "492人", "110", "119",
    "120", "122", "打12345", "12369", "95598", "96333热线", "10086",
    "10000号", "12333", "114", "12306", "400-812-3123",
    "电话400-812-3123", "4008123123", "800-820-8820",
    "电话 400 8123 123", "100000平方米", "1000米", "邮编736200", "第一三八条",
    "三一重工", "一五一十地说", "十三五", "五一放假", "微信群里说", "微信里发了", "加微信",
    "微信 weixin", "QQ群", "微信支付失败", "wifi坏了", "WiFi router没坏", "甘F挂的",
    "甘肃省酒泉市", "云A", "@小王 来看看", "@12345678", "vivo手机",
    "version 12345", "VIP8888", "K123次列车", "G2025", "DN110管",
    "PM2.5超标", "HTTP404", "abc@def", "条形码6901234567892",
    "快递SF123456", "60号", "80后", "50-60岁", "360度", "24小时", "0元购",
    "100%", "0 0 0 0 0 0 0", "1234567", "88888888",
)  # fmt: skip


def test_the_list_of_what_stays_is_long_enough() -> None:
    assert len(STAY) >= 60


@pytest.mark.parametrize("text", STAY)
def test_what_is_not_personal_stays(text: str) -> None:
    assert mask(text) == text
    assert not is_private_data(text)


@pytest.mark.parametrize("text", ["13912345678", "甘F12345", "微信号zhang_88", "a.b@qq.com"])
def test_what_is_masked_is_private(text: str) -> None:
    assert is_private_data(text)


def test_a_masked_text_has_nothing_private_left() -> None:
    assert not is_private_data(mask("139 1234 5678, 甘F·12345, 0937-5921468, a.b@qq.com"))


def test_several_numbers_in_one_line_are_all_masked() -> None:
    line = "老张13912345678老李一八六零九三七一三五七,卡6228480402564890"
    assert mask(line) == "老张139****5678老李一八六****一三五七,卡6228********4890"


def test_a_line_without_anything_like_a_digit_is_returned_as_it_is() -> None:
    line = "楼道灯坏了好久了"
    assert mask(line) is line
