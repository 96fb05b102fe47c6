"""How hard faults and attacks try, and the one table at the end of `make faults`."""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

import pytest

COLUMNS = ("fault or attack", "tries", "lost", "doubled", "leaked", "p99 ms")
MOST_MILLISECONDS = 200
"""From receive to commit, for 99 of 100 lines, whatever becomes of the sends."""

Size = Callable[[int, int], int]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the numbers of docs/promises.md")
    parser.addoption(
        "--rows", type=Path, help="rows of the table that were written before; these are added"
    )


@pytest.fixture
def size(request: pytest.FixtureRequest) -> Size:
    """Picks the first number in CI, the second by `make faults`."""
    is_long = request.config.getoption("--long")
    return lambda short, long: long if is_long else short


@dataclass(frozen=True)
class Row:
    """None where a test has nothing to count. `leaked` is also what an attack got through."""

    fault: str
    tries: int
    lost: int | None = None
    doubled: int | None = None
    leaked: int | None = None
    p99: int | None = None

    def __add__(self, other: "Row") -> "Row":
        """Several tests of one fault are one line: counts add up, the slowest p99 stands."""
        return Row(
            self.fault,
            self.tries + other.tries,
            _both(sum, self.lost, other.lost),
            _both(sum, self.doubled, other.doubled),
            _both(sum, self.leaked, other.leaked),
            _both(max, self.p99, other.p99),
        )


def _both(join: Callable[[Iterable[int]], int], one: int | None, other: int | None) -> int | None:
    counted = [count for count in (one, other) if count is not None]
    return join(counted) if counted else None


@dataclass(frozen=True)
class Tally:
    """Writes a line of the table, and fails where anything was lost, doubled or leaked.

    `seconds` are those a line took to its commit: held against MOST_MILLISECONDS by `make faults`
    alone, since CI has other loads.
    """

    write: Callable[[str, object], None]
    is_long: bool

    def __call__(
        self,
        fault: str,
        tries: int,
        lost: int | None = None,
        doubled: int | None = None,
        leaked: Collection[object] | int | None = None,
        seconds: Iterable[float] = (),
    ) -> None:
        count = len(leaked) if isinstance(leaked, Collection) else leaked
        ordered = sorted(seconds)
        p99 = round(ordered[int(len(ordered) * 0.99)] * 1000) if ordered else None
        row = Row(fault, tries, lost, doubled, count, p99)
        self.write("fault", astuple(row))
        assert tries > 0
        assert not any((lost, doubled, count)), (row, leaked)
        assert not self.is_long or (p99 or 0) <= MOST_MILLISECONDS, row


@pytest.fixture
def tally(record_property: Callable[[str, object], None], request: pytest.FixtureRequest) -> Tally:
    return Tally(record_property, bool(request.config.getoption("--long")))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What has to be measured alone runs after all else: `--rows` carries the table over."""
    options = terminalreporter.config.option
    is_worker = hasattr(terminalreporter.config, "workerinput")
    if is_worker or not options.long:
        return
    rows = [
        Row(*value)
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, value in report.user_properties
        if name == "fault"
    ]
    if options.rows is not None:
        before = json.loads(options.rows.read_text("utf-8")) if options.rows.exists() else []
        rows = [*(Row(*row) for row in before), *rows]
        options.rows.write_text(json.dumps([astuple(row) for row in rows]), "utf-8")
    for line in table(rows):
        terminalreporter.write_line(line)


def table(rows: Iterable[Row]) -> list[str]:
    """One line a fault, by name."""
    summed: dict[str, Row] = {}
    for row in rows:
        before = summed.get(row.fault)
        summed[row.fault] = row if before is None else before + row
    shown = [COLUMNS, *(astuple(summed[fault]) for fault in sorted(summed))]
    return [
        f"{head:<52}" + "".join(f"{'-' if one is None else one:>9}" for one in counts)
        for head, *counts in shown
    ]
