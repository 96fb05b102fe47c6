"""The clock jumps, or the bot was away for days: nothing is said twice, and nothing in a burst."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from random import Random

import pytest

from bot.backlog import renewal
from bot.clock import SimulatedClock
from bot.config import load_config
from bot.runtime import Runtime
from bot.schedule import Schedule, calendar_jobs
from handlers import digests, intents, roster
from handlers.context import Context
from handlers.intents import Ear
from handlers.messages import Incoming
from handlers.settings import Settings
from storage.database import Database, open_database
from storage.models import OutgoingClass
from storage.store import Store
from tests.bot.service import SHIPPED
from tests.faults.conftest import Leaks, matter_at
from tests.peers.platform import BEGIN, FakeAdapter, make_delivery
from tests.tally import Size, Tally

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HALF_HOUR = timedelta(minutes=30)
PUSHING = (OutgoingClass.REMINDER, OutgoingClass.ESCALATION)
DAY_OF_DIGEST = re.compile(r"\d+月\d+日")
INSTRUCTOR = "private:21000802"


class JumpingClock(SimulatedClock):
    """Can also be set back."""

    def jump(self, by: timedelta) -> None:
        self._now += by


class Bot:
    def __init__(self, database: Database, settings: Settings, ear: Ear) -> None:
        self.database = database
        self.settings = settings
        self.clock = JumpingClock(BEGIN)
        self.adapter = FakeAdapter(self.clock)
        self.delivery = make_delivery(database, self.adapter, self.clock, renew=renewal(settings))
        self.runtime = Runtime(database, ear, settings, self.clock, self.delivery, chance=Random)

    async def open(self, matters: int) -> None:
        def sync(store: Store) -> None:
            roster.sync(Context(store, BEGIN, self.settings, Random(1)))

        await self.database.write(sync)
        await self.runtime.start()
        for number in range(matters):
            await self.runtime.hear(matter(number))

    async def live(self, until: datetime, jumps: Callable[[], timedelta]) -> None:
        """Half an hour after half an hour, the clock set wrong and right again in between."""
        true = self.clock.now()
        while true < until:
            true += HALF_HOUR
            for by in (jumps(), timedelta(0)):
                self.clock.jump(true + by - self.clock.now())
                await self.runtime.sweep()
                await self._digest_if_time()

    async def _digest_if_time(self) -> None:
        local = self.clock.now().astimezone(self.settings.worktime.zone)
        if local.time() >= self.settings.digest.at:
            await self.runtime.run("digest", digests.daily)

    async def said(self) -> Counter[tuple[str, str]]:
        """Rows by class and conversation."""
        counted = await self.database.read(
            lambda store: store.connection.execute(
                "select kind, conversation, count(*) from outbox group by kind, conversation"
            ).fetchall()
        )
        return Counter(
            {(str(kind), str(talk)): int(n) for kind, talk, n in counted if kind in PUSHING}
        )

    async def digests(self) -> Counter[tuple[str, str]]:
        """By conversation and the day they are of."""
        rows = await self.database.read(lambda store: store.outbox.list_new())
        told = [row for row in rows if row.kind is OutgoingClass.DIGEST]
        return Counter(
            (f"{row.conversation} {row.unit}", found[0])
            for row in told
            if (found := DAY_OF_DIGEST.search(row.text))
        )

    async def deliver_for(self, span: timedelta) -> None:
        end = self.clock.now() + span
        following = await self.delivery.deliver_due(self.clock.now())
        while following is not None and following <= end:
            self.clock.move_to(following)
            following = await self.delivery.deliver_due(self.clock.now())


def matter(number: int) -> Incoming:
    return Incoming(
        "qq", "8000", "group:700108", f"m{number}", f"3{number:07}", "居民", BEGIN,
        matter_at(number + 1), is_at_bot=True,
    )  # fmt: skip


@pytest.fixture
def settings() -> Settings:
    return load_config(SHIPPED, {}).settings


@pytest.fixture
async def make(settings: Settings) -> AsyncIterator[Callable[[], object]]:
    opened: list[Database] = []
    ear = intents.load(None, settings)

    async def make() -> Bot:
        opened.append(await open_database("sqlite://"))
        return Bot(opened[-1], settings, ear)

    yield make
    for database in opened:
        await database.close()


async def test_a_clock_that_jumps_back_and_forth_repeats_nothing(
    make: Callable[[], object], size: Size, tally: Tally, leaks: Leaks
) -> None:
    """Compared with the same days on a clock that is right."""
    days, chance = size(2, 10), Random(4)
    steady, jumpy = await make(), await make()  # type: ignore[misc]
    for bot in (steady, jumpy):
        await bot.open(4)
    await steady.live(BEGIN + days * DAY + DAY, lambda: timedelta(0))
    await jumpy.live(BEGIN + days * DAY, lambda: chance.choice((-DAY, -HOUR, HOUR, DAY)))
    more = await jumpy.said() - await steady.said()
    digests_of = await jumpy.digests()
    again = sum(times - 1 for times in digests_of.values())
    assert len(digests_of) > days
    rows = await jumpy.database.read(lambda store: store.outbox.list_new())
    leaked = leaks.count((row.conversation, row.text) for row in rows)
    doubled = sum(more.values()) + again
    tally("clock jumps by an hour, by a day", days * 48, 0, doubled, leaked)


async def test_after_three_days_down_each_person_is_reminded_once_and_slowly(
    make: Callable[[], object], tally: Tally, leaks: Leaks
) -> None:
    bot = await make()  # type: ignore[misc]
    await bot.open(6)
    await bot.runtime.sweep()
    await bot.deliver_for(HOUR)
    await bot.runtime.keep_marks()
    before = len(bot.adapter.sent)
    bot.clock.move_to(BEGIN + 3 * DAY + 5 * HOUR)
    schedule = Schedule(bot.runtime, calendar_jobs(bot.settings), bot.clock)
    await schedule.start()
    await schedule.stop()
    await bot.runtime.sweep()
    await bot.deliver_for(2 * HOUR)
    said = bot.adapter.sent[before:]
    reminders = Counter(talk for talk, text in said if "件等您" in text)
    assert reminders[INSTRUCTOR] == 1, said
    moments = sorted(bot.adapter.sent_at[before:])
    burst = max(
        sum(one <= other < one + timedelta(minutes=1) for other in moments) for one in moments
    )
    assert burst <= 12
    doubled = sum(times - 1 for times in reminders.values())
    tally("three days down", len(reminders), 0, doubled, leaks.count(bot.adapter.sent))
