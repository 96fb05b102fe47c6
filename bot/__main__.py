"""The command line `lianxin`; `python -m bot` is the same."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.check import check
from bot.commands.console import note, use_utf8
from bot.commands.database import backup, db, restore
from bot.commands.dead import dead
from bot.commands.demo import demo
from bot.commands.ear import classify
from bot.commands.errors import explain, explain_usage
from bot.commands.forget import forget
from bot.commands.init import init
from bot.commands.models import model
from bot.commands.replay import replay
from bot.commands.roster import bind_code, roster
from bot.commands.run import run
from bot.commands.train import evaluate, train

USAGE = 2
BAD_USAGE: type[Exception] = typer.BadParameter.__mro__[1]

app = typer.Typer(
    help="连心:听群里的话,登记、派办、催办,直到居民说好 / Lianxin, a chatbot that turns what "
    "residents say into tickets and follows each one until the resident closes it.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command()(run)
app.command()(demo)
app.command()(check)
app.command()(init)
app.add_typer(db, name="db")
app.command()(backup)
app.command()(restore)
app.add_typer(roster, name="roster")
app.command("bind-code")(bind_code)
app.add_typer(dead, name="dead")
app.command()(forget)
app.command()(replay)
app.command()(classify)
app.command()(train)
app.command()(evaluate)
app.add_typer(model, name="model")


@app.callback()
def lianxin(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", metavar="FILE", help="配置文件,默认 config.toml"),
    ] = None,
) -> None:
    context.obj = config


def main() -> None:
    """Run a command. Expected failures are one line on stderr and exit code 1, no traceback."""
    use_utf8()
    sys.exit(execute(sys.argv[1:]))


def execute(arguments: list[str]) -> int:
    """The exit code: 0, 1 for a failure, 2 for a command line that can not be read."""
    try:
        return app(arguments or ["--help"], prog_name="lianxin", standalone_mode=False) or 0
    except KeyboardInterrupt:
        note("已停止。")
        return 130
    except typer.Abort:
        note("已取消。")
        return 1
    except BrokenPipeError:
        return 1
    except Exception as error:
        code = _say_usage(error)
        if code is not None:
            return code
        text = explain(error)
        if text is None:
            raise
        note(text)
        return 1


def _say_usage(error: Exception) -> int | None:
    """typer raises a family of its own for a wrong command line, with English sentences."""
    if not isinstance(error, BAD_USAGE):
        return None
    group = getattr(getattr(error, "ctx", None), "command", None)
    known = [str(name) for name in getattr(group, "commands", ())]
    note(f"命令写得不对：{explain_usage(_message(error), known)}")
    note("lianxin --help 看有哪些命令，lianxin 命令 --help 看怎么写。")
    return USAGE


def _message(error: Exception) -> str:
    """The sentence with the parameter's name, where the exception can make it."""
    make = getattr(error, "format_message", None)
    return str(make()) if make is not None else str(error)


if __name__ == "__main__":
    main()
