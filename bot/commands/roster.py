"""lianxin roster import, lianxin bind-code."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import fail, note, progress, say
from bot.commands.options import ConfigOption, open_config, show_help

if TYPE_CHECKING:
    from bot.config import Config
    from bot.roster_file import RosterRow
    from handlers.settings import Settings
    from storage.models import Person, PersonId, UnitId
    from storage.store import Store

roster = typer.Typer(help="人员名册 / The roster of staff.")

RESTART = "服务正在运行的话，重启后生效。"


@roster.callback(invoke_without_command=True)
def roster_group(context: typer.Context) -> None:
    """人员名册 / The roster of staff."""
    show_help(context)


@roster.command("import")
def import_roster(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE.csv", help="列：name,unit,role,platform,user_id,phone"),
    ],
    config: ConfigOption = None,
) -> None:
    """从 CSV 导入人员，有错一行都不写 / Import staff; nothing is written if a line is wrong."""
    from bot.roster_file import read_roster
    from storage.database import connect_sync
    from storage.migrate import check_head

    settled = open_config(context, config)
    rows, problems = read_roster(file, settled.settings)
    if problems:
        fail("\n".join(map(str, problems)))
    check_head(settled.database_url)
    with connect_sync(settled.database_url) as store:
        _sync(store, settled)
        people = _import(store, rows)
    for name in _settled_elsewhere(rows, settled.settings):
        note(f"{name}也在 config.toml 里，职务以那里为准。")
    say(f"已导入 {len(people)} 人、{len(rows)} 行。{RESTART}")


def _settled_elsewhere(rows: "Sequence[RosterRow]", settings: "Settings") -> list[str]:
    """Whose posts the configuration sets at every start."""
    handles = {f"{person.posts[0][0]}/{person.name}" for person in settings.staff}
    return list(dict.fromkeys(row.name for row in rows if row.handle in handles))


def _import(store: "Store", rows: "Sequence[RosterRow]") -> "set[PersonId]":
    """Refuses (Failed) an account that belongs to somebody of another name; then nothing stays."""
    people = set()
    with progress() as bar:
        for row in bar.track(rows, description="导入"):
            person = _person(store, row)
            store.people.add_post(person, row.unit, row.role)
            if row.platform is not None and row.user_id is not None:
                store.people.bind_account(row.platform, row.user_id, person)
            people.add(person)
    return people


def _person(store: "Store", row: "RosterRow") -> "PersonId":
    """An account names its owner, so that one person may hold posts in several units."""
    if row.platform is not None and row.user_id is not None:
        owner = store.people.by_account(row.platform, row.user_id)
        if owner is not None and owner.name != row.name:
            fail(f"第 {row.line} 行: 账号 {row.user_id} 已经是{owner.name}的，先让他解绑")
        if owner is not None:
            return store.people.upsert(owner.handle, owner.name, row.phone or owner.phone)
    return store.people.upsert(row.handle, row.name, row.phone)


def bind_code(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="谁要绑账号（姓名）")],
    unit: Annotated[str | None, typer.Option("--unit", help="同名时写单位")] = None,
    hours: Annotated[int, typer.Option("--hours", min=1, max=720, help="几小时内有效")] = 24,
    config: ConfigOption = None,
) -> None:
    """给一个人发绑定码 / A one-time code that binds an account."""
    from bot.clock import SystemClock
    from bot.configuration.problems import suggestion
    from handlers.binding import CODE_DIGITS
    from storage.database import connect_sync
    from storage.migrate import check_head
    from storage.models import BindCode

    settled = open_config(context, config)
    unit_id = None if unit is None else settled.settings.units_by_name.get(unit)
    if unit is not None and unit_id is None:
        fail(f"没有“{unit}”这个单位，{suggestion(unit, list(settled.settings.units_by_name))}")
    check_head(settled.database_url)
    now = SystemClock().now()
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    with connect_sync(settled.database_url) as store:
        _sync(store, settled)
        person = _find(store, name, unit_id)
        store.people.add_bind_code(BindCode(code, person.id, now, now + timedelta(hours=hours)))
    limit = f"（{hours} 小时内有效，只能用一次）"
    say(f"{code}\n请{person.name}用自己的账号私聊机器人发：绑定码 {code}{limit}。")


def _sync(store: "Store", config: "Config") -> None:
    """The people of the configuration, as at every start."""
    from bot.clock import SystemClock
    from handlers.context import Context
    from handlers.roster import sync

    sync(Context(store, SystemClock().now(), config.settings, Random("roster")))


def _find(store: "Store", name: str, unit: "UnitId | None") -> "Person":
    found = store.people.find_by_name(name)
    if unit is not None:
        found = [
            person
            for person in found
            if any(post.unit == unit for post in store.people.list_posts(person.id))
        ]
    if not found:
        where = f"在 {unit} 任职的" if unit is not None else ""
        fail(f"名册里没有{where}{name}；先写进 config.toml，或用 lianxin roster import 导入")
    if len(found) > 1:
        handles = "、".join(person.handle for person in found)
        fail(f"有 {len(found)} 个{name}：{handles}；用 --unit 说明是哪一个")
    return found[0]
