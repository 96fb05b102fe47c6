"""Outbox to adapters: new -> sending (committed before the call) -> sent | unknown | dead."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

from bot.adapters.port import Adapter, Echo, Receipt, SendResult
from bot.addressing import redirect
from bot.backlog import Renew, collapse_backlog
from bot.clock import Clock
from bot.configuration.model import Pace
from bot.pace import DAY, AccountKey, Throttle
from bot.settlement import NotFriend, Settlement, settle
from bot.unknown import UNCONFIRMED, Unknowns
from handlers.messages import Target
from storage.database import Database
from storage.errors import DatabaseClosed
from storage.models import OutboxRow
from storage.store import Store

log = logging.getLogger("lianxin.delivery")

LOOK_AGAIN = timedelta(seconds=30)
PAUSED_FOR = timedelta(minutes=1)
COLLAPSE_EVERY = timedelta(minutes=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
STOP_WITHIN = 5.0
FIRST_WAIT = 0.2
LONGEST_WAIT = 30.0
RESENT = "（重发）"

T = TypeVar("T")
Watch = Callable[[OutboxRow, Receipt, datetime], None]


@dataclass(frozen=True, slots=True)
class Claim:
    """Rows that are now `sending`, and when to look again for those left behind."""

    rows: Sequence[OutboxRow]
    next_at: datetime | None


class Delivery:
    """One message in flight a conversation.

    Live: `start`, then `run` in a task, `wake` after each commit. A replay calls `deliver_due`.
    `watch` is told what became of each send; `not_friend` may say what else is to be sent where
    a private message can not be delivered; `renew` words a reminder anew when it is about to go.
    """

    def __init__(
        self,
        database: Database,
        adapters: Mapping[str, Adapter],
        paces: Mapping[str, Pace],
        clock: Clock,
        rng: Random,
        *,
        watch: Watch | None = None,
        not_friend: NotFriend | None = None,
        renew: Renew | None = None,
    ) -> None:
        self._database = database
        self._adapters = adapters
        self._throttles = {platform: Throttle(pace, rng) for platform, pace in paces.items()}
        self._clock = clock
        self._watch = watch
        self._not_friend = not_friend
        self._renew = renew
        self._unknowns = Unknowns(database, adapters)
        self._heard_by: dict[Target, str] = {}
        self._collapsed_at = LONG_AGO
        self._woken = asyncio.Event()
        self._tasks: set[asyncio.Task[object]] = set()

    async def start(self) -> None:
        """Take up what a former run left: what was in flight is unknown; the pace goes on."""
        now = self._clock.now()
        rows, sent = await self._database.write(lambda store: _recover(store, now))
        for row in rows:
            self._unknowns.watch(row.id, now)
        for (platform, conversation), moments in sent.items():
            throttle = self._throttles.get(platform)
            if throttle is not None:
                target = Target(platform, conversation)
                throttle.remember(target, self._account(target) or (platform, ""), moments)

    def wake(self) -> None:
        """Something was queued, or an account is back."""
        self._woken.set()

    def hear(self, target: Target, account: str) -> None:
        """Which account hears a conversation: that one speaks there."""
        self._heard_by[target] = account

    async def echoed(self, echo: Echo) -> None:
        """An own message was seen: the proof of a send whose end nobody knew."""
        await self._unknowns.echoed(echo)

    async def deliver_due(self, now: datetime) -> datetime | None:
        """Send all that may go at `now`, one after another; the next moment at which more may."""
        while True:
            for row in self._unknowns.due(now):
                await self._unknowns.reconcile(row, now)
            claim = await self._claim(now)
            for claimed in claim.rows:
                await self._send(claimed)
            if not claim.rows and (claim.next_at is None or claim.next_at > now):
                return claim.next_at

    async def run(self) -> None:
        """Send for ever; one task a message, so that a slow group holds up no other."""
        while True:
            self._woken.clear()
            now = self._clock.now()
            for row in self._unknowns.due(now):
                self._spawn(self._reconcile(row, now))
            # A stop between claim and call would leave a row whose fate nobody knows.
            next_at = await asyncio.shield(self._spawn(self._begin_due()))
            await self._wait_until(next_at)

    async def stop(self) -> None:
        """Wait a little for what is in flight; the rest is `sending` and known as such.

        To be called when `run` was cancelled, and while the adapters can still hear an answer.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_WITHIN):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _begin_due(self) -> datetime | None:
        """Claim what may go now and begin to send it; when to look again."""
        claim = await self._keep_trying(lambda: self._claim(self._clock.now()))
        for claimed in claim.rows:
            self._spawn(self._send_and_wake(claimed))
        return claim.next_at

    async def _claim(self, now: datetime) -> Claim:
        is_collapsing = not timedelta(0) <= now - self._collapsed_at < COLLAPSE_EVERY
        claim = await self._database.write(lambda store: self._choose(store, now, is_collapsing))
        if is_collapsing:
            self._collapsed_at = now
        for row in claim.rows:
            target = Target(row.platform, row.conversation)
            account = self._account(target)
            if account is not None:
                self._throttles[row.platform].begin(target, account, row.kind, now)
        moments = [m for m in (claim.next_at, self._unknowns.next_check()) if m is not None]
        return Claim(claim.rows, min(moments, default=None))

    def _choose(self, store: Store, now: datetime, is_collapsing: bool) -> Claim:
        """May run more than once, so it changes nothing but the store."""
        if is_collapsing:
            collapse_backlog(store, now)
        planned: dict[AccountKey, int] = {}
        later: list[datetime] = []

        def may_send(row: OutboxRow) -> bool:
            if redirect(store, row, now, self._adapters):
                later.append(now)
                return False
            target = Target(row.platform, row.conversation)
            moment = self._earliest(store, row, target, now, planned)
            if moment > now:
                later.append(moment)
                return False
            if self._renew is not None and not self._renew(store, row, now):
                later.append(now)
                return False
            account = self._account(target)
            if account is not None:
                planned[account] = planned.get(account, 0) + 1
            return True

        rows = store.outbox.claim(now, may_send)
        following = store.outbox.next_due(now)
        if following is not None:
            later.append(following)
        return Claim(rows, min(later, default=None))

    def _earliest(
        self,
        store: Store,
        row: OutboxRow,
        target: Target,
        now: datetime,
        planned: Mapping[AccountKey, int],
    ) -> datetime:
        account = self._account(target)
        throttle = self._throttles.get(row.platform)
        if account is None or throttle is None:
            return now + LOOK_AGAIN
        moment = throttle.earliest(target, account, row.kind, now, planned.get(account, 0))
        if moment > now or target.is_private:
            return moment
        group = store.conversations.get(row.platform, row.conversation)
        return now + PAUSED_FOR if group is not None and group.is_paused else now

    def _account(self, target: Target) -> AccountKey | None:
        """The account that speaks in a conversation; None while none is connected."""
        adapter = self._adapters.get(target.platform)
        accounts = adapter.accounts() if adapter is not None else ()
        if not accounts:
            return None
        heard = self._heard_by.get(target)
        return target.platform, heard if heard in accounts and heard else accounts[0]

    async def _send(self, row: OutboxRow) -> None:
        receipt = await self._call(row)
        now = self._clock.now()
        target = Target(row.platform, row.conversation)
        account = self._account(target) or (row.platform, "")
        settlement = settle(row, receipt, now, self._throttles[row.platform], account)
        await self._keep_trying(lambda: self._record(row, settlement, now))
        if settlement.result is SendResult.TIMEOUT:
            self._unknowns.watch(row.id, now)
        log.info(
            "sent id=%d class=%s to=%s ticket=%s result=%s tries=%d",
            row.id, row.kind, row.conversation, row.ticket, receipt.result, row.tries,
        )  # fmt: skip
        if self._watch is not None:
            self._watch(row, receipt, now)

    async def _call(self, row: OutboxRow) -> Receipt:
        """An adapter that raises leaves open whether the message arrived."""
        text = f"{RESENT}{row.text}" if row.error == UNCONFIRMED else row.text
        try:
            return await self._adapters[row.platform].send(
                Target(row.platform, row.conversation),
                text,
                at_users=row.at_users,
                images=row.images,
            )
        except Exception as error:
            log.exception("send id=%d raised", row.id)
            return Receipt(SendResult.TIMEOUT, detail=type(error).__name__)

    async def _record(self, row: OutboxRow, settlement: Settlement, now: datetime) -> None:
        await self._database.write(
            lambda store: settlement.apply(store, row, now, self._not_friend)
        )

    async def _send_and_wake(self, row: OutboxRow) -> None:
        await self._send(row)
        self.wake()

    async def _reconcile(self, row: int, now: datetime) -> None:
        await self._keep_trying(lambda: self._unknowns.reconcile(row, now))
        self.wake()

    def _spawn(self, work: Coroutine[None, None, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _keep_trying(self, work: Callable[[], Awaitable[T]]) -> T:
        """Until the database is there again: what was sent must not be forgotten."""
        wait = FIRST_WAIT
        while True:
            try:
                return await work()
            except DatabaseClosed:
                raise
            except Exception:
                log.exception("delivery waits %.1f s for the database", wait)
            await self._clock.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _wait_until(self, moment: datetime | None) -> None:
        """Until woken, a moment, or half a minute: a clock that jumps stops nothing."""
        seconds = LOOK_AGAIN.total_seconds()
        if moment is not None:
            seconds = min(seconds, max(0.0, (moment - self._clock.now()).total_seconds()))
        # Not wait_for: before Python 3.12 it forgets a cancellation that comes with the event.
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()


Sent = Mapping[tuple[str, str], Sequence[datetime]]


def _recover(store: Store, now: datetime) -> tuple[Sequence[OutboxRow], Sent]:
    """Rows of unknown fate, and what was sent where during the last day."""
    for row in store.outbox.list_sending():
        store.outbox.mark_unknown(row.id, "restart")
    sent: dict[tuple[str, str], list[datetime]] = {}
    for platform, conversation, at in store.outbox.list_sent_lately(now - DAY):
        sent.setdefault((platform, conversation), []).append(at)
    return store.outbox.list_unknown(), sent
