"""The only place that constructs services: configuration in, a running bot out."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bot.adapters.port import Adapter, Remembering
from bot.alarms import Notifier, make_notifier
from bot.backlog import renewal
from bot.catchup import CatchUp
from bot.clock import Clock, SystemClock
from bot.configuration.model import Config
from bot.delivery import Delivery
from bot.leftovers import remove_leftovers
from bot.models import load_and_tell
from bot.opinions import Opinions, make_opinions
from bot.queueing import queue_outgoing
from bot.recollection import recollect
from bot.runtime import Runtime
from bot.schedule import Schedule, calendar_jobs
from bot.watch import Watch
from handlers import intents, roster, unreached, words
from handlers.context import Context
from storage import migrate
from storage.database import Database, open_database
from storage.errors import Owned
from storage.models import OutboxRow
from storage.ownership import Ownership, own
from storage.store import Store

if TYPE_CHECKING:
    from bot.adapters.onebot_server import Server

log = logging.getLogger("lianxin")

OWN_EVERY = 30.0


class App:
    """A bot that can be started and stopped once: ``async with build(config) as app``.

    `is_ousted`: another process has taken the database over, so that this one should stop.
    """

    def __init__(
        self,
        config: Config,
        adapters: Sequence[Adapter],
        clock: Clock,
        notifier: Notifier | None = None,
    ) -> None:
        self.config = config
        self.adapters: Mapping[str, Adapter] = {one.platform: one for one in adapters}
        self._clock = clock
        self._notifier = notifier
        self._tasks: list[asyncio.Task[None]] = []
        self._ownership: Ownership
        self.is_ousted = False
        self.database: Database
        self.runtime: Runtime
        self.delivery: Delivery
        self.schedule: Schedule
        self.catch_up: CatchUp
        self.watch: Watch
        self.opinions: Opinions
        self._board: Server | None = None

    async def start(self) -> None:
        """Ready to hear and to speak when it returns. Raises Owned while another one serves the
        database."""
        config = self.config
        self._ownership = await asyncio.to_thread(own, config.database_url, _who(self._clock))
        upgrade = await asyncio.to_thread(_prepare_database, config)
        log.info("database at schema %s", upgrade.after)
        self.database = await open_database(config.database_url)
        ear = await asyncio.to_thread(load_and_tell, config)
        await asyncio.to_thread(words.load)
        await self.database.write(self._sync_roster)
        self._wire(ear)
        await self.delivery.start()
        await self.runtime.start()
        await self.schedule.start()
        self._tasks = [asyncio.create_task(self.delivery.run())]
        for adapter in self.adapters.values():
            if isinstance(adapter, Remembering):
                known = partial(recollect, platform=adapter.platform)
                adapter.remember(await self.database.read(known))
            await adapter.start(self.runtime)
        self._tasks.append(asyncio.create_task(self.watch.run()))
        self._tasks.append(asyncio.create_task(self._keep_ownership()))
        self._board = await _start_board(self.config, self.database, self._clock)
        log.info("ready")

    async def stop(self) -> None:
        """Finish what is in flight while its answer can be heard, hear nothing more, close."""
        if self._board is not None:
            await self._board.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.delivery.stop()
        for adapter in self.adapters.values():
            await adapter.stop()
        await self.catch_up.stop()
        await self.schedule.stop()
        await self.opinions.stop()
        await self.runtime.keep_marks()
        await self.database.close()
        self._ownership.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def board_port(self) -> int | None:
        """Where the board listens, None where it does not."""
        return None if self._board is None else self._board.port

    def _wire(self, ear: intents.Ear) -> None:
        settings = self.config.settings
        self.opinions = make_opinions(self.config.judge, self.database, ear, self._clock)
        self.delivery = Delivery(
            self.database,
            self.adapters,
            self.config.delivery,
            self._clock,
            Random(),
            not_friend=self._call_from_group,
            renew=renewal(settings),
        )
        self.runtime = Runtime(
            self.database,
            ear,
            settings,
            self._clock,
            self.delivery,
            changed=lambda: self.schedule.wake(),
            opinions=self.opinions,
        )
        self.schedule = Schedule(
            self.runtime,
            calendar_jobs(settings),
            self._clock,
            {"retention": self._remove_leftovers, "places": self.runtime.refresh},
        )
        self.catch_up = CatchUp(self.database, self.adapters, self.runtime)
        self.watch = self._make_watch()
        self.runtime.reception.on_online = self.watch.online
        self.runtime.reception.on_heard = self.watch.heard

    def _make_watch(self) -> Watch:
        return Watch(
            self.database,
            self.adapters,
            self.runtime,
            self.catch_up,
            self._clock,
            self.config.settings,
            self.config.data_folder,
            self._notifier,
        )

    async def _keep_ownership(self) -> None:
        while not self.is_ousted:
            await self._clock.sleep(OWN_EVERY)
            try:
                await asyncio.to_thread(self._ownership.keep)
            except Owned as error:
                log.critical("the database is served by another process: %s", error.owner)
                self.is_ousted = True
            except Exception as error:  # noqa: BLE001 - a server that is away comes back
                log.warning("the database is not there: %s", type(error).__name__)

    async def _remove_leftovers(self) -> int:
        return await remove_leftovers(self.database, self.config.media_folder, self._clock.now())

    def _call_from_group(self, store: Store, row: OutboxRow, now: datetime) -> None:
        settings = self.config.settings
        told = unreached.call_from_group(row, Context(store, now, settings, Random("unreached")))
        queue_outgoing(store, told, f"unreached:{row.id}", now, settings)

    def _sync_roster(self, store: Store) -> None:
        roster.sync(Context(store, self._clock.now(), self.config.settings, Random("roster")))


def build(
    config: Config,
    *,
    adapters: Sequence[Adapter] | None = None,
    clock: Clock | None = None,
    notifier: Notifier | None = None,
) -> App:
    """The bot of a configuration, not yet started. `adapters` and `notifier` replace those it
    names. Raises Refused for what is not installed."""
    clock = clock or SystemClock()
    notifier = notifier or make_notifier(config.alarm_urls)
    return App(config, _adapters(config, clock) if adapters is None else adapters, clock, notifier)


@asynccontextmanager
async def runtime_alone(config: Config) -> AsyncIterator[Runtime]:
    """A runtime that hears nothing and sends nothing; what it queues waits for the service.

    Raises SchemaMismatch if the database is not at head.
    """
    clock = SystemClock()
    database = await open_database(config.database_url)
    try:
        ear = await asyncio.to_thread(load_and_tell, config)
        delivery = Delivery(database, {}, config.delivery, clock, Random())
        runtime = Runtime(database, ear, config.settings, clock, delivery, patience=())
        await runtime.start()
        yield runtime
    finally:
        await database.close()


def _adapters(config: Config, clock: Clock) -> Sequence[Adapter]:
    """A platform is one line here, and a function that knows what it needs."""
    found: list[Adapter] = []
    found += [_onebot(config, clock)] if config.onebot.enabled else []
    found += [_wechat(config, clock)] if config.wechat.enabled else []
    return found


def _wechat(config: Config, clock: Clock) -> Adapter:
    """Raises Refused where wechaty is not installed."""
    from bot.adapters.wechat import WeChatAdapter
    from bot.wechat_gateway import connector

    return WeChatAdapter(
        connector(config.wechat), media_folder=config.media_folder, now=clock.now, rng=Random()
    )


def _onebot(config: Config, clock: Clock) -> Adapter:
    from bot.adapters.onebot import OneBotAdapter

    token = config.onebot.token
    return OneBotAdapter(
        host=config.onebot.host,
        port=config.onebot.port,
        access_token=token.get_secret_value() if token is not None else "",
        media_folder=config.media_folder,
        now=clock.now,
        accounts_allowed=config.onebot.accounts,
    )


def _who(clock: Clock) -> str:
    """This process, for the one that may not serve beside it."""
    return f"{socket.gethostname()[:24]}, pid {os.getpid()}, {clock.now():%Y-%m-%d %H:%M}Z"


async def _start_board(config: Config, database: Database, clock: Clock) -> "Server | None":
    """The board on a listener of its own, so that opening it to phones opens nothing else."""
    if not config.board.enabled:
        return None
    from bot.adapters.onebot_server import Server
    from bot.media import Media
    from bot.web.board import board_app

    pages = board_app(database, config.settings, clock, Media(config.media_folder))
    server = Server(pages, config.board.host, config.board.port)
    await server.start()
    return server


def _prepare_database(config: Config) -> migrate.Upgrade:
    """The schema at head; an older SQLite database is copied first."""
    Path(config.data_folder).mkdir(parents=True, exist_ok=True)
    return migrate.upgrade(config.database_url)
