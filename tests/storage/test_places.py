"""Places that units have come to know, and the tickets that tell them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from storage.models import Outcome, PersonId, Stage, Ticket, UnitId
from storage.places import Told
from storage.store import Store

Open = Callable[..., Ticket]
LIUYUAN = UnitId("liuyuan")


@pytest.fixture
def settle(store: Store, open_ticket: Open, now: datetime) -> Open:
    """A ticket that was closed as its residents wished."""

    def make(outcome: Outcome = Outcome.CONFIRMED, **values: object) -> Ticket:
        ticket = open_ticket(**values)
        store.tickets.save(replace(ticket, stage=Stage.CLOSED, outcome=outcome, closed_at=now))
        return ticket

    return make


def test_what_is_known_is_written_anew_as_a_whole(store: Store) -> None:
    store.places.set_all([(LIUYUAN, "大槐树"), (LIUYUAN, "老磨坊"), (LIUYUAN, "大槐树")])
    assert store.places.list_all() == [(LIUYUAN, "大槐树"), (LIUYUAN, "老磨坊")]
    store.places.set_all([(UnitId("hexi"), "闸口")])
    assert store.places.list_all() == [(UnitId("hexi"), "闸口")]


def test_a_place_of_two_settled_tickets_of_a_unit_is_repeated(store: Store, settle: Open) -> None:
    for place in ("老磨坊", "老磨坊那边", "老磨坊"):
        settle(place=place, place_key="老磨坊")
    settle(place="大槐树", place_key="大槐树")
    settle(place="大槐树", place_key="大槐树", unit=UnitId("hexi"))
    assert store.places.list_repeated() == [
        Told(LIUYUAN, "老磨坊", "老磨坊", 2),
        Told(LIUYUAN, "老磨坊", "老磨坊那边", 1),
    ]


@pytest.mark.parametrize("outcome", [Outcome.MISTAKEN, Outcome.WITHDRAWN, Outcome.DECLINED])
def test_nothing_is_learned_of_what_was_no_matter(
    store: Store, settle: Open, outcome: Outcome
) -> None:
    settle(place="老磨坊", place_key="老磨坊")
    settle(outcome, place="老磨坊", place_key="老磨坊")
    assert store.places.list_repeated() == []


def test_nothing_is_learned_of_sensitive_matters(store: Store, settle: Open) -> None:
    for _ in range(2):
        settle(place="老磨坊", place_key="老磨坊", is_sensitive=True)
    assert store.places.list_repeated() == []


def test_a_place_that_staff_wrote_is_confirmed(
    store: Store, settle: Open, now: datetime, person: PersonId
) -> None:
    ticket = settle(place="老磨坊", place_key="老磨坊")
    settle(place="大槐树", place_key="大槐树")
    store.corrections.add(now, person, None, "open", None, "老磨坊", "没水", ticket=ticket.number)
    assert store.places.list_confirmed() == [Told(LIUYUAN, "老磨坊", "老磨坊", 1)]
