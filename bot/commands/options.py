"""Options that several commands share, and the configuration they lead to."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import fail, note

if TYPE_CHECKING:
    from bot.config import Config

DEFAULT = Path("config.toml")

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="配置文件，默认当前文件夹的 config.toml"),
]


def example_path() -> Path:
    """The shipped config.toml: inside the package once installed, at the root of a checkout."""
    packaged = Path(__file__).resolve().parent.parent / "config.toml"
    return packaged if packaged.is_file() else packaged.parent.parent / "config.toml"


def config_path(context: typer.Context, own: Path | None) -> Path | None:
    """The file that was asked for, before or after the command's name; None without a wish."""
    wished = own or context.obj
    return wished if isinstance(wished, Path) else None


def open_config(context: typer.Context, own: Path | None) -> "Config":
    """The configuration; without any file the shipped example, with its data in this folder.

    Raises ConfigError, or Failed where a file that was named does not exist.
    """
    from bot.config import load_config

    wished = config_path(context, own)
    if wished is not None and not wished.exists():
        fail(f"找不到配置文件 {wished}；用 lianxin init 生成一份")
    path = wished or DEFAULT
    if path.exists():
        return load_config(path, os.environ)
    note("当前文件夹没有 config.toml，先用自带的样例；lianxin init 会写一份出来供您修改。")
    return load_config(example_path(), os.environ, base=Path.cwd())


def show_help(context: typer.Context) -> None:
    """For a group of commands that was called without one."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
