"""How fast the database is, against raw sqlite3 on the same machine in the same run.

Run as `python -m bench.storage [--quick]`. What falls short of its goal is said at the end.
"""

import argparse
import asyncio
import itertools
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

from rich.console import Console
from rich.progress import Progress, track
from rich.table import Table

from bench.storage_rows import (
    NOW,
    RARE_UNIT,
    TOWN,
    add_ticket,
    add_ticket_raw,
    fill,
    new_database,
)
from storage.database import Database, connect_sync, open_database
from storage.models import MessageKey, TicketNumber, UnitId
from storage.sqlite import connect_writer
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Sizes:
    rounds: int
    tickets: int
    due: int
    large: int


FULL = Sizes(rounds=9, tickets=400, due=100_000, large=1_000_000)
QUICK = Sizes(rounds=3, tickets=64, due=5_000, large=20_000)
SMALL = 1_000
DUE = 1_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value and its goal: at least `least`, or at most `most`."""

    name: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def falls_short(self) -> bool:
        is_low = self.least is not None and self.value < self.least
        return is_low or (self.most is not None and self.value > self.most)

    @property
    def goal(self) -> str:
        if self.least is not None:
            return f"≥ {self.least:g}"
        return "" if self.most is None else f"≤ {self.most:g}"


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


_keys = (f"bench/{number}" for number in itertools.count())


async def write_waiting(database: Database, count: int, waiting: int) -> float:
    """Tickets a second with so many callers, each of which waits for its own."""
    left = iter(range(count))

    async def caller() -> None:
        for _ in left:
            await database.write(partial(add_ticket, key=next(_keys)))

    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(waiting)))
    return count / (time.perf_counter() - start)


def write_raw(connection: sqlite3.Connection, count: int) -> float:
    def work() -> None:
        for _ in range(count):
            add_ticket_raw(connection, next(_keys))

    return count / seconds(work)


async def measure_writes(folder: Path, sizes: Sizes) -> list[Figure]:
    """Raw, one waiting and 64 waiting take turns; each ratio is of one round."""
    for name in ("raw", "ours"):
        new_database(folder / f"{name}.db")
    raw = connect_writer(folder / "raw.db")
    ours = await open_database(f"sqlite:///{folder / 'ours.db'}")
    rates = [
        (
            write_raw(raw, sizes.tickets),
            await write_waiting(ours, sizes.tickets, 1),
            await write_waiting(ours, sizes.tickets * 4, 64),
        )
        for _ in track(range(sizes.rounds + 1), "writing", transient=True)
    ]
    await ours.close()
    raw.close()
    del rates[0]  # the first fills the caches
    return [
        Figure("raw sqlite3, one ticket a transaction", median(r for r, _, _ in rates), "/s"),
        Figure("one waiting", median(one for _, one, _ in rates), "/s"),
        Figure("64 waiting", median(many for _, _, many in rates), "/s"),
        Figure("one waiting ÷ raw", median(one / r for r, one, _ in rates), "×", least=0.6),
        Figure("64 waiting ÷ raw", median(many / r for r, _, many in rates), "×", least=4),
    ]


def _make_due(store: Store, count: int) -> None:
    """DUE tickets, spread over all."""
    step = max(1, count // DUE)
    for number in range(1, step * DUE + 1, step):
        ticket = store.tickets.get(TicketNumber(number))
        if ticket is not None:
            store.tickets.save(replace(ticket, next_action_at=NOW - timedelta(minutes=1)))


async def measure_due(path: Path, count: int) -> list[Figure]:
    def sweep(store: Store) -> object:
        return store.tickets.list_due(NOW)

    def handle(store: Store) -> int:
        due = store.tickets.list_due(NOW, DUE)
        for ticket in due:
            store.tickets.reschedule(replace(ticket, next_action_at=NOW + timedelta(days=1)))
        return len(due)

    with connect_sync(f"sqlite:///{path}") as store:
        empty = median(seconds(lambda: sweep(store)) for _ in range(1000))
    database = await open_database(f"sqlite:///{path}")
    await database.write(lambda store: _make_due(store, count))
    listing = median([await timed(database.read(sweep)) for _ in range(5)])
    async with blocked() as gaps:
        handling = await timed(database.write(handle))
    await database.close()
    return [
        Figure(f"empty due sweep, {count:,} tickets", empty * 1e6, "µs", most=200),
        Figure(f"{DUE:,} due among {count:,}: found", listing * 1e3, "ms"),
        Figure(f"{DUE:,} due: found and saved", handling * 1e3, "ms", most=100),
        Figure("event loop blocked meanwhile", max(gaps) * 1e3, "ms", most=20),
    ]


async def measure_growth(folder: Path, sizes: Sizes) -> list[Figure]:
    """The same work on a small and a large database in turns; ratios of large to small."""
    small = await open_database(f"sqlite:///{folder / 'small.db'}")
    large = await open_database(f"sqlite:///{folder / 'large.db'}")
    ratios: list[list[float]] = []
    for number in track(range(sizes.rounds + 1), "growing", transient=True):
        rates = [
            (
                await write_waiting(database, sizes.tickets, 1),
                await write_waiting(database, sizes.tickets * 4, 64),
                await database.read(partial(look_up, count, number)),
            )
            for database, count in ((small, SMALL), (large, sizes.large))
        ]
        ratios.append([few / many for few, many in zip(*rates, strict=True)])
    await small.close()
    await large.close()
    single, grouped, looked = (median(column) for column in zip(*ratios[1:], strict=True))
    name = f"{sizes.large:,} tickets ÷ {SMALL:,}"
    return [
        Figure(f"insert, one waiting: {name}", single, "×", most=1.5),
        Figure(f"insert, 64 waiting: {name}", grouped, "×", most=1.5),
        Figure(f"look-up by number and key: {name}", looked, "×", most=1.5),
    ]


def look_up(count: int, seed: int, store: Store) -> float:
    """Look-ups a second of tickets here and there, by number and by source key."""
    numbers = Random(seed).choices(range(1, count + 1), k=2000)

    def work() -> None:
        for number in numbers:
            store.tickets.get(TicketNumber(number))
            store.tickets.get_by_source(MessageKey(f"qq/group:1/{number}"))

    return len(numbers) / seconds(work)


def measure_search(path: Path, count: int) -> list[Figure]:
    cases = (
        ("a rare word", "少见", TOWN),
        ("a word of one ticket in ten", "常见", TOWN),
        ("two words", "常见 词50", TOWN),
        ("a common word in a unit of a hundred tickets", "常见", RARE_UNIT),
        ("two common words in that unit", "词1 词2", RARE_UNIT),
        ("a word that is nowhere", "没有", TOWN),
    )
    with connect_sync(f"sqlite:///{path}") as store:
        return [
            Figure(f"search of {count:,}: {name}", search_time(store, words, unit), "ms", most=100)
            for name, words, unit in cases
        ]


def search_time(store: Store, words: str, unit: UnitId) -> float:
    return 1e3 * median(seconds(lambda: store.search.find(words, unit, 20)) for _ in range(9))


@asynccontextmanager
async def blocked() -> AsyncIterator[list[float]]:
    """Seconds by which the event loop was late, once a millisecond."""
    gaps = [0.0]

    async def tick() -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.001)
            gaps.append(time.perf_counter() - start - 0.001)

    task = asyncio.create_task(tick())
    await asyncio.sleep(0.01)
    yield gaps
    task.cancel()


async def timed(work: Awaitable[object]) -> float:
    start = time.perf_counter()
    await work
    return time.perf_counter() - start


def filled(path: Path, count: int) -> Path:
    with Progress(transient=True) as progress:
        task = progress.add_task(f"filling in {count:,} tickets", total=count)
        fill(path, count, lambda done: progress.update(task, completed=done))
    return path


async def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    figures = await measure_writes(folder, sizes)
    figures += await measure_due(filled(folder / "due.db", sizes.due), sizes.due)
    filled(folder / "small.db", SMALL)
    large = filled(folder / "large.db", sizes.large)
    figures += measure_search(large, sizes.large)
    return figures + await measure_growth(folder, sizes)


def report(figures: Sequence[Figure]) -> None:
    table = Table("storage", "measured", "goal")
    for figure in figures:
        style = "bold red" if figure.falls_short else None
        table.add_row(figure.name, f"{figure.value:,.2f} {figure.unit}", figure.goal, style=style)
    console = Console()
    console.print(table)
    short = [figure.name for figure in figures if figure.falls_short]
    console.print("Falls short: " + "; ".join(short) if short else "Nothing falls short.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    parser.add_argument("--folder", type=Path, help="on which disk (default: the temporary one)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lianxin-bench-", dir=options.folder) as folder:
        report(asyncio.run(measure(Path(folder), QUICK if options.quick else FULL)))


if __name__ == "__main__":
    main()
