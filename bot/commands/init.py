"""lianxin init: the shipped example as a file to edit."""

from pathlib import Path

import typer

from bot.commands.console import fail, say
from bot.commands.options import DEFAULT, ConfigOption, config_path, example_path


def init(context: typer.Context, config: ConfigOption = None) -> None:
    """写一份样例 config.toml / Write an example config.toml."""
    target: Path = config_path(context, config) or DEFAULT
    try:
        with target.open("xb") as file:
            file.write(example_path().read_bytes())
    except FileExistsError:
        fail(f"{target} 已经有了，没有动它")
    say(f"已写出 {target}。改成自己的单位、人员和群，再运行 lianxin check。")
