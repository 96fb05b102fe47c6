"""No message is lost silently: five tries with back-off, then a dead letter."""

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.clock import Clock
from bot.letters import to_payload
from handlers.messages import Incoming
from storage.database import Database
from storage.errors import is_away
from storage.store import Store

log = logging.getLogger("lianxin.runtime")

PATIENCE = (0.05, 0.2, 1.0, 3.0)
"""Seconds between the five tries of one message."""
FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0

T = TypeVar("T")


class Tries:
    """Runs the work of a message in a transaction until it succeeds or is given up."""

    def __init__(
        self, database: Database, clock: Clock, patience: Sequence[float] = PATIENCE
    ) -> None:
        self._database = database
        self._clock = clock
        self._patience = patience

    async def run(self, incoming: Incoming, work: Callable[[Store], T]) -> T | None:
        """The work's result; None if it failed to the end and the message is a dead letter.

        Where the database is away (or not even that can be written) the message is kept nowhere
        else, so it waits, and is tried again.
        """
        wait = FIRST_WAIT
        while True:
            done, error = await self._try(incoming, work)
            if error is None:
                return done
            if not is_away(error) and await self._bury(incoming, error):
                return None
            await self._clock.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    async def _try(
        self, incoming: Incoming, work: Callable[[Store], T]
    ) -> tuple[T | None, Exception | None]:
        error: Exception | None = None
        for wait in (0.0, *self._patience):
            if wait:
                await self._clock.sleep(wait)
            try:
                return await self._database.write(work), None
            except Exception as raised:
                log.exception("message %s failed", incoming.key)
                error = raised
        return None, error

    async def _bury(self, incoming: Incoming, error: Exception) -> bool:
        """The error's text may quote a resident, so only its type is kept."""
        at, tries = self._clock.now(), len(self._patience) + 1
        try:
            await self._database.write(
                lambda store: store.reception.add_dead_letter(
                    incoming.key, at, to_payload(incoming), type(error).__name__, tries
                )
            )
        except Exception:
            log.exception("dead letter of %s could not be written", incoming.key)
            return False
        log.error("message %s is a dead letter", incoming.key)
        return True
