"""Whether a resident's line belongs to one of the recent tickets of the unit, and what it does.

Pure: `match` sees the line, what the ear made of it, the talk before and the recent tickets.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from handlers.reading import Candidate, Gate, Match, Reading
from handlers.talk import Line, Talk
from storage.models import Act, Stage

_LONGEST = 400
_SOON = timedelta(minutes=12)
_SAME = re.compile(
    r"^(\+1|加1|同|同上|同求|同问|一样|我也是|我家也|我们家也|我这也|也是|俺家也|确实|就是)"
    r"|(我|俺|咱|我们|俺们|咱们)(家|们?单元|们?楼|这|这边|这儿|店)?也(是|没|不|有|听|闻|看|遇)"
)
_FINE = re.compile(
    r"(修好|弄好|好了|来了|亮了|通了|不漏了|热了|解决了|清了|没味了|找到了|找着了|能用了|收到钱|到账了"
    r"|干净了|恢复了|安静了|清净了)"
)
_THANKS = re.compile(r"谢|辛苦|感谢|点赞|👍|给力")
_NOT_FINE = re.compile(
    r"(还是|又|仍然|照样|依旧)(不|没|坏|漏|黄|黑|堵|停|凉|冰|臭|灭|一样|那样|老样)"
    r"|没修好|没解决|没弄好|没通|不管用|白修|又来了|但是|可是|可还"
)


def match(
    line: Line,
    reading: Reading,
    talk: Talk,
    candidates: Sequence[Candidate],
    now: datetime,
) -> Match | None:
    """The ticket the line belongs to and what it does there; None for chatter or a new matter."""
    text = line.text[:_LONGEST]
    found = [m for c in candidates if (m := _pair(line, text, reading, talk, c, now)) is not None]
    return max(found, key=lambda m: m.score, default=None)


def _pair(
    line: Line, text: str, reading: Reading, talk: Talk, candidate: Candidate, now: datetime
) -> Match | None:
    ticket = candidate.ticket
    own = line.sender in candidate.user_ids
    near = _nearness(candidate, now)
    quoted = _quotes(line, candidate)
    alike = _likeness(text, candidate)
    is_handled = ticket.stage in (Stage.HANDLED, Stage.ANSWERED, Stage.CLOSED)
    score = 0.5 * quoted + 0.3 * near + alike
    if _NOT_FINE.search(text) and (is_handled or _staff_said_done(talk)) and (own or alike > 0.3):
        return Match(ticket.number, Act.REOPEN, min(0.99, 0.55 + score / 2))
    if _FINE.search(text) and (own or quoted) and not _NOT_FINE.search(text):
        return Match(ticket.number, Act.THANKS, min(0.99, 0.55 + score / 2))
    if _THANKS.search(text) and is_handled and own:
        return Match(ticket.number, Act.THANKS, min(0.99, 0.5 + score / 2))
    if own:
        return _own_line(line, text, reading, ticket_near=near, score=score, candidate=candidate)
    if (_SAME.search(text) and score > 0.45) or (quoted and reading.gate is not Gate.NONE):
        return Match(ticket.number, Act.JOIN, min(0.99, 0.5 + score / 2))
    return None


def _own_line(
    line: Line,
    text: str,
    reading: Reading,
    *,
    ticket_near: float,
    score: float,
    candidate: Candidate,
) -> Match | None:
    if candidate.user_ids[:1] != (line.sender,):
        return None
    bare = not text.strip() and bool(line.images)
    if (bare and ticket_near > 0.4) or (ticket_near > 0.7 and reading.gate is not Gate.OPEN):
        return Match(candidate.ticket.number, Act.ADD, min(0.99, 0.5 + score / 2))
    return None


def _nearness(candidate: Candidate, now: datetime) -> float:
    """1 at the ticket's last message, 0.5 after `_SOON`, towards 0 with the hours."""
    last = max((m.at for m in candidate.messages), default=candidate.ticket.opened_at)
    gap = max((now - last).total_seconds(), 0.0)
    return 1 / (1 + gap / _SOON.total_seconds())


def _quotes(line: Line, candidate: Candidate) -> bool:
    if line.quote is None:
        return False
    end = "/" + line.quote
    return any(m.key.endswith(end) for m in candidate.messages)


def _likeness(text: str, candidate: Candidate) -> float:
    if not text:
        return 0.0
    return max(
        (fuzz.token_set_ratio(text, m.text[:_LONGEST]) / 100 for m in candidate.messages if m.text),
        default=0.0,
    )


def _staff_said_done(talk: Talk) -> bool:
    return any(line.is_staff and _FINE.search(line.text) for line in talk.before)
