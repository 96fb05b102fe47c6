"""What residents are told, in the group or in private."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.characters import is_cut
from handlers.fields import is_bare
from handlers.privacy import mask
from handlers.replies.wording import (
    STAGE_NAME,
    at_local,
    bare_result,
    called,
    head,
    matter,
    names_of,
)
from handlers.settings import Settings
from storage.models import Outcome, Stage, Ticket

MOST_OWN, MOST_NUMBERS = 6, 10
_ENDS = ("有结果在这里告诉{}", "办好了在这里说一声", "有消息就告诉{}")
_JOINED_ENDS = ("有结果一起告诉", "有消息一起说")


def variant_after(last: str | None, otherwise: int) -> int:
    """Another wording of an acknowledgement than the last one of the conversation had."""
    for ends in (_ENDS, _JOINED_ENDS):
        for variant, end in enumerate(ends):
            if last is not None and end.removesuffix("{}") in last:
                return variant + 1
    return otherwise


def ticket_acknowledged(
    ticket: Ticket,
    person: str | None,
    joined: Sequence[str],
    variant: int,
    opener: str | None = None,
) -> str:
    """`person` with the title; `opener` is named where nothing else says whose matter it is."""
    told = f"已通知{person}" if person else "已转给镇上"
    many = "大家" if joined or not ticket.conversation.startswith("private:") else "您"
    openings = _registered(ticket) if not is_bare(matter(ticket)) else _noted_down(ticket, opener)
    end = _ENDS[variant % 3].format(many)
    opening = f"{openings[variant % 3]}。{told}，{end}。"
    if is_cut(ticket.body):
        opening += "话有些长，只留下了开头，要紧的请再说一句。"
    return f"{opening}（{names_of(joined)}的情况一并记在 #{ticket.number}）" if joined else opening


def picture_wanted() -> str:
    return "图没收到，麻烦再发一次。"


def _registered(ticket: Ticket) -> Sequence[str]:
    what, number = matter(ticket), ticket.number
    return f"记下了：{what}，#{number}", f"{what}，已登记 #{number}", f"收到，{what}记在 #{number}"


def _noted_down(ticket: Ticket, opener: str | None) -> Sequence[str]:
    """Where no more than the field could be told."""
    name, number = f"{called(opener)}，" if opener else "", ticket.number
    return (
        f"{name}您说的事记下了，#{number}",
        f"{name}您说的事已登记 #{number}",
        f"收到，{name}您说的事记在 #{number}",
    )


def sensitive_in_group() -> str:
    return "收到，已私下联系您。"


def befriend() -> str:
    """In the group, to who can not be written to in private."""
    return "我私下发不到您那里，请加我好友，我再跟您说。"


def somebody_listens(duty: Mapping[str, str]) -> str:
    """The same to who may harm himself: help comes with it, nothing of what he said."""
    phone = _phone(duty, "self_harm")
    return f"有人愿意听您说，{phone} 随时能打。也请加我好友，我私下跟您说。"


def sensitive_in_private(ticket: Ticket, about_staff_at: int | None) -> str:
    """`about_staff_at`: a complaint about staff goes to the secretary so many levels up."""
    who = {None: "负责的人", 0: "支部书记"}.get(about_staff_at, "上一级的书记")
    unnamed = "，不提您的名字" if ticket.is_anonymous else ""
    more = "" if ticket.is_anonymous else "；往后不想提名字，回“匿名”"
    return (
        f"您说的事我只转给{who}{unnamed}，别人看不到，编号 #{ticket.number}。"
        f"方便的话再说说时间、地点{more}。"
    )


def joined(ticket: Ticket, names: Sequence[str], variant: int) -> str:
    who = names_of(names)
    return (
        f"{who}：#{ticket.number} {matter(ticket)}已有人反映，已为您加入，{_JOINED_ENDS[0]}。",
        f"{who}，这件事已记在 #{ticket.number} 里，把您也加上了，{_JOINED_ENDS[1]}。",
    )[variant % 2]


def ask_to_register(name: str, gist: str, needs_place: bool, variant: int) -> str:
    reply = "回“登记”和楼号就行" if needs_place else "回“登记”就行"
    return (
        f"{called(name)}，{mask(gist)}，要登记吗？要的话{reply}。",
        f"{called(name)}，{mask(gist)}要报上去吗？要的话{reply}。",
    )[variant % 2]


def what_was_said() -> str:
    """Instead of a gist that is none to be said aloud."""
    return "刚才说的事"


def danger(kind: str | None, duty: Mapping[str, str], number: int, on_duty: str | None) -> str:
    """Help first: what to do now, whom to call, who has been told."""
    call = {
        "gas": f"请先开窗、别开关电器、人到楼外。燃气抢修 {_phone(duty, 'gas')}，火警 119。",
        "power": f"请别碰、离远些、看住孩子。供电抢修 {_phone(duty, 'power')}。",
        "fire": "请先让人撤出来，别坐电梯，马上打 119。",
        "missing": "请马上打 110 报警，说清衣着和最后在哪里看见。",
        "trapped": "请先打 119，有人受伤打 120，别硬拉。",
        "violence": "请先躲到安全的地方，锁好门，马上打 110。",
        "water": "请别下水去拉，先喊人、打 119 和 120。",
        "flood": "请先拉电闸、往高处走。走不动的先打 119。",
        "no_answer": "请继续敲门听动静，马上打 110 和 120。",
        "self_harm": (
            f"我在听。您先别一个人待着，心理援助 {_phone(duty, 'self_harm')} 现在就有人接，"
            "危急打 120。我已请人马上联系您。"
        ),
    }.get(kind or "", "请先到安全的地方。报警 110，火警 119，急救 120。")
    told = f"已通知值班的{on_duty}" if on_duty else "已上报镇上"
    return call if kind == "self_harm" else f"{call}{told}（#{number}）。"


def _phone(duty: Mapping[str, str], kind: str) -> str:
    return duty.get(kind, "110")


def progress_told(ticket: Ticket, text: str) -> str:
    return f"{head(ticket)}：{mask(text)}。".replace("。。", "。")


def accepted_told(ticket: Ticket) -> str:
    return f"{head(ticket)}：已受理，正在办。"


def answered(ticket: Ticket, text: str, names: Sequence[str], variant: int) -> str:
    result = bare_result(mask(text))
    ask = ("解决了吗？回复“好了”或“还没”。", "现在好了没有？回“好了”或“还没”都行。")[variant % 2]
    who = f"{names_of(names)}，" if names else ""
    return f"{head(ticket)}，办好了：{result}。{who}{ask}"


def reopened(ticket: Ticket, secretary: str | None) -> str:
    told = f"，也告诉了{secretary}书记" if secretary else ""
    return f"#{ticket.number} 记下了，还没好。已重新办理{told}。"


def extended(ticket: Ticket, until: str, reason: str) -> str:
    return f"{head(ticket)}：{extended_until(mask(reason), until)}，请您再等等。"


def extended_until(reason: str, until: str) -> str:
    return f"{reason}，延到{until}前办好"


def declined(ticket: Ticket, reason: str) -> str:
    is_private = ticket.is_sensitive or ticket.conversation.startswith("private:")
    ask = f"不明白的话{'回' if is_private else '@我说'}“进度 {ticket.number}”"
    return f"{head(ticket)}：这件事我们办不了。{mask(reason)}。{ask}。"


def transferred_told(ticket: Ticket, unit: str) -> str:
    return f"{head(ticket)}：{gone_to(unit)}。"


def gone_to(unit: str) -> str:
    return f"已转给{unit}接着办"


def joined_into(ticket: Ticket, number: int) -> str:
    return f"{head(ticket)}：和 #{number} 是同一件事，一起办，结果一起告诉您。"


def goes_with(ticket: Ticket, number: int) -> str:
    return f"{head(ticket)}：和 #{number} 一起办。"


def split_off(ticket: Ticket, number: int) -> str:
    return f"{head(ticket)}：和 #{number} 分开办，有结果单独告诉您。"


def taken_back(ticket: Ticket) -> str:
    now = "" if ticket.stage is Stage.ANSWERED else "，还在办"
    return f"{head(ticket)}：刚才那条发错了{now}。"


def withdrawn(ticket: Ticket) -> str:
    return f"{head(ticket)}：按您的意思撤了。以后要办再说一声。"


def left_out(number: int) -> str:
    """One of several takes his report back; the matter goes on for the others."""
    return f"#{number} 已把您去掉，别的邻居还在等，接着办。"


def anonymous_now(ticket: Ticket, *, was_named: bool) -> str:
    if was_named:
        return f"#{ticket.number} 往后不再提您的名字；先前转出去的那条带着名字。"
    return f"#{ticket.number} 已改为匿名，办事的人看不到您的名字。"


def anonymous_if_registered(*, is_asked_here: bool) -> str:
    where = "" if is_asked_here else "在群里"
    return f"好的，登记的话不提您的名字。要登记就{where}回“登记”。"


def anonymous_already(ticket: Ticket) -> str:
    return f"#{ticket.number} 已经是匿名的了。"


def noted(ticket: Ticket) -> str:
    return f"记在 #{ticket.number} 里了。"


def thanked(ticket: Ticket) -> str:
    return f"#{ticket.number} 办结了，谢谢您告诉我们。"


def own_tickets(tickets: Sequence[Ticket], now: datetime, settings: Settings) -> str:
    if not tickets:
        return "您还没有登记过事项。直接说事就行，我会记下来。"
    lines = [f"{head(ticket)}：{state(ticket, now, settings)}" for ticket in tickets[:MOST_OWN]]
    more = tickets[MOST_OWN:]
    if more:
        numbers = "、".join(f"#{ticket.number}" for ticket in more[:MOST_NUMBERS])
        rest = "等" if len(more) > MOST_NUMBERS else ""
        lines.append(f"还有 {len(more)} 件：{numbers}{rest}，回“进度 {more[0].number}”看。")
    return "\n".join(lines)


def state(ticket: Ticket, now: datetime, settings: Settings) -> str:
    if ticket.joined_into is not None:
        return f"和 #{ticket.joined_into} 一起办"
    if ticket.outcome is Outcome.DECLINED:
        return "没有受理"
    if ticket.stage is Stage.CLOSED:
        return "已结"
    if ticket.stage is Stage.ANSWERED:
        return "已反馈，等您回话"
    due = at_local(ticket.handling_due_at, now, settings)
    return (
        f"{STAGE_NAME[ticket.stage]}，{due}前办完"
        if ticket.handling_due_at > now
        else (f"{STAGE_NAME[ticket.stage]}，已超期，正在催")
    )


def progress_of(
    ticket: Ticket, assignee: str | None, latest: str | None, now: datetime, settings: Settings
) -> str:
    who = f"，{assignee}在办" if assignee and ticket.stage is not Stage.CLOSED else ""
    last = f"\n最新：{mask(latest)}" if latest else ""
    return f"{head(ticket)}：{state(ticket, now, settings)}{who}。{last}".rstrip()


def hello() -> str:
    return "您好，我是连心。有要办的事直接说，我会记下来转给负责的人。回“帮助”看还能说什么。"


def help_opening(*, is_staff: bool) -> str:
    return "可以回：" if is_staff else "直接说事就行，我会记下来。还可以说："
