"""Keeps one connection to the gateway for ever: start, listen, and again after a loss.

Start only, never Stop, which would throw the puppet's login away.
"""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from random import Random
from typing import cast

from bot.adapters.wechat_wire import Event, Gateway, GatewayError, WrongToken

log = logging.getLogger("lianxin.wechat")

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0

Sleep = Callable[[float], Awaitable[None]]
Connect = Callable[[], Gateway]
Serve = Callable[[Gateway, Event], Awaitable[None]]
Ended = Callable[[str], Awaitable[None]]


@dataclass(slots=True)
class Backoff:
    """1 to 60 seconds, doubled each time, each up to a quarter shorter by chance, so that a
    house full of bots does not knock all at once."""

    rng: Random
    _wait: float = FIRST_WAIT

    def next(self) -> float:
        wait, self._wait = self._wait, min(self._wait * 2, LONGEST_WAIT)
        return wait * (1 - self.rng.uniform(0, 0.25))

    def longest(self) -> float:
        self._wait = LONGEST_WAIT
        return LONGEST_WAIT

    def reset(self) -> None:
        self._wait = FIRST_WAIT


async def supervise(
    connect: Connect, serve: Serve, ended: Ended, sleep: Sleep, backoff: Backoff
) -> None:
    """Never returns. `serve` is told every event, `ended` the end of each connection and why."""
    while True:
        gateway = connect()
        reason, wait = "the gateway ended the stream", None
        try:
            await gateway.start()
            await _listen(gateway, serve, backoff)
        except WrongToken:
            reason, wait = "the gateway refused the token", backoff.longest()
            log.error("the gateway refused the token: LIANXIN_WECHAT_TOKEN must be the gateway's")
        except GatewayError as error:
            reason = f"{type(error).__name__}: {error}"
        finally:
            gateway.close()
        await ended(reason)
        wait = backoff.next() if wait is None else wait
        log.warning("no gateway (%s); again in %.0f s", reason, wait)
        await sleep(wait)


async def _listen(gateway: Gateway, serve: Serve, backoff: Backoff) -> None:
    async with aclosing(cast(AsyncGenerator[Event, None], gateway.events())) as events:
        async for event in events:
            backoff.reset()
            await serve(gateway, event)
