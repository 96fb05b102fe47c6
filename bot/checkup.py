"""Everything `lianxin check` looks at, as findings in plain words."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from bot.alarms import make_notifier
from bot.config import Config
from bot.configuration.checks import LED
from bot.findings import Finding, bad, good, warning
from bot.judge import JudgeState
from bot.models import load_ear
from bot.wechat_gateway import GatewayState
from handlers.errors import Refused
from handlers.worktime import calendar_for
from storage.database import connect_sync
from storage.health import find_damage, is_writable
from storage.migrate import check_head, current
from storage.store import Store

CALENDAR_DAYS = 60
DEAD_DAYS = 30
AWAKE = timedelta(minutes=2)
EXAMPLE_NUMBERS = {"gas": "0937-5550101", "water": "0937-5550102"}
"""Invented, as they stand in the shipped config.toml."""


def check_settings(config: Config) -> Iterator[Finding]:
    settings = config.settings
    yield good(
        f"配置读懂了：{len(settings.units)} 个单位，"
        f"{len(settings.staff)} 人，{len(settings.groups)} 个群"
    )
    for problem in config.warnings:
        yield warning(str(problem))
    for name, number in EXAMPLE_NUMBERS.items():
        if settings.duty.by_danger.get(name) == number:
            yield warning(f"duty.{name}: {number} 是样例里编的号码，换成本地能打通的")


def check_calendar(config: Config, now: datetime) -> Iterator[Finding]:
    calendar = calendar_for(config.settings.worktime)
    until = calendar.covered_until()
    left = (until - calendar.local(now).date()).days
    text = f"放假和调休的安排到 {until} 为止"
    if left >= CALENDAR_DAYS:
        yield good(text)
    else:
        yield warning(f"{text}；之后的请写进 worktime.holidays 和 worktime.workdays，或更新程序")


def check_folders(config: Config) -> Iterator[Finding]:
    for name, folder in (("数据", config.data_folder), ("图片", config.media_folder)):
        problem = _folder_problem(folder)
        yield good(f"{name}文件夹可用：{folder}") if problem is None else bad(problem)


def _folder_problem(folder: Path) -> str | None:
    """A folder that is not there yet will be made: then its first existing parent counts."""
    existing = next(one for one in (folder, *folder.parents) if one.exists())
    if not existing.is_dir():
        return f"{existing} 不是文件夹，把它移开或改 storage.folder"
    if not os.access(existing, os.W_OK):
        return f"{existing} 没有写的权限"
    return None


def check_model(config: Config) -> Iterator[Finding]:
    loaded = load_ear(config)
    for problem in loaded.problems:
        yield bad(f"模型不能用：{problem}；改 model.path，或用 lianxin model back 换回上一个")
    names = "、".join(path.name for path in loaded.origins) or "自带的"
    yield good(f"识别模型可用：{names}")


def check_database(config: Config, now: datetime) -> Iterator[Finding]:
    """The schema, the file, and what stands in it. SchemaMismatch if it is not at head."""
    url = config.database_url
    check_head(url)
    damage = find_damage(url)
    if damage is not None:
        yield bad(f"数据库坏了（{damage}）；用 lianxin restore 恢复最近的备份")
        return
    if not is_writable(url):
        yield bad("数据库文件不能写，检查权限和磁盘")
        return
    yield good("数据库完好，版本最新")
    with connect_sync(url) as store:
        yield from check_people(config, store)
        yield from check_groups(config, store)
        yield from check_failures(config, store, now)
        yield from check_account(config, store, now)


def check_alarms(config: Config) -> Iterator[Finding]:
    """The second channel, for when the chat account itself is dead."""
    if not config.alarm_urls:
        yield warning(
            "没有第二条告警通道：账号掉线时没人知道；设 LIANXIN_ALARM_URLS（企业微信机器人、邮箱）"
        )
        return
    try:
        make_notifier(config.alarm_urls)
    except Refused as refused:
        yield bad(refused.text)
    else:
        yield good(f"告警通道有 {len(config.alarm_urls)} 个")


def check_judge(state: JudgeState | None) -> Iterator[Finding]:
    """A judge that does not answer is missed by nobody: the bot asks the resident instead."""
    if state is None:
        return
    if state.problem is None:
        yield good(f"判断模型答得上来（{state.seconds:.1f} 秒）")
    else:
        yield warning(f"判断模型没用上：{state.problem}；这期间照没有它来办")


def check_people(config: Config, store: Store | None) -> Iterator[Finding]:
    """Who can not be reached in private. Without a database the configuration is all there is."""
    if store is None:
        lonely = [person.name for person in config.settings.staff if not person.accounts]
    else:
        owners = {account.person for account in store.people.list_all_accounts()}
        lonely = [one.name for one in store.people.list_all() if one.id not in owners]
    if lonely:
        names = "、".join(lonely[:8]) + (f" 等 {len(lonely)} 人" if len(lonely) > 8 else "")
        yield warning(f"没有账号，收不到私信：{names}；用 lianxin bind-code 姓名 发绑定码")


def check_groups(config: Config, store: Store) -> Iterator[Finding]:
    settings = config.settings
    known = store.conversations.list_all()
    bound = {group.unit for group in known} | {group.unit for group in settings.groups}
    for unit in settings.units.values():
        if unit.kind in LED and unit.id not in bound:
            yield warning(f"{unit.name}还没有群；写进 groups，或在群里发 绑定本群 {unit.name}")
    for group in known:
        if group.unit not in settings.units:
            yield bad(f"{group.conversation} 绑在 {group.unit} 上，配置里没有这个单位；重新绑定")
        if group.is_paused:
            yield warning(f"{group.title or group.conversation} 停发中；在群里发 恢复")


def check_failures(config: Config, store: Store, now: datetime) -> Iterator[Finding]:
    letters = store.reception.list_dead_letters()
    if letters:
        yield bad(
            f"有 {len(letters)} 条消息没处理成；lianxin dead list 看，lianxin dead retry 再试"
        )
    since = now - timedelta(days=DEAD_DAYS)
    for flood in store.reception.list_floods_since(since):
        at = flood.began_at.astimezone(config.settings.worktime.zone)
        yield warning(
            f"{at:%m-%d %H:%M} {flood.user_id} 在 {flood.conversation} 刷屏，"
            f"{flood.dropped} 条没有处理"
        )
    lost = store.outbox.list_dead_since(config.settings.town, since)
    if lost:
        yield warning(f"近 {DEAD_DAYS} 天有 {len(lost)} 条没发出去；日报里写着是谁的")


def check_service(config: Config, running: bool, is_free: bool) -> Iterator[Finding]:
    """`is_free`: whether the listener's port can be had."""
    onebot = config.onebot
    if not onebot.enabled:
        yield warning("QQ 没有启用（onebot.enabled = false），收不到 QQ 消息")
    elif running:
        yield good(f"服务正在运行，端口 {onebot.port}")
    elif is_free:
        yield good(f"服务没有在运行，端口 {onebot.port} 空着")
    else:
        yield bad(f"端口 {onebot.port} 被别的程序占用；关掉它，或改 onebot.port")


