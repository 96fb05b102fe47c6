"""lianxin forget: takes a person out of the database, the pictures and the log."""

import re
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import fail, note, say
from bot.commands.options import ConfigOption, open_config

if TYPE_CHECKING:
    from bot.config import Config
    from handlers.forgetting import Forgotten

PLATFORMS = ("qq", "wechat")


def forget(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="PLATFORM:ID", help="哪个账号，如 qq:10001")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="不再确认")] = False,
    config: ConfigOption = None,
) -> None:
    """删掉一个居民说过的话、图片和名字，件数留着 / Forget a resident; counts stay."""
    from storage.migrate import check_head

    settled = open_config(context, config)
    platform, _, user_id = who.strip().partition(":")
    if platform not in PLATFORMS or not user_id:
        fail("要写成 平台:账号，如 qq:10001 或 wechat:wxid_abc")
    check_head(settled.database_url)
    if not yes and not typer.confirm(
        f"{who} 说过的话、图片和名字都会删掉，找不回来；件数留着。继续吗？", err=True
    ):
        fail("没有删，数据没动")
    done = _forget(settled, platform, user_id)
    removed = _clear_files(settled, done, user_id)
    say(f"已删除：{done.tickets} 件里的原话和名字，图片 {removed} 张。件数和时间留着。")
    _tell_what_is_left(settled)


def _forget(config: "Config", platform: str, user_id: str) -> "Forgotten":
    """In one transaction, then the file is written anew."""
    from bot.clock import SystemClock
    from bot.queueing import queue_outgoing
    from handlers.context import Context
    from handlers.forgetting import forget as forget_resident
    from storage.database import connect_sync
    from storage.health import compact

    now = SystemClock().now()
    with connect_sync(config.database_url) as store:
        settled = Context(store, now, config.settings, Random("forget"))
        done = forget_resident(platform, user_id, settled)
        queue_outgoing(store, done.outgoing, f"forget:{now.timestamp()}", now, config.settings)
    compact(config.database_url)
    return done


def _clear_files(config: "Config", done: "Forgotten", user_id: str) -> int:
    from bot.leftovers import remove_files

    file = config.logging.file
    for path in file.parent.glob(f"{file.name}*") if file is not None else ():
        _clear_log(path, user_id)
    return remove_files(config.media_folder, done.pictures)


def _clear_log(path: Path, user_id: str) -> None:
    """His id is starred out in place: the service may be writing at the end of the same file."""
    wanted = re.compile(rb"(?<=private:)" + re.escape(user_id.encode()) + rb"(?![\w@.-])")
    with path.open("r+b") as file:
        for found in list(wanted.finditer(file.read())):
            file.seek(found.start())
            file.write(b"*" * len(found[0]))


def _tell_what_is_left(config: "Config") -> None:
    from bot.models import in_use

    made = list(config.backup_folder.glob("*.zip")) if config.backup_folder.is_dir() else []
    if made:
        note(
            f"旧备份（{len(made)} 份）里还有，自动备份只留 {config.backups_kept} 份，"
            "轮换完就没有了；恢复了旧备份要再删一次。"
        )
    if list(in_use(config)):
        note("换上的识别模型里还留着零碎的字词；重新 lianxin train 再换上就没有了。")
    note("服务在运行的话请重启一次，内存里最近半小时的话也就没有了。")
