"""What is said when something is not allowed or not understood: kindly and usefully."""

from collections.abc import Sequence
from datetime import date

from handlers.privacy import mask
from handlers.replies.wording import STAGE_NAME, days_named, head
from storage.models import Ticket

LONGEST_NAME = 12
"""What is longer, or holds digits, may be part of somebody's number: it is not repeated."""


def no_such_ticket(number: int, own: Sequence[Ticket]) -> str:
    listed = "、".join(f"#{ticket.number}" for ticket in own[:6])
    return f"没有找到 #{number}。" + (f"您的在办事项：{listed}。" if listed else "")


def belongs_elsewhere(ticket: Ticket, unit: str) -> str:
    return f"#{ticket.number} 归{unit}办，您这里改不了。"


def not_allowed(word: str) -> str:
    return f"“{word}”要由负责的人来做，您这里用不了。回“帮助”看您能用的。"


def not_raised_by_you(number: int) -> str:
    return f"#{number} 不是您反映的，这个词由反映的居民来说。"


def more_wanted(number: int) -> str:
    return f"补充什么？比如“补充 {number} 在三楼东户”。"


def which_ticket(word: str, tickets: Sequence[Ticket]) -> str:
    if not tickets:
        return f"“{word}”后面请带上编号，比如“{word} 12”。"
    listed = "、".join(head(ticket) for ticket in tickets[:4])
    return f"{word}哪一件？{listed}。带上编号就行。"


def already_closed(ticket: Ticket) -> str:
    if ticket.joined_into is not None:
        return f"#{ticket.number} 并到 #{ticket.joined_into} 里了，一起办。"
    return f"#{ticket.number} 已经结了，不用再办。"


def already_there(ticket: Ticket) -> str:
    return f"#{ticket.number} {STAGE_NAME[ticket.stage]}，不用重复。"


def unknown_word(word: str, near: Sequence[str]) -> str:
    if not near:
        return f"“{mask(word)}”没认出来。回“帮助”看能用的词。"
    return f"“{mask(word)}”没认出来。是不是：{'、'.join(near)}？"


def reason_wanted(word: str, number: int) -> str:
    reason = {"退": "不在我们片区", "不受理": "要找县供电公司"}.get(word, "缺配件")
    return f"请说一下原因，比如“{number} {word} {reason}”。"


def text_wanted(word: str, number: int) -> str:
    return f"请在后面写一句结果，比如“{number} {word} 水管换好了”。"


def recipient_wanted(number: int) -> str:
    return f"转给谁？比如“{number} 转 姓名或支部”。"


def department_wanted(number: int) -> str:
    return f"请哪个部门协办？比如“{number} 协办 住建办”。"


def date_wanted(number: int) -> str:
    return f"延到什么时候？比如“{number} 延期 2天 缺配件”。"


def later_day_wanted(number: int, end: str) -> str:
    return f"#{number} 现在的时限是{end}，请说一个更晚的日子。"


def no_extension_needed(ticket: Ticket) -> str:
    return f"#{ticket.number} {STAGE_NAME[ticket.stage]}，不用延期。"


def group_not_bound() -> str:
    return "这个群还没有绑定支部，请管理员@我说“绑定本群 支部名”。"


def bind_in_the_group() -> str:
    return "请在要绑定的群里@我说“绑定本群 支部名”。"


def branch_wanted() -> str:
    return "绑定到哪个支部？比如“绑定本群 城关”。"


def pause_in_the_group() -> str:
    return "请在要停发的群里发“停发”。"


def resume_in_the_group() -> str:
    return "请在要恢复的群里发“恢复”。"


def quoted_line_unknown() -> str:
    return "那句话我没有留着，请把事情写在“登记”后面。"


def said_by_staff() -> str:
    return "这句是工作人员说的。要登记，请把事情写在“登记”后面。"


def no_such_name(name: str, near: Sequence[str]) -> str:
    hint = f"是不是：{'、'.join(near)}？" if near else "请写全名或支部名。"
    is_name = len(name) <= LONGEST_NAME and not any(map(str.isnumeric, name))
    shown = f"“{mask(name)}”" if is_name else "这个人或单位"
    return f"没有找到{shown}。{hint}"


def nobody_there(unit: str) -> str:
    return f"{unit}还没有登记接件的人，请先联系他们，或请管理员登记。"


