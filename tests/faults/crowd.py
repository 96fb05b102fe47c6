"""Many residents speak at once to a live runtime and delivery, on a database that is in trouble."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bot.adapters.port import Receipt
from bot.configuration.model import Pace
from bot.delivery import Delivery
from bot.runtime import Runtime
from bot.schedule import Schedule
from handlers import intents, roster
from handlers.context import Context
from handlers.messages import Incoming, Target
from storage.database import Database, connect_sync, open_database
from storage.models import TicketNumber
from storage.store import Store
from tests.bot.service import TUESDAY_MORNING, MovableClock, quick_config
from tests.faults.conftest import matter_at
from tests.peers.platform import FakeAdapter

GROUPS = [f"group:{number}" for number in range(700101, 700109)]
QUICK = Pace(0.0, 0.0, 100_000, 100_000, 3, 1.0)
NUMBER = re.compile(r"#(\d+)")
ENOUGH = 2000


class HurriedClock(MovableClock):
    """Who waits for the database waits a tenth of the time."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 10)


@dataclass
class Witness(FakeAdapter):
    """Looks into the database at every send: is the ticket there that is spoken of?"""

    url: str = ""
    false: list[str] = field(default_factory=list)

    async def send(
        self,
        target: Target,
        text: str,
        *,
        at_users: Sequence[str] = (),
        images: Sequence[str] = (),
        reply_to: str | None = None,
    ) -> Receipt:
        numbers = {int(number) for number in NUMBER.findall(text)}
        if self.url and not await asyncio.to_thread(_are_there, self.url, numbers):
            self.false.append(text)
        return await super().send(target, text)


def _are_there(url: str, numbers: set[int]) -> bool:
    with connect_sync(url) as store:
        return all(store.tickets.get(TicketNumber(number)) for number in numbers)


@dataclass(frozen=True)
class Crowd:
    runtime: Runtime
    database: Database
    witness: Witness

    async def say(self, first: int, lines: int) -> None:
        """So many matters, each by another resident, the groups side by side."""

        async def in_group(place: int) -> None:
            for number in range(first + place, first + lines, len(GROUPS)):
                await self.runtime.hear(matter(number))

        await asyncio.gather(*(in_group(place) for place in range(len(GROUPS))))

    async def judge(self, lines: int) -> tuple[int, int]:
        """What is lost (or was claimed falsely) and what is doubled, once all has been sent."""
        for _ in range(ENOUGH):
            tickets = await self.database.read(lambda store: store.tickets.list_all())
            spoken = {int(n) for _, text in self.witness.sent for n in NUMBER.findall(text)}
            unheard = {int(ticket.number) for ticket in tickets} - spoken
            if not unheard:
                break
            await asyncio.sleep(0.01)
        sources = Counter(ticket.source_key for ticket in tickets)
        missing = {matter(number).key for number in range(lines)} - sources.keys()
        sent = Counter(self.witness.sent)
        lost = len(missing) + len(unheard) + len(self.witness.false)
        return lost, sum(times - 1 for times in (*sources.values(), *sent.values()))


def matter(number: int) -> Incoming:
    return Incoming(
        "qq", "8000", GROUPS[number % len(GROUPS)], str(number), f"3{number:07}", "居民",
        TUESDAY_MORNING, matter_at(number + 1), is_at_bot=True,
    )  # fmt: skip


@asynccontextmanager
async def a_crowd(url: str, folder: Path, *, is_witnessed: bool = True) -> AsyncIterator[Crowd]:
    """`folder` is for the configuration."""
    settings, clock = quick_config(folder).settings, HurriedClock(TUESDAY_MORNING)
    database = await open_database(url)

    def sync(store: Store) -> None:
        roster.sync(Context(store, clock.now(), settings, Random(1)))

    await database.write(sync)
    witness = Witness(clock, url=url if is_witnessed else "")
    delivery = Delivery(database, {"qq": witness}, {"qq": QUICK}, clock, Random(1))
    runtime = Runtime(
        database, intents.load(None, settings), settings, clock, delivery,
        changed=lambda: schedule.wake(),
    )  # fmt: skip
    schedule = Schedule(runtime, (), clock)
    await delivery.start()
    await runtime.start()
    await schedule.start()
    sending = asyncio.create_task(delivery.run())
    try:
        yield Crowd(runtime, database, witness)
    finally:
        await schedule.stop()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await delivery.stop()
        await database.close()
