"""Kills a bot at many points of a day, lets it go on, and counts what was lost or doubled.

A program of its own, because it forks: ``python -m tests.faults.kill_points FOLDER KILLS``.
"""

import asyncio
import mmap
import os
import re
import shutil
import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import count as count_up
from pathlib import Path
from random import Random

import orjson

import storage.sqlite
from bot.config import load_config
from handlers.intents import Ear, load
from handlers.settings import Settings
from storage import migrate
from storage.database import connect_sync
from storage.models import OutboxRow, OutgoingState
from tests.faults.killed_bot import SECRET, Failpoints, live, read_sent, tickets_of

SHIPPED = Path(__file__).parents[2] / "config.toml"
SECOND_KILL = 3
"""One run in so many is killed again while it recovers."""
NUMBER = re.compile(r"#(\d+)")


@dataclass
class End:
    """What stands in the database and what the platform was sent, at the end of a day."""

    stages: dict[str, tuple[str, ...]]
    rows: list[OutboxRow]
    sent: list[tuple[str, str]]
    numbers: set[int]

    @property
    def kinds(self) -> Counter[tuple[str, str]]:
        return Counter((row.kind.value, row.conversation) for row in self.rows)


@dataclass
class Count:
    """The sums of all tries; `found` says in words what was amiss."""

    tries: int = 0
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    leaked: int = 0
    found: list[str] = field(default_factory=list)


class Town:
    """Forks a bot a run: the ear is loaded once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: Settings = load_config(SHIPPED, {}).settings
        self.ear: Ear = load(None, self.settings)
        self.empty = folder / "empty.db"
        migrate.upgrade(f"sqlite:///{self.empty}")
        # A killed process loses nothing that it has written: without the syncs it goes faster.
        storage.sqlite.WRITER_PRAGMAS += ("pragma synchronous = off",)
        # All that is made at the first use is made here, before the forks.
        asyncio.run(
            live(self.fresh("warm"), mmap.mmap(-1, 8), self.ear, self.settings, Failpoints(0))
        )

    def fresh(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        shutil.copy(self.empty, folder / "lianxin.db")
        return folder

    def run(self, folder: Path, memory: mmap.mmap, fatal: int) -> int | None:
        """The number of points passed, None if it was killed."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            self._be_child(folder, memory, fatal, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        if said.startswith(b"!"):
            raise AssertionError(said.decode())
        return int(said) if said else None

    def _be_child(self, folder: Path, memory: mmap.mmap, fatal: int, writing: int) -> None:
        points = Failpoints(fatal)
        points.arm()
        try:
            asyncio.run(live(folder, memory, self.ear, self.settings, points))
            os.write(writing, str(points.passed).encode())
        except BaseException as error:  # noqa: BLE001 - told to the parent
            os.write(writing, f"!{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)


def end_of(folder: Path) -> End:
    with connect_sync(f"sqlite:///{folder / 'lianxin.db'}") as store:
        tickets = tickets_of(store)
        numbers = [int(ticket.number) for ticket in tickets.values()]
        rows = [
            row
            for (slot,) in store.connection.execute("select slot from outbox").fetchall()
            if (row := store.outbox.get_by_slot(slot)) is not None
        ]
    return End(
        {
            key: tuple(str(moment) for moment in (one.stage, one.outcome))
            for key, one in tickets.items()
        },
        rows,
        [(conversation, text) for conversation, text, _, _ in read_sent(folder / "sent.jsonl")],
        set(numbers),
    )


def judge(end: End, expected: End, count: Count, name: str) -> None:
    """Every matter is there and as far as it should be; every row went out exactly once."""
    sent = Counter(end.sent)
    rows = Counter((row.conversation, row.text) for row in end.rows)
    unsettled = [row for row in end.rows if row.state is not OutgoingState.SENT]
    false = [
        text for _, text in end.sent if not {int(n) for n in NUMBER.findall(text)} <= end.numbers
    ]
    lost = [
        *(
            f"ticket {key}"
            for key in expected.stages
            if end.stages.get(key) != expected.stages[key]
        ),
        *(f"row {one}" for one in (expected.kinds - end.kinds).elements()),
        *(f"never came {one}" for one in (rows - sent).elements()),
        *(f"left {row.state} {row.text[:20]}" for row in unsettled),
        *(f"false {text[:20]}" for text in false),
    ]
    doubled = [
        *(f"ticket {key}" for key in end.stages.keys() - expected.stages.keys()),
        *(f"row {one}" for one in (end.kinds - expected.kinds).elements()),
        *(f"sent again {one}" for one in (sent - rows).elements()),
    ]
    leaked = [text for talk, text in end.sent if SECRET in text and talk.startswith("group:")]
    count.lost += len(lost)
    count.doubled += len(doubled)
    count.leaked += len(leaked)
    count.found += [f"{name}: {one}" for one in (*lost, *doubled, *leaked)]


def main(folder: Path, kills: int) -> Count:
    town, count, chance = Town(folder), Count(), Random(7)
    first = town.fresh("expected")
    points = town.run(first, mmap.mmap(-1, 8), 0)
    assert points is not None
    expected = end_of(first)
    assert len(expected.stages) == 4, expected.stages
    for place in count_up():
        if count.kills >= kills:
            break
        name = f"try{place}"
        fatal = place % points + 1
        run, memory = town.fresh(name), mmap.mmap(-1, 8)
        while town.run(run, memory, fatal) is None:
            count.kills += 1
            again = chance.randrange(SECOND_KILL) == 0
            fatal = chance.randrange(1, points) if again else 0
        count.tries += 1
        judge(end_of(run), expected, count, f"{name} at {place % points + 1}")
        shutil.rmtree(run)
    return count


if __name__ == "__main__":
    done = main(Path(sys.argv[1]), int(sys.argv[2]))
    print(orjson.dumps(done).decode())
