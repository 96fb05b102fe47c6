"""Messages of which nobody knows whether they arrived: proved by echo or history, else by rule."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from bot.adapters.port import Adapter, Echo
from handlers.messages import Incoming, Target
from storage.database import Database
from storage.models import OutboxRow, OutgoingClass, OutgoingState
from storage.store import Store

log = logging.getLogger("lianxin.delivery")

CHECK_AFTER = tuple(timedelta(seconds=s) for s in (15, 60, 300, 600))
OFFLINE_CHECK = timedelta(minutes=1)
GIVE_UP_OFFLINE = timedelta(days=1)
CLOCK_SKEW = timedelta(minutes=2)
LOOK_BACK = timedelta(days=1)
HISTORY = 100
MOST_TRIES = 4
AT_LEAST_ONCE = (OutgoingClass.ANSWER, OutgoingClass.REPLY, OutgoingClass.ALARM)

UNCONFIRMED = "unconfirmed"
"""The error of a row that is sent again although the first may have arrived."""
NO_RECEIPT = "发出后没有回执，不知道送到没有"


class Verdict(StrEnum):
    """ABSENT: the history shows own messages, and this one is not among them."""

    ARRIVED = "arrived"
    ABSENT = "absent"
    UNSURE = "unsure"


class Unknowns:
    """Rows in `unknown`, and when to look for each again. A row is never blindly retried."""

    def __init__(self, database: Database, adapters: Mapping[str, Adapter]) -> None:
        self._database = database
        self._adapters = adapters
        self._checks: dict[int, datetime] = {}

    def watch(self, row: int, now: datetime) -> None:
        self._checks[row] = now + CHECK_AFTER[0]

    def due(self, now: datetime) -> Sequence[int]:
        """Rows to reconcile now; each is handed out once."""
        rows = sorted(row for row, at in self._checks.items() if at <= now)
        for row in rows:
            del self._checks[row]
        return rows

    def next_check(self) -> datetime | None:
        return min(self._checks.values(), default=None)

    async def echoed(self, echo: Echo) -> None:
        await self._database.write(lambda store: _record(store, echo))

    async def reconcile(self, number: int, now: datetime) -> None:
        """Find out about one row, or look again later."""
        row = await self._database.read(lambda store: store.outbox.get(number))
        if row is None or row.state is not OutgoingState.UNKNOWN:
            return
        verdict = await self._search(row)
        if verdict is None:
            again = await self._database.write(lambda store: _wait_offline(store, row, now))
        else:
            again = await self._database.write(lambda store: _decide(store, row, verdict, now))
        if again is not None:
            self._checks[number] = again

    async def _search(self, row: OutboxRow) -> Verdict | None:
        """None while no account of the platform is connected."""
        adapter = self._adapters.get(row.platform)
        if adapter is None or not adapter.accounts():
            return None
        target = Target(row.platform, row.conversation)
        since = claimed_at(row) - LOOK_BACK
        try:
            history = await adapter.history(target, since, HISTORY)
        except Exception:
            log.exception("history of %s raised", row.conversation)
            return Verdict.UNSURE
        echoes = [entry for entry in history if isinstance(entry, Echo)]
        recent = [echo for echo in echoes if echo.at >= claimed_at(row) - CLOCK_SKEW]
        await self._database.write(lambda store: _record_all(store, recent))
        seen = await self._database.read(lambda store: store.outbox.get(row.id))
        if seen is not None and seen.state is OutgoingState.SENT:
            return Verdict.ARRIVED
        return Verdict.ABSENT if _covers(history, echoes, row) else Verdict.UNSURE


def _covers(history: Sequence[Incoming | Echo], echoes: Sequence[Echo], row: OutboxRow) -> bool:
    """Whether a message that is not in the history did not arrive.

    Own messages must be visible in it at all, and it must reach back past the send.
    """
    return bool(echoes) and history[0].at <= claimed_at(row)


def _record(store: Store, echo: Echo) -> None:
    store.outbox.record_echo(
        echo.target.platform, echo.target.conversation, echo.text, echo.message_id, echo.at
    )


def _record_all(store: Store, echoes: Sequence[Echo]) -> None:
    for echo in echoes:
        _record(store, echo)


def _wait_offline(store: Store, row: OutboxRow, now: datetime) -> datetime | None:
    if now - claimed_at(row) > GIVE_UP_OFFLINE:
        store.outbox.mark_dead(row.id, NO_RECEIPT, now)
        return None
    return now + OFFLINE_CHECK


def _decide(store: Store, row: OutboxRow, verdict: Verdict, now: datetime) -> datetime | None:
    """When to look again; None if the row is settled."""
    if verdict is Verdict.ARRIVED:
        return None
    if verdict is Verdict.UNSURE and not _may_repeat(row, now):
        return _look_again(store, row, now)
    if row.tries >= MOST_TRIES:
        store.outbox.mark_dead(row.id, NO_RECEIPT, now)
    else:
        store.outbox.release(row.id, now, None if verdict is Verdict.ABSENT else UNCONFIRMED)
    return None


def _may_repeat(row: OutboxRow, now: datetime) -> bool:
    """Answers are said at least once, alarms at once; all else at most once."""
    waited = now - claimed_at(row)
    if row.kind is OutgoingClass.ALARM:
        return waited >= CHECK_AFTER[0]
    return row.kind in AT_LEAST_ONCE and waited >= CHECK_AFTER[1]


def _look_again(store: Store, row: OutboxRow, now: datetime) -> datetime | None:
    waited = now - claimed_at(row)
    following = next((wait for wait in CHECK_AFTER if wait > waited), None)
    if following is None:
        store.outbox.mark_dead(row.id, NO_RECEIPT, now)
        return None
    return claimed_at(row) + following


def claimed_at(row: OutboxRow) -> datetime:
    return row.claimed_at or row.queued_at
