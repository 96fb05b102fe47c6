"""Evidence that a line belongs to a ticket: named features of the two together.

What each is worth for each act is learned (matching_weights.json).
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from handlers.manner import classes, plain, size_of, topics
from handlers.reading import Candidate
from handlers.talk import Line, Talk
from storage.models import Act, Stage, TicketNumber

_RUN = re.compile(r"[\u4e00-\u9fffa-z]+")
_SPOT = re.compile(r"(\d{1,3}|[一二三四五六七八九十]{1,3})(?:号楼|号院|栋|幢|座|#|排|社|组|区|-\d)")
_DIGITS = {char: str(value) for value, char in enumerate("一二三四五六七八九十", start=1)}
_GAPS = (1.2, 2.2, 3.2, 5.2, 8.2, 15.5, 40.0, 120.0, 360.0)
_LINES = (0.5, 1.5, 2.5, 3.5, 5.5, 9.5, 20.5)
_YOUNG = 15.0
_ONE_CUT = 30.0
"""Minutes within which a ticket is young, and within which neighbours report the same cut."""
_NEAR_LINES = 10
_DONE = frozenset({Stage.HANDLED, Stage.ANSWERED, Stage.CLOSED})
_POSITIVE = frozenset({"fine", "gone", "now", "thanks", "c:fixed", "c:thanks"})
_VOICES = frozenset(
    {"my", "also", "also_thing", "also_end", "same", "saw", "again", "lasting", "sum", "spot"}
    | {"number", "laugh", "parody", "past", "elsewhere", "denies", "theirs", "ask", "advice"}
    | {"offer", "sympathy", "shout"}
)
"""Marks that mean one thing right after a ticket, in its words, and another without either."""
_AGREEING = frozenset({"also", "same"})
_NEGATIVE = frozenset({"again", "notfine", "c:still", "c:absent", "c:again", "but"})


class Rarity:
    """How telling a pair of characters is; pairs that were never counted are the rarest."""

    def __init__(self, table: Mapping[str, float], rarest: float) -> None:
        self._table = table
        self._rarest = rarest

    def weigh(self, found: frozenset[str]) -> float:
        table, rarest = self._table, self._rarest
        return math.fsum([table.get(pair, rarest) for pair in found])


@dataclass(frozen=True, slots=True)
class Shared:
    """What a ticket's messages say, taken together."""

    pairs: frozenset[str]
    topics: frozenset[str]
    spots: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is worked out once for a line and used for each candidate.

    `likeness` is the weight of the character pairs that line and ticket share; `back` how many
    lines ago the talk last touched a ticket; `staff` what staff said about it, newest first.
    """

    line: Line
    text: str
    now: datetime
    marks: frozenset[str]
    pairs: frozenset[str]
    spots: frozenset[str]
    weight: float
    tone: str
    likeness: Mapping[TicketNumber, float]
    most_alike: float
    order: Mapping[TicketNumber, int]
    back: Mapping[TicketNumber, int]
    staff: Mapping[TicketNumber, Sequence[str]]
    speakers_last: TicketNumber | None
    owned: int


@lru_cache(maxsize=8192)
def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters in `text` (already plain)."""
    return frozenset(run[i : i + 2] for run in _RUN.findall(text) for i in range(len(run) - 1))


@lru_cache(maxsize=8192)
def spots(text: str) -> frozenset[str]:
    """The numbers of buildings, rows and groups in `text` as typed: "三号楼" and "3-2" are "3"."""
    return frozenset(
        "".join(_DIGITS.get(char, char) for char in number) for number in _SPOT.findall(text)
    )


def shared(candidate: Candidate) -> Shared:
    texts = tuple(message.text for message in candidate.messages if message.text)
    return _together(texts or (candidate.ticket.body,))


@lru_cache(maxsize=2048)
def _together(texts: tuple[str, ...]) -> Shared:
    said = [plain(text) for text in texts]
    return Shared(
        frozenset[str]().union(*map(pairs, said)),
        frozenset[str]().union(*map(topics, said)),
        frozenset[str]().union(*(spots(text[:300]) for text in texts)),
    )


