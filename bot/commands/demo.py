"""lianxin demo: a sample day, at a tempo one likes to watch."""

import asyncio
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import screen
from bot.commands.options import ConfigOption, example_path, open_config
from bot.commands.replay import parse_speed

if TYPE_CHECKING:
    from bot.config import Config

SpeedOption = Annotated[
    str, typer.Option("--speed", metavar="N|max", help="放映快慢：2 快一倍，max 不停顿")
]


def demo(context: typer.Context, speed: SpeedOption = "1", config: ConfigOption = None) -> None:
    """看一天的样例 / Watch a sample day."""
    from bot.logs import configure_logs

    settled = open_config(context, config)
    configure_logs(settled, is_service=False)
    play_day(settled, parse_speed(speed))


def play_day(config: "Config", speed: float | None) -> None:
    """The sample day on stdout. `speed` None, or nobody looking on, makes no pauses."""
    from bot.demo.play import play
    from bot.demo.view import View

    console = screen()
    settled = _example_beside(config)
    view = View(console, settled.settings)
    with as_file(files("bot.demo") / "day.jsonl") as day:
        asyncio.run(play(day, settled, view, speed if console.is_terminal else None))


def _example_beside(config: "Config") -> "Config":
    """The sample day is set in the shipped example's town, whatever the own configuration says."""
    from dataclasses import replace

    from bot.config import load_config

    example = load_config(example_path(), {}, base=config.path.parent)
    return replace(example, model_path=config.model_path)
