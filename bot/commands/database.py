"""lianxin db upgrade, backup, restore."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import fail, say
from bot.commands.options import ConfigOption, open_config, show_help

if TYPE_CHECKING:
    from storage.migrate import Upgrade

db = typer.Typer(help="数据库 / The database.")


@db.callback(invoke_without_command=True)
def database(context: typer.Context) -> None:
    """数据库 / The database."""
    show_help(context)


@db.command("upgrade")
def upgrade_database(context: typer.Context, config: ConfigOption = None) -> None:
    """把数据库建好或升到最新 / Create the database or bring its schema up to date."""
    from storage.migrate import upgrade

    settled = open_config(context, config)
    settled.data_folder.mkdir(parents=True, exist_ok=True)
    say(describe_upgrade(upgrade(settled.database_url)))


def describe_upgrade(done: "Upgrade") -> str:
    """One line on what an upgrade did."""
    if not done.has_changed:
        return f"数据库已是最新（版本 {done.after}）。"
    if done.before is None:
        return f"已建好数据库（版本 {done.after}）。"
    kept = f"，升级前的备份在 {done.backup}" if done.backup is not None else ""
    return f"数据库已从 {done.before} 升到 {done.after}{kept}。"


def backup(
    context: typer.Context,
    target: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="写到哪里，默认放进备份文件夹")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """备份，服务不用停 / Back up while the service runs."""
    from bot.commands.archive import back_up

    settled = open_config(context, config)
    say(f"已备份到 {back_up(settled, target)}。")


def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="备份文件")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="不再确认")] = False,
    config: ConfigOption = None,
) -> None:
    """恢复备份，先停服务 / Bring a backup back, with the service stopped."""
    from bot.commands.archive import bring_back
    from bot.commands.run import is_free

    settled = open_config(context, config)
    if not source.is_file():
        fail(f"没有这个备份：{source}")
    if not is_free(settled.onebot.host, settled.onebot.port):
        fail(f"端口 {settled.onebot.port} 有程序在用，服务好像还在运行；先停下来再恢复")
    if not yes and not typer.confirm(
        "现在的数据会被备份里的换掉（先另存一份）。继续吗？", err=True
    ):
        fail("没有恢复，数据没动")
    kept = bring_back(settled, source)
    say("已恢复。" if kept is None else f"已恢复；原来的数据另存为 {kept}。")
