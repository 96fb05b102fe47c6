"""Handlers' Outgoing to rows of the outbox, in the transaction that decided them."""

from collections.abc import Iterable
from datetime import datetime

from handlers.messages import Outgoing, Target
from handlers.pacing import earliest
from handlers.settings import Settings
from storage.models import UnitId
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
            unit=one.unit or _unit_of(one, store, settings),
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


def _unit_of(one: Outgoing, store: Store, settings: Settings) -> UnitId:
    """Whose digest names it if it is lost: the ticket's, the group's, else the town's."""
    ticket = store.tickets.get(one.ticket) if one.ticket is not None else None
    if ticket is not None:
        return ticket.unit
    group = store.conversations.get(one.target.platform, one.target.conversation)
    return group.unit if group is not None else settings.town


def targets_of(outgoing: Iterable[Outgoing]) -> frozenset[Target]:
    """The conversations they go to."""
    return frozenset(one.target for one in outgoing)
