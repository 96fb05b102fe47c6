"""What the storage tests start from: a moment, a person, a resident and tickets of his."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from storage.models import (
    Field,
    Kind,
    MessageKey,
    OutgoingClass,
    PersonId,
    Resident,
    Ticket,
    TicketNumber,
    UnitId,
    Urgency,
)
from storage.store import Store
from tests.storage.queued import Queue

TicketValues = Callable[..., dict[str, object]]


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


@pytest.fixture
def person(store: Store) -> PersonId:
    return store.people.upsert("liuyuan/wang", "王建国", "13900000000")


@pytest.fixture
def resident(store: Store) -> Resident:
    return store.residents.see("qq", "20001", "老李", UnitId("liuyuan"))


def _plain(number: int, resident: Resident, now: datetime) -> dict[str, object]:
    return {
        "source_key": MessageKey(f"qq/group:1/{number}"),
        "unit": UnitId("liuyuan"),
        "platform": "qq",
        "conversation": "group:1",
        "resident": resident.id,
        "is_sensitive": False,
        "is_anonymous": False,
        "kind": Kind.REQUEST,
        "field": Field.UTILITIES,
        "urgency": Urgency.ROUTINE,
        "place": "3号楼2单元",
        "place_key": "3-2",
        "gist": "停水",
        "body": "3号楼2单元停水了",
        "assignee": None,
        "opened_at": now,
        "contact_due_at": now + timedelta(hours=2),
        "acceptance_due_at": now + timedelta(days=1),
        "handling_due_at": now + timedelta(days=5),
        "answer_due_at": now + timedelta(days=6),
        "gather_until": now + timedelta(seconds=90),
        "next_action_at": now + timedelta(seconds=90),
    }


@pytest.fixture
def ticket_values(resident: Resident, now: datetime) -> TicketValues:
    """What a new ticket of the resident is made of, each with a source key of its own."""
    made = count(1)

    def make(**changed: object) -> dict[str, object]:
        return _plain(next(made), resident, now) | changed

    return make


@pytest.fixture
def open_ticket(store: Store, ticket_values: TicketValues) -> Callable[..., Ticket]:
    """Opens a ticket of the resident, with the values that are named changed."""

    def add(**changed: object) -> Ticket:
        ticket = store.tickets.add(**ticket_values(**changed))
        assert ticket is not None
        return ticket

    return add


@pytest.fixture
def queue(store: Store, now: datetime) -> Queue:
    def add(slot: str, **changed: object) -> int | None:
        values: dict[str, object] = {
            "platform": "qq",
            "conversation": "group:1",
            "unit": UnitId("hedong"),
            "kind": OutgoingClass.ACK,
            "text": f"text of {slot}",
            "at_users": ("20001",),
            "images": ("a.jpg",),
            "ticket": TicketNumber(12),
            "person": None,
            "queued_at": now,
            "not_before": now,
        }
        return store.outbox.queue(slot, **(values | changed))  # type: ignore[arg-type]

    return add
