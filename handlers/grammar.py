"""How a command is written: a word and a number in either order, then free text."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from handlers.privacy import fold
from storage.models import TicketNumber

_NUMBER = r"[#＃第]?\s*(\d{1,9})\s*(?:号|件|單|单)?"
_NUMBER_FIRST = re.compile(rf"^{_NUMBER}(?=\D|$)\s*")
_NUMBER_NEXT = re.compile(rf"^\s*{_NUMBER}(?=\D|$)\s*")
_GAP = " \t\n,,。.::;;、!!~~#＃/"
_MARK = re.compile(r"^[/／\\]\s*")
MOST_WORD = 6


@dataclass(frozen=True, slots=True)
class Written:
    """A text taken apart. `word` is None where none of the known words begins it."""

    word: str | None
    number: TicketNumber | None
    rest: str
    is_marked: bool


def take_apart(text: str, words: Collection[str], bot_names: Sequence[str]) -> Written:
    """Slash, @name and number stripped; the longest known word that begins what is left."""
    said, is_marked = _unmark(fold(text).strip(), bot_names)
    number, said = _take_number(_NUMBER_FIRST, said)
    word = next(
        (known for known in sorted(words, key=len, reverse=True) if said.startswith(known)), None
    )
    if word is None:
        return Written(None, number, said, is_marked)
    rest = said[len(word) :]
    if number is None:
        number, rest = _take_number(_NUMBER_NEXT, rest)
    return Written(word, number, rest.strip(_GAP), is_marked)


def has_gap(text: str, word: str, bot_names: Sequence[str]) -> bool:
    """Whether the word stands alone: 查 水管 is a command, 查水表的来了 is not."""
    said, _ = _unmark(fold(text).strip(), bot_names)
    _, said = _take_number(_NUMBER_FIRST, said)
    after = said[len(word) : len(word) + 1]
    return not after or after in _GAP or after.isdigit()


def _unmark(said: str, bot_names: Sequence[str]) -> tuple[str, bool]:
    for name in bot_names:
        said = said.replace(f"@{fold(name)}", " ")
    said = said.strip()
    found = _MARK.match(said)
    return (said[found.end() :], True) if found else (said, False)


def _take_number(pattern: re.Pattern[str], said: str) -> tuple[TicketNumber | None, str]:
    found = pattern.match(said)
    if not found:
        return None, said
    return TicketNumber(int(found.group(1))), said[found.end() :]


def nearest_words(text: str, words: Sequence[str]) -> list[str]:
    """The three known words most like what was typed."""
    head = re.split(r"[\s\d,,。::]", text.strip(), maxsplit=1)[0][:MOST_WORD]
    found = process.extract(head, words, scorer=fuzz.ratio, limit=3, score_cutoff=34)
    return [word for word, _score, _index in found]


def looks_like_command(written: Written) -> bool:
    """Short and marked, or a number followed by a short word: worth a suggestion."""
    head = written.rest.split(" ", 1)[0]
    return (
        bool(head) and len(head) <= MOST_WORD and (written.is_marked or written.number is not None)
    )
