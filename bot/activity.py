"""Where something is going on: conversations whose chatter may belong to a ticket or a question."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from handlers.messages import Target
from storage.models import UnitId
from storage.store import Store

ACTIVE_FOR = timedelta(days=14)
"""Longer than a ticket waits for the resident's word after the answer."""
PRUNE_EVERY = timedelta(hours=1)


class Activity:
    """In memory; filled from the database at start, kept up by what is handled and queued."""

    def __init__(self) -> None:
        self._until: dict[Target, datetime] = {}
        self._units: Mapping[Target, UnitId] = {}
        self._pruned_at: datetime | None = None

    def know(self, units: Mapping[Target, UnitId]) -> None:
        self._units = units

    def is_active(self, target: Target, now: datetime) -> bool:
        until = self._until.get(target)
        return until is not None and until > now

    def touch(self, targets: Iterable[Target], now: datetime) -> None:
        """Something happened in these conversations; all groups of one unit go together."""
        for target in set(targets):
            self._until[target] = now + ACTIVE_FOR
            unit = self._units.get(target)
            if unit is not None:
                for other, its_unit in self._units.items():
                    if its_unit == unit:
                        self._until[other] = now + ACTIVE_FOR

    def prune(self, now: datetime) -> None:
        """Forget what is over; asked each second, done each hour."""
        if self._pruned_at is not None and timedelta(0) <= now - self._pruned_at < PRUNE_EVERY:
            return
        self._pruned_at = now
        self._until = {target: until for target, until in self._until.items() if until > now}


def load_units(store: Store) -> Mapping[Target, UnitId]:
    """The unit each bound group belongs to."""
    return {
        Target(one.platform, one.conversation): one.unit for one in store.conversations.list_all()
    }


def load_known(store: Store) -> tuple[frozenset[tuple[str, str]], Mapping[Target, UnitId]]:
    """The accounts of staff, and the unit each group belongs to."""
    return store.people.list_account_units(), load_units(store)


def load_active(store: Store, units: Iterable[UnitId], now: datetime) -> set[Target]:
    """Conversations with tickets touched lately, and those the bot has spoken in lately."""
    since = now - ACTIVE_FOR
    sent = store.outbox.list_sent_lately(since)
    found = {Target(platform, conversation) for platform, conversation, _ in sent}
    for unit in units:
        tickets = store.tickets.list_recent_in_unit(unit, since)
        found.update(Target(one.platform, one.conversation) for one in tickets)
    return found