def check_account(config: Config, store: Store, now: datetime) -> Iterator[Finding]:
    """The service leaves a mark every minute: for itself, and for a platform with an account."""
    online = store.reception.get_watermark("qq", "")
    if not config.onebot.enabled or not is_running(store, now):
        return
    if online is None or now - online.at > AWAKE:
        yield warning("服务在运行，但没有 QQ 账号连着；检查 NapCat 的反向 WebSocket")
    else:
        yield good("QQ 账号连着")


def check_gateway(
    config: Config, state: GatewayState | None, store: Store, now: datetime
) -> Iterator[Finding]:
    """WeChat: the gateway, the login, the rooms. Nothing where it was not asked."""
    if state is None:
        return
    if state.problem is not None:
        yield bad(state.problem)
        return
    yield good(f"微信网关连得上：{config.wechat.endpoint}")
    if _is_logged_in(state, store, now):
        yield good("微信账号登录着")
    else:
        yield warning("微信网关上没有账号登录；在网关那边扫码登录")
    yield from _check_rooms(config, state, store)


def _is_logged_in(state: GatewayState, store: Store, now: datetime) -> bool:
    """The running service knows; else the gateway was asked."""
    if not is_running(store, now):
        return state.account is not None
    online = store.reception.get_watermark("wechat", "")
    return online is not None and now - online.at <= AWAKE


def _check_rooms(config: Config, state: GatewayState, store: Store) -> Iterator[Finding]:
    groups = [(one.platform, one.conversation, one.unit) for one in store.conversations.list_all()]
    groups += [(one.platform, one.conversation, one.unit) for one in config.settings.groups]
    bound = {conversation: unit for platform, conversation, unit in groups if platform == "wechat"}
    here = bound.keys() & state.rooms.keys()
    if not bound:
        yield warning("还没有绑定微信群；管理员在群里发 绑定本群 <单位>")
    elif here:
        yield good(f"绑定的微信群有 {len(here)} 个找得到")
    for conversation in sorted(bound.keys() - here):
        unit = config.settings.units.get(bound[conversation])
        name = unit.name if unit is not None else bound[conversation]
        yield bad(
            f"{name}的微信群（{conversation.removeprefix('group:')}）找不到了：可能被移出了群，"
            f"也可能重新登录后群号变了；请管理员在群里发 绑定本群 {name}"
        )


def is_service_running(config: Config, now: datetime) -> bool:
    if current(config.database_url) is None:
        return False
    with connect_sync(config.database_url) as store:
        return is_running(store, now)


def is_running(store: Store, now: datetime) -> bool:
    alive = store.reception.get_watermark("", "")
    return alive is not None and now - alive.at <= AWAKE


def check_all(
    config: Config,
    now: datetime,
    is_free: bool,
    gateway: GatewayState | None = None,
    judge: JudgeState | None = None,
) -> Iterator[Finding]:
    """Everything; a failure that has a name (StorageError, OSError) ends it and is the caller's.

    `gateway` and `judge` are what those said, None where they were not asked.
    """
    yield from check_settings(config)
    yield from check_calendar(config, now)
    yield from check_folders(config)
    yield from check_model(config)
    yield from check_alarms(config)
    yield from check_judge(judge)
    if current(config.database_url) is None:
        yield warning("还没有数据库；第一次 lianxin run 或 lianxin db upgrade 会建")
        yield from check_people(config, None)
        yield from check_service(config, False, is_free)
        if gateway is not None and gateway.problem is not None:
            yield bad(gateway.problem)
        return
    with connect_sync(config.database_url) as store:
        yield from check_service(config, is_running(store, now), is_free)
    yield from check_database(config, now)
    with connect_sync(config.database_url) as store:
        yield from check_gateway(config, gateway, store, now)
