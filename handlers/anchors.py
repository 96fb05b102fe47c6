"""What in a text says where the spot of a matter may be named, as features of a small model.

Anchors are houses, nouns of places and sides ("3号楼", "卫生院", "后头"). A bound is a place
between two signs, where a span may begin or end.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from handlers.lexicon import read_lines, word_classes

LONGEST_SPAN = 20
LONGEST_WORD = 5
NOUN, HOUSE, SIDE = "L", "H", "S"
BEHIND_GRAM, BEFORE_GRAM, WITHIN_GRAM = "<", ">", "|"
"""Heads of features: the bound stands behind a gram, before it, in the middle of it."""
SIGN = "."

BEFORE, BEHIND = "^^^", "$$$"
_PAUSES = frozenset(" ,.?!:;~、，。？！：；（）()\n…—")
_HAN_DIGITS = frozenset("零〇一二三四五六七八九十百两")
_WAYS = frozenset("东西南北前后左右上下")
_NUMBER = r"(?:\d{1,4}|[零〇一二两三四五六七八九十百]{1,5})"
_HOUSE = re.compile(
    rf"(?:(?:[东西南北中][区院苑]|[A-Za-z]区|{_NUMBER}[区期])?"
    rf"(?:{_NUMBER}(?:号楼|号院|号棚|号大棚|栋楼?|幢楼?|座|#楼?)(?:{_NUMBER}(?:单元|单|门洞?))?"
    rf"|{_NUMBER}(?:单元|门洞?)(?!口|前))(?:{_NUMBER}[楼层])?(?:\d{{3,4}}(?:室|户|号)?)?)"
    r"|(?<![\d.-])\d{1,2}-\d{1,2}(?:-\d{3,4})?(?![\d-])|(?<![\d.-])\d{1,2}-\d{3,4}(?![\d-])"
    rf"|{_NUMBER}(?:号|排|社|组|队|栋|座|层|楼|室|单元|区|期)"
)
_SIDES = re.compile(
    r"[东西南北][头边面侧门口墙]|[前后](?:面|头|边|门|墙|院|坡)|背[后面]|旁边|边上|跟前|附近|底下|下面|下头"
    r"|上面|上头|顶上|顶|里面|里头|里|外面|外头|外|斜?对面|隔壁|中间|之间|拐[角弯]|转角|路[边口]|门[口前]|口子|口"
    r"|墙根|坡[上下]|处|一带|[这那](?:头|边|段|截|片|块|排|条|家|一片|一带|一段|一截|一排)"
)


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with its anchors: kinds that begin and end at each bound, and that cover each sign."""

    text: str
    begins: Sequence[str]
    ends: Sequence[str]
    covers: Sequence[str]
    words_from: Sequence[Sequence[str]]
    words_to: Sequence[Sequence[str]]
    pauses: Sequence[int]


@lru_cache(maxsize=1)
def _words() -> Mapping[str, tuple[str, ...]]:
    """Words that say something of a bound beside them: nouns of places, and classes of words."""
    nouns = {word for line in read_lines("landmarks.txt") for word in line.split()}
    classes = word_classes()
    found = {}
    for word in sorted(nouns | classes.keys()):
        its = (*classes.get(word, ()), *((NOUN,) if word in nouns else ()))
        found[word] = tuple(f"{name}{min(len(word), 2)}" for name in dict.fromkeys(its))
    return found


_NOUNS = (f"{NOUN}1", f"{NOUN}2")


