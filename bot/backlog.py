"""What is left of the backlog after an outage: stale words are dropped, reminders become one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from handlers.messages import Target
from storage.models import OutboxRow, OutgoingClass
from storage.store import Store

STALE: Mapping[OutgoingClass, timedelta] = {
    OutgoingClass.QUESTION: timedelta(minutes=30),
    OutgoingClass.ACK: timedelta(hours=2),
    OutgoingClass.REMINDER: timedelta(hours=12),
    OutgoingClass.NOTICE: timedelta(hours=24),
}
STALE_OTHERS = timedelta(days=3)
MERGE_AFTER = timedelta(hours=1)
MERGED = (OutgoingClass.REMINDER, OutgoingClass.ESCALATION)
LONGEST = 600

TOO_LATE = "过了时候没能发出"
MERGED_INTO_NEWER = "并入了后一条"


def collapse_backlog(store: Store, now: datetime) -> int:
    """Drop and merge what should have gone long ago; how many rows will not be sent.

    How late a row is counts from the moment it might have gone, so that quiet hours do not age it.
    """
    late = store.outbox.list_due_before(now - min(*STALE.values(), MERGE_AFTER))
    if not late:
        return 0
    stale = [row for row in late if now - row.not_before > STALE.get(row.kind, STALE_OTHERS)]
    for row in stale:
        store.outbox.mark_dead(row.id, TOO_LATE, now)
    gone = {row.id for row in stale}
    mergeable = [row for row in late if row.kind in MERGED and row.id not in gone]
    return len(stale) + _merge(store, [row for row in mergeable if _is_old(row, now)])


def _is_old(row: OutboxRow, now: datetime) -> bool:
    return now - row.not_before > MERGE_AFTER and row.tries == 0


def _merge(store: Store, rows: Sequence[OutboxRow]) -> int:
    """The newest of a conversation and class says what the older ones would have said."""
    piles: dict[tuple[Target, OutgoingClass], list[OutboxRow]] = {}
    for row in rows:
        target = Target(row.platform, row.conversation)
        piles.setdefault((target, row.kind), []).append(row)
    merged = 0
    for pile in piles.values():
        *older, newest = pile
        if older:
            lines = [line for row in pile for line in row.text.splitlines()]
            text = "\n".join(dict.fromkeys(lines))
            store.outbox.set_text(newest.id, text[:LONGEST])
        for row in older:
            store.outbox.cancel(row.id, MERGED_INTO_NEWER)
        merged += len(older)
    return merged
