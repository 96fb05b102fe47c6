"""What no single setting can tell: the tree, the people, the groups and the numbers together."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import time
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.configuration.addresses import doubtful_addresses, wrong_addresses
from bot.configuration.file import File, UnitSection
from bot.configuration.problems import Problem, suggestion
from handlers.settings import UnitKind
from storage.models import Role

Item = TypeVar("Item")

LED = (UnitKind.GENERAL_BRANCH, UnitKind.BRANCH)
"""Kinds of unit that serve residents: with an instructor and a group each."""
PARENTS: Mapping[UnitKind, tuple[UnitKind, ...]] = {
    UnitKind.TOWN: (),
    UnitKind.GENERAL_BRANCH: (UnitKind.TOWN,),
    UnitKind.BRANCH: (UnitKind.GENERAL_BRANCH, UnitKind.TOWN),
    UnitKind.DEPARTMENT: (UnitKind.TOWN, UnitKind.GENERAL_BRANCH),
}
KIND_NAMES = {
    UnitKind.TOWN: "镇",
    UnitKind.GENERAL_BRANCH: "党总支",
    UnitKind.BRANCH: "党支部",
    UnitKind.DEPARTMENT: "部门",
}
ROLE_NAMES = {Role.DEPUTY: "副手", Role.SECRETARY: "书记"}


def problems_in(file: File, has_onebot_token: bool, has_wechat_token: bool = True) -> list[Problem]:
    """Everything that forbids a start."""
    found: list[Problem] = []
    for check in _CHECKS:
        found.extend(check(file))
    found.extend(wrong_addresses(file, has_onebot_token, has_wechat_token))
    return found


def warnings_in(file: File) -> list[Problem]:
    """What a start survives, but somebody will miss."""
    return [*_missing_posts(file), *doubtful_addresses(file)]


def _check_units(file: File) -> Iterator[Problem]:
    names: dict[str, str] = {}
    for unit in file.units:
        for name in dict.fromkeys((unit.id, unit.name, *unit.aliases)):
            other = names.setdefault(name, unit.id)
            if other != unit.id:
                yield Problem(_at(unit), f"“{name}”已经是 {other} 的名字，每个名字只能指一个单位")
    doubled = _doubled(unit.id for unit in file.units)
    yield from (Problem(f"units({unit})", "这个 id 写了两次，要各不相同") for unit in doubled)
    towns = [unit for unit in file.units if unit.kind is UnitKind.TOWN]
    if len(towns) != 1:
        yield Problem("units", f'有 {len(towns)} 个镇（kind = "镇"），要正好一个')


def _check_tree(file: File) -> Iterator[Problem]:
    units = {unit.id: unit for unit in file.units}
    for unit in file.units:
        if unit.kind is UnitKind.TOWN:
            if unit.parent is not None:
                yield Problem(f"{_at(unit)}.parent", "镇没有上级，删掉这一行")
        elif unit.parent is None:
            yield Problem(f"{_at(unit)}.parent", "没有写上级，除了镇，每个单位都要有")
        elif unit.parent not in units:
            hint = suggestion(unit.parent, list(units))
            yield Problem(f"{_at(unit)}.parent", f"没有 id 是 {unit.parent} 的单位，{hint}")
        elif _is_circular(unit, units):
            yield Problem(f"{_at(unit)}.parent", "上级绕成了圈，顺着上级要能走到镇")
        elif units[unit.parent].kind not in PARENTS[unit.kind]:
            fitting = "或".join(KIND_NAMES[kind] for kind in PARENTS[unit.kind])
            own, above = KIND_NAMES[unit.kind], KIND_NAMES[units[unit.parent].kind]
            yield Problem(f"{_at(unit)}.parent", f"{own}的上级不能是{above}，要是{fitting}")


def _is_circular(unit: UnitSection, units: Mapping[str, UnitSection]) -> bool:
    passed = set()
    at: UnitSection | None = unit
    while at is not None:
        if at.id in passed:
            return True
        passed.add(at.id)
        at = units.get(at.parent or "")
    return False


def _check_staff(file: File) -> Iterator[Problem]:
    known = [unit.id for unit in file.units]
    owners: dict[tuple[str, str], str] = {}
    for person in file.staff:
        key = f"staff({person.name})"
        for index, post in enumerate(person.posts):
            if post.unit not in known:
                text = f"没有 id 是 {post.unit} 的单位，{suggestion(post.unit, known)}"
                yield Problem(f"{key}.posts(第{index + 1}个).unit", text)
        for platform, user in accounts_of(person.qq, person.wechat):
            owner = owners.setdefault((platform, user), person.name)
            if owner is not person.name:
                yield Problem(f"{key}.{platform}", f"账号 {user} 已经是{owner}的，一个账号只归一人")
    handles = _doubled((person.posts[0].unit, person.name) for person in file.staff)
    for unit, name in handles:
        text = f"{unit} 里有两个{name}；是同一人就合成一项，不是就在名字后加字区别"
        yield Problem(f"staff({name})", text)


def _check_instructors(file: File) -> Iterator[Problem]:
    led = {post.unit for p in file.staff for post in p.posts if post.role is Role.INSTRUCTOR}
    for unit in file.units:
        if unit.kind in LED and unit.id not in led:
            text = f"{unit.name}没有指导员；在 [[staff]] 里给一个人写上 " + (
                f'posts = [{{ unit = "{unit.id}", role = "指导员" }}]'
            )
            yield Problem(_at(unit), text)


def _check_groups(file: File) -> Iterator[Problem]:
    known = [unit.id for unit in file.units]
    for group in file.groups:
        if group.unit not in known:
            text = f"没有 id 是 {group.unit} 的单位，{suggestion(group.unit, known)}"
            yield Problem(f"groups({group.id}).unit", text)
    for platform, group_id in _doubled((group.platform, group.id) for group in file.groups):
        yield Problem(f"groups({group_id})", f"这个 {platform} 群写了两次，一个群只归一个单位")


def _check_worktime(file: File) -> Iterator[Problem]:
    worktime = file.worktime
    try:
        ZoneInfo(worktime.zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield Problem("worktime.zone", f"没有时区 {worktime.zone}，中国写 Asia/Shanghai")
    latest = time.min
    for begin, end in worktime.hours:
        if begin < latest or end <= begin:
            yield Problem("worktime.hours", "各段要从早到晚、互不重叠，且不过夜")
            break
        latest = end
    for day in sorted(set(worktime.holidays) & set(worktime.workdays)):
        yield Problem("worktime.workdays", f"{day} 同时写在 holidays 里，只能是其一")
    if not worktime.weekdays:
        yield Problem("worktime.weekdays", "是空的，至少要有一天，如 [1, 2, 3, 4, 5]")


def _check_clocks(file: File) -> Iterator[Problem]:
    for name in ("contact", "acceptance", "handling", "answer"):
        if getattr(file.clocks.critical, name).real is None:
            yield Problem(f"clocks.critical.{name}", "紧急的事不等上班，要写成 实时 5分钟 这样")


def _check_reminders(file: File) -> Iterator[Problem]:
    days = file.reminders.escalate_after_days
    if list(days) != sorted(days):
        text = f"{list(days)} 不对，三个数要从小到大，如 [0, 1, 2]"
        yield Problem("reminders.escalate_after_days", text)


def _check_intake(file: File) -> Iterator[Problem]:
    intake = file.intake
    if intake.ask_at >= intake.open_at:
        yield Problem("intake.ask_at", f"{intake.ask_at} 不对，要小于 open_at（{intake.open_at}）")
    if intake.gather_seconds > intake.gather_most_seconds:
        most = intake.gather_most_seconds
        yield Problem("intake.gather_seconds", f"不能大于 gather_most_seconds（{most}）")


def _missing_posts(file: File) -> Iterator[Problem]:
    held = {(post.unit, post.role) for person in file.staff for post in person.posts}
    for unit in file.units:
        for role in _wanted(unit):
            if (unit.id, role) not in held:
                yield Problem(_at(unit), f"{unit.name}没有{ROLE_NAMES[role]}")
    if not any(role is Role.ADMINISTRATOR for _, role in held):
        yield Problem("staff", "没有管理员，没人能用 绑定本群、停发、恢复")


def _wanted(unit: UnitSection) -> tuple[Role, ...]:
    if unit.kind is UnitKind.TOWN:
        return (Role.SECRETARY,)
    return tuple(ROLE_NAMES) if unit.kind in LED else ()


def accounts_of(qq: Iterable[str], wechat: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """``(platform, user id)`` of each account."""
    return (*(("qq", user) for user in qq), *(("wechat", user) for user in wechat))


def _at(unit: UnitSection) -> str:
    return f"units({unit.id})"


def _doubled(items: Iterable[Item]) -> list[Item]:
    seen: dict[Item, int] = {}
    for item in items:
        seen[item] = seen.get(item, 0) + 1
    return [item for item, count in seen.items() if count > 1]


_CHECKS: tuple[Callable[[File], Iterator[Problem]], ...] = (
    _check_units,
    _check_tree,
    _check_staff,
    _check_instructors,
    _check_groups,
    _check_worktime,
    _check_clocks,
    _check_reminders,
    _check_intake,
)
