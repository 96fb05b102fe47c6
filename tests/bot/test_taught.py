"""What was learned is used by the running bot: its model, its sorter, its places."""

from random import Random

import pytest

from bot.clock import SimulatedClock
from bot.runtime import Runtime
from handlers import intents, roster
from handlers.context import Context
from handlers.intents import Ear
from handlers.model import load
from handlers.settings import Settings
from handlers.sorter import train_sorter
from storage.database import Database
from storage.models import Field, UnitId
from storage.store import Store
from tests.bot.test_runtime import said
from tests.peers.platform import BEGIN, FakeAdapter, make_delivery

SORTER = train_sorter(
    [
        (f"{place}{what}", label)
        for place in ("东街", "西街", "南巷", "北巷", "河边", "学校门口")
        for what, label in (("碾盘子裂了没人管", "住房物业"), ("灯笼坏了没人管", "水电气暖"))
    ],
    "2026-11-24",
)


@pytest.fixture
async def database(memory_database: Database, settings: Settings) -> Database:
    def sync(store: Store) -> None:
        roster.sync(Context(store, BEGIN, settings, Random(1)))

    await memory_database.write(sync)
    return memory_database


async def start(
    database: Database, settings: Settings, clock: SimulatedClock, adapter: FakeAdapter, ear: Ear
) -> Runtime:
    delivery = make_delivery(database, adapter, clock)
    runtime = Runtime(database, ear, settings, clock, delivery)
    await runtime.start()
    return runtime


async def test_a_place_that_became_known_is_read_from_the_next_line_on(
    database: Database, settings: Settings, clock: SimulatedClock, adapter: FakeAdapter
) -> None:
    runtime = await start(database, settings, clock, adapter, intents.load(None, settings))
    await runtime.hear(said(1, "碾盘子停水一天了,没人管,能不能派人修"))
    known = [(UnitId("chengguan"), "碾盘子")]
    await database.write(lambda store: store.places.set_all(known))
    await runtime.refresh()
    await runtime.hear(said(2, "碾盘子路灯坏了三天了没人修,晚上看不见路", sender="20002"))
    tickets = await database.read(lambda store: store.tickets.list_all())
    assert [ticket.place for ticket in tickets] == [None, "碾盘子"]


async def test_a_place_that_is_known_no_more_is_read_no_more(
    database: Database, settings: Settings, clock: SimulatedClock, adapter: FakeAdapter
) -> None:
    known = [(UnitId("chengguan"), "碾盘子")]
    await database.write(lambda store: store.places.set_all(known))
    runtime = await start(database, settings, clock, adapter, intents.load(None, settings))
    await database.write(lambda store: store.places.set_all([]))
    await runtime.refresh()
    await runtime.hear(said(1, "碾盘子停水一天了,没人管,能不能派人修"))
    (ticket,) = await database.read(lambda store: store.tickets.list_all())
    assert ticket.place is None


@pytest.mark.parametrize("word", ["", "/登记 "])
async def test_the_field_of_a_matter_is_the_sorters_also_behind_a_word(
    database: Database, settings: Settings, clock: SimulatedClock, adapter: FakeAdapter, word: str
) -> None:
    text = "碾盘子的水管裂了,没人管,能不能派人修"
    assert intents.classify(text).field is Field.UTILITIES
    ear = Ear(intents.shipped_model(), sorter=load(SORTER))
    runtime = await start(database, settings, clock, adapter, ear)
    await runtime.hear(said(1, f"{word}{text}"))
    (ticket,) = await database.read(lambda store: store.tickets.list_all())
    assert ticket.field is Field.HOUSING
