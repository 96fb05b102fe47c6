"""The messages of a ticket, and the residents who raised it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from storage.models import (
    Act,
    MessageKey,
    PersonId,
    Resident,
    Ticket,
    UnitId,
)
from storage.store import Store
from tests.storage.raised import message, report

OpenTicket = Callable[..., Ticket]
TOWN = UnitId("town")
LIUYUAN = UnitId("liuyuan")
BRIDGE = UnitId("bridge")
MINUTE = timedelta(minutes=1)


def test_a_message_is_kept_whole(
    store: Store, open_ticket: OpenTicket, person: PersonId, now: datetime
) -> None:
    added = message(
        open_ticket(), "qq/group:1/50", now, resident=None, person=person, act=Act.REOPEN,
        images=("a.jpg", "b.jpg"), images_missing=1, voice="c.amr", is_recalled=True,
    )  # fmt: skip
    assert store.tickets.add_message(added)
    assert store.tickets.get_message(added.key) == added


def test_a_message_belongs_to_one_ticket(
    store: Store, open_ticket: OpenTicket, now: datetime
) -> None:
    first, second = open_ticket(), open_ticket()
    added = message(first, "qq/group:1/50", now)
    store.tickets.add_message(added)
    assert not store.tickets.add_message(replace(added, ticket=second.number))
    assert store.tickets.list_messages(first.number) == [added]
    assert store.tickets.list_messages(second.number) == []


def test_an_unknown_message_is_none(store: Store) -> None:
    assert store.tickets.get_message(MessageKey("qq/group:1/404")) is None


def test_messages_are_listed_in_the_order_of_their_time(
    store: Store, open_ticket: OpenTicket, now: datetime
) -> None:
    ticket = open_ticket()
    later = message(ticket, "qq/group:1/50", now + MINUTE)
    earlier = message(ticket, "qq/group:1/51", now)
    store.tickets.add_message(later)
    store.tickets.add_message(earlier)
    assert store.tickets.list_messages(ticket.number) == [earlier, later]


def test_a_recalled_message_is_marked_and_no_other(
    store: Store, open_ticket: OpenTicket, now: datetime
) -> None:
    ticket = open_ticket()
    recalled = message(ticket, "qq/group:1/50", now)
    other = message(ticket, "qq/group:1/51", now + MINUTE)
    store.tickets.add_message(recalled)
    store.tickets.add_message(other)
    store.tickets.mark_recalled(recalled.key)
    found = store.tickets.list_messages(ticket.number)
    assert found == [replace(recalled, is_recalled=True), other]


def test_one_message_moves_alone(store: Store, open_ticket: OpenTicket, now: datetime) -> None:
    source, target = open_ticket(), open_ticket()
    moved, kept = message(source, "qq/group:1/50", now), message(source, "qq/group:1/51", now)
    store.tickets.add_message(moved)
    store.tickets.add_message(kept)
    store.tickets.move_message(moved.key, target.number)
    assert store.tickets.list_messages(source.number) == [kept]
    assert store.tickets.list_messages(target.number) == [replace(moved, ticket=target.number)]


def test_a_resident_is_counted_once_for_a_ticket(
    store: Store, open_ticket: OpenTicket, resident: Resident, now: datetime
) -> None:
    first = report(open_ticket(), resident, now)
    assert store.tickets.add_report(first)
    assert not store.tickets.add_report(replace(first, at=now + MINUTE))
    assert store.tickets.list_reports(first.ticket) == [first]


def test_acknowledging_reaches_every_report_of_the_ticket_only(
    store: Store, open_ticket: OpenTicket, resident: Resident, now: datetime
) -> None:
    other = store.residents.see("qq", "20002", "老赵", LIUYUAN)
    ticket, foreign = open_ticket(), open_ticket()
    second, first = report(ticket, resident, now + MINUTE), report(ticket, other, now)
    kept = report(foreign, resident, now)
    for each in (second, first, kept):
        store.tickets.add_report(each)
    store.tickets.acknowledge_reports(ticket.number)
    acknowledged = [replace(each, is_acknowledged=True) for each in (first, second)]
    assert store.tickets.list_reports(ticket.number) == acknowledged
    assert store.tickets.list_reports(foreign.number) == [kept]


def test_a_removed_report_leaves_the_other_residents(
    store: Store, open_ticket: OpenTicket, resident: Resident, now: datetime
) -> None:
    other = store.residents.see("qq", "20002", "老赵", LIUYUAN)
    ticket = open_ticket()
    kept = report(ticket, other, now)
    store.tickets.add_report(report(ticket, resident, now))
    store.tickets.add_report(kept)
    store.tickets.remove_report(ticket.number, resident.id)
    assert store.tickets.list_reports(ticket.number) == [kept]


def test_one_of_those_who_raised_a_ticket_wants_no_name(
    store: Store, open_ticket: OpenTicket, resident: Resident, now: datetime
) -> None:
    other = store.residents.see("qq", "20002", "老赵", LIUYUAN)
    ticket, foreign = open_ticket(), open_ticket()
    kept, asks = report(ticket, other, now), report(ticket, resident, now + MINUTE)
    elsewhere = report(foreign, resident, now)
    for each in (kept, asks, elsewhere):
        store.tickets.add_report(each)
    store.tickets.make_anonymous(ticket.number, resident.id)
    unnamed = replace(asks, is_anonymous=True)
    assert store.tickets.list_reports(ticket.number) == [kept, unnamed]
    assert [one for one, _ in store.tickets.list_reporters(ticket.number)] == [kept, unnamed]
    assert store.tickets.list_reports(foreign.number) == [elsewhere]
