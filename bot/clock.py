"""The only reader of the clock; and a clock that a replay moves by hand."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The moment, aware UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's clock. Sleeping runs on the monotonic one, so that no jump can stop it."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SimulatedClock:
    """Stands still until it is moved. Never goes backwards."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        self._now = max(self._now, moment.astimezone(UTC))

    async def sleep(self, seconds: float) -> None:
        """Takes no real time: the clock moves on by so much."""
        self.move_to(self._now + timedelta(seconds=seconds))
        await asyncio.sleep(0)
