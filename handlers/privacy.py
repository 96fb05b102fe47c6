"""Personal data in texts: found in every spelling people use, and starred out where it stands."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from handlers.characters import (
    CHINESE_DIGITS,
    COMMA,
    GAP,
    OTHER,
    Family,
    Plain,
    clean,
    fold,
    make_plain,
)
from handlers.names import mask_name, mask_names

__all__ = ["clean", "fold", "is_private_data", "mask", "mask_name", "mask_names"]

STAR = "*"
MOST_GAPS = 5
MOST_COMMAS = 2
LEAST_TYPED = 5

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
# At least seven digits.
_RUN = re.compile(f"[0-9](?:[{GAP}{COMMA}]{{0,6}}[0-9]){{6,}}(?:[{GAP}{COMMA}]{{0,2}}x)?")


@dataclass(frozen=True, slots=True)
class Run:
    """Digits that stand together, whatever stands between them.

    `digits` has no separators; `signs[i]` is the place of the ith digit in the plain text.
    """

    plain: Plain
    digits: str
    signs: tuple[int, ...]

    def has_gap(self, i: int) -> bool:
        """Whether something stands between digit i-1 and digit i."""
        return self.signs[i] - self.signs[i - 1] > 1

    def is_edge(self, i: int) -> bool:
        """Whether a number may begin at digit i, or end before it.

        Another script is an edge (一 before 138… is a word), and so is any place among Chinese
        or circled digits, which stand before a number as words or bullets.
        """
        if i in {0, len(self.digits)} or self.digits[i] == "x" or self.has_gap(i):
            return True
        before, after = (self.plain.families[self.signs[j]] for j in (i - 1, i))
        return before is not after or after in {Family.CHINESE, Family.STYLED}

    def before(self, i: int, most: int = 12) -> str:
        at = self.signs[i]
        return self.plain.text[max(0, at - most) : at]

    def gaps(self, start: int, end: int) -> list[int]:
        return [i for i in range(start + 1, end) if self.has_gap(i)]

    def has_commas(self, i: int) -> bool:
        return COMMA in self.plain.digits[self.signs[i - 1] : self.signs[i]]

    def is_one_number(self, start: int, end: int) -> bool:
        """Whether the separators are a number's, not a list's: few, or after every digit."""
        gaps = self.gaps(start, end)
        if len(gaps) == end - start - 1:
            return True
        return len(gaps) <= MOST_GAPS and sum(map(self.has_commas, gaps)) <= MOST_COMMAS

    def is_typed(self, start: int, end: int) -> bool:
        """Whether enough of it are digits, not letters that look like them."""
        families = [self.plain.families[sign] for sign in self.signs[start:end]]
        return len(families) - families.count(Family.LETTER) >= LEAST_TYPED

    def is_list(self, start: int, end: int) -> bool:
        """Whether it is a row of rising numbers of one length, as room numbers are."""
        edges = [start, *self.gaps(start, end), end]
        parts = [self.digits[a:b] for a, b in pairwise(edges)]
        return len(parts) > 2 and len({len(part) for part in parts}) == 1 and _is_rising(parts)


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of number: its digits, what makes it sure, and how much of it stays readable.

    `each` is the length of one, where several may stand together without a gap.
    """

    digits: re.Pattern[str]
    head: int
    tail: int
    is_sure: Callable[[Run, int, int], bool] = lambda run, start, end: True
    each: int = 0

    def find(self, run: Run) -> Iterator[tuple[int, int]]:
        """The (start, end) of each; the leftmost goes first, none overlap."""
        at = 0
        while match := self.digits.search(run.digits, at):
            start, at = match.start(), match.start() + 1
            if run.is_edge(start) or _follows_prefix(run, start):
                end = self._end(run, start, match.end())
                if end is not None:
                    yield start, end
                    at = end

    def _end(self, run: Run, start: int, longest: int) -> int | None:
        """Longest first: a card's number may be followed by another's."""
        for end in range(longest, start, -1):
            if run.is_edge(end) and self._fits(run, start, end):
                return end
        return None

    def _fits(self, run: Run, start: int, end: int) -> bool:
        return (
            self.digits.fullmatch(run.digits, start, end) is not None
            and self.is_sure(run, start, end)
            and run.is_one_number(start, end)
            and run.is_typed(start, end)
        )


