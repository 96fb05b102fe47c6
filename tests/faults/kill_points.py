"""Kills a bot at many points of a day, lets it go on, and counts what was lost or doubled.

A program of its own, because it forks:
``python -m tests.faults.kill_points FOLDER KILLS [URL]``, the last for a PostgreSQL server.
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
from math import gcd
from pathlib import Path
from random import Random
from typing import LiteralString
from urllib.parse import urlsplit

import orjson
import psycopg
from psycopg import sql

import storage.sqlite
from bot.config import load_config
from handlers.intents import Ear, load
from handlers.settings import Settings
from storage import migrate
from storage.database import connect_sync
from storage.models import OutboxRow, OutgoingState
from tests.faults.conftest import NUMBER
from tests.faults.killed_bot import Failpoints, Place, live, read_sent, tickets_of

SHIPPED = Path(__file__).parents[2] / "config.toml"
SECOND_KILL = 3
"""One run in so many is killed again while it recovers."""
TICKET = re.compile(r"#(\d+)")


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


class Files:
    """A copy of an empty SQLite file for each day."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._empty = folder / "empty.db"
        migrate.upgrade(f"sqlite:///{self._empty}")
        # A killed process loses nothing that it has written: without the syncs it goes faster.
        storage.sqlite.WRITER_PRAGMAS += ("pragma synchronous = off",)

    def fresh(self, name: str) -> Place:
        shutil.copy(self._empty, self._folder / f"{name}.db")
        return Place(f"sqlite:///{self._folder / f'{name}.db'}", self._folder / f"{name}.jsonl")

    def remove(self, name: str) -> None:
        for path in self._folder.glob(f"{name}.*"):
            path.unlink()


class Databases:
    """A copy of an empty PostgreSQL database for each day. No connection is open at a fork."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder
        self._server = server
        self._do("create database {}", "kills_empty")
        migrate.upgrade(self._url("kills_empty"))

    def fresh(self, name: str) -> Place:
        self._do("create database {} template kills_empty", f"kills_{name}")
        return Place(self._url(f"kills_{name}"), self._folder / f"{name}.jsonl")

    def remove(self, name: str) -> None:
        self._do("drop database {} with (force)", f"kills_{name}")
        (self._folder / f"{name}.jsonl").unlink(missing_ok=True)

    def _do(self, statement: LiteralString, name: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    def _url(self, name: str) -> str:
        return urlsplit(self._server)._replace(path=f"/{name}").geturl()


class Town:
    """Forks a bot a run: the ear is loaded once."""

    def __init__(self, ground: Files | Databases) -> None:
        self.ground = ground
        self.settings: Settings = load_config(SHIPPED, {}).settings
        self.ear: Ear = load(None, self.settings)
        # All that is made at the first use is made here, before the forks.
        memory = mmap.mmap(-1, 8)
        asyncio.run(live(ground.fresh("warm"), memory, self.ear, self.settings, Failpoints(0)))

    def run(self, place: Place, memory: mmap.mmap, fatal: int) -> int | None:
        """The number of points passed, None if it was killed."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            self._be_child(place, memory, fatal, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        if said.startswith(b"!"):
            raise AssertionError(said.decode())
        return int(said) if said else None

    def _be_child(self, place: Place, memory: mmap.mmap, fatal: int, writing: int) -> None:
        points = Failpoints(fatal)
        points.arm()
        try:
            asyncio.run(live(place, memory, self.ear, self.settings, points))
            os.write(writing, str(points.passed).encode())
        except BaseException as error:  # noqa: BLE001 - told to the parent
            os.write(writing, f"!{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)


def end_of(place: Place) -> End:
    with connect_sync(place.url) as store:
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
        [(conversation, text) for conversation, text, _, _ in read_sent(place.sent)],
        set(numbers),
    )


def judge(end: End, expected: End, count: Count, name: str) -> None:
    """Every matter is there and as far as it should be; every row went out exactly once."""
    sent = Counter(end.sent)
    rows = Counter((row.conversation, row.text) for row in end.rows)
    unsettled = [row for row in end.rows if row.state is not OutgoingState.SENT]
    false = [
        text for _, text in end.sent if not {int(n) for n in TICKET.findall(text)} <= end.numbers
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
    leaked = [text for talk, text in end.sent if NUMBER in text and talk.startswith("group:")]
    count.lost += len(lost)
    count.doubled += len(doubled)
    count.leaked += len(leaked)
    count.found += [f"{name}: {one}" for one in (*lost, *doubled, *leaked)]


def main(ground: Files | Databases, kills: int) -> Count:
    """A few kills are spread over the day, many reach every point of it."""
    town, count, chance = Town(ground), Count(), Random(7)
    first = ground.fresh("expected")
    points = town.run(first, mmap.mmap(-1, 8), 0)
    assert points is not None
    stride = next(step for step in count_up(17) if gcd(step, points) == 1)
    expected = end_of(first)
    assert len(expected.stages) == 4, expected.stages
    for number in count_up():
        if count.kills >= kills:
            break
        name = f"try{number}"
        at = fatal = number * stride % points + 1
        place, memory = ground.fresh(name), mmap.mmap(-1, 8)
        while town.run(place, memory, fatal) is None:
            count.kills += 1
            again = chance.randrange(SECOND_KILL) == 0
            fatal = chance.randrange(1, points) if again else 0
        count.tries += 1
        judge(end_of(place), expected, count, f"{name} at {at}")
        ground.remove(name)
    return count


if __name__ == "__main__":
    folder, number, *server = sys.argv[1:]
    ground = Databases(Path(folder), *server) if server else Files(Path(folder))
    print(orjson.dumps(main(ground, int(number))).decode())
