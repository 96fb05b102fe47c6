"""lianxin dead: messages whose handling failed to the end, to be looked at and run again."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import fail, progress, say, screen
from bot.commands.options import ConfigOption, open_config, show_help

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.config import Config
    from storage.models import DeadLetter

dead = typer.Typer(help="没处理成的消息 / Messages that could not be handled.")


@dead.callback(invoke_without_command=True)
def dead_letters(context: typer.Context) -> None:
    """没处理成的消息 / Messages that could not be handled."""
    show_help(context)


@dead.command("list")
def list_letters(context: typer.Context, config: ConfigOption = None) -> None:
    """列出没处理成的消息（不显示内容） / List them, without their text."""
    from rich.table import Table

    settled = open_config(context, config)
    letters = read_letters(settled.database_url)
    if not letters:
        say("没有没处理成的消息。")
        return
    table = Table("编号", "时间", "消息", "错误", "试过")
    for letter in letters:
        at = f"{letter.at.astimezone(settled.settings.worktime.zone):%Y-%m-%d %H:%M}"
        table.add_row(str(letter.id), at, letter.key, letter.error, f"{letter.tries} 次")
    screen().print(table)


@dead.command("retry")
def retry(
    context: typer.Context,
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="[编号]…", help="哪几条，不写就是全部")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """再处理一遍，成功的就从这里去掉 / Handle them again; those that succeed are removed."""
    from bot.logs import configure_logs

    settled = open_config(context, config)
    configure_logs(settled, is_service=False)
    known = [letter.id for letter in read_letters(settled.database_url)]
    if missing := [number for number in numbers or () if number not in known]:
        fail(f"没有编号 {'、'.join(map(str, missing))};lianxin dead list 看有哪些")
    wanted = numbers or known
    done = asyncio.run(_run_again(settled, wanted))
    if done < len(wanted):
        fail(f"{len(wanted)} 条里成功 {done} 条，其余还是不行，留着没动")
    say(f"{done} 条都处理好了。")


def read_letters(url: str) -> "Sequence[DeadLetter]":
    from storage.database import connect_sync
    from storage.migrate import check_head

    check_head(url)
    with connect_sync(url) as store:
        return store.reception.list_dead_letters()


async def _run_again(config: "Config", letters: "Sequence[int]") -> int:
    """How many went well. What they say waits in the outbox for the service."""
    from bot.app import runtime_alone

    done = 0
    async with runtime_alone(config) as runtime:
        with progress() as bar:
            for letter in bar.track(letters, description="再处理"):
                done += await runtime.run_again(letter)
    return done