_PREFIX = re.compile("(?:(?:00)?86|0)$")
_PHONE_CUE = re.compile(r"(?:电话|座机|固话|手机|拨打|致电|tel|phone)(?:号码|号)?[是为]?[::\s.]*$")
_CARD_CUE = re.compile(r"(?:银行卡|卡号|[账帐][号户]|存折)[^0-9*]{0,6}$")
_AREA = r"0(?:10|2\d|[3-9]\d\d)"


def _follows_prefix(run: Run, start: int) -> bool:
    """Whether +86, 0086 or the long-distance 0 stands before the digit, and is not cut out."""
    prefix = _PREFIX.search(run.digits, max(0, start - 4), start)
    return prefix is not None and run.is_edge(prefix.start())


def _is_card(run: Run, start: int, end: int) -> bool:
    digits = run.digits[start:end]
    if _CARD_CUE.search(run.before(start)):
        return True
    if digits.startswith("62") and len(digits) >= 16:
        return True
    if len(digits) == 13 and digits.startswith("69"):
        return False  # a barcode
    return digits[0] in "3456789" and _is_luhn(digits) and not run.is_list(start, end)


def _is_rising(parts: list[str]) -> bool:
    return len(parts[0]) > 1 and all(a < b for a, b in pairwise(parts))


def _is_identity(run: Run, start: int, end: int) -> bool:
    return not run.is_list(start, end)


_DOUBLED = str.maketrans("0123456789", "0246813579")


def _is_luhn(digits: str) -> bool:
    doubled = digits[-2::-2].translate(_DOUBLED)
    return (sum(map(int, digits[-1::-2])) + sum(map(int, doubled))) % 10 == 0


def _has_whole_area(run: Run, start: int, end: int) -> bool:
    """0.9376… is no telephone: a gap may stand after the area code, not after its zero."""
    return not run.has_gap(start + 1) or len(run.gaps(start, end)) == end - start - 1


def _is_told_as_phone(run: Run, start: int, end: int) -> bool:
    return bool(_PHONE_CUE.search(run.before(start)))


_BIRTH = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
RULES = (
    Rule(re.compile(rf"[1-8]\d{{5}}(?:18|19|20)\d\d{_BIRTH}\d{{3}}[\dx]"), 3, 2, _is_identity),
    Rule(re.compile(r"\d{12,21}"), 4, 4, _is_card),
    Rule(re.compile(rf"[1-8]\d{{7}}{_BIRTH}\d{{3}}"), 3, 2, _is_identity),
    Rule(re.compile(r"(?:1[3-9]\d{9}){1,9}"), 3, 4, each=11),
    Rule(re.compile(rf"{_AREA}[2-8]\d{{6,7}}"), 4, 2, _has_whole_area),
    Rule(re.compile(r"(?<=86)(?:10|2\d|[3-9]\d\d)[2-8]\d{6,7}"), 3, 2),
    Rule(re.compile(r"(?![48]00)[2-8]\d{6,7}"), 1, 2, _is_told_as_phone),
)


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
    signs: set[int] = set()
    for match in _RUN.finditer(plain.digits):
        signs.update(_hidden_in_run(_run(plain, match)))
    signs.update(_hidden_in_words(plain.text, signs))
    return frozenset(plain.places[sign] for sign in signs)


def _run(plain: Plain, match: re.Match[str]) -> Run:
    signs = tuple(i for i in range(*match.span()) if plain.digits[i] not in {GAP, COMMA})
    return Run(plain, "".join(plain.digits[i] for i in signs), signs)


def _hidden_in_run(run: Run) -> Iterator[int]:
    for rule in RULES:
        found = list(rule.find(run))
        for start, end in found:
            length = rule.each or end - start
            for begin in range(start, end, length):
                yield from run.signs[begin + rule.head : begin + length - rule.tail]
            blank = OTHER * (end - start)
            run = Run(run.plain, run.digits[:start] + blank + run.digits[end:], run.signs)


def _hidden_in_words(text: str, taken: set[int]) -> Iterator[int]:
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
