"""How the connection is kept, without a gateway: by hand-written ones that fail on demand."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from random import Random

import pytest

from bot.adapters.wechat_supervisor import Backoff, supervise
from bot.adapters.wechat_wire import (
    Event,
    EventKind,
    Gateway,
    GatewayError,
    Lost,
    Unreachable,
    WrongToken,
)

HEARTBEAT = Event(EventKind.HEARTBEAT, {})


class Stub:
    """Starts, or fails to; tells `events`, then the stream ends."""

    def __init__(self, failure: GatewayError | None = None, events: Sequence[Event] = ()) -> None:
        self.failure = failure
        self.told = events
        self.is_closed = False

    async def start(self) -> None:
        if self.failure is not None:
            raise self.failure

    async def events(self) -> AsyncIterator[Event]:
        for event in self.told:
            yield event

    def close(self) -> None:
        self.is_closed = True


class Done(Exception):
    """Ends a loop that never returns."""


async def waits_of(stubs: Sequence[Stub]) -> tuple[list[float], list[str]]:
    """How long is waited after each connection, and the reasons that are told."""
    waits: list[float] = []
    reasons: list[str] = []
    left = list(stubs)

    def connect() -> Gateway:
        return left.pop(0)  # type: ignore[return-value]

    async def serve(gateway: Gateway, event: Event) -> None: ...

    async def ended(reason: str) -> None:
        reasons.append(reason)

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)
        if not left:
            raise Done

    with pytest.raises(Done):
        await supervise(connect, serve, ended, sleep, Backoff(Random(1)))
    return waits, reasons


async def test_the_wait_grows_from_one_second_to_sixty() -> None:
    waits, _ = await waits_of([Stub(Unreachable("x")) for _ in range(9)])
    for wait, whole in zip(waits, (1, 2, 4, 8, 16, 32, 60, 60, 60), strict=True):
        assert 0.75 * whole <= wait <= whole


async def test_what_was_heard_makes_the_next_wait_short_again() -> None:
    stubs = [*(Stub(Lost("x")) for _ in range(5)), Stub(events=[HEARTBEAT]), Stub(Lost("x"))]
    waits, _ = await waits_of(stubs)
    assert waits[5] <= 1
    assert waits[6] <= 2


async def test_a_wrong_token_waits_a_minute_at_once() -> None:
    waits, reasons = await waits_of([Stub(WrongToken("no")), Stub(WrongToken("no"))])
    assert waits == [60, 60]
    assert reasons == ["the gateway refused the token"] * 2


async def test_every_connection_is_closed() -> None:
    stubs = [Stub(Lost("x")), Stub(events=[HEARTBEAT]), Stub(WrongToken("no"))]
    await waits_of(stubs)
    assert all(stub.is_closed for stub in stubs)
