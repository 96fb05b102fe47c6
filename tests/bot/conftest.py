"""What the tests of the runtime start from: a clock moved by hand, a database, a platform."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import SimulatedClock
from bot.config import load_config
from handlers.settings import Settings
from storage.database import Database, open_database
from tests.peers.platform import BEGIN, Desk, FakeAdapter, make_delivery

SHIPPED = Path(__file__).resolve().parents[2] / "config.toml"


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load_config(SHIPPED, {}).settings


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(BEGIN)


@pytest.fixture
def adapter(clock: SimulatedClock) -> FakeAdapter:
    return FakeAdapter(clock)


@pytest.fixture
async def memory_database() -> AsyncIterator[Database]:
    database = await open_database("sqlite://")
    yield database
    await database.close()


@pytest.fixture
def desk(memory_database: Database, clock: SimulatedClock, adapter: FakeAdapter) -> Desk:
    delivery = make_delivery(memory_database, adapter, clock)
    return Desk(memory_database, clock, adapter, delivery)
