"""A receiver written by hand: keeps what an adapter tells, and can be slow or fail on demand."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.adapters.port import Echo, Notice
from handlers.messages import Incoming

Heard = TypeVar("Heard", Incoming, Echo, Notice)


@dataclass
class Listener:
    """`delay` is slept before each line is kept; `fails_on` raises for the lines it is true of."""

    lines: list[Incoming] = field(default_factory=list)
    echoes: list[Echo] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    delay: float = 0.0
    fails_on: Callable[[Incoming], bool] = lambda _: False

    def __post_init__(self) -> None:
        self._changed = asyncio.Condition()

    async def receive(self, incoming: Incoming) -> None:
        await asyncio.sleep(self.delay)
        if self.fails_on(incoming):
            raise LookupError(incoming.text)
        await self._keep(self.lines, incoming)

    async def echoed(self, echo: Echo) -> None:
        await self._keep(self.echoes, echo)

    async def noticed(self, notice: Notice) -> None:
        await self._keep(self.notices, notice)

    async def line(self, count: int = 1) -> Incoming:
        """The `count`th line, waited for."""
        await self._wait(lambda: len(self.lines) >= count)
        return self.lines[count - 1]

    async def echo(self) -> Echo:
        await self._wait(lambda: bool(self.echoes))
        return self.echoes[0]

    async def notice(self, kind: str, count: int = 1) -> Notice:
        """The `count`th notice of a kind, waited for."""
        await self._wait(lambda: len(self._of(kind)) >= count)
        return self._of(kind)[count - 1]

    def _of(self, kind: str) -> list[Notice]:
        return [notice for notice in self.notices if notice.kind == kind]

    async def _keep(self, kept: list[Heard], heard: Heard) -> None:
        async with self._changed:
            kept.append(heard)
            self._changed.notify_all()

    async def _wait(self, is_there: Callable[[], bool]) -> None:
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(is_there)