def all_are_away(unit: str) -> str:
    return f"{unit}接件的人今天都请假了，请先联系他们，或转给别人。"


def only_in_private(word: str) -> str:
    return f"“{word}”请私下发给我。"


def nothing_to_undo() -> str:
    return "没有可以撤销的操作（只能撤 2 分钟以内的）。"


def leave_has_begun() -> str:
    return "假已经开始，撤不回来。不请了就回“销假”。"


def not_on_leave() -> str:
    return "您现在没有请假，不用销。"


def end_leave_on_the_day() -> str:
    return "回来那天再回“销假”就行。"


def not_taken_back(number: int, step: str) -> str:
    """A step that others were told of, or that changed two tickets: what to do instead."""
    return f"#{number} 的“{step}”撤不回来。{_instead(number, step)}"


def not_taken_back_alone(word: str) -> str:
    """A command that is no step of a ticket's: what was done before it stays done, too."""
    instead = {
        "登记": "认错的件，引用它回“不是”",
        "销假": "要接着请，再回“请假 11-25 11-27”",
    }.get(word, "前面的也没有动")
    return f"“{word}”撤不回来，{instead}。"


def _instead(number: int, step: str) -> str:
    word, _, other = step.partition(" #")
    match word:
        case "合并":
            return f"要分开，回“{other} 拆分”。"
        case "拆出":
            return f"要合回去，回“{number} 合并 {other}”。"
        case "拆分":
            return "要合回去，用“合并”。"
        case _:
            return "请直接和对方说一声。"


def went_on(number: int) -> str:
    return f"#{number} 后来又有人动过，不能撤了。"


def nothing_waiting(number: int) -> str:
    return f"#{number} 没有等您定的事。"


def words_wanted() -> str:
    return "查什么？比如“查 路灯”。"


def nothing_found(words: str) -> str:
    hint = "少写一个词" if len(words.split()) > 1 else "换个说法"
    return f"没有找到“{mask(words)}”。{hint}再查，知道编号就回“进度 12”。"


def too_late_to_return(number: int, days: int) -> str:
    return f"#{number} 已过 {days} 个工作日，不能退了，可以“延期”或“转”。"


def already_waiting(number: int) -> str:
    return f"#{number} 已经有一件在等书记定了。"


def owner_wanted(number: int) -> str:
    return f"退单要指定谁办：回“{number} 转 姓名或支部”。"


def not_by_who_asked(number: int) -> str:
    return f"#{number} 是您自己报的，要上一级书记定。"


def nobody_to_return_to() -> str:
    return "没有可以退给的书记，请用“转”。"


def asked_before(number: int, department: str) -> str:
    return f"#{number} 已经请过{department}了。"


def personal_not_merged() -> str:
    return "涉及个人的事不合并，各办各的。"


def other_wanted(number: int) -> str:
    return f"和哪一件合并？比如“{number} 合并 15”。"


def not_with_itself(number: int) -> str:
    return f"#{number} 不能和自己合并。"


def which_line() -> str:
    return "要拆哪一句？请引用那位居民的话回“拆分”。"


def nothing_to_split(number: int) -> str:
    return f"#{number} 没有并进来的，不用拆。"


def matter_wanted() -> str:
    return "要登记什么？把事情写在“登记”后面。"


def registered_on_its_own() -> str:
    return "这一句已经单独登记过了。"


def line_registered() -> str:
    return "这一句已经登记过了。"


def days_wanted() -> str:
    return "哪天请假？比如“请假 11-25 11-27”或“请假 明天”。"


def on_leave_already(first: date, last: date) -> str:
    return f"{days_named(first, last)}已经请过假了，不用再说。"


def days_are_past() -> str:
    return "这几天已经过去了。"


def owner_of_code_wanted() -> str:
    return "给谁的绑定码？比如“绑定码 李惠”。"


def code_unknown() -> str:
    return "这个绑定码不对或过期了，请管理员再给一个。"


def board_is_off() -> str:
    return "看板没有开，请管理员在 config.toml 的 [board] 里打开。"


def account_of_staff(name: str) -> str:
    return f"这是工作人员{name}的账号。先从名册里去掉，再来删。"


def account_unknown(platform: str, user_id: str) -> str:
    return f"没有记着 {platform}:{user_id}，不用删。"
