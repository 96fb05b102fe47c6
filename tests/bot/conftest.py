"""What the tests of the runtime start from: a clock moved by hand, a database, a platform."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from random import Random

import pytest

from bot.clock import SimulatedClock
from bot.config import Config, load_config
from handlers import roster
from handlers.context import Context
from handlers.settings import Settings
from storage.database import Database, open_database
from storage.store import Store
from tests.bot.heard import Bot
from tests.bot.shipped import SHIPPED, Load
from tests.peers.platform import BEGIN, Desk, FakeAdapter, make_delivery


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load_config(SHIPPED, {}).settings


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """The shipped file with some texts replaced, as loaded."""

    def read(*changes: tuple[str, str], environ: Mapping[str, str] | None = None) -> Config:
        text = SHIPPED.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load_config(path, environ or {})

    return read


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


@pytest.fixture
async def a_bot(
    memory_database: Database, clock: SimulatedClock, adapter: FakeAdapter, settings: Settings
) -> Bot:
    def sync(store: Store) -> None:
        roster.sync(Context(store, BEGIN, settings, Random(1)))

    await memory_database.write(sync)
    bot = Bot(memory_database, clock, adapter, settings)
    await bot.runtime.start()
    return bot
