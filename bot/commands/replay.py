"""lianxin replay: transcripts through the real bot by a clock that jumps."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import fail, is_watched, progress, say, write_line
from bot.commands.options import ConfigOption, open_config

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Config
    from bot.replay import Item
    from bot.replayed import Ended, Sent

CLASSES = {
    "ack": "回执",
    "question": "询问",
    "answer": "答复",
    "alarm": "告警",
    "card": "派单",
    "reply": "应答",
    "reminder": "催办",
    "escalation": "督办",
    "digest": "日报",
    "notice": "通知",
}


def replay(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="聊天记录（JSON 行）")],
    speed: Annotated[
        str, typer.Option("--speed", metavar="max|N", help="max 不等待，N 是真实时间的几倍")
    ] = "max",
    until: Annotated[
        str | None, typer.Option("--until", metavar="ISO-TIME", help="放到什么时候为止")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="一行一个 JSON")] = False,
    database: Annotated[
        str | None,
        typer.Option("--database", metavar="URL|FILE", help="用这个库，默认新建在内存里"),
    ] = None,
    bind_unknown: Annotated[
        str | None, typer.Option("--bind-unknown", metavar="UNIT", help="配置里没有的群归这个单位")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """重放聊天记录 / Replay transcripts: what the bot would send."""
    from bot.logs import configure_logs
    from bot.replay import replay as play

    settled = open_config(context, config)
    configure_logs(settled, is_service=False)
    end, tempo, address = _moment(until, settled), parse_speed(speed), _address(database)
    items = play(
        files, settled, database_url=address, bind_unknown=bind_unknown, until=end, speed=tempo
    )
    asyncio.run(_print(items, as_json, _count_lines(files)))


async def _print(items: "AsyncIterator[Item]", as_json: bool, total: int) -> None:
    """The bar stands only where nothing is printed beside it."""
    from bot.replayed import Heard

    with progress(is_hidden=is_watched()) as bar:
        task = bar.add_task("重放", total=total)
        async for item in items:
            if isinstance(item, Heard):
                bar.advance(task)
            elif as_json:
                write_line(item.to_json())
            else:
                say(_describe(item))


def _describe(item: "Sent | Ended") -> str:
    from bot.replayed import Sent

    if isinstance(item, Sent):
        number = f" #{item.row.ticket}" if item.row.ticket is not None else ""
        head = f"{item.at:%m-%d %H:%M} {item.row.conversation} [{CLASSES[item.row.kind]}{number}]"
        return f"{head} {item.row.text}"
    ticket = item.ticket
    end = f"{ticket.stage}/{ticket.outcome}" if ticket.outcome else str(ticket.stage)
    people = f"，并入 {len(item.joined)} 条" if item.joined else ""
    return f"#{ticket.number} {ticket.gist} {ticket.field} {item.assignee or '无人'} {end}{people}"


def parse_speed(text: str) -> float | None:
    """None for as fast as it goes."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        fail(f"--speed {text} 不对，写 max 或大于零的数，如 60")
    return speed


def _moment(text: str | None, config: "Config") -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--until {text} 不对，写成 2026-11-24T18:00 这样")
    return moment if moment.tzinfo else moment.replace(tzinfo=config.settings.worktime.zone)


def _address(database: str | None) -> str | None:
    """An address, or the path of an SQLite file."""
    if database is None or "://" in database:
        return database
    return f"sqlite:///{Path(database).resolve().as_posix()}"


def _count_lines(files: list[Path]) -> int:
    return sum(file.read_bytes().count(b"\n") for file in files)
