"""Messages to a member of staff who has several accounts: where one is out of reach, to another."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.adapters.port import Adapter
from storage.models import OutboxRow, OutgoingClass
from storage.store import Store

PATIENCE = timedelta(minutes=10)
"""So long a message waits for a platform that is not connected. Alarms do not wait."""
NO_ACCOUNT = "没有绑定账号"


def redirect(store: Store, row: OutboxRow, now: datetime, adapters: Mapping[str, Adapter]) -> bool:
    """Whether the waiting row was given another address, or up because its person has none."""
    if not row.platform:
        return _address(store, row, adapters) or _give_up(store, row, now)
    if row.person is None or not _waits_in_vain(row, now, adapters):
        return False
    others = {name: one for name, one in adapters.items() if name != row.platform}
    return _address(store, row, {name: one for name, one in others.items() if one.accounts()})


def _waits_in_vain(row: OutboxRow, now: datetime, adapters: Mapping[str, Adapter]) -> bool:
    """His platform is switched off, or has been without an account for long enough."""
    adapter = adapters.get(row.platform)
    if adapter is None:
        return True
    if adapter.accounts():
        return False
    return row.kind is OutgoingClass.ALARM or now - row.not_before > PATIENCE


def _address(store: Store, row: OutboxRow, adapters: Mapping[str, Adapter]) -> bool:
    """To the account on one of these platforms that he used last."""
    accounts = store.people.list_accounts(row.person) if row.person is not None else ()
    reached = next((one for one in accounts if one.platform in adapters), None)
    if reached is None:
        return False
    store.outbox.retarget(row.id, reached.platform, f"private:{reached.user_id}")
    return True


def _give_up(store: Store, row: OutboxRow, now: datetime) -> bool:
    store.outbox.mark_dead(row.id, NO_ACCOUNT, now)
    return True
