"""What the administrator is told of groups."""

from collections.abc import Sequence


def room_changed(old_title: str, title: str, unit: str, staff: Sequence[str]) -> str:
    """A bound group is gone after a login, and another looks like it."""
    old = f"“{old_title}”" if old_title else ""
    members = f"，里面有{'、'.join(staff[:3])}" if staff else ""
    return (
        f"{unit}的微信群{old}找不到了，多半是重新登录后群号变了。"
        f"现在有个群叫“{title}”{members}。"
        f"是它的话，请在那个群里发“绑定本群 {unit}”；不是就不用管。"
    )
