"""Catching up, as far as it does not need a socket; the rest is in tests/faults/test_socket.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import pytest

from bot.adapters.port import Echo, Notice
from bot.catchup import CatchUp
from bot.clock import SimulatedClock
from bot.runtime import Runtime
from handlers import intents, roster
from handlers.context import Context
from handlers.messages import Incoming, Target
from handlers.settings import Settings
from storage.database import Database
from storage.store import Store
from tests.peers.platform import BEGIN, FakeAdapter, make_delivery

GROUP = "group:700108"


@dataclass
class Forgetful(FakeAdapter):
    """Its history can not be had while `is_away`."""

    is_away: bool = False

    async def history(
        self, target: Target, since: datetime, count: int
    ) -> Sequence[Incoming | Echo]:
        if self.is_away or target.conversation != GROUP:
            return ()
        return [one for one in self.history_of if one.at >= since]


def said(number: int) -> Incoming:
    return Incoming(
        "qq", "8000", GROUP, f"m{number}", "20001", "老李", BEGIN + timedelta(seconds=number),
        "今天真冷",
    )  # fmt: skip


@pytest.fixture
async def runtime(memory_database: Database, clock: SimulatedClock, settings: Settings) -> Runtime:
    def sync(store: Store) -> None:
        roster.sync(Context(store, BEGIN, settings, Random(1)))

    await memory_database.write(sync)
    delivery = make_delivery(memory_database, FakeAdapter(clock), clock)
    runtime = Runtime(memory_database, intents.load(None, settings), settings, clock, delivery)
    await runtime.start()
    return runtime


async def mark_in(database: Database) -> str:
    mark = await database.read(lambda store: store.reception.get_watermark("qq", GROUP))
    assert mark is not None
    return mark.message_id


async def test_the_mark_of_a_group_waits_until_what_came_before_is_there(
    memory_database: Database, clock: SimulatedClock, runtime: Runtime
) -> None:
    """Else a crash in between would lose it."""
    adapter = Forgetful(clock, is_away=True)
    catch_up = CatchUp(memory_database, {"qq": adapter}, runtime)
    await runtime.noticed(Notice("qq", "8000", "online", None, "", BEGIN))
    await runtime.receive(said(1))
    await runtime.keep_marks()
    await runtime.noticed(Notice("qq", "8000", "offline", None, "", BEGIN))
    await runtime.noticed(Notice("qq", "8000", "online", None, "", BEGIN))
    gap = await memory_database.read(lambda store: store.reception.get_last_gap("qq", "8000"))
    assert gap is not None

    found = await catch_up.fill("qq", gap)
    await runtime.receive(said(3))
    await runtime.keep_marks()
    assert found.unfilled == 1
    assert await mark_in(memory_database) == "m1"

    adapter.is_away, adapter.history_of = False, [said(1), said(2), said(3)]
    found = await catch_up.fill("qq", gap)
    await runtime.keep_marks()
    assert (found.recovered, found.unfilled) == (1, 0)
    assert await mark_in(memory_database) == "m3"
    filled = await memory_database.read(lambda store: store.reception.get_last_gap("qq", "8000"))
    assert filled is not None
    assert (filled.recovered, filled.unfilled) == (1, 0)
