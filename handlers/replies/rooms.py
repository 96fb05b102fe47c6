"""What is told of groups and accounts: whose they are, and which are silent."""

from collections.abc import Sequence


def room_changed(old_title: str, title: str, unit: str, staff: Sequence[str]) -> str:
    """A bound group is gone after a login, and another looks like it."""
    old = f"“{old_title}”" if old_title else ""
    members = f"，里面有{'、'.join(staff[:3])}" if staff else ""
    return (
        f"{unit}的微信群{old}找不到了，多半是重新登录后群号变了。"
        f"现在有个群叫“{title}”{members}。"
        f"是它的话，请在那个群里@我说“绑定本群 {unit}”；不是就不用管。"
    )


def group_lost(unit: str, group: str) -> str:
    return (
        f"{unit}的{group}我不在里面了（被移出，或群解散了），那里的话我听不见。"
        f"请把我拉回去，不用重新绑定。"
    )


def group_new(group: str) -> str:
    return (
        f"有人把我拉进了{group}，还没绑定支部，那里的话我先不听。"
        f"要用的话，请在那个群里@我说“绑定本群 支部名”。"
    )


def group_muted(unit: str, group: str, minutes: int) -> str:
    return f"{unit}的{group}把我禁言了（{minutes} 分钟）。我还听得见，要说的话先留着。"


def group_called(platform: str, conversation: str, title: str) -> str:
    """QQ群“城关大家庭”, without a title QQ群（700108）; WeChat's ids say nothing to anybody."""
    kind = {"qq": "QQ群", "wechat": "微信群"}.get(platform, "群")
    number = conversation.removeprefix("group:")
    return f"{kind}“{title}”" if title else f"{kind}（{number}）" if number.isdigit() else kind


def group_bound(unit: str) -> str:
    return f"本群已绑定{unit}。大家直接说事就行，我会记下来。"


def bind_code(name: str, code: str, minutes: int) -> str:
    return f"{name}的绑定码 {code}，{minutes} 分钟内有效，请他私下发给我：绑定码 {code}。"


def account_bound(name: str) -> str:
    return f"✓ 已认得您是{name}。回“帮助”看能做什么。"


def paused() -> str:
    return "✓ 本群停发，消息照收。回“恢复”再发。"


def resumed() -> str:
    return "✓ 本群恢复发送。"
