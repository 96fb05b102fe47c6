"""Word to function: the whole list of what people may tell the bot, and who may."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from handlers import (
    binding,
    correcting,
    extensions,
    finding,
    joining,
    leaves,
    registration,
    residents,
    stages,
    supervision,
    transfers,
    undo,
)
from handlers.messages import Outgoing
from handlers.replies import residents as replies
from handlers.requests import Request
from handlers.speakers import Speaker
from storage.models import Role


class Who(StrEnum):
    """Who may use a command. Secretaries and administrators are staff, staff are residents."""

    RESIDENT = "resident"
    STAFF = "staff"
    SECRETARY = "secretary"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Command:
    """`needs_gap`: the word is also ordinary speech and must stand alone.

    `helps`: whom 帮助 tells of it, where not all who may use it.
    """

    run: Callable[[Request], list[Outgoing]]
    who: Who
    example: str
    needs_gap: bool = False
    helps: Who | None = None


def tell_help(request: Request) -> list[Outgoing]:
    """帮助: only what this person may do."""
    lines = [
        command.example
        for command in COMMANDS.values()
        if command.example and _is(command.helps or command.who, request.speaker)
    ]
    opening = replies.help_opening(is_staff=request.speaker.is_staff)
    return [request.reply(opening + "\n" + " · ".join(lines))]


COMMANDS: Mapping[str, Command] = {
    "待办": Command(finding.list_todo, Who.STAFF, "待办"),
    "已联系": Command(stages.contact, Who.STAFF, "12 已联系"),
    "受理": Command(stages.accept, Who.STAFF, "12 受理"),
    "进展": Command(stages.report_progress, Who.STAFF, "12 进展 …"),
    "办理进展": Command(stages.report_progress, Who.STAFF, ""),
    "办结": Command(stages.finish, Who.STAFF, "12 办结 …（可带图）"),
    "反馈": Command(stages.answer, Who.STAFF, "12 反馈 …", needs_gap=True),
    "转": Command(transfers.transfer, Who.STAFF, "12 转 姓名或支部", needs_gap=True),
    "转办": Command(transfers.transfer, Who.STAFF, "", needs_gap=True),
    "协办": Command(transfers.ask_assistance, Who.STAFF, "12 协办 部门", needs_gap=True),
    "延期": Command(extensions.extend, Who.STAFF, "12 延期 2天 原因", needs_gap=True),
    "退": Command(extensions.hand_back, Who.STAFF, "12 退 原因", needs_gap=True),
    "退单": Command(extensions.hand_back, Who.STAFF, "", needs_gap=True),
    "不受理": Command(stages.decline, Who.STAFF, "12 不受理 原因"),
    "合并": Command(joining.merge, Who.STAFF, "12 合并 15", needs_gap=True),
    "拆分": Command(joining.split, Who.STAFF, "15 拆分", needs_gap=True),
    "不是": Command(registration.mark_mistaken, Who.STAFF, "不是（引用认错的件）", needs_gap=True),
    "改": Command(correcting.correct, Who.STAFF, "12 改 领域 供水", needs_gap=True),
    "改领域": Command(correcting.correct, Who.STAFF, "", needs_gap=True),
    "改地点": Command(correcting.correct, Who.STAFF, "", needs_gap=True),
    "请假": Command(leaves.take_leave, Who.STAFF, "请假 11-25 11-27", needs_gap=True),
    "销假": Command(leaves.end_leave, Who.STAFF, "销假", needs_gap=True),
    "销假了": Command(leaves.end_leave, Who.STAFF, "", needs_gap=True),
    "提前回来": Command(leaves.end_leave, Who.STAFF, "", needs_gap=True),
    "提前回来了": Command(leaves.end_leave, Who.STAFF, "", needs_gap=True),
    "查": Command(finding.search, Who.STAFF, "查 关键词", needs_gap=True),
    "统计": Command(finding.tell_statistics, Who.STAFF, "统计", needs_gap=True),
    "日报": Command(supervision.tell_digest, Who.SECRETARY, "日报 全", needs_gap=True),
    "督办": Command(supervision.urge, Who.SECRETARY, "督办 12 …", needs_gap=True),
    "批准": Command(extensions.approve, Who.SECRETARY, "批准 12", needs_gap=True),
    "驳回": Command(extensions.refuse, Who.SECRETARY, "驳回 12", needs_gap=True),
    "面板": Command(supervision.open_board, Who.SECRETARY, "面板", needs_gap=True),
    "绑定本群": Command(binding.bind_group, Who.ADMINISTRATOR, "绑定本群 支部"),
    "绑定码": Command(
        binding.bind_code, Who.RESIDENT, "绑定码 姓名", needs_gap=True, helps=Who.ADMINISTRATOR
    ),
    "停发": Command(binding.pause, Who.ADMINISTRATOR, "停发", needs_gap=True),
    "恢复": Command(binding.resume, Who.ADMINISTRATOR, "恢复", needs_gap=True),
    "我的": Command(finding.list_own, Who.RESIDENT, "我的", needs_gap=True),
    "进度": Command(finding.tell_progress, Who.RESIDENT, "进度 12", needs_gap=True),
    "补充": Command(residents.add, Who.RESIDENT, "补充 12 …", needs_gap=True),
    "撤销": Command(undo.undo, Who.RESIDENT, "撤销 12", needs_gap=True),
    "满意": Command(residents.satisfied, Who.RESIDENT, "满意", needs_gap=True),
    "不满意": Command(residents.unsatisfied, Who.RESIDENT, "不满意 …", needs_gap=True),
    "登记": Command(registration.register, Who.RESIDENT, "登记 …", needs_gap=True),
    "匿名": Command(residents.stay_anonymous, Who.RESIDENT, "匿名（私下）", needs_gap=True),
    "帮助": Command(tell_help, Who.RESIDENT, "帮助", needs_gap=True),
}

_ROLES = {
    Who.SECRETARY: frozenset({Role.SECRETARY}),
    Who.ADMINISTRATOR: frozenset({Role.ADMINISTRATOR}),
}


def may_use(command: Command, speaker: Speaker) -> bool:
    return _is(command.who, speaker)


def _is(who: Who, speaker: Speaker) -> bool:
    if who is Who.RESIDENT:
        return True
    if who is Who.STAFF:
        return speaker.is_staff
    return any(post.role in _ROLES[who] for post in speaker.posts)


def words_for(speaker: Speaker) -> tuple[str, ...]:
    """The words this person may use, for reading and for suggestions."""
    return tuple(word for word, command in COMMANDS.items() if may_use(command, speaker))
