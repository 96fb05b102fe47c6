"""The pieces sentences are made of: names, numbers, places, moments, masked for the public."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from handlers.attachments import Attached
from handlers.fields import is_bare
from handlers.privacy import mask
from handlers.settings import Settings
from handlers.worktime import calendar_for
from storage.models import (
    ApprovalKind,
    Clock,
    Person,
    Role,
    Stage,
    Ticket,
    Urgency,
    VoiceNote,
)

CLOCK_NAME = {
    Clock.CONTACT: "联系",
    Clock.ACCEPTANCE: "受理",
    Clock.HANDLING: "办理",
    Clock.ANSWER: "反馈",
}
NEXT_WORD = {
    Clock.CONTACT: "受理",
    Clock.ACCEPTANCE: "受理",
    Clock.HANDLING: "办结",
    Clock.ANSWER: "反馈",
}
"""The command that stops a clock."""

STAGE_NAME = {
    Stage.REGISTERED: "已登记",
    Stage.CONTACTED: "已联系",
    Stage.ACCEPTED: "办理中",
    Stage.HANDLED: "已办结，待反馈",
    Stage.ANSWERED: "已反馈，等居民回话",
    Stage.CLOSED: "已结",
}
URGENCY_NAME = {Urgency.ROUTINE: "", Urgency.URGENT: "急件", Urgency.CRITICAL: "紧急"}
APPROVAL_NAME = {ApprovalKind.EXTENSION: "延期", ApprovalKind.RETURN: "退单"}
ON_DUTY = "专人在办"
ANONYMOUS = "匿名居民"
UNNAMED = ""
"""In the place of a name that must not be told in a group; it is called 邻居."""
WHOEVER_IS_ON_DUTY = "值班的人"
SEE_PICTURES = "见图"
"""The result of a matter that was closed with pictures alone."""

_ROOM_FIRST = re.compile(r"^[\d#＃\-—–_/\\.()()栋幢号楼单元室村社区组队\s]+")

_ROOM = re.compile(r"\d+\s*([-—–_/#＃栋幢号楼单元室]+\s*\d*)+")
_TELEPHONE = re.compile(r"[\d*]{7,}")
_ASIDE = re.compile(r"[(（【\[].*")

_BEGINS_A_WORD = re.compile(
    r"楼[道梯顶上下]|路[灯面牌]|水[管表渠泵压龙]|门[锁禁]|桥面|井盖|电[梯线杆表]"
)

LONGEST_PLACE = 14


def called(name: str) -> str:
    """How a resident is addressed: the group card without house numbers and telephone."""
    short = _ASIDE.sub(
        "", _ROOM_FIRST.sub("", _ROOM.sub("", _TELEPHONE.sub("", mask(name))))
    ).strip(" -_—·")
    return short[:8] or "邻居"


def said_by_neighbour(text: str) -> str:
    """What another resident than the one who raised it added to a matter."""
    return f"邻居补充：{text}"


def titled(person: Person, role: Role | None) -> str:
    """A member of staff by the post: 指导员李惠, 鲍春霞书记, else the name alone."""
    if role is Role.SECRETARY:
        return f"{person.name}书记"
    return f"指导员{person.name}" if role is Role.INSTRUCTOR else person.name


def names_of(names: Sequence[str]) -> str:
    """Up to three names, then how many more."""
    shown = "、".join(dict.fromkeys(called(name) for name in names[:3]))
    more = len(names) - 3
    return f"{shown}等{len(names)}位" if more > 0 else shown


def matter(ticket: Ticket) -> str:
    """What it is about and where, fit to be said in public: of a sensitive one only its kind."""
    if ticket.is_sensitive:
        return f"涉及个人的{ticket.kind}"
    gist, place = mask(ticket.gist), mask(ticket.place or "").replace("那个", "")
    if not place or len(place) > LONGEST_PLACE:
        return gist
    if is_bare(gist) or gist.removesuffix("的事") in place:
        return place if gist in place else f"{place}的事"
    return gist if place in gist else _joined(place, gist)


def _joined(place: str, gist: str) -> str:
    """8号楼后头垃圾桶 and 垃圾桶满了 are 8号楼后头垃圾桶满了; 3号楼 and 楼道灯 share nothing."""
    overlap = next((size for size in range(len(gist), 0, -1) if place.endswith(gist[:size])), 0)
    if overlap == 1 and _BEGINS_A_WORD.match(gist):
        overlap = 0
    return f"{place}{gist[overlap:]}"


def head(ticket: Ticket) -> str:
    return f"#{ticket.number} {matter(ticket)}"


def private_head(ticket: Ticket) -> str:
    """For those who work on the ticket, in private: a sensitive one is told by its gist too."""
    if ticket.is_sensitive:
        return f"#{ticket.number} {mask(ticket.gist)}"
    return head(ticket)


def bare_result(text: str) -> str:
    """The words of a result without the stop at their end."""
    return text.rstrip("。.!！ ")


def attached(came: Attached) -> str:
    """图 2 张、图 1 张未取到、语音 8 秒; empty where nothing came besides words."""
    parts = [f"图 {len(came.images)} 张"] if came.images else []
    parts += [f"图 {came.missing} 张未取到"] if came.missing else []
    return "、".join((*parts, *map(spoken, came.voices)))


def spoken(note: VoiceNote) -> str:
    return f"语音 {note.seconds} 秒" if note.seconds else "语音"


def at_local(moment: datetime, now: datetime, settings: Settings) -> str:
    """今天 16:30, 明天 9:00 or 11月27日 18:00, in local time."""
    calendar = calendar_for(settings.worktime)
    local = calendar.local(moment)
    days = (local.date() - calendar.local(now).date()).days
    day = {-1: "昨天", 0: "今天", 1: "明天", 2: "后天"}.get(days, f"{local.month}月{local.day}日")
    return f"{day} {local.hour}:{local.minute:02d}"


def days_named(first: date, last: date) -> str:
    """11月25日到11月27日, or the one day."""
    start = f"{first.month}月{first.day}日"
    return start if first == last else f"{start}到{last.month}月{last.day}日"


def due_by(ticket: Ticket, due: datetime, now: datetime, settings: Settings) -> str:
    """今天 16:30前; marked where working days were counted whose holidays nobody has published."""
    calendar = calendar_for(settings.worktime)
    is_real_time = ticket.urgency is Urgency.CRITICAL
    is_sure = is_real_time or calendar.local(due).date() <= calendar.covered_until()
    return f"{at_local(due, now, settings)}前{'' if is_sure else '（日期未确认）'}"


def stamp(moment: datetime | None, now: datetime, settings: Settings) -> str:
    """11月24日 9:05, with the year where it is not this one; empty for no moment."""
    if moment is None:
        return ""
    calendar = calendar_for(settings.worktime)
    local = calendar.local(moment)
    year = "" if local.year == calendar.local(now).year else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日 {local.hour}:{local.minute:02d}"