def last_at(candidate: Candidate) -> datetime:
    return candidate.messages[-1].at if candidate.messages else candidate.ticket.opened_at


def tone_of(marks: frozenset[str]) -> str:
    """ "p" something is fine, "n" something is not, "pn" both, "0" neither."""
    return ("p" if marks & _POSITIVE else "") + ("n" if marks & _NEGATIVE else "") or "0"


def has_message(candidate: Candidate, message_id: str) -> bool:
    end = "/" + message_id
    return any(message.key.endswith(end) for message in candidate.messages)


def lines_back(talk: Talk) -> dict[TicketNumber, int]:
    """How many lines lie between each ticket's last line in the talk and now."""
    found: dict[TicketNumber, int] = {}
    for back, line in enumerate(reversed(talk.before)):
        if line.ticket is not None:
            found.setdefault(line.ticket, back)
    return found


def last_of_speaker(line: Line, talk: Talk, candidates: Sequence[Candidate]) -> TicketNumber | None:
    """The ticket the speaker last had to do with."""
    for before in reversed(talk.before):
        if before.sender == line.sender and before.ticket is not None:
            return before.ticket
    own = [candidate for candidate in candidates if line.sender in candidate.user_ids]
    return max(own, key=last_at).ticket.number if own else None


def is_plausible(scene: Scene, candidate: Candidate) -> bool:
    """False where nothing at all ties the two: no need to weigh it."""
    number = candidate.ticket.number
    return (
        scene.line.sender in candidate.user_ids
        or scene.back.get(number, _NEAR_LINES) < _NEAR_LINES
        or scene.likeness.get(number, 0.0) > 0
        or scene.order[number] < 2
        or (scene.line.quote is not None and has_message(candidate, scene.line.quote))
        or number in scene.staff
    )


def features(scene: Scene, candidate: Candidate) -> list[str]:
    """Everything known of the line and the ticket together."""
    who = _who(scene, candidate)
    found = [who]
    _of_address(scene, candidate, found)
    _of_time(scene, candidate, who, found)
    level = _of_words(scene, candidate, found)
    _of_ticket(scene, candidate, found)
    _of_tone(scene, candidate, who, level, found)
    if who != "opener":
        _of_voice(scene, candidate, level, found)
    return found


def _who(scene: Scene, candidate: Candidate) -> str:
    if candidate.user_ids[:1] == (scene.line.sender,):
        return "opener"
    return "reporter" if scene.line.sender in candidate.user_ids else "other"


def _of_address(scene: Scene, candidate: Candidate, found: list[str]) -> None:
    line = scene.line
    if line.quote is not None:
        found.append("quotes" if has_message(candidate, line.quote) else "quotes_else")
    if line.at_users:
        is_them = any(user in candidate.user_ids for user in line.at_users)
        found.append("at_them" if is_them else "at_else")
    if scene.speakers_last == candidate.ticket.number:
        found.append("speakers_last")
    if candidate.user_ids[:1] == (line.sender,):
        found.append(f"owns:{min(scene.owned, 3)}")


def _of_time(scene: Scene, candidate: Candidate, who: str, found: list[str]) -> None:
    number = candidate.ticket.number
    gap = _bucket(_minutes(last_at(candidate), scene.now), _GAPS)
    back = scene.back.get(number)
    lines = "none" if back is None else _bucket(back, _LINES)
    found += (
        "gap:" + gap,
        f"{who}&gap:{gap}",
        "age:" + _bucket(_minutes(candidate.ticket.opened_at, scene.now), _GAPS),
        "lines:" + lines,
        f"{size_of(scene.text)}&{lines}",
        f"order:{min(scene.order[number], 4)}",
    )


