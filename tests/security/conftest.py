"""The town of the handlers' tests, and a runtime that hears lines of one's own making."""

import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.clock import SimulatedClock
from bot.config import load_config
from bot.runtime import Runtime
from handlers import intents, roster
from handlers.context import Context
from handlers.messages import Incoming
from handlers.settings import Settings
from storage.database import Database, open_database
from storage.models import OutboxRow, Ticket
from storage.store import Store
from tests.handlers.town import CONFIG, GROUP, Town
from tests.peers.platform import BEGIN, FakeAdapter, make_delivery


@pytest.fixture(scope="session")
def settings() -> Settings:
    settings = load_config(CONFIG, {}).settings
    return dataclasses.replace(settings, board_url="https://board.example")


@pytest.fixture
def town(memory_store: Store, settings: Settings) -> Town:
    """A Tuesday, 9:00 local."""
    return Town(memory_store, settings, datetime(2026, 11, 24, 1, tzinfo=UTC))


@dataclass
class Street:
    """A runtime in memory. `hear` moves the clock to the line."""

    database: Database
    clock: SimulatedClock
    runtime: Runtime
    said: int = 0

    async def hear(
        self, sender: str, text: str, after: float = 0.0, where: str = GROUP, **changed: object
    ) -> None:
        self.said += 1
        self.clock.move_to(self.clock.now() + timedelta(seconds=after))
        line = Incoming(
            *("qq", "8000", where, f"m{self.said}", sender, sender, self.clock.now(), text)
        )
        await self.runtime.hear(dataclasses.replace(line, **changed))  # type: ignore[arg-type]

    async def tickets(self) -> list[Ticket]:
        return list(await self.database.read(lambda store: store.tickets.list_all()))

    async def queued(self) -> list[OutboxRow]:
        return list(await self.database.read(lambda store: store.outbox.list_new()))


@pytest.fixture
async def street(settings: Settings) -> AsyncIterator[Street]:
    database = await open_database("sqlite://")
    clock = SimulatedClock(BEGIN)
    delivery = make_delivery(database, FakeAdapter(clock), clock)
    runtime = Runtime(database, intents.load(None, settings), settings, clock, delivery)
    await database.write(lambda store: roster.sync(Context(store, BEGIN, settings, Random(1))))
    await runtime.start()
    yield Street(database, clock, runtime)
    await database.close()
