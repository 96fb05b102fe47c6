"""Telephone, identity and card numbers among the digits of a text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from handlers.characters import COMMA, GAP, OTHER, Family, Plain

MOST_GAPS = 5
MOST_COMMAS = 2
MOST_MIXED = 2
LEAST_TYPED = 5
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

    def before(self, i: int, most: int = 40) -> str:
        at = self.signs[i]
        return self.plain.text[max(0, at - most) : at]

    def gaps(self, start: int, end: int) -> list[int]:
        return [i for i in range(start + 1, end) if self.has_gap(i)]

    def separator(self, i: int) -> str:
        """What stands before digit i, by its kind: "" for spaces alone, "-", "、"."""
        return self.plain.text[self.signs[i - 1] + 1 : self.signs[i]].strip()[:1]

    def has_commas(self, i: int) -> bool:
        return COMMA in self.plain.digits[self.signs[i - 1] : self.signs[i]]

    def is_one_number(self, start: int, end: int) -> bool:
        """Whether the separators are a number's, not a list's: few, or after every digit; and if
        there are more than two, all alike (1-601/1-23 are rooms)."""
        gaps = self.gaps(start, end)
        if len(gaps) == end - start - 1:
            return True
        commas = sum(map(self.has_commas, gaps))
        if len(gaps) <= MOST_MIXED and not commas:
            return True
        is_alike = len({self.separator(i) for i in gaps}) == 1
        return is_alike and len(gaps) <= MOST_GAPS and commas <= MOST_COMMAS

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

    `each` is the length of one, where several may stand together without a gap. `cue` is what
    must stand before it.
    """

    digits: re.Pattern[str]
    head: int
    tail: int
    is_sure: Callable[[Run, int, int], bool] = lambda run, start, end: True
    each: int = 0
    cue: re.Pattern[str] | None = None

    def find(self, run: Run) -> Iterator[tuple[int, int]]:
        """The (start, end) of each; the leftmost goes first, none overlap."""
        at = 0
        while match := self.digits.search(run.digits, at):
            start, at = match.start(), match.start() + 1
            if self._may_start(run, start):
                end = self._end(run, start, match.end())
                if end is not None:
                    yield start, end
                    at = end

    def _may_start(self, run: Run, start: int) -> bool:
        if not run.is_edge(start) and not _follows_prefix(run, start):
            return False
        return self.cue is None or self.cue.search(run.before(start)) is not None

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
# A local number is one after a word that says so, or after another telephone number.
_PHONE_CUE = re.compile(
    r"(?:(?:电话|座机|固话|手机|拨打|致电|tel|phone)(?:号码|号)?[是为]?[::\s.]*|0\d{2,3}[-\s]?\d{7,8}[、,/])"
    r"(?:\d{7,8}(?:[、,/\s]|或者?|和)+)*$"
)
_CARD_CUE = re.compile(r"(?:银行卡|卡号|[账帐][号户]|存折)[^0-9*]{0,6}$")
_AREA = r"0(?:10|2\d|[3-9]\d\d)"


def _follows_prefix(run: Run, start: int) -> bool:
    """Whether +86, 0086 or the long-distance 0 stands before the digit, and is not cut out."""
    prefix = _PREFIX.search(run.digits, max(0, start - 4), start)
    return prefix is not None and run.is_edge(prefix.start())


def _is_card(run: Run, start: int, end: int) -> bool:
    digits = run.digits[start:end]
    if digits.startswith("62") and len(digits) >= 16:
        return True
    if len(digits) == 13 and digits.startswith("69"):
        return False  # a barcode
    return _is_luhn(digits) and not run.is_list(start, end)


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


_BIRTH = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
RULES = (
    Rule(re.compile(rf"[1-8]\d{{5}}(?:18|19|20)\d\d{_BIRTH}\d{{3}}[\dx]"), 3, 2, _is_identity),
    Rule(re.compile(r"\d{12,21}"), 4, 4, cue=_CARD_CUE),
    Rule(re.compile(r"[3-9]\d{12,18}"), 4, 4, _is_card),
    Rule(re.compile(rf"[1-8]\d{{7}}{_BIRTH}\d{{3}}"), 3, 2, _is_identity),
    Rule(re.compile(r"(?:1[3-9]\d{9}){1,9}"), 3, 4, each=11),
    Rule(re.compile(rf"{_AREA}[2-8]\d{{6,7}}"), 4, 2, _has_whole_area),
    Rule(re.compile(r"(?<=86)(?:10|2\d|[3-9]\d\d)[2-8]\d{6,7}"), 3, 2),
    Rule(re.compile(r"(?![48]00)[2-8]\d{6,7}"), 1, 2, cue=_PHONE_CUE),
)


def find_hidden(plain: Plain) -> set[int]:
    """The places in the plain text of the digits that are not to be shown."""
    return {
        sign for match in _RUN.finditer(plain.digits) for sign in _hidden_in(_run(plain, match))
    }


def _run(plain: Plain, match: re.Match[str]) -> Run:
    signs = tuple(i for i in range(*match.span()) if plain.digits[i] not in {GAP, COMMA})
    return Run(plain, "".join(plain.digits[i] for i in signs), signs)


def _hidden_in(run: Run) -> Iterator[int]:
    for rule in RULES:
        found = list(rule.find(run))
        for start, end in found:
            length = rule.each or end - start
            for begin in range(start, end, length):
                yield from run.signs[begin + rule.head : begin + length - rule.tail]
            blank = OTHER * (end - start)
            run = Run(run.plain, run.digits[:start] + blank + run.digits[end:], run.signs)