def _of_words(scene: Scene, candidate: Candidate, found: list[str]) -> str:
    """Adds what the words share; gives the level of it, "0" to "2"."""
    like = scene.likeness[candidate.ticket.number]
    share = like / scene.weight if scene.weight else 0.0
    found.append("like:" + _bucket(like, (0.01, 4.0, 8.0, 14.0, 22.0)))
    if scene.weight:
        found.append("share:" + _bucket(share, (0.01, 0.06, 0.12, 0.2, 0.35)))
    if like and like >= scene.most_alike:
        found.append("most_alike")
    theirs = shared(candidate)
    mine = topics(scene.text)
    if mine:
        common = mine & theirs.topics
        found.append("topic:" + ("no" if not common else "all" if common == mine else "some"))
    if scene.spots:
        found.append(_spot(scene, candidate))
    return "0" if share < 0.03 else "1" if share < 0.12 else "2"


def _of_ticket(scene: Scene, candidate: Candidate, found: list[str]) -> None:
    ticket = candidate.ticket
    acts = [message.act for message in candidate.messages]
    if ticket.stage is Stage.CLOSED:
        found.append("closed")
    if acts and acts[-1] in (Act.THANKS, Act.REOPEN):
        found.append(f"last:{acts[-1].value}")
    elif Act.THANKS in acts:
        found.append("had:thanks")
    if Act.JOIN in acts:
        found.append("has_joins")
    found += ("kind:" + ticket.kind.name, "urgency:" + ticket.urgency.value)
    if ticket.conversation.startswith("private:"):
        found.append("private_ticket")


def _of_tone(scene: Scene, candidate: Candidate, who: str, level: str, found: list[str]) -> None:
    """That something is fine or is not means little without what was before."""
    ticket, tone = candidate.ticket, scene.tone
    age = "young" if _minutes(ticket.opened_at, scene.now) < _YOUNG else "old"
    said = scene.staff.get(ticket.number, ())
    is_done = "done" in said or ticket.stage in _DONE or _was_thanked(candidate)
    first = said[0] if said else "none"
    found += (
        f"staff:{first}",
        f"{tone}&staff:{first}",
        f"{tone}&share{level}",
        f"{tone}&{who}&{age}&share{level}",
        f"{tone}&{'done' if is_done else 'undone'}&{age}",
    )
    if who == "other" and age == "young":
        near = "near" if scene.back.get(ticket.number, _NEAR_LINES) < 3 else "off"
        found.append(f"{near}&share{level}")
    if scene.text and not classes(scene.text):
        found.append(f"no_class&{age}")


def _of_voice(scene: Scene, candidate: Candidate, level: str, found: list[str]) -> None:
    """How a neighbour speaks, with how near the ticket is in the talk and in words."""
    back = scene.back.get(candidate.ticket.number, _NEAR_LINES)
    near = "next" if back < 2 else "near" if back < 8 else "far"
    for mark in scene.marks & _VOICES:
        found += (f"{mark}&share{level}", f"{mark}&{near}")
    common = topics(scene.text) & shared(candidate).topics
    if topics(scene.text):
        found.append(f"topic:{'some' if common else 'no'}&{near}")
    if scene.spots:
        _of_spot(scene, candidate, near, found)


def _of_spot(scene: Scene, candidate: Candidate, near: str, found: list[str]) -> None:
    """Another building may have the same cut, said at once, or only the same words, hours on."""
    spot = _spot(scene, candidate)
    also = "also" if scene.marks & _AGREEING else "alone"
    age = "old" if _minutes(candidate.ticket.opened_at, scene.now) > _ONE_CUT else "young"
    found += (f"{spot}&{near}", f"{spot}&{age}", f"{spot}&{also}", f"{spot}&{also}&{age}")


def _spot(scene: Scene, candidate: Candidate) -> str:
    theirs = shared(candidate).spots
    return "spot:" + ("same" if theirs & scene.spots else "other" if theirs else "new")


def _was_thanked(candidate: Candidate) -> bool:
    return any(message.act is Act.THANKS for message in candidate.messages)


def _minutes(since: datetime, now: datetime) -> float:
    return (now - since).total_seconds() / 60


def _bucket(value: float, edges: Sequence[float]) -> str:
    return next((f"<{edge:g}" for edge in edges if value < edge), "far")
