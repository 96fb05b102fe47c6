"""What was said while an account was away, fetched from the history and handled afterwards."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from bot.adapters.port import Adapter, Echo
from bot.runtime import Runtime
from handlers.messages import Target
from storage.database import Database
from storage.models import Act, Gap, Watermark

log = logging.getLogger("lianxin.catchup")

MOST_LINES = 500


@dataclass(slots=True)
class Found:
    """Lines that had been missed, and tickets they opened."""

    recovered: int = 0
    opened: int = 0


class CatchUp:
    """Fills the gap of an account that is back, conversation by conversation from its mark."""

    def __init__(
        self, database: Database, adapters: Mapping[str, Adapter], runtime: Runtime
    ) -> None:
        self._database = database
        self._adapters = adapters
        self._runtime = runtime
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, platform: str, account: str, gap: Gap | None) -> None:
        """Start filling, in a task of its own; nothing to do where nothing was missed."""
        if gap is None or platform not in self._adapters:
            return
        self._runtime.reception.begin_catching_up()
        task = asyncio.create_task(self._fill_safely(platform, gap))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def fill(self, platform: str, gap: Gap) -> Found:
        """Handle what was missed; what can not be had stays missing, and the gap's row says so."""
        marks = await self._database.read(lambda store: store.reception.list_watermarks(platform))
        found = Found()
        for mark in marks:
            if mark.conversation:
                await self._fill_one(mark, found)
        await self._database.write(
            lambda store: store.reception.add_recovered(gap.id, found.recovered, found.opened)
        )
        log.info("gap %d: %d recovered, %d opened", gap.id, found.recovered, found.opened)
        return found

    async def _fill_safely(self, platform: str, gap: Gap) -> None:
        try:
            await self.fill(platform, gap)
        except Exception:
            log.exception("gap %d could not be filled", gap.id)
        finally:
            self._runtime.reception.end_catching_up()

    async def _fill_one(self, mark: Watermark, found: Found) -> None:
        target = Target(mark.platform, mark.conversation)
        try:
            said = await self._adapters[mark.platform].history(target, mark.at, MOST_LINES)
        except Exception:
            log.exception("no history of %s", mark.conversation)
            return
        for entry in said:
            if isinstance(entry, Echo):
                await self._runtime.echoed(entry)
            elif entry.message_id != mark.message_id and not self._runtime.has_heard(entry):
                dispatched = await self._runtime.hear(entry)
                found.recovered += 1
                found.opened += dispatched is not None and dispatched.act is Act.OPEN
