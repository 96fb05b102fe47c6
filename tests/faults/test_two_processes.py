"""Two of them on one database: the second says who is there, and what both do is done once."""

import asyncio
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bot.app import build
from bot.clock import SimulatedClock
from bot.commands.errors import explain
from bot.configuration.model import Config
from bot.delivery import Delivery
from bot.runtime import Runtime
from handlers import intents, roster
from handlers.context import Context
from storage.database import open_database
from storage.errors import Owned
from storage.ownership import own
from storage.store import Store
from tests.bot.service import quick_config
from tests.faults.conftest import Leaks
from tests.faults.crowd import QUICK, matter
from tests.peers.platform import FakeAdapter
from tests.tally import Size, Tally


def config_for(url: str, folder: Path) -> Config:
    return replace(quick_config(folder), database_url=url)


async def test_the_second_service_says_who_serves_the_database(
    database_url: str, tmp_path: Path, tally: Tally
) -> None:
    config = config_for(database_url, tmp_path)
    async with build(config, adapters=[]):
        with pytest.raises(Owned) as refused:
            await build(config, adapters=[]).start()
    assert f"pid {os.getpid()}" in refused.value.owner
    told = explain(refused.value) or ""
    assert f"pid {os.getpid()}" in told
    assert "另一个连心" in told
    async with build(config, adapters=[]):
        pass
    tally("a second service on one database", 1)


def test_a_database_is_free_again_once_its_owner_is_gone(database_url: str) -> None:
    own(database_url, "first").close()
    second = own(database_url, "second")
    with pytest.raises(Owned, match="second"):
        own(database_url, "third")
    second.close()


async def test_two_runtimes_on_one_database_do_everything_once(
    database_url: str, tmp_path: Path, size: Size, tally: Tally, leaks: Leaks
) -> None:
    """As `lianxin dead retry` beside the service, only worse: both hear and send everything."""
    lines = size(24, 240)
    settings = quick_config(tmp_path).settings
    ear, clock = intents.load(None, settings), SimulatedClock(matter(0).at)
    databases = [await open_database(database_url) for _ in range(2)]

    def sync(store: Store) -> None:
        roster.sync(Context(store, clock.now(), settings, Random(1)))

    await databases[0].write(sync)
    platform = FakeAdapter(clock)
    deliveries = [
        Delivery(one, {"qq": platform}, {"qq": QUICK}, clock, Random(1)) for one in databases
    ]
    runtimes = [
        Runtime(one, ear, settings, clock, delivery)
        for one, delivery in zip(databases, deliveries, strict=True)
    ]

    async def live(runtime: Runtime, delivery: Delivery) -> None:
        await runtime.start()
        for number in range(lines):
            await runtime.hear(matter(number))
        clock.move_to(matter(0).at.replace(hour=4))
        for _ in range(lines):
            await runtime.sweep()
            await delivery.deliver_due(clock.now())

    await asyncio.gather(*map(live, runtimes, deliveries))
    tickets = await databases[0].read(lambda store: store.tickets.list_all())
    sources = Counter(ticket.source_key for ticket in tickets)
    sent = Counter(platform.sent)
    for one in databases:
        await one.close()
    doubled = sum(times - 1 for times in (*sources.values(), *sent.values()))
    leaked = leaks.count(platform.sent)
    tally("two processes at once", lines, lines - len(sources), doubled, leaked)
