"""The words of the board: what each number is called, and what it counts."""

from dataclasses import dataclass

from handlers.replies.digests import OUTCOME_NAME
from handlers.replies.wording import STAGE_NAME
from storage.models import Outcome, Stage, Ticket
from storage.statistics import Figure

TITLE = {
    Figure.OPENED: "新收的件",
    Figure.PEOPLE: "反映的人",
    Figure.JOINERS: "有人加入的件",
    Figure.CLOSED: "结了的件",
    Figure.CONFIRMED: "居民确认的",
    Figure.UNCONFIRMED: "居民没回话的",
    Figure.DECLINED: "不受理的",
    Figure.WITHDRAWN: "居民撤回的",
    Figure.JOINED: "并入别的件",
    Figure.MISTAKEN: "不是诉求的",
    Figure.OPEN: "在办的件",
    Figure.REGISTERED: "待联系",
    Figure.CONTACTED: "待受理",
    Figure.ACCEPTED: "办理中",
    Figure.HANDLED: "待反馈",
    Figure.ANSWERED: "等居民回话",
    Figure.OVERDUE: "超期的件",
    Figure.RESPONSE: "该联系的件",
    Figure.IN_TIME: "按时联系的",
    Figure.LATE: "没按时联系的",
    Figure.NOT_TIMED: "响应率不计的",
    Figure.SOLUTION: "答复后结了的件",
    Figure.SOLVED: "居民说解决了的",
    Figure.UNSOLVED: "居民没说解决的",
    Figure.NOT_ANSWERED: "解决率不计的",
    Figure.SATISFACTION: "说了满不满意的件",
    Figure.SATISFIED: "满意的",
    Figure.UNSATISFIED: "不满意的",
    Figure.SILENT: "满意率不计的",
}

_OPENED = "这个月登记的；登错的、并入别的件的不算。"
_CLOSED = "这个月结了的，不论哪个月登记；登错的、并入别的件的不算。"
_ANSWERED = "这个月结了、结之前答复过居民的；不受理和居民撤回的不算。"
_TIMED = "这个月登记、联系过或联系时限已到的；登错的、并入的、居民撤回的不算。"

NOTE = {
    Figure.OPENED: _OPENED,
    Figure.PEOPLE: "反映这些件的人。一个人反映几件只算一次，所以可能比各件的人数加起来少。",
    Figure.JOINERS: "同一件事，后来又有别的居民反映，加在一起办。",
    Figure.CLOSED: _CLOSED,
    Figure.CONFIRMED: "答复以后，居民自己说好了。",
    Figure.UNCONFIRMED: "答复以后，居民一直没回话，到期自动结的。",
    Figure.JOINED: "和别的件是一回事，合在那一件里办，不重复算。",
    Figure.MISTAKEN: "机器人登错的，指导员已说明，哪里都不算。",
    Figure.OPEN: "此刻还没结的。",
    Figure.OVERDUE: "此刻走着的时限已经过了的，最久的在前。",
    Figure.RESPONSE: _TIMED,
    Figure.IN_TIME: _TIMED,
    Figure.LATE: _TIMED,
    Figure.NOT_TIMED: "还没到联系时限的，和居民自己撤回的。",
    Figure.SOLUTION: _ANSWERED,
    Figure.SOLVED: _ANSWERED,
    Figure.UNSOLVED: _ANSWERED,
    Figure.NOT_ANSWERED: "不受理的，和居民自己撤回的。",
    Figure.SATISFACTION: "结了的件里，居民说了满意或不满意的。",
    Figure.SILENT: "结了，但居民没说满不满意；不当满意，也不当不满意。",
}

OPEN_STAGES = (
    Figure.REGISTERED,
    Figure.CONTACTED,
    Figure.ACCEPTED,
    Figure.HANDLED,
    Figure.ANSWERED,
)
CLOSED_HOW = (Figure.CONFIRMED, Figure.UNCONFIRMED, Figure.DECLINED, Figure.WITHDRAWN)
NOT_COUNTED = (Figure.JOINED, Figure.MISTAKEN)
OF_THIS_MOMENT = frozenset((Figure.OPEN, Figure.OVERDUE, *OPEN_STAGES))
"""Figures that belong to no month."""


@dataclass(frozen=True, slots=True)
class RateWords:
    """A rate as the figures it is made of."""

    name: str
    part: Figure
    whole: Figure
    missed: Figure
    left_out: Figure


RATES = (
    RateWords("响应", Figure.IN_TIME, Figure.RESPONSE, Figure.LATE, Figure.NOT_TIMED),
    RateWords("解决", Figure.SOLVED, Figure.SOLUTION, Figure.UNSOLVED, Figure.NOT_ANSWERED),
    RateWords("满意", Figure.SATISFIED, Figure.SATISFACTION, Figure.UNSATISFIED, Figure.SILENT),
)

OUTCOME = OUTCOME_NAME | {
    Outcome.UNCONFIRMED: "居民没回话",
    Outcome.JOINED: "并入别的件",
    Outcome.MISTAKEN: "不是诉求",
}

PRIVATE_MATTER = "涉及个人"
RESIDENT, ANOTHER_RESIDENT, BOT = "居民", "另一位居民", "连心"
RECALLED = "（已撤回）"

NO_MONTH = "没有这个月的看板。"
NO_UNIT = "这个单位不归您看。"
NO_TICKET = "没有找到这一件，或者不归您看。"
NO_PICTURE = "没有这张图，或者不在看板上。"
NO_FIGURE = "没有这张清单。"
ASK_AGAIN = "请私聊连心，回“面板”，再要一个链接。"


def stage_of(ticket: Ticket) -> str:
    """Where it stands; of a closed one, how it was closed."""
    if ticket.stage is Stage.CLOSED and ticket.outcome is not None:
        return f"已结（{OUTCOME[ticket.outcome]}）"
    return STAGE_NAME[ticket.stage]


def picture_by(who: str, place: int) -> str:
    """Words for a picture, for who can not see it."""
    return f"{who}发的图 {place}"


def closed_on(moment: str) -> str:
    return f"{moment} 结"


def over_by(days: int) -> str:
    """How far over its time a ticket is, in whole working days."""
    return f"超 {days} 天" if days else "超不到 1 天"


def step_verdict(*, is_done: bool, is_over: bool, is_late: bool) -> str:
    """How one of the four clocks stands; `is_over` of a ticket that is closed."""
    if is_done:
        return "晚了" if is_late else "按时"
    if is_over:
        return "没走到"
    return "超期" if is_late else "还没到期"
