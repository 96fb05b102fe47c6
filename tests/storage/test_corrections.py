from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from storage.models import (
    Act,
    Correction,
    Field,
    Lesson,
    MessageKey,
    Outcome,
    PersonId,
    Resident,
    Ticket,
    TicketMessage,
)
from storage.store import Store

Open = Callable[..., Ticket]


def test_a_correction_is_kept_whole(store: Store, person: PersonId, now: datetime) -> None:
    correction = store.corrections.add(now, person, None, "open", Field.ROADS, "3号楼", "路灯不亮")
    assert store.corrections.list_all() == [
        Correction(correction, now, person, None, "open", "道路市政", "3号楼", "路灯不亮")
    ]


def test_corrections_are_listed_in_the_order_of_their_adding(
    store: Store, person: PersonId, now: datetime
) -> None:
    for text in ("一", "二", "三"):
        store.corrections.add(now, person, None, "none", None, None, text)
    assert [each.text for each in store.corrections.list_all()] == ["一", "二", "三"]


def test_a_correction_goes_with_the_message_that_brought_it(
    store: Store, now: datetime, person: PersonId
) -> None:
    for key in ("qq/private:1/m1", "qq/private:1/m2"):
        store.corrections.add(now, person, None, "none", None, None, key, key=MessageKey(key))
    store.corrections.remove_given_by(MessageKey("qq/private:1/m1"))
    assert [each.text for each in store.corrections.list_all()] == ["qq/private:1/m2"]


def test_corrections_of_a_ticket_go_when_its_words_go(
    store: Store, open_ticket: Open, now: datetime, person: PersonId
) -> None:
    ticket = open_ticket()
    store.corrections.add(now, person, None, "none", None, None, "没水", ticket=ticket.number)
    store.erasure.blank_ticket(ticket.number)
    assert store.corrections.list_all() == []


def test_a_settled_ticket_teaches_its_opening_words(
    store: Store, open_ticket: Open, now: datetime, resident: Resident
) -> None:
    tickets = [open_ticket() for _ in range(4)]
    sensitive = open_ticket(is_sensitive=True)
    ends = (Outcome.CONFIRMED, Outcome.UNCONFIRMED, Outcome.MISTAKEN, None, Outcome.CONFIRMED)
    for ticket, outcome in zip((*tickets, sensitive), ends, strict=True):
        store.tickets.save(replace(ticket, outcome=outcome, closed_at=now))
        store.tickets.add_message(
            TicketMessage(
                ticket.source_key, ticket.number, resident.id, None, Act.OPEN, now, "没水"
            )
        )
    assert store.corrections.list_lessons() == [
        Lesson(ticket.number, resident.id, ticket.field, "没水") for ticket in tickets[:2]
    ]
