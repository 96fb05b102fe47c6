"""Personal data in texts: found in every spelling people use, and starred out where it stands."""

import re
from collections.abc import Iterator

from handlers.characters import CHINESE_DIGITS, clean, fold, make_plain
from handlers.names import mask_name, mask_names
from handlers.numbers import LEAST_TYPED, find_hidden

__all__ = ["clean", "fold", "is_private_data", "mask", "mask_name", "mask_names"]

STAR = "*"

_DIGITS = r"\d²³¹⁰-⁹₀-₉①-⓿❶-➓㉈-㉟㊱-㊿\U0001f100-\U0001f10c🔟" + "".join(CHINESE_DIGITS)
_REGIONS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
# The first characters of 微信, vx, wechat and QQ in their usual disguises, of a passport and a
# plate, and the signs of an e-mail address.
_CUES = (
    rf"[@＠﹫QqVvWwＱｑＶｖＷｗ微威薇徽扣护艾ⓆⓠⓋⓥ]|[AaＡａ][TtＴｔ]"
    rf"|[{_REGIONS}]\s?[A-Za-zＡ-Ｚａ-ｚ]"
)
# A text with none of these holds nothing to mask; nor does one with few digits and no cue.
_SUSPECT = re.compile(f"[{_DIGITS}]|{_CUES}")
_CUED = re.compile(_CUES)
_DIGIT = re.compile(f"[{_DIGITS}]")

_LETTER = r"[a-z0-9_\-]"
_WECHAT = r"(?:[微威薇徽]信|v信|wechat|weixin|[加+]v|[加+]微|[加+]w|wx|vx|v\+|v(?=[::]))"
_IDS = (
    re.compile(rf"(?<![a-z0-9])(?P<id>wxid_{_LETTER}{{4,}})"),
    # An id of letters alone needs a word or colon that announces it; one with digits does not.
    re.compile(
        rf"(?<![a-z0-9]){_WECHAT}(?:(?:账号|帐号|号码?|id)[\s:是为=\-]*|[\s]*[:是为=][\s]*)"
        rf"(?P<id>[a-z]{_LETTER}{{5,19}})"
    ),
    re.compile(rf"(?<![a-z0-9]){_WECHAT}\s?(?P<id>(?=[a-z_\-]*[0-9])[a-z]{_LETTER}{{5,19}})"),
    re.compile(
        rf"(?<![a-z0-9])(?:{_WECHAT}|qq|q|扣扣|企鹅)(?:账号|帐号|号码?|id)?[\s:是为=\-]*"
        r"(?P<id>[0-9](?:[ \-.]?[0-9]){4,11}(?![0-9])|[零〇一二三四五六七八九幺两]{5,12})"
    ),
    re.compile(r"护照(?:号码?)?[\s:是为]*(?P<id>[a-z]{1,2}[0-9]{7,8})(?![0-9])"),
)
_PLATE = re.compile(
    rf"[{_REGIONS}]\s?[a-z][\s·•・.。\-‧∙⋅]{{0,2}}"
    r"(?P<id>(?=[a-z]*[0-9][a-z]*[0-9])[a-z0-9]{5,6}(?![a-z0-9])|[a-z0-9]{4}(?=[挂学警港澳使领])"
    r"|[零〇一二三四五六七八九幺两]{5})"
)
_MAIL = re.compile(
    r"(?<![a-z0-9._%+\-])(?P<id>[a-z0-9._%+\-]{1,64})"
    r"(?: ?@ ?|\s?[(\[]at[)\]]\s?| at |艾特)"
    r"(?P<host>[a-z0-9\-]{1,63}(?:(?: ?[.。] ?| dot |点)[a-z0-9\-]{2,63}){1,4})"
)

# One of these is in everything that _IDS and _MAIL find.
_CUE = re.compile(r"[@信vwq扣企照艾微]|at")


def mask(text: str) -> str:
    """The text with the personal numbers in it starred out, and all else as it was.

    Mobile numbers keep 3 + 4 digits, landlines the area code and 2, identity cards 3 + 2, bank
    cards 4 + 4, plates the region and 2, ids and mail boxes the first and last sign. Hotlines,
    ticket numbers, dates, prices and rooms stay.
    """
    while hidden := _hidden(text):
        # Once more: what is left of two numbers may look like a third.
        text = "".join([STAR if at in hidden else sign for at, sign in enumerate(text)])
    return text


def is_private_data(text: str) -> bool:
    """Whether there is anything to mask."""
    return bool(_hidden(text))


def _hidden(text: str) -> frozenset[int]:
    """The places in the text that are to be starred out."""
    if not _SUSPECT.search(text):
        return frozenset()
    if not _CUED.search(text) and len(_DIGIT.findall(text)) < LEAST_TYPED:
        return frozenset()
    plain = make_plain(text)
    signs = find_hidden(plain)
    signs.update(_hidden_in_words(plain.text, frozenset(signs)))
    return frozenset(plain.places[sign] for sign in signs)


def _hidden_in_words(text: str, taken: frozenset[int]) -> Iterator[int]:
    patterns = (_PLATE, *_IDS, _MAIL) if _CUE.search(text) else (_PLATE,)
    for pattern in patterns:
        for match in pattern.finditer(text):
            start, end = match.span("id")
            if pattern is _PLATE:
                yield from range(start, end - 2)
            elif pattern is _MAIL:
                yield from range(start + (end > start + 1), end)
            elif taken.isdisjoint(range(start, end)):
                yield from range(start + 1, end - 1)
