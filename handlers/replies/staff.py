"""What instructors, workers and secretaries are told, mostly in private."""

from collections.abc import Sequence
from datetime import date, datetime

from handlers.attachments import NOTHING, Attached
from handlers.deadlines import due_now, running_clock
from handlers.reading import Against
from handlers.replies.wording import (
    APPROVAL_NAME,
    CLOCK_NAME,
    NEXT_WORD,
    STAGE_NAME,
    URGENCY_NAME,
    attached,
    called,
    due_by,
    head,
    private_head,
)
from handlers.settings import Settings
from storage.models import ApprovalKind, Clock, Ticket

_POSTS = {Against.INSTRUCTOR: "指导员", Against.SECRETARY: "书记", Against.CADRE: "干部"}


def card(
    ticket: Ticket,
    who: str,
    text: str,
    now: datetime,
    settings: Settings,
    came: Attached = NOTHING,
) -> str:
    """A new matter for the person responsible."""
    urgency = URGENCY_NAME[ticket.urgency]
    first = f"新件 {private_head(ticket)}" + (f"〔{urgency}〕" if urgency else "")
    is_past = ticket.contact_due_at <= now
    due = "请尽快" if is_past else due_by(ticket, ticket.contact_due_at, now, settings)
    return (
        f"{first}\n{who}：{_said(text, 90, came)}\n"
        f"{due}联系。回“{ticket.number} 受理”或“{ticket.number} 已联系”。"
    )


def alarm(ticket: Ticket, who: str, text: str, came: Attached = NOTHING) -> str:
    return (
        f"紧急 {private_head(ticket)}\n{who}：{_said(text, 90, came)}\n"
        f"请马上联系。联系上了回“{ticket.number} 已联系”。"
    )


def alarm_again(ticket: Ticket, minutes: int) -> str:
    """Nobody has answered an alarm; or somebody has, and the next step is overdue."""
    clock = running_clock(ticket)
    if clock not in (None, Clock.CONTACT):
        step = f"{CLOCK_NAME[clock]}已超时，请催一催"
        return f"紧急 {private_head(ticket)} {step}。办了回“{ticket.number} {NEXT_WORD[clock]}”。"
    return (
        f"紧急 {private_head(ticket)} 已过 {_length(minutes)}没人回应。"
        f"联系上了回“{ticket.number} 已联系”。"
    )


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} 小时"] if hours else []
    return " ".join([*parts, *([f"{rest} 分钟"] if rest or not hours else [])])


def pictures_of(ticket: Ticket) -> str:
    return f"#{ticket.number} 居民发的图"


def more_came(ticket: Ticket, who: str, text: str, came: Attached = NOTHING) -> str:
    return f"#{ticket.number} 又补充——{who}：{_said(text, 80, came)}"


def reopened_card(ticket: Ticket, who: str, text: str, came: Attached = NOTHING) -> str:
    words = _said(text, 60, came)
    said = f"：{words}" if words else ""
    return (
        f"{private_head(ticket)} 居民说还没好（{who}{said}）。请再联系，回“{ticket.number} 受理”。"
    )


def confirmed_card(ticket: Ticket) -> str:
    return f"✓ {private_head(ticket)} 居民说好了，已结。"


def withdrawn_card(ticket: Ticket) -> str:
    return f"{private_head(ticket)} 居民撤了，不用办。"


def done(ticket: Ticket, now: datetime, settings: Settings) -> str:
    """A command has worked: where the ticket stands and what is next."""
    clock = running_clock(ticket)
    due = due_now(ticket)
    if clock is None or due is None:
        return f"✓ #{ticket.number} {STAGE_NAME[ticket.stage]}。"
    past = "已超期，请尽快" if due <= now else due_by(ticket, due, now, settings)
    return (
        f"✓ #{ticket.number} {STAGE_NAME[ticket.stage]}。下一步："
        f"{past}{CLOCK_NAME[clock]}，回“{ticket.number} {NEXT_WORD[clock]}”。"
    )


def heard(number: int, holder: str) -> str:
    """A report of somebody who assists was passed on."""
    return f"✓ #{number} 记下了，已转告{holder}。"


def assistant_reported(ticket: Ticket, who: str, text: str) -> str:
    """To whoever holds the ticket: residents hear of it only from him."""
    return (
        f"#{ticket.number} 协办进展——{who}：{_cut(text, 80)}\n"
        f"要告诉居民，回“{ticket.number} 进展 …”。"
    )


def noted(ticket: Ticket) -> str:
    return f"✓ #{ticket.number} 记下了，已告诉居民。"


def handled_without_words(ticket: Ticket) -> str:
    return f"✓ #{ticket.number} 已办结。请把结果告诉居民：回“{ticket.number} 反馈 …”。"


def transferred(ticket: Ticket, to: str) -> str:
    return f"✓ #{ticket.number} 已转给{to}。"


def transferred_card(
    ticket: Ticket, by: str, text: str, now: datetime, settings: Settings, came: Attached = NOTHING
) -> str:
    due = due_now(ticket)
    when = due_by(ticket, due, now, settings) if due and due > now else "请尽快"
    first = f"转给您 {private_head(ticket)}（{by}）"
    return f"{first}\n{_said(text, 90, came)}\n{when}，回“{ticket.number} 受理”。"


def assist_asked(ticket: Ticket, department: str) -> str:
    return f"✓ #{ticket.number} 已请{department}协办。"


