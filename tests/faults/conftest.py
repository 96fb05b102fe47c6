"""How hard the faults try, what counts as leaked, and the table at the end of `make faults`."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.logs import OneLine

COLUMNS = ("fault", "tries", "lost", "doubled", "leaked", "p99 ms")
MOST_MILLISECONDS = 200
"""From receive to commit, for 99 of 100 lines, whatever becomes of the sends."""
NUMBER = "13912345678"
MARK = "绒线帽"
ABOUT_ME = f" {NUMBER} {MARK}家"
"""What a line may tell about its speaker: the number must not come out in a group, neither of the
two in the log."""

Size = Callable[[int, int], int]


def matter_at(house: int) -> str:
    """Without its number starred out, its first words would be said in the group."""
    return f"登记 漏水{ABOUT_ME} {house}号楼"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the numbers of docs/promises.md")
    parser.addoption(
        "--rows", type=Path, help="rows of the table that were written before; these are added"
    )


@dataclass
class Leaks:
    """The bot's own log at its most talkative, as it would stand in the file."""

    logged: list[str] = field(default_factory=list)

    def count(self, said: Iterable[tuple[str, str]] = ()) -> int:
        """Of (conversation, text): what told a group a number; and lines of the log that quote."""
        public = [text for talk, text in said if talk.startswith("group:") and NUMBER in text]
        quoted = [line for line in self.logged if NUMBER in line or MARK in line]
        return len(public) + len(quoted)


class Ear(logging.Handler):
    """Hears the log."""

    def __init__(self, leaks: Leaks) -> None:
        super().__init__()
        self.setFormatter(OneLine())
        self._leaks = leaks

    def emit(self, record: logging.LogRecord) -> None:
        self._leaks.logged.append(self.format(record))


def listen() -> Leaks:
    """From now on."""
    leaks, logger = Leaks(), logging.getLogger("lianxin")
    logger.addHandler(Ear(leaks))
    logger.setLevel(logging.DEBUG)
    return leaks


@pytest.fixture
def leaks() -> Iterator[Leaks]:
    logger = logging.getLogger("lianxin")
    level = logger.level
    yield listen()
    logger.setLevel(level)
    for handler in [one for one in logger.handlers if isinstance(one, Ear)]:
        logger.removeHandler(handler)


@pytest.fixture
def size(request: pytest.FixtureRequest) -> Size:
    """Picks the first number in CI, the second by `make faults`."""
    is_long = request.config.getoption("--long", default=False)
    return lambda short, long: long if is_long else short


@dataclass(frozen=True)
class Tally:
    """Writes a line of the table, and fails where anything was lost, doubled or leaked.

    What a test did not count is left out, and shown as "-". `seconds` are those a line took to its
    commit: held against MOST_MILLISECONDS by `make faults` alone, since CI has other loads.
    """

    write: Callable[[str, object], None]
    is_long: bool

    def __call__(
        self,
        fault: str,
        tries: int,
        lost: int | None = None,
        doubled: int | None = None,
        leaked: int | None = None,
        seconds: Iterable[float] = (),
    ) -> None:
        counts = (lost, doubled, leaked)
        ordered = sorted(seconds)
        p99 = round(ordered[int(len(ordered) * 0.99)] * 1000) if ordered else None
        shown = tuple("-" if one is None else one for one in (*counts, p99))
        self.write("fault", (fault, tries, *shown))
        assert tries > 0
        assert not any(counts), f"{fault}: lost, doubled, leaked {shown}"
        assert not self.is_long or (p99 or 0) <= MOST_MILLISECONDS, f"{fault}: p99 {p99} ms"


@pytest.fixture
def tally(record_property: Callable[[str, object], None], request: pytest.FixtureRequest) -> Tally:
    return Tally(record_property, bool(request.config.getoption("--long", default=False)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What has to be measured alone runs after all else: `--rows` carries the table over."""
    options = terminalreporter.config.option
    if not getattr(options, "long", False):
        return
    rows = [
        "".join(f"{one:>9}" if place else f"{one:<44}" for place, one in enumerate(value))
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, value in report.user_properties
        if name == "fault"
    ]
    if options.rows is not None:
        before = options.rows.read_text("utf-8").splitlines() if options.rows.exists() else []
        rows = [*before, *rows]
        options.rows.write_text("\n".join(rows), "utf-8")
    head, *columns = COLUMNS
    for row in (f"{head:<44}" + "".join(f"{one:>9}" for one in columns), *rows):
        terminalreporter.write_line(row)
