"""Work in order for each conversation, side by side between conversations, bounded as a whole."""

import asyncio
import logging
import traceback
from collections import deque
from collections.abc import Awaitable, Callable

log = logging.getLogger("lianxin.onebot")

Work = Callable[[], Awaitable[None]]


class Lanes:
    """Each key is a lane: its works run one after another, in the order they were put.

    A slow picture or commit holds up its own conversation only. When `most_items` or
    `most_bytes` wait, `put` waits too, so that the socket is read no further and nothing is lost.
    """

    def __init__(self, most_items: int = 10_000, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._most_items = most_items
        self._most_bytes = most_bytes
        self._items = 0
        self._bytes = 0
        self._room = asyncio.Event()
        self._room.set()
        self._waiting: dict[str, deque[tuple[int, Work]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def put(self, key: str, weight: int, work: Work) -> None:
        """Queue a work; `weight` is roughly the bytes it holds."""
        while not self._room.is_set():
            await self._room.wait()
        self._count(1, weight)
        lane = self._waiting.get(key)
        if lane is not None:
            lane.append((weight, work))
            return
        self._waiting[key] = deque([(weight, work)])
        task = asyncio.get_running_loop().create_task(self._run(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Let what waits be finished, for `seconds` at most; then give it up."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        if late:
            log.warning("given up at stop: %d messages not handled", self._items)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, key: str) -> None:
        lane = self._waiting[key]
        try:
            while lane:
                weight, work = lane[0]
                await _guarded(work)
                lane.popleft()
                self._count(-1, -weight)
        finally:
            del self._waiting[key]

    def _count(self, items: int, weight: int) -> None:
        self._items += items
        self._bytes += weight
        if self._items < self._most_items and self._bytes < self._most_bytes:
            self._room.set()
        else:
            self._room.clear()


async def _guarded(work: Work) -> None:
    try:
        await work()
    except Exception as error:  # noqa: BLE001  the next message must not suffer for this one
        # The exception's own words may quote the message: only its type and place are logged.
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("receiver failed: %s\n%s", type(error).__name__, where)
