"""A bot in a process that kills itself at its n-th failpoint, and the day it is to live through.

Clock and platform survive it: the clock in shared memory, what was sent in a file.
"""

import asyncio
import mmap
import os
import signal
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import orjson

from bot.adapters.port import Echo, Receipt, SendResult
from bot.backlog import renewal
from bot.clock import SimulatedClock
from bot.delivery import Delivery
from bot.runtime import Runtime
from handlers import digests, roster
from handlers.context import Context
from handlers.intents import Ear
from handlers.messages import Incoming, Target
from handlers.settings import Settings
from storage.database import Database, open_database
from storage.models import Ticket
from storage.postgresql import PostgresqlTransaction
from storage.sqlite import SqliteTransaction
from storage.store import Store
from tests.faults.conftest import NUMBER
from tests.peers.platform import BEGIN, PACE, FakeAdapter

GROUPS = ("700108", "700101", "700103")
MATTERS = (
    "登记 光明巷3号楼停水一天了",
    "登记 河东巷路灯不亮了",
    "登记 铁路巷下水道堵了",
)
CHATTER = "今天的菜真新鲜，三块一斤"


class Failpoints:
    """Counts the points passed; dies at the one it was told, 0 for none."""

    def __init__(self, fatal: int) -> None:
        self._fatal = fatal
        self.passed = 0

    def hit(self) -> None:
        self.passed += 1
        if self.passed == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*args: object) -> object:
            self.hit()
            result = function(*args)
            self.hit()
            return result

        return wrapped

    def arm(self) -> None:
        """Around each step of each transaction. In this process only, which will end."""
        for kind in (SqliteTransaction, PostgresqlTransaction):
            for name in ("begin", "check", "commit"):
                setattr(kind, name, self.around(getattr(kind, name)))


class LastingClock(SimulatedClock):
    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory
        (kept,) = struct.unpack_from("d", memory)
        super().__init__(datetime.fromtimestamp(kept, UTC) if kept else BEGIN)

    def move_to(self, moment: datetime) -> None:
        super().move_to(moment)
        struct.pack_into("d", self._memory, 0, self.now().timestamp())


@dataclass
class LastingPlatform(FakeAdapter):
    """What was sent stands in a file, and is the history."""

    path: Path = field(default_factory=Path)
    points: Failpoints = field(default_factory=lambda: Failpoints(0))

    async def send(
        self,
        target: Target,
        text: str,
        *,
        at_users: Sequence[str] = (),
        images: Sequence[str] = (),
        reply_to: str | None = None,
    ) -> Receipt:
        self.points.hit()
        number = len(read_sent(self.path)) + 1
        line = [target.conversation, text, f"s{number}", self.clock.now().timestamp()]
        with self.path.open("ab", buffering=0) as file:
            file.write(orjson.dumps(line) + b"\n")
        self.points.hit()
        return Receipt(SendResult.SENT, f"s{number}")

    async def history(
        self, target: Target, since: datetime, count: int
    ) -> Sequence[Incoming | Echo]:
        """One line of long ago, by which it shows how far back it reaches."""
        opening: list[Incoming | Echo] = [
            Echo(target, "s0", "大家好", BEGIN - timedelta(days=1)),
        ]
        return opening + [
            Echo(target, identity, text, datetime.fromtimestamp(at, UTC))
            for conversation, text, identity, at in read_sent(self.path)
            if conversation == target.conversation
        ]


def read_sent(path: Path) -> list[tuple[str, str, str, float]]:
    if not path.exists():
        return []
    return [tuple(orjson.loads(line)) for line in path.read_bytes().splitlines()]


def lines_of_day() -> list[list[Incoming]]:
    """By conversation, in order: matters, chatter, and one in private with a number in it."""
    talks = [
        [said(group, number, text, f"2000{place}") for number, text in enumerate(texts)]
        for place, (group, texts) in enumerate(
            (f"group:{group}", (matter, CHATTER))
            for group, matter in zip(GROUPS, MATTERS, strict=True)
        )
    ]
    private = said("private:20009", 0, f"登记 卫生巷1号暖气不热，我电话{NUMBER}", "20009")
    return [*talks, [private]]


def said(conversation: str, number: int, text: str, sender: str) -> Incoming:
    at = BEGIN + timedelta(seconds=number)
    return Incoming(
        "qq", "8000", conversation, f"m{number}", sender, f"居民{sender}", at, text, is_at_bot=True
    )


@dataclass
class Day:
    """One run, from wherever the clock stands to the evening."""

    database: Database
    clock: LastingClock
    runtime: Runtime
    delivery: Delivery

    async def live(self) -> None:
        await asyncio.gather(*(self._hear(talk) for talk in lines_of_day()))
        await self._deliver_until(BEGIN + timedelta(minutes=3))
        await self._accept()
        for minutes in (10, 100, 125, 200, 480):
            await self._sweep_at(BEGIN + timedelta(minutes=minutes))
        await self.runtime.run("digest", digests.daily, BEGIN + timedelta(hours=8))
        await self._deliver_until(BEGIN + timedelta(hours=9))

    async def _hear(self, talk: Sequence[Incoming]) -> None:
        for line in talk:
            await self.runtime.hear(line)
            await self.runtime.keep_marks()

    async def _accept(self) -> None:
        """The instructor accepts the first matter of 城关, by its number."""
        first = lines_of_day()[0][0].key
        tickets = await self.database.read(lambda store: store.tickets.list_all())
        number = next(one.number for one in tickets if one.source_key == first)
        await self.runtime.hear(
            said("private:21000802", 200, f"{number} 受理 马上来修", "21000802")
        )

    async def _sweep_at(self, moment: datetime) -> None:
        self.clock.move_to(moment)
        await self.runtime.sweep()
        await self._deliver_until(moment + timedelta(minutes=5))

    async def _deliver_until(self, end: datetime) -> None:
        following = await self.delivery.deliver_due(self.clock.now())
        while following is not None and following <= end:
            self.clock.move_to(following)
            following = await self.delivery.deliver_due(self.clock.now())
        self.clock.move_to(end)


@dataclass(frozen=True)
class Place:
    """What outlives a killed bot: its database and the file of what was sent."""

    url: str
    sent: Path


async def live(
    place: Place, memory: mmap.mmap, ear: Ear, settings: Settings, points: Failpoints
) -> None:
    """Start on what is there, and live the day."""
    clock = LastingClock(memory)
    platform = LastingPlatform(clock, path=place.sent, points=points)
    database = await open_database(place.url)

    def sync(store: Store) -> None:
        roster.sync(Context(store, clock.now(), settings, Random(1)))

    await database.write(sync)
    delivery = Delivery(
        database, {"qq": platform}, {"qq": PACE}, clock, Random(1), renew=renewal(settings)
    )
    runtime = Runtime(database, ear, settings, clock, delivery, chance=Random)
    await delivery.start()
    await runtime.start()
    await Day(database, clock, runtime, delivery).live()
    await database.close()


def tickets_of(store: Store) -> dict[str, Ticket]:
    return {ticket.source_key: ticket for ticket in store.tickets.list_all()}
