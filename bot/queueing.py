"""Handlers' Outgoing to rows of the outbox, in the transaction that decided them."""

from collections.abc import Iterable
from datetime import datetime

from handlers.messages import Outgoing, Target
from handlers.pacing import earliest
from handlers.settings import Settings
from storage.store import Store


def queue_outgoing(
    store: Store, outgoing: Iterable[Outgoing], key: str, now: datetime, settings: Settings
) -> int:
    """Queue them; how many were new.

    One without a slot is named after `key` and its place, so that the same event handled again
    queues nothing twice.
    """
    queued = 0
    for place, one in enumerate(outgoing):
        row = store.outbox.queue(
            slot=one.slot or f"{key}#{place}",
            platform=one.target.platform,
            conversation=one.target.conversation,
            unit=one.unit,
            kind=one.kind,
            text=one.text,
            at_users=one.at_users,
            images=one.images,
            ticket=one.ticket,
            person=one.person,
            queued_at=now,
            not_before=one.not_before or earliest(one, now, settings),
        )
        queued += row is not None
    return queued


def targets_of(outgoing: Iterable[Outgoing]) -> frozenset[Target]:
    """The conversations they go to."""
    return frozenset(one.target for one in outgoing)
