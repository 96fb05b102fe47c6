"""What is told of several tickets at once: what waits for somebody, and what has run over."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.deadlines import due_now, running_clock
from handlers.replies.wording import (
    APPROVAL_NAME,
    CLOCK_NAME,
    NEXT_WORD,
    STAGE_NAME,
    due_by,
    private_head,
)
from handlers.settings import Settings
from handlers.worktime import calendar_for
from storage.models import ApprovalKind, Clock, Ticket


def todo(name: str, tickets: Sequence[Ticket], now: datetime, settings: Settings) -> str:
    if not tickets:
        return f"{name}，没有等您的件。"
    lines = [f"{len(tickets)} 件等您："]
    lines += [todo_line(ticket, now, settings) for ticket in tickets[:10]]
    if len(tickets) > 10:
        lines.append(f"还有 {len(tickets) - 10} 件，用“查”找。")
    return "\n".join(lines)


def todo_line(ticket: Ticket, now: datetime, settings: Settings) -> str:
    """⏰ when overdue; else until when which step is due."""
    clock, due = running_clock(ticket), due_now(ticket)
    if clock is None or due is None:
        return f"{private_head(ticket)} {STAGE_NAME[ticket.stage]}"
    step = CLOCK_NAME[clock]
    if due > now:
        return f"{private_head(ticket)} {due_by(ticket, due, now, settings)}{step}"
    days = calendar_for(settings.worktime).workdays_overdue(due, now)
    return f"⏰ {private_head(ticket)} {step}已超{f' {days} 天' if days else '时'}"


def reminder(name: str, tickets: Sequence[Ticket], now: datetime, settings: Settings) -> str:
    """One message for all that waits for one person in this slot."""
    lines = [f"{name}，{greeting(now, settings)}。{len(tickets)} 件等您："]
    lines += [todo_line(ticket, now, settings) for ticket in tickets[:8]]
    if len(tickets) > 8:
        lines.append(f"还有 {len(tickets) - 8} 件。")
    first = tickets[0]
    clock = running_clock(first) or Clock.HANDLING
    lines.append(f"回“{first.number} {NEXT_WORD[clock]}”就行，“待办”看全部。")
    return "\n".join(lines)


def escalation(
    name: str, items: Sequence[tuple[Ticket, str]], now: datetime, settings: Settings
) -> str:
    """To a secretary: what has run over, and whose move it is."""
    lines = [f"{name}书记，{len(items)} 件超期："]
    lines += [f"{todo_line(ticket, now, settings)}（{who}）" for ticket, who in items[:8]]
    if len(items) > 8:
        lines.append(f"还有 {len(items) - 8} 件。")
    lines.append(f"要催回“督办 {items[0][0].number}”。")
    return "\n".join(lines)


def greeting(now: datetime, settings: Settings) -> str:
    hour = calendar_for(settings.worktime).local(now).hour
    if hour < 11:
        return "早上好"
    return "中午好" if hour < 13 else "下午好" if hour < 18 else "晚上好"


def hidden_here(count: int) -> str:
    """Under a list in a group: what is left out of it."""
    return f"另有 {count} 件不便在群里说，请私下回“待办”看。"


def waiting_for_decision(waiting: Mapping[ApprovalKind, Sequence[int]]) -> list[str]:
    """Under a secretary's list: what waits for his word, and which words he has for it."""
    return [
        f"等您定{APPROVAL_NAME[kind]}：{_listed(numbers)}，{_words_for(kind, numbers[0])}。"
        for kind, numbers in waiting.items()
    ]


def _listed(numbers: Sequence[int]) -> str:
    more = f" 等 {len(numbers)} 件" if len(numbers) > 8 else ""
    return "、".join(f"#{number}" for number in numbers[:8]) + more


def _words_for(kind: ApprovalKind, number: int) -> str:
    if kind is ApprovalKind.EXTENSION:
        return f"回“批准 {number}”或“驳回 {number}”"
    return f"回“{number} 转 姓名或支部”，或“驳回 {number}”"
