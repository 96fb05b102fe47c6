"""Asks the judge about uncertain lines, beside the message itself, which never waits for it.

The line has been handled and committed by then, as without a judge: a question to the resident
waits for the pause anyway. A bot that is killed here has lost an opinion and nothing else.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from bot.clock import Clock
from bot.configuration.model import Judge as Settings
from bot.judge import HttpJudge, Judge
from handlers.context import Context
from handlers.intents import Ear
from handlers.judging import Brief, is_uncertain, may_be_shown, prepare, take_opinion
from handlers.messages import Incoming
from handlers.talk import Line, Talk
from storage.database import Database
from storage.store import Store

log = logging.getLogger("lianxin.judge")

MOST_WAITING = 16
"""Lines asked about at once; of more than that the judge is told nothing."""

Work = Callable[[Context], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """What opinions need of the runtime. `look` gives a context to read with, `act` runs work in
    a transaction, in turn with what else is said in the line's conversation."""

    look: Callable[[Store], Context]
    act: Callable[[Incoming, Work], Awaitable[None]]


class Opinions:
    """Without a judge nothing happens. `reach` is how far below the band it is asked."""

    def __init__(self, database: Database, ear: Ear, judge: Judge | None, reach: float) -> None:
        self._database = database
        self._ear = ear
        self._judge = judge
        self._reach = reach
        self._tasks: set[asyncio.Task[None]] = set()

    def consider(
        self, incoming: Incoming, line: Line, score: float, talk: Talk, bench: Bench
    ) -> None:
        """A line that has been handled and belongs to no ticket. Returns at once."""
        if self._judge is None or not is_uncertain(score, self._ear, self._reach):
            return
        brief = prepare(incoming, line, talk, self._ear)
        if brief is None or len(self._tasks) >= MOST_WAITING:
            return
        task = asyncio.create_task(self._consider_safely(incoming, brief, self._judge, bench))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait for all opinions that are under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._judge is not None:
            await self._judge.close()

    async def _consider_safely(
        self, incoming: Incoming, brief: Brief, judge: Judge, bench: Bench
    ) -> None:
        try:
            await self._consider(incoming, brief, judge, bench)
        except Exception:
            log.exception("the opinion of %s came to nothing", incoming.key)

    async def _consider(self, incoming: Incoming, brief: Brief, judge: Judge, bench: Bench) -> None:
        is_shown = await self._database.read(
            lambda store: may_be_shown(incoming, brief, bench.look(store))
        )
        is_matter = await judge.ask(brief) if is_shown else None
        if is_matter is None:
            return
        log.info("judged %s matter=%s gate=%s", incoming.key, is_matter, brief.reading.gate)
        await bench.act(incoming, partial(take_opinion, incoming, brief, is_matter))


def make_opinions(settings: Settings, database: Database, ear: Ear, clock: Clock) -> Opinions:
    """Those of the configured judge, or of none."""
    judge = HttpJudge(settings, clock) if settings.enabled else None
    return Opinions(database, ear, judge, settings.reach)
