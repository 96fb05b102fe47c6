"""What was said while an account was away, fetched from the history and handled afterwards."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.adapters.port import Adapter, Echo
from bot.runtime import Runtime
from handlers.messages import Incoming, Target
from storage.database import Database
from storage.models import Gap, Watermark
from storage.store import Store

log = logging.getLogger("lianxin.catchup")

MOST_LINES = 500
CLOCK_SKEW = timedelta(minutes=2)
"""A platform's clock may be that far from ours."""


@dataclass(slots=True)
class Found:
    """Lines that had been missed, tickets they opened, conversations with more still missing."""

    recovered: int = 0
    opened: int = 0
    unfilled: int = 0


class CatchUp:
    """Fills the gap of an account that is back, conversation by conversation from its mark.

    Some implementations (Lagrange) tell the history only back from a message one can name. After
    a restart none is known: such a conversation is filled when the next line is heard in it.
    """

    def __init__(
        self, database: Database, adapters: Mapping[str, Adapter], runtime: Runtime
    ) -> None:
        self._database = database
        self._adapters = adapters
        self._runtime = runtime
        self._owed: dict[Target, tuple[Gap, Watermark]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, platform: str, account: str, gap: Gap | None) -> None:
        """Start filling, in a task of its own; nothing to do where nothing was missed."""
        if gap is None or platform not in self._adapters:
            return
        self._runtime.reception.begin_catching_up()
        self._spawn(self._fill_safely(platform, gap))

    def heard(self, target: Target) -> None:
        """A line came in: a conversation that could not be filled is asked for once more."""
        owed = self._owed.pop(target, None)
        if owed is not None:
            self._runtime.reception.begin_catching_up()
            self._spawn(self._fill_owed(*owed))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def fill(self, platform: str, gap: Gap) -> Found:
        """Handle what was missed; what can not be had stays missing, and the gap's row says so."""
        marks = await self._database.read(lambda store: _marks(store, platform, gap))
        found = Found()
        for mark in marks:
            if await self._fill_one(mark, found):
                await self._pay(mark)
            else:
                self._owe(gap, mark)
                found.unfilled += bool(mark.message_id)
        await self._note(gap, found)
        return found

    async def fetch(self, platform: str, gap: Gap) -> None:
        """What there is to be had of a gap that goes on; its end will say what was not."""
        marks = await self._database.read(lambda store: _marks(store, platform, gap))
        found = Found()
        for mark in marks:
            await self._fill_one(mark, found)
        if found.recovered:
            await self._note(gap, found)

    async def _fill_owed(self, gap: Gap, mark: Watermark) -> None:
        found = Found()
        try:
            if await self._fill_one(mark, found):
                found.unfilled -= bool(mark.message_id)
                self._settle(mark)
            elif self._adapters[mark.platform].accounts():
                self._settle(mark)  # what is not to be had will not be had later either
            else:
                self._owe(gap, mark)
            await self._note(gap, found)
        except Exception:
            log.exception("gap %d could not be filled", gap.id)
        finally:
            self._runtime.reception.end_catching_up()

    def _owe(self, gap: Gap, mark: Watermark) -> None:
        target = Target(mark.platform, mark.conversation)
        self._owed[target] = gap, mark
        self._runtime.reception.hold(target)

    async def _pay(self, mark: Watermark) -> None:
        """Filled; and so is an earlier gap that had to leave it."""
        earlier = self._owed.get(Target(mark.platform, mark.conversation))
        self._settle(mark)
        if earlier is not None and earlier[1].message_id:
            await self._note(earlier[0], Found(unfilled=-1))

    def _settle(self, mark: Watermark) -> None:
        target = Target(mark.platform, mark.conversation)
        self._owed.pop(target, None)
        self._runtime.reception.release(target)

    async def _note(self, gap: Gap, found: Found) -> None:
        await self._database.write(
            lambda store: store.reception.add_recovered(
                gap.id, found.recovered, found.opened, found.unfilled
            )
        )
        log.info(
            "gap %d: %d recovered, %d opened, %d unfilled",
            gap.id, found.recovered, found.opened, found.unfilled,
        )  # fmt: skip

    async def _fill_safely(self, platform: str, gap: Gap) -> None:
        try:
            await self.fill(platform, gap)
        except Exception:
            log.exception("gap %d could not be filled", gap.id)
        finally:
            self._runtime.reception.end_catching_up()

    async def _fill_one(self, mark: Watermark, found: Found) -> bool:
        """Whether the history reached back to the mark."""
        target = Target(mark.platform, mark.conversation)
        try:
            said = await self._adapters[mark.platform].history(target, mark.at, MOST_LINES)
        except Exception:
            log.exception("no history of %s", mark.conversation)
            return False
        for entry in said:
            if isinstance(entry, Echo):
                await self._runtime.echoed(entry)
            elif entry.message_id != mark.message_id and not self._runtime.has_heard(entry):
                await self._runtime.hear(entry)
                found.recovered += 1
                found.opened += await self._has_opened(entry)
        return _reaches(said, mark)

    async def _has_opened(self, line: Incoming) -> bool:
        ticket = await self._database.read(lambda store: store.tickets.get_by_source(line.key))
        return ticket is not None

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _reaches(said: Sequence[Incoming | Echo], mark: Watermark) -> bool:
    """The mark's own message is asked for too, so it is there unless too much came after it."""
    return any(entry.at <= mark.at for entry in said)


def _marks(store: Store, platform: str, gap: Gap) -> Sequence[Watermark]:
    """Where each conversation was heard last. In a bound group that was never heard in, all since
    the gap began was missed."""
    marks = [one for one in store.reception.list_watermarks(platform) if one.conversation]
    marked = {one.conversation for one in marks}
    return marks + [
        Watermark(platform, group.conversation, "", gap.began_at - CLOCK_SKEW)
        for group in store.conversations.list_all()
        if group.platform == platform and group.conversation not in marked
    ]
