"""Events that come twice, late, out of order, or under the number of another."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
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
from storage.store import Store
from tests.bot.service import SHIPPED
from tests.faults.conftest import Leaks, matter_at
from tests.peers.platform import BEGIN, FakeAdapter, make_delivery
from tests.tally import Size, Tally

GROUPS = [f"group:{number}" for number in range(700101, 700109)]
TOGETHER = 200
"""Events that may overtake one another."""


class Bot:
    """A runtime that is started anew, as after a restart, on the same database."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.clock = SimulatedClock(BEGIN)
        self._settings = settings
        self._ear = intents.load(None, settings)

    async def start(self) -> Runtime:
        adapter = FakeAdapter(self.clock)
        delivery = make_delivery(self.database, adapter, self.clock)
        runtime = Runtime(self.database, self._ear, self._settings, self.clock, delivery)
        await runtime.start()
        return runtime

    def sync(self, store: Store) -> None:
        roster.sync(Context(store, BEGIN, self._settings, Random(1)))


@pytest.fixture
async def a_bot(sqlite_url: str) -> AsyncIterator[Bot]:
    database = await open_database(sqlite_url)
    bot = Bot(database, load_config(SHIPPED, {}).settings)
    await database.write(bot.sync)
    yield bot
    await database.close()


def matter(number: int) -> Incoming:
    """Each by another resident about another house, a second after the last."""
    return Incoming(
        "qq", "8000", GROUPS[number % len(GROUPS)], str(number), f"3{number:07}", "居民",
        BEGIN + timedelta(seconds=number), matter_at(number + 1), is_at_bot=True,
    )  # fmt: skip


def stream(matters: int, chance: Random) -> list[Incoming]:
    """Each one to five times, copies near one another or far behind."""
    placed: list[tuple[float, Incoming]] = []
    for number in range(matters):
        placed.append((number + chance.uniform(0, TOGETHER), matter(number)))
        for _ in range(chance.randrange(5)):
            far = TOGETHER if chance.randrange(3) else matters
            placed.append((number + chance.uniform(0, far), matter(number)))
    return [one for _, one in sorted(placed, key=lambda pair: pair[0])]


async def test_repeated_and_shuffled_events_make_one_ticket_each(
    a_bot: Bot, size: Size, tally: Tally, leaks: Leaks
) -> None:
    """With a restart in the middle, after which nothing is in memory."""
    matters = size(340, 3500)
    events = stream(matters, Random(9))
    runtime = await a_bot.start()
    for place, event in enumerate(events):
        if place == len(events) // 2:
            runtime = await a_bot.start()
        a_bot.clock.move_to(event.at)
        await runtime.hear(event)
    tickets = await a_bot.database.read(lambda store: store.tickets.list_all())
    sources = Counter(ticket.source_key for ticket in tickets)
    expected = {matter(number).key for number in range(matters)}
    rows = await a_bot.database.read(lambda store: store.outbox.list_new())
    acknowledged = Counter(row.ticket for row in rows if row.kind.value == "ack")
    assert len(events) >= size(950, 10_000)
    tally(
        "events repeated, shuffled, replayed",
        len(events),
        len(expected - sources.keys()),
        sum(times - 1 for times in (*sources.values(), *acknowledged.values())),
        leaks.count((row.conversation, row.text) for row in rows),
    )


async def test_what_is_older_than_ten_minutes_is_recorded_without_a_word_in_the_group(
    a_bot: Bot, tally: Tally, leaks: Leaks
) -> None:
    runtime = await a_bot.start()
    a_bot.clock.move_to(BEGIN + timedelta(hours=1))
    for number in range(50):
        await runtime.hear(matter(number))
        asked = replace(matter(number), message_id=f"asked{number}", text=f"进度 {number + 1}")
        await runtime.hear(asked)
    a_bot.clock.move_to(BEGIN + timedelta(hours=1, minutes=10))
    await runtime.sweep()
    tickets = await a_bot.database.read(lambda store: store.tickets.list_all())
    rows = await a_bot.database.read(lambda store: store.outbox.list_new())
    in_group = [row for row in rows if row.conversation.startswith("group:")]
    leaked = len(in_group) + leaks.count()
    tally("events older than ten minutes", 50, 50 - len(tickets), 0, leaked)


async def test_one_number_in_two_conversations_is_two_messages(a_bot: Bot) -> None:
    runtime = await a_bot.start()
    first = matter(1)
    other = replace(matter(2), message_id=first.message_id, conversation=GROUPS[7])
    for one in (first, other):
        await runtime.hear(one)
    assert len(await a_bot.database.read(lambda store: store.tickets.list_all())) == 2


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_two_messages_whose_31_bit_numbers_collide_are_two(
    a_bot: Bot, is_restarted: bool
) -> None:
    """See docs/decisions/message-keys.md: they differ in time, a redelivery does not."""
    runtime = await a_bot.start()
    first = matter(1)
    other = replace(matter(90), message_id=first.message_id, conversation=first.conversation)
    await runtime.hear(first)
    if is_restarted:
        runtime = await a_bot.start()
    for _ in range(2):
        await runtime.hear(other)
    assert len(await a_bot.database.read(lambda store: store.tickets.list_all())) == 2
