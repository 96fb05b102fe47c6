"""How hard the faults try, and the table at the end of `make faults`."""

from collections.abc import Callable

import pytest

COLUMNS = ("fault", "tries", "lost", "doubled", "leaked")

Tally = Callable[..., None]
Size = Callable[[int, int], int]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the numbers of docs/promises.md")


@pytest.fixture
def size(request: pytest.FixtureRequest) -> Size:
    """Picks the first number in CI, the second by `make faults`."""
    is_long = request.config.getoption("--long", default=False)
    return lambda short, long: long if is_long else short


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Tally:
    """Writes a line of the table, and fails where anything was lost, doubled or leaked.

    What a test did not count is left out, and shown as "-".
    """

    def write(
        fault: str,
        tries: int,
        lost: int | None = None,
        doubled: int | None = None,
        leaked: int | None = None,
    ) -> None:
        counts = (lost, doubled, leaked)
        shown = tuple("-" if count is None else count for count in counts)
        record_property("fault", (fault, tries, *shown))
        assert tries > 0
        assert not any(counts), f"{fault}: lost, doubled, leaked {shown}"

    return write


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not terminalreporter.config.getoption("--long", default=False):
        return
    lines = [COLUMNS]
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            lines += [value for name, value in report.user_properties if name == "fault"]
    for fault, *numbers in lines:
        terminalreporter.write_line(f"{fault:<44}" + "".join(f"{one:>9}" for one in numbers))
