"""Transcripts through the real runtime, database and delivery, by a clock that jumps."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random

from bot.adapters.port import Receipt, SendResult
from bot.adapters.replay import ReplayAdapter
from bot.backlog import renewal
from bot.clock import SimulatedClock
from bot.configuration.model import Config
from bot.delivery import Delivery
from bot.models import load_and_tell
from bot.opinions import make_opinions
from bot.replayed import Ended, Heard, Sent, load_ended
from bot.runtime import Runtime
from bot.schedule import PLACES, calendar_jobs
from bot.transcript import PLATFORM, Said, read_transcripts
from handlers import intents, roster
from handlers.context import Context
from handlers.errors import Refused
from handlers.messages import Target
from handlers.settings import Settings
from storage import migrate
from storage.address import MEMORY
from storage.database import Database, open_database
from storage.models import Conversation, OutboxRow, UnitId
from storage.store import Store

LEAST_STEP = timedelta(seconds=1)
SEED = "replay"

Item = Heard | Sent | Ended


async def replay(
    files: Sequence[Path],
    config: Config,
    *,
    database_url: str | None = None,
    bind_unknown: str | None = None,
    until: datetime | None = None,
    speed: float | None = None,
) -> AsyncIterator[Item]:
    """What is heard and sent, in order of time, then every ticket.

    `database_url` None is a fresh one in memory. `bind_unknown` names the unit that groups without
    one belong to. It goes on to `until`, by default to the end (local) of the transcript's last
    day. `speed` None is as fast as it goes, else so many seconds of the transcript a second.
    Raises Refused (TranscriptError among them) in words for the person at the keyboard.
    """
    lines = await asyncio.to_thread(read_transcripts, files)
    if not lines:
        return
    database = await _open(database_url)
    try:
        player = _Player(database, config, lines[0].incoming.at, speed)
        await database.write(lambda store: _prepare(store, lines, config.settings, bind_unknown))
        async for item in player.play(lines, until or _end_of_day(lines, config.settings)):
            yield item
        zone = config.settings.worktime.zone
        for ended in await database.read(lambda store: load_ended(store, zone)):
            yield ended
    finally:
        await database.close()


class _Player:
    """Jumps from line to due time to line. `speed` None waits for nothing."""

    def __init__(
        self, database: Database, config: Config, begin: datetime, speed: float | None
    ) -> None:
        settings = config.settings
        self._clock = SimulatedClock(begin)
        ear = load_and_tell(config)
        self._opinions = make_opinions(config.judge, database, ear, self._clock)
        self._zone = settings.worktime.zone
        self._speed = speed
        self._delivery = Delivery(
            database,
            {PLATFORM: ReplayAdapter(PLATFORM)},
            config.delivery,
            self._clock,
            Random(SEED),
            watch=self._note,
            renew=renewal(settings),
        )
        self._runtime = self._make_runtime(database, ear, settings)
        self._jobs = {job: job.next_run(begin) for job in calendar_jobs(settings)}
        self._next: datetime | None = begin
        self._sent: deque[Sent] = deque()

    def _make_runtime(self, database: Database, ear: intents.Ear, settings: Settings) -> Runtime:
        return Runtime(
            database,
            ear,
            settings,
            self._clock,
            self._delivery,
            patience=(),
            changed=self._look_again,
            chance=Random,
            opinions=self._opinions,
        )

    async def play(self, lines: Sequence[Said], until: datetime) -> AsyncIterator[Heard | Sent]:
        await self._delivery.start()
        await self._runtime.start()
        for said in lines:
            if said.incoming.at > until:
                break
            async for sent in self._advance(said.incoming.at):
                yield sent
            yield Heard(said.incoming.at.astimezone(self._zone), said.incoming)
            await self._runtime.receive(said.incoming)
            await self._opinions.settle()
            if self._next == self._clock.now():
                await self._do_due()
            for sent in self._drain():
                yield sent
        async for sent in self._advance(until):
            yield sent
        await self._opinions.stop()

    async def _advance(self, to: datetime) -> AsyncIterator[Sent]:
        """Do what is due by a moment, each at its own, and go there."""
        while (moment := self._next_moment()) is not None and moment <= to:
            await self._go(moment)
            await self._do_due()
            for sent in self._drain():
                yield sent
        await self._go(to)

    async def _go(self, moment: datetime) -> None:
        seconds = (moment - self._clock.now()).total_seconds()
        if self._speed is not None and seconds > 0:
            await asyncio.sleep(seconds / self._speed)
        self._clock.move_to(moment)

    async def _do_due(self) -> None:
        now = self._clock.now()
        for job, moment in self._jobs.items():
            if moment <= now:
                await self._runtime.run(job.name, job.job)
                if job.name == PLACES:
                    await self._runtime.refresh()
                self._jobs[job] = job.next_run(now)
        due = await self._runtime.sweep()
        sends = await self._delivery.deliver_due(now)
        moments = [moment for moment in (due, sends) if moment is not None]
        following = min(moments, default=None)
        self._next = None if following is None else max(following, now + LEAST_STEP)

    def _next_moment(self) -> datetime | None:
        moments = [*self._jobs.values(), *([] if self._next is None else [self._next])]
        return min(moments, default=None)

    def _look_again(self) -> None:
        self._next = self._clock.now()

    def _note(self, row: OutboxRow, receipt: Receipt, at: datetime) -> None:
        if receipt.result is SendResult.SENT:
            self._sent.append(Sent(at.astimezone(self._zone), row))

    def _drain(self) -> Iterator[Sent]:
        while self._sent:
            yield self._sent.popleft()


async def _open(url: str | None) -> Database:
    if url is not None:
        await asyncio.to_thread(migrate.upgrade, url)
    return await open_database(url or MEMORY)


def _end_of_day(lines: Sequence[Said], settings: Settings) -> datetime:
    zone = settings.worktime.zone
    last = lines[-1].incoming.at.astimezone(zone).date()
    return datetime.combine(last, time(23, 59, 59), zone)


def _prepare(
    store: Store, lines: Sequence[Said], settings: Settings, bind_unknown: str | None
) -> None:
    """The roster, the groups, and the staff of the transcripts as 工作人员."""
    context = Context(store, lines[0].incoming.at, settings, Random(SEED))
    roster.sync(context)
    units = _bind_groups(store, lines, settings, bind_unknown)
    for said in lines:
        one = said.incoming
        if not said.is_staff:
            continue
        unit = units.get(one.target) or _unit_of_staff(lines, one.sender, units)
        if unit is not None:
            roster.bind_worker(context, one.platform, one.sender, one.sender_name, unit)


def _bind_groups(
    store: Store, lines: Sequence[Said], settings: Settings, bind_unknown: str | None
) -> dict[Target, UnitId]:
    """The unit of each group that speaks. Raises Refused for one that belongs to none."""
    units: dict[Target, UnitId] = {}
    for target in dict.fromkeys(one.incoming.target for one in lines):
        if target.is_private:
            continue
        known = store.conversations.get(target.platform, target.conversation)
        if known is None:
            unit = _unit_named(bind_unknown, target, settings)
            known = Conversation(target.platform, target.conversation, unit, "", is_paused=False)
            store.conversations.bind(known)
        units[target] = known.unit
    return units


def _unit_named(name: str | None, target: Target, settings: Settings) -> UnitId:
    if name is None:
        group = target.conversation
        raise Refused(f"{group} 不在配置的 groups 里;加上它,或用 --bind-unknown 指定一个单位")
    unit = settings.units_by_name.get(name)
    if unit is None:
        raise Refused(f"没有“{name}”这个单位,可以写:{'、'.join(settings.units)}")
    return unit


def _unit_of_staff(
    lines: Sequence[Said], sender: str, units: dict[Target, UnitId]
) -> UnitId | None:
    """Of the first group in which somebody who writes in private speaks too."""
    groups = (one.incoming.target for one in lines if one.incoming.sender == sender)
    return next((units[target] for target in groups if target in units), None)
