"""Characters made plain: what is cleaned at intake, folded for matching, and read as a digit."""

import re
import sys
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

MOST_CHARACTERS = 4000
LONGEST_RUN = 10
_MOST_STRIPPED = 2 * LONGEST_RUN
"""So much less than the most may be left of a text whose end was trimmed where it was cut."""

ZERO_WIDTH_JOINER = "\u200d"
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_SURROGATES = "\ud800-\udfff"
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}-{chr(plane + 0xFFFF)}" for plane in range(0, sys.maxunicode, 0x10000)
)
_FORBIDDEN = re.compile(f"[{_CONTROLS}{_INVISIBLE}{_SURROGATES}{_NONCHARACTERS}]+")
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_EMOJI = "\u203c-\u3299\U0001f000-\U0001faff"
_STRAY_JOINER = re.compile(f"(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])")
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_MANY_MARKS = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
# The look ahead is for speed: nearly every character differs from the next.
_MANY_SAME = re.compile(rf"(?=(.)\1)([^\d\n])\2{{{LONGEST_RUN},}}", re.DOTALL)
_MANY_LINES = re.compile(r"\n[ \n]*\n")
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
_CUT_ENDS = f" \n\ufe0f{ZERO_WIDTH_JOINER}…"
_SPACES = re.compile(r"\s+")
# What Python calls printable and is still to be looked at.
_ODD = re.compile(
    f"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0d\uffa0{_MARKS}"
    "\U000e0000-\U000e0fff]"
)


def clean(text: str, most: int = MOST_CHARACTERS) -> str:
    """The text as it may be stored, shown and exported: encodable, visible, at most `most` long.

    Control, bidirectional, zero-width and noncharacters go; a joiner stays inside an emoji.
    Line ends become "\\n", tabs a space, absurd runs are shortened, and a cut ends in "…".
    """
    if _is_plain(text) and len(text) <= most and not _MANY_SAME.search(text):
        return text.strip()
    text = _LINE_ENDS.sub("\n", _SURROGATE_PAIR.sub(_joined, text)).replace("\t", " ")
    text = _STRAY_JOINER.sub("", _FORBIDDEN.sub("", text))
    text = _MANY_SAME.sub(r"\2" * LONGEST_RUN, _MANY_MARKS.sub(r"\1", text))
    text = _MANY_LINES.sub("\n\n", text).strip()
    return text if len(text) <= most else text[: most - 1].rstrip(_CUT_ENDS) + "…"


def is_cut(text: str) -> bool:
    """Whether `clean` kept only the beginning of it."""
    return len(text) > MOST_CHARACTERS - _MOST_STRIPPED and text.endswith("…")


def fold(text: str) -> str:
    """The text for commands and matching: NFKC, lower case, ASCII digits, single spaces.

    Circled, Arabic-Indic and other look-alike digits become ASCII; Chinese numerals and
    traditional characters stay.
    """
    if not text.isascii():
        if not _is_plain(text):
            text = _FORBIDDEN.sub("", text).replace(ZERO_WIDTH_JOINER, "")
        text = unicodedata.normalize("NFKC", text).casefold()
        text = unicodedata.normalize("NFKC", "".join(map(_ascii_digit, text)))
    return _SPACES.sub(" ", text.casefold()).strip()


def _is_plain(text: str) -> bool:
    """Whether there is surely nothing invisible in it; most lines are so, and it is quick."""
    return text.isprintable() and not _ODD.search(text)


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le")


@lru_cache(maxsize=8192)
def _ascii_digit(character: str) -> str:
    if character.isascii() or unicodedata.category(character) not in {"Nd", "No"}:
        return character
    value = unicodedata.numeric(character)
    return str(int(value)) if value.is_integer() else character


class Family(StrEnum):
    """How a digit is written: 一138… is a word before a number, not twelve digits."""

    ASCII = "ascii"
    WIDE = "wide"
    CHINESE = "chinese"
    STYLED = "styled"
    LETTER = "letter"
    NONE = "none"


GAP = " "
COMMA = ","
OTHER = "#"

CHINESE_DIGITS = {
    **dict.fromkeys("〇零○◯洞", "0"),
    **dict.fromkeys("一壹弌幺吆妖腰㈠㊀〡", "1"),
    **dict.fromkeys("二贰貳弍两兩俩㈡㊁〢", "2"),
    **dict.fromkeys("三叁參叄仨㈢㊂〣", "3"),
    **dict.fromkeys("四肆㈣㊃〤", "4"),
    **dict.fromkeys("五伍㈤㊄〥", "5"),
    **dict.fromkeys("六陆陸㈥㊅〦", "6"),
    **dict.fromkeys("七柒拐㈦㊆〧", "7"),
    **dict.fromkeys("八捌㈧㊇〨", "8"),
    **dict.fromkeys("九玖勾㈨㊈〩", "9"),
}
_LETTER_DIGITS = {"o": "0", "l": "1", "i": "1", "о": "0", "ο": "0"}
_CROSSES = frozenset("x×х乂χ✕✖叉")
_GAPS = frozenset(" -_.·•・。‧∙⋅~—–‐‑‒―−ー杠()[]")
_COMMAS = frozenset(",、;/|\\\n")
_UNSEEN = re.compile(
    f"[{_CONTROLS}{_INVISIBLE}{_SURROGATES}{_NONCHARACTERS}{_MARKS}\u200d\ufe0e\ufe0f]"
)


@dataclass(frozen=True, slots=True)
class Plain:
    """A text made plain, each character with its place in the original.

    `text` is lower-case NFKC without what can not be seen; `digits` has the same length and holds
    an ASCII digit, "x", GAP, COMMA or OTHER for each; `families` says how a digit is written.
    """

    text: str
    digits: str
    families: tuple[Family, ...]
    places: tuple[int, ...]


def make_plain(text: str) -> Plain:
    signs = [_sign(character) for character in text]
    return Plain(
        text="".join([sign.text for sign in signs]),
        digits="".join([sign.digits for sign in signs]),
        families=tuple([sign.family for sign in signs for _ in sign.text]),
        places=tuple([place for place, sign in enumerate(signs) for _ in sign.text]),
    )


@dataclass(frozen=True, slots=True)
class Sign:
    """What one character stands for: nothing, one sign, or several (⑫ is a 1 and a 2)."""

    text: str
    digits: str
    family: Family


@lru_cache(maxsize=8192)
def _sign(character: str) -> Sign:
    if digit := CHINESE_DIGITS.get(character):
        return Sign(character, digit, Family.CHINESE)
    if character == "\n":
        return Sign("\n", COMMA, Family.NONE)
    if _UNSEEN.match(character):
        return Sign("", "", Family.NONE)
    if character == "🔟":
        return Sign("10", "10", Family.STYLED)
    folded = fold(character) or " "
    text = folded.strip("().,") or folded
    return Sign(text, "".join(map(_digit, text)), _family(character, text))


def _family(character: str, text: str) -> Family:
    if not text.isdigit():
        return Family.LETTER if text in _LETTER_DIGITS else Family.NONE
    if character.isascii():
        return Family.ASCII
    return Family.WIDE if "\uff10" <= character <= "\uff19" else Family.STYLED


def _digit(part: str) -> str:
    if part.isascii() and part.isdigit():
        return part
    if digit := _LETTER_DIGITS.get(part):
        return digit
    if part in _CROSSES:
        return "x"
    if part in _GAPS:
        return GAP
    return COMMA if part in _COMMAS else OTHER
