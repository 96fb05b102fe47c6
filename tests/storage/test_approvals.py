from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.models import (
    ApprovalKind,
    ApprovalState,
    Assist,
    PersonId,
    Ticket,
    UnitId,
)
from storage.store import Store

TOWN = UnitId("town")
LIUYUAN = UnitId("liuyuan")
BRIDGE = UnitId("bridge")
WATER = UnitId("water")


@pytest.fixture
def ticket(open_ticket: Callable[..., Ticket]) -> Ticket:
    return open_ticket()


def test_a_new_request_waits(store: Store, ticket: Ticket, person: PersonId, now: datetime) -> None:
    due_at = now + timedelta(days=2)
    asked = store.approvals.add(
        ticket.number, ApprovalKind.EXTENSION, "等配件", person, now, due_at
    )
    assert (asked.state, asked.kind, asked.reason) == (
        ApprovalState.WAITING,
        ApprovalKind.EXTENSION,
        "等配件",
    )
    assert (asked.new_due_at, asked.asked_by, asked.asked_at) == (due_at, person, now)
    assert store.approvals.get(asked.id) == asked
    assert store.approvals.get_waiting(ticket.number) == asked


def test_a_return_has_no_new_date(
    store: Store, ticket: Ticket, person: PersonId, now: datetime
) -> None:
    asked = store.approvals.add(ticket.number, ApprovalKind.RETURN, "不归我管", person, now)
    assert asked.new_due_at is None


def test_the_newest_waiting_request_of_a_ticket_is_given(
    store: Store, ticket: Ticket, person: PersonId, now: datetime
) -> None:
    store.approvals.add(ticket.number, ApprovalKind.RETURN, "一", person, now)
    newest = store.approvals.add(ticket.number, ApprovalKind.EXTENSION, "二", person, now)
    assert store.approvals.get_waiting(ticket.number) == newest


def test_a_decided_request_waits_no_longer(
    store: Store, ticket: Ticket, person: PersonId, now: datetime
) -> None:
    asked = store.approvals.add(ticket.number, ApprovalKind.RETURN, "不归我管", person, now)
    later = now + timedelta(hours=1)
    assert store.approvals.decide(asked.id, ApprovalState.APPROVED, person, later)
    assert store.approvals.get_waiting(ticket.number) is None
    assert store.approvals.get(asked.id) == replace(
        asked, state=ApprovalState.APPROVED, decided_by=person, decided_at=later
    )


def test_a_request_is_decided_once(
    store: Store, ticket: Ticket, person: PersonId, now: datetime
) -> None:
    asked = store.approvals.add(ticket.number, ApprovalKind.RETURN, "不归我管", person, now)
    store.approvals.decide(asked.id, ApprovalState.REFUSED, person, now)
    assert not store.approvals.decide(asked.id, ApprovalState.APPROVED, person, now)
    found = store.approvals.get(asked.id)
    assert found is not None
    assert found.state is ApprovalState.REFUSED


@pytest.mark.parametrize(
    ("state", "waits"), [(ApprovalState.SETTLED, True), (ApprovalState.REFUSED, False)]
)
def test_what_a_step_settled_waits_again_but_not_what_was_decided(
    store: Store,
    ticket: Ticket,
    person: PersonId,
    now: datetime,
    state: ApprovalState,
    waits: bool,
) -> None:
    asked = store.approvals.add(ticket.number, ApprovalKind.RETURN, "不归我管", person, now)
    store.approvals.decide(asked.id, state, person, now)
    store.approvals.unsettle(ticket.number, now)
    assert (store.approvals.get(asked.id) == asked) is waits


def test_what_waits_below_a_unit_is_listed_oldest_first(
    store: Store, open_ticket: Callable[..., Ticket], person: PersonId, now: datetime
) -> None:
    store.conversations.set_scope([(TOWN, LIUYUAN), (TOWN, BRIDGE)])
    asked = [
        store.approvals.add(open_ticket(unit=unit).number, ApprovalKind.RETURN, "", person, now)
        for unit in (BRIDGE, LIUYUAN, BRIDGE)
    ]
    store.approvals.decide(asked[2].id, ApprovalState.SETTLED, None, now)
    assert store.approvals.list_waiting_in_scope(TOWN) == asked[:2]
    assert store.approvals.list_waiting_in_scope(LIUYUAN) == [asked[1]]


def test_a_department_is_asked_once_for_a_ticket(
    store: Store, ticket: Ticket, person: PersonId, now: datetime
) -> None:
    first = Assist(ticket.number, WATER, person, now)
    assert store.approvals.add_assist(first)
    assert not store.approvals.add_assist(replace(first, asked_at=now + timedelta(hours=1)))
    assert store.approvals.list_assists(ticket.number) == [first]


def test_departments_are_listed_in_the_order_of_asking(
    store: Store, ticket: Ticket, person: PersonId, now: datetime
) -> None:
    second = Assist(ticket.number, UnitId("a"), person, now + timedelta(hours=1))
    first = Assist(ticket.number, UnitId("b"), person, now)
    store.approvals.add_assist(second)
    store.approvals.add_assist(first)
    assert store.approvals.list_assists(ticket.number) == [first, second]


def test_what_was_granted_is_found_by_its_moment(
    store: Store, ticket: Ticket, person: PersonId, now: datetime
) -> None:
    at = now + timedelta(minutes=5)
    for state in (ApprovalState.APPROVED, ApprovalState.REFUSED):
        asked = store.approvals.add(
            ticket.number, ApprovalKind.EXTENSION, state.value, person, now, now
        )
        store.approvals.decide(asked.id, state, person, at)
    found = store.approvals.get_approved(ticket.number, at)
    assert found is not None
    assert found.reason == "approved"
    assert store.approvals.get_approved(ticket.number, now) is None