def mark(text: str) -> Marked:
    """Find the anchors of a simplified text."""
    size = len(text)
    begins, ends = [""] * (size + 1), [""] * (size + 1)
    covers = [""] * size
    words_from: list[list[str]] = [[] for _ in range(size + 1)]
    words_to: list[list[str]] = [[] for _ in range(size + 1)]
    anchors = [(HOUSE, *one.span()) for one in _HOUSE.finditer(text)]
    for at, end, its in _words_in(text):
        words_from[at] += its
        words_to[end] += its
        if its[-1] in _NOUNS:
            anchors.append((NOUN, at, end))
    anchors += [(SIDE, *one.span()) for one in _SIDES.finditer(text)]
    for kind, begin, end in anchors:
        begins[begin] = _with(begins[begin], kind)
        ends[end] = _with(ends[end], kind)
        for at in range(begin, end):
            covers[at] = _with(covers[at], kind)
    return Marked(text, begins, ends, covers, words_from, words_to, _pauses_in(text))


def _with(kinds: str, kind: str) -> str:
    return kinds if kind in kinds else kinds + kind


def _words_in(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """At each sign the longest known word that begins there."""
    words = _words()
    size = len(text)
    for at in range(size):
        for end in range(min(size, at + LONGEST_WORD), at, -1):
            its = words.get(text[at:end])
            if its is not None:
                yield at, end, its
                break


def _pauses_in(text: str) -> list[int]:
    """How many pauses stand before each bound."""
    counts = [0]
    for sign in text:
        counts.append(counts[-1] + (sign in _PAUSES))
    return counts


def kind_of(sign: str) -> str:
    """Pause, digit, number word, direction, Latin or other."""
    if sign in _PAUSES:
        return "p"
    if sign.isdigit():
        return "d"
    if sign in _HAN_DIGITS:
        return "n"
    if sign in _WAYS:
        return "o"
    return "a" if sign.isascii() else "c"


def bound_features(marked: Marked) -> Iterator[list[str]]:
    """For each bound from before the first sign to behind the last."""
    padded = f"{BEFORE}{marked.text}{BEHIND}"
    for at, found in enumerate(other_features(marked), len(BEFORE)):
        for size in (1, 2, 3):
            found += [f"<{padded[at - size : at]}", f">{padded[at : at + size]}"]
        found.append(f"|{padded[at - 1 : at + 1]}")
        yield found


def other_features(marked: Marked) -> Iterator[list[str]]:
    """All but the grams: kinds of signs, anchors and known words that begin or end here."""
    kinds = ["^", *map(kind_of, marked.text), "$"]
    for at, (begins, ends) in enumerate(zip(marked.begins, marked.ends, strict=True)):
        before, after = kinds[at], kinds[at + 1]
        found = [f"k{before}{after}"]
        if begins:
            found.append(f"b{begins}{before}")
        if ends:
            found += [f"e{ends}{after}", f"e{ends}{marked.text[at : at + 1]}"]
        if begins and ends:
            found.append(f"a{begins}/{ends}")
        found += [f"w{name}" for name in marked.words_from[at]]
        found += [f"v{name}" for name in marked.words_to[at]]
        yield found


def inside_features(marked: Marked) -> Iterator[list[str]]:
    """For each sign."""
    text = f"{marked.text}$"
    for at, cover in enumerate(marked.covers):
        yield [f".{text[at]}", f".{text[at : at + 2]}", f"c{kind_of(text[at])}{cover}"]


def span_features(marked: Marked, begin: int, end: int) -> list[str]:
    """Of a span as a whole."""
    kinds = "".join(marked.covers[begin:end])
    holds = f"{'L' if NOUN in kinds else ''}{'H' if HOUSE in kinds else ''}"
    ended = marked.ends[end]
    last = next((kind for kind in (NOUN, HOUSE, SIDE) if kind in ended), "-")
    size = len(marked.text)
    return [
        f"n{min(end - begin, 14)}",
        f"c{holds}",
        f"d{holds}{last}",
        f"f{begin * 4 // size}",
        f"a{min(begin, 1)}{last}",
        f"g{marked.text[begin]}{last}",
    ]


def is_whole(marked: Marked, begin: int, end: int) -> bool:
    """Neither too long nor across a pause."""
    return end - begin <= LONGEST_SPAN and marked.pauses[begin] == marked.pauses[end]
