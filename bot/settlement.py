"""What a receipt means for the outbox row, the pace and the breaker."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.adapters.port import Receipt, SendResult
from bot.pace import AccountKey, Throttle
from handlers.messages import Target
from storage.models import OutboxRow, OutgoingClass
from storage.store import Store

log = logging.getLogger("lianxin.delivery")

RETRY_AFTER = tuple(timedelta(seconds=s) for s in (30, 120, 600, 1800))
MOST_REFUSALS = 5
MUTED_FOR = timedelta(minutes=10)
MOST_MUTED = 36
OFFLINE_FOR = timedelta(seconds=30)

NOT_FRIEND = "不是好友"
MUTED = "群里被禁言"
REFUSED = "平台不让发"

NotFriend = Callable[[Store, OutboxRow, datetime], None]
"""Queues what is said elsewhere when somebody can not be written to in private."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of a row. `retry_at` None with a `reason` means it is given up."""

    result: SendResult
    message_id: str | None = None
    reason: str = ""
    retry_at: datetime | None = None

    def apply(
        self, store: Store, row: OutboxRow, now: datetime, not_friend: NotFriend | None
    ) -> None:
        match self.result:
            case SendResult.SENT:
                store.outbox.mark_sent(row.id, self.message_id, now)
            case SendResult.TIMEOUT:
                store.outbox.mark_unknown(row.id, self.reason)
            case _ if self.retry_at is not None:
                is_tried = self.result is not SendResult.OFFLINE
                store.outbox.release(row.id, self.retry_at, row.error, is_tried=is_tried)
            case _:
                store.outbox.mark_dead(row.id, self.reason, now)
                if self.result is SendResult.NOT_FRIEND and not_friend is not None:
                    not_friend(store, row, now)


def settle(
    row: OutboxRow, receipt: Receipt, now: datetime, throttle: Throttle, account: AccountKey
) -> Settlement:
    """Tell the throttle how it went, and decide about the row."""
    result = receipt.result
    match result:
        case SendResult.SENT:
            throttle.succeed(account)
            return Settlement(result, receipt.message_id)
        case SendResult.TIMEOUT:
            _fail(throttle, account, now)
            return Settlement(result, reason=receipt.detail or "timeout")
        case SendResult.REFUSED:
            _fail(throttle, account, now)
            return _refused(row, receipt, now)
        case SendResult.MUTED:
            retry_at = _hold(row, now, MUTED_FOR, throttle, account)
            if row.tries >= MOST_MUTED:
                return Settlement(result, reason=MUTED)
            return Settlement(result, retry_at=retry_at)
        case SendResult.NOT_FRIEND:
            throttle.end_probe(account)
            return Settlement(result, reason=NOT_FRIEND)
        case SendResult.OFFLINE:
            return Settlement(result, retry_at=_hold(row, now, OFFLINE_FOR, throttle, account))


def _hold(
    row: OutboxRow, now: datetime, wait: timedelta, throttle: Throttle, account: AccountKey
) -> datetime:
    """The whole conversation waits, so that its order stays; the row keeps its age.

    An alarm minds no pause, so it gets a moment of its own.
    """
    throttle.end_probe(account)
    throttle.hold(Target(row.platform, row.conversation), now + wait)
    return now + wait if row.kind is OutgoingClass.ALARM else row.not_before


def _refused(row: OutboxRow, receipt: Receipt, now: datetime) -> Settlement:
    """Others of the conversation may pass it: the platform may mind these very words."""
    if row.tries >= MOST_REFUSALS:
        log.warning("given up id=%d: refused: %s", row.id, receipt.detail)
        return Settlement(receipt.result, reason=REFUSED)
    wait = RETRY_AFTER[min(row.tries, len(RETRY_AFTER)) - 1]
    return Settlement(receipt.result, retry_at=now + wait)


def _fail(throttle: Throttle, account: AccountKey, now: datetime) -> None:
    if throttle.fail(account, now):
        log.error("breaker open: account %s/%s", *account)
