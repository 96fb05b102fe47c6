"""What is left of the backlog after an outage: stale words are dropped, reminders become one."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random

from handlers import retelling
from handlers.context import Context
from handlers.settings import Settings
from storage.models import OutboxRow, OutgoingClass
from storage.store import Store

STALE: Mapping[OutgoingClass, timedelta] = {
    OutgoingClass.QUESTION: timedelta(minutes=30),
    OutgoingClass.ACK: timedelta(hours=2),
    OutgoingClass.REMINDER: timedelta(hours=12),
    OutgoingClass.NOTICE: timedelta(hours=24),
}
STALE_OTHERS = timedelta(days=3)

TOO_LATE = "过了时候没能发出"

Renew = Callable[[Store, OutboxRow, datetime], bool]
"""Words a row anew that is about to go; False if there is nothing left to say."""


def renewal(settings: Settings) -> Renew:
    def renew(store: Store, row: OutboxRow, now: datetime) -> bool:
        return retelling.renew(row, Context(store, now, settings, Random(row.slot)))

    return renew


def collapse_backlog(store: Store, now: datetime) -> int:
    """Drop what should have gone long ago; how many rows will not be sent.

    How late a row is counts from the moment it might have gone, so that quiet hours do not age it.
    """
    late = store.outbox.list_due_before(now - min(STALE.values()))
    stale = [row for row in late if now - row.not_before > STALE.get(row.kind, STALE_OTHERS)]
    for row in stale:
        store.outbox.mark_dead(row.id, TOO_LATE, now)
    return len(stale)
