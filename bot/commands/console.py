"""How the command line speaks: results on stdout, notes and progress on stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


class Failed(Exception):
    """A command that can not go on. `text` is one Chinese line for the person at the keyboard."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def use_utf8() -> None:
    """Windows writes its own code page into pipes; ours is UTF-8 wherever it goes."""
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def say(text: str) -> None:
    """A result, to stdout."""
    typer.echo(text)


def note(text: str) -> None:
    """What the person should know beside the result, to stderr."""
    typer.echo(text, err=True)


def fail(text: str) -> NoReturn:
    raise Failed(text)


def write_line(text: str) -> None:
    """One line of UTF-8 on stdout, ended by a line feed whatever the console's habits."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text + "\n")
    else:
        sys.stdout.flush()
        buffer.write(text.encode("utf-8", errors="replace") + b"\n")
        buffer.flush()


def write_json(record: object) -> None:
    """One JSON object as one line of stdout."""
    import orjson

    write_line(orjson.dumps(record).decode())


def screen(is_error: bool = False) -> "Console":
    """A rich console; colours only where a person looks on."""
    from rich.console import Console

    return Console(stderr=is_error, highlight=False, soft_wrap=False)


def is_watched() -> bool:
    """Whether what goes to stdout is read by a person as it comes."""
    return sys.stdout.isatty()


@contextmanager
def progress(is_hidden: bool = False) -> "Iterator[Progress]":
    """A progress bar on stderr, gone when done; not in pipes, nor where it is in the way."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = screen(is_error=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=is_hidden or not console.is_terminal
    ) as bar:
        yield bar