def assist_card(ticket: Ticket, by: str, text: str, came: Attached = NOTHING) -> str:
    first = f"请协办 {private_head(ticket)}（{by}）"
    return f"{first}\n{_said(text, 90, came)}\n有进展回“{ticket.number} 进展 …”。"


def extension_asked(ticket: Ticket, until: str) -> str:
    return f"✓ #{ticket.number} 延到{until}，已报书记批。批之前时限照旧。"


def extension_card(ticket: Ticket, by: str, until: str, reason: str) -> str:
    return (
        f"等您定 {private_head(ticket)}\n{by}要延到{until}：{reason}\n"
        f"回“批准 {ticket.number}”或“驳回 {ticket.number}”。"
    )


def return_asked(ticket: Ticket) -> str:
    return f"✓ #{ticket.number} 已退给书记，由他指定谁办。时限照旧。"


def return_card(ticket: Ticket, by: str, reason: str) -> str:
    return (
        f"等您定 {private_head(ticket)}\n{by}退单：{reason}\n"
        f"回“{ticket.number} 转 姓名或支部”，或“驳回 {ticket.number}”。"
    )


def decided(ticket: Ticket, *, is_approved: bool, what: str) -> str:
    return f"✓ #{ticket.number} {what}{'已批准' if is_approved else '已驳回'}。"


def decision_card(ticket: Ticket, *, is_approved: bool, what: str, until: str | None) -> str:
    if is_approved:
        return f"#{ticket.number} {what}批了" + (f"，{until}前办完。" if until else "。")
    whose = "还请您办，" if what == APPROVAL_NAME[ApprovalKind.RETURN] else ""
    return f"#{ticket.number} {what}没批，{whose}时限照旧。"


def declined(ticket: Ticket) -> str:
    return f"✓ #{ticket.number} 不受理，已把原因告诉居民。"


def merged(ticket: Ticket, other: Ticket) -> str:
    return f"✓ #{other.number} 并入 #{ticket.number}，结果一起告诉。要分开回“{other.number} 拆分”。"


def split(ticket: Ticket) -> str:
    return f"✓ #{ticket.number} 已拆出来单独办。"


def registered(ticket: Ticket) -> str:
    return f"✓ 已登记 {private_head(ticket)}。"


def mistaken(ticket: Ticket) -> str:
    return f"✓ #{ticket.number} 去掉了，以后少认错。"


def undone(ticket: Ticket) -> str:
    return f"✓ #{ticket.number} 撤回来了，现在{STAGE_NAME[ticket.stage]}。"


def taken_back_card(ticket: Ticket, by: str) -> str:
    """To whom it had been passed on by mistake."""
    return f"#{ticket.number} {by}收回去了，您不用办。"


def request_taken_back(ticket: Ticket, kind: ApprovalKind) -> str:
    whose = "还是您办，" if kind is ApprovalKind.RETURN else ""
    return f"✓ #{ticket.number} {APPROVAL_NAME[kind]}撤回来了，{whose}时限照旧。"


def request_called_off(ticket: Ticket, by: str, kind: ApprovalKind) -> str:
    """To whoever was asked to decide."""
    return f"{private_head(ticket)} {by}撤回了{APPROVAL_NAME[kind]}，不用您定了。"


def urged(ticket: Ticket, who: str) -> str:
    return f"✓ #{ticket.number} 已催{who}。"


def urge_card(ticket: Ticket, by: str, words: str) -> str:
    said = f"：{words}" if words else ""
    return f"督办 {private_head(ticket)}\n{by}书记在问{said}。有进展回“{ticket.number} 进展 …”。"


def found(tickets: Sequence[Ticket]) -> str:
    lines = [f"{private_head(ticket)} {STAGE_NAME[ticket.stage]}" for ticket in tickets[:8]]
    more = len(tickets) - 8
    return "\n".join([*lines, f"还有 {more} 件，再加个词。"] if more > 0 else lines)


def forgotten_card(ticket: Ticket) -> str:
    return f"#{ticket.number} 居民要求删除他的信息，这一件不用办了。"


def hot_spot(field: str, people: int, units: int, numbers: Sequence[int]) -> str:
    listed = "、".join(f"#{number}" for number in numbers[:8])
    where = f"{units} 个支部、" if units > 1 else ""
    return f"热点：{field}，14 天里 {where}{people} 人反映（{listed}）。可以主动上门看看。"


def board_link(url: str, minutes: int) -> str:
    return f"看板（只能打开一次，{minutes} 分钟内有效）：{url}"


def calendar_ends(until: date) -> str:
    return (
        f"节假日安排只到 {until.year}年{until.month}月{until.day}日，"
        f"之后的放假和调休请补进 config.toml。"
    )


def unassigned(ticket: Ticket, against: Against | None) -> str:
    """To the administrator, who must not hear more of a complaint than of whose post it is."""
    number = ticket.number
    if against is None:
        return (
            f"{head(ticket)} 没有人接（指导员、副手、书记都不在），请指定：回“{number} 转 姓名”。"
        )
    other = "别的" if against is Against.SECRETARY else ""
    return (
        f"#{number} 是反映{_POSTS[against]}的，不能交给本人，又没有{other}书记在岗。"
        f"请定谁来办：回“{number} 转 姓名”。"
    )


def see_resident(name: str) -> str:
    """He was to be asked in private whether to register something, and could not be reached."""
    return f"{called(name)}私下跟我说了件事，我发不到他那里（不是好友）。请当面问一声，要办就登记。"


def _said(text: str, most: int, came: Attached) -> str:
    """The words, and below them what came with them."""
    return "\n".join(part for part in (_cut(text, most), attached(came)) if part)


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
