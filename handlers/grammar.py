"""How a command is written: a word and a number in either order, then free text."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from handlers.privacy import fold
from storage.models import TicketNumber

_NUMBER = r"[#＃第]?\s*(?P<number>\d{1,9})\s*(?:号|件|單|单)?"
_COUNTED = r"(?![号楼栋幢院巷区室层组队村户人个元块米吨盏]|单元|路(?!灯|面)|机井)"
"""3号楼, 2单元, 5户: a number that counts something is no ticket's."""
_NUMBER_FIRST = re.compile(rf"^{_NUMBER}(?=\D|$){_COUNTED}\s*")
_NO_DATE = r"(?!\s*(?:[-~./:：]\d|[%天日月周点年小]))"
_NUMBER_NEXT = re.compile(rf"^\s*{_NUMBER}(?=\D|$){_COUNTED}{_NO_DATE}\s*")
_NUMBER_ALONE = re.compile(
    r"^\s*(?P<sign>[#＃])?\s*第?\s*(?P<number>\d{1,9})\s*(?:号|件|單|单)?"
    rf"(?=\D|$)(?(sign)|(?=\W|$)){_COUNTED}{_NO_DATE}\s*"
)
"""With a # or nothing written on to it: in 进展 2台水泵到了 the number counts something."""
_NUMBER_BEFORE_ANOTHER = re.compile(rf"^\s*{_NUMBER}\s+(?=[#＃\d一二两三四五六七八九十明后下周星])")
OWN_NUMBERS = frozenset({"延期", "合并", "改地点"})
"""After these words a number is the ticket's only if another one follows: 延期 12 2天."""
NOTHING_COUNTED = frozenset({"改", "改领域", "进度", "撤销"})
"""After these words people count nothing: 进度 12怎么样了 names a ticket."""
NO_NUMBER = frozenset({"登记", "请假", "销假", "绑定码"})
"""After these words no number is a ticket's."""
_ALIKE = """
待代带戴贷 办班半伴扮 结洁节杰接 受收首守寿 理里李礼力 联连链 系细戏 进近尽劲仅 展占站 反返饭 馈溃愧
转赚砖 协谢写歇 延言严盐 期其奇齐 合和何河 并病兵 请清情 假价架 统同通 计记级机几 已以 批皮披 撤车彻
的得地 度渡杜 补布步 充冲 销消削 满慢 意议义异 登等灯 名明 助住祝主
"""
"""Characters of the words, each with those an input method gives for it: 代办, 办洁, 进渡."""
_SOUND = {ord(char): alike[0] for alike in _ALIKE.split() for char in alike}
_BRIEF = re.compile(r"(?P<head>[\u4e00-\u9fff]{2,4})(?P<number>\s*[#＃]?\d{1,9}\s*[号件]?)?")
NEAR = 50
_NO_TICKETS = re.compile(r"^[#＃]?\d{10,}\s*")
_GAP = " \t\n,，。.:：;；、!！~～#＃/"
_MARK = re.compile(r"^[/／\\]\s*")
MOST_WORD = 6
LONGEST_HEAD = 60


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
    if (bare := _NO_TICKETS.sub("", said)) in words:
        said = bare
    word = max((known for known in words if said.startswith(known)), key=len, default=None)
    if word is None:
        return Written(None, number, said, is_marked)
    rest = said[len(word) :]
    if number is None and word not in NO_NUMBER:
        number, rest = _take_number(_number_after(word), rest)
    return Written(word, number, _as_typed(rest.strip(_GAP), text), is_marked)


def _number_after(word: str) -> re.Pattern[str]:
    if word in OWN_NUMBERS:
        return _NUMBER_BEFORE_ANOTHER
    return _NUMBER_NEXT if word in NOTHING_COUNTED else _NUMBER_ALONE


def _as_typed(rest: str, text: str) -> str:
    """The rest as it stood before folding: people read it."""
    for start in range(min(len(text), LONGEST_HEAD)):
        typed = text[start:].strip(_GAP)
        if fold(typed).strip(_GAP) == rest:
            return typed
    return rest


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
    return TicketNumber(int(found["number"])), said[found.end() :]


def nearest_words(text: str, words: Sequence[str]) -> list[str]:
    """The three known words most like what was typed, first those that sound the same."""
    head = first_word(text)[:MOST_WORD]
    found = process.extract(head, words, scorer=fuzz.ratio, limit=3, score_cutoff=34)
    return sorted(
        (word for word, _score, _index in found), key=lambda word: not _sounds(head, word)
    )


def number_in(text: str) -> TicketNumber | None:
    """The first number of a text that can be a ticket's."""
    found = re.search(r"(?<!\d)\d{1,9}(?!\d)", fold(text))
    return TicketNumber(int(found.group())) if found else None


def first_word(text: str) -> str:
    return re.split(r"[\s\d,，。:：#＃]", text.strip(), maxsplit=1)[0]


def _sounds(said: str, word: str) -> bool:
    return said.translate(_SOUND) == word.translate(_SOUND)


def is_slip(said: str, words: Sequence[str], *, is_staff: bool) -> bool:
    """A known word by its sound and no more; of staff also a near one with a number after it."""
    found = _BRIEF.fullmatch(said.strip(_GAP))
    if found is None:
        return False
    if any(_sounds(found["head"], word) for word in words):
        return True
    if not is_staff or found["number"] is None:
        return False
    return (
        process.extractOne(found["head"], words, scorer=fuzz.ratio, score_cutoff=NEAR) is not None
    )


def looks_like_command(written: Written) -> bool:
    """Short and marked, or a number followed by a short word: worth a suggestion."""
    head = written.rest.split(" ", 1)[0]
    return (
        bool(head) and len(head) <= MOST_WORD and (written.is_marked or written.number is not None)
    )
