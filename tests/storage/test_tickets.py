from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta

from storage.models import (
    Clock,
    Field,
    Kind,
    MessageKey,
    Outcome,
    PersonId,
    Resident,
    Stage,
    Ticket,
    TicketNumber,
    UnitId,
    Urgency,
)
from storage.store import Store
from tests.storage.raised import report

OpenTicket = Callable[..., Ticket]
TOWN = UnitId("town")
LIUYUAN = UnitId("liuyuan")
BRIDGE = UnitId("bridge")
MINUTE = timedelta(minutes=1)


def changed_everywhere(ticket: Ticket, person: PersonId, now: datetime) -> Ticket:
    """The ticket with another value in every field that may change."""
    moments: dict[str, object] = {
        f"{clock}_{end}_at": now + (number * 2 + part) * MINUTE
        for number, clock in enumerate(Clock, start=1)
        for part, end in enumerate(("due", "done"))
    }
    proofs: dict[str, object] = {
        f"{clock}_proof": MessageKey(f"qq/group:1/{clock}") for clock in Clock
    }
    moved = replace(
        ticket, unit=BRIDGE, is_sensitive=True, is_anonymous=True, kind=Kind.DISPUTE,
        field=Field.CONFLICT, urgency=Urgency.CRITICAL, place=None, place_key=None,
        gist="吵架", body="楼上楼下吵架", stage=Stage.CLOSED, outcome=Outcome.JOINED,
        assignee=person, level=2, reopened=1, clock_started_at=now + 20 * MINUTE,
        closed_at=now + 21 * MINUTE, closed_proof=MessageKey("qq/group:1/closed"),
        is_solved=False, is_satisfied=True, joined_into=TicketNumber(1), result="已调解",
        gather_until=None, acknowledged_at=now + 22 * MINUTE, reminders_sent=3,
        escalations_sent=4, last_reminded_at=now + 23 * MINUTE, next_action_at=None,
        updated_at=now + 24 * MINUTE,
    )  # fmt: skip
    return replace(moved, **(moments | proofs))  # type: ignore[arg-type]


def test_a_new_ticket_is_registered_and_nothing_is_done_yet(
    open_ticket: OpenTicket, resident: Resident, now: datetime
) -> None:
    assert open_ticket() == Ticket(
        number=TicketNumber(1), source_key=MessageKey("qq/group:1/1"), unit=LIUYUAN,
        platform="qq", conversation="group:1", resident=resident.id, is_sensitive=False,
        is_anonymous=False, kind=Kind.REQUEST, field=Field.UTILITIES, urgency=Urgency.ROUTINE,
        place="3号楼2单元", place_key="3-2", gist="停水", body="3号楼2单元停水了",
        stage=Stage.REGISTERED, outcome=None, assignee=None, level=0, reopened=0, opened_at=now,
        clock_started_at=now, contact_due_at=now + timedelta(hours=2), contact_done_at=None,
        contact_proof=None, acceptance_due_at=now + timedelta(days=1), acceptance_done_at=None,
        acceptance_proof=None, handling_due_at=now + timedelta(days=5), handling_done_at=None,
        handling_proof=None, answer_due_at=now + timedelta(days=6), answer_done_at=None,
        answer_proof=None, closed_at=None, closed_proof=None, is_solved=None, is_satisfied=None,
        joined_into=None, result=None, gather_until=now + timedelta(seconds=90),
        acknowledged_at=None, reminders_sent=0, escalations_sent=0, last_reminded_at=None,
        next_action_at=now + timedelta(seconds=90), updated_at=now,
    )  # fmt: skip


def test_a_new_ticket_is_returned_as_it_is_kept(
    store: Store, open_ticket: Callable[..., Ticket], now: datetime
) -> None:
    ticket = open_ticket(opened_at=now + timedelta(microseconds=1_400), place=None)
    assert store.tickets.get(ticket.number) == ticket


def test_a_line_delivered_again_opens_no_second_ticket(
    store: Store, open_ticket: OpenTicket, ticket_values: Callable[..., dict[str, object]]
) -> None:
    first = open_ticket()
    again = ticket_values(source_key=first.source_key, gist="另一件")
    assert store.tickets.add(**again) is None
    assert store.tickets.list_all() == [first]


def test_a_ticket_is_found_by_number_and_by_source(store: Store, open_ticket: OpenTicket) -> None:
    ticket = open_ticket()
    open_ticket()
    assert store.tickets.get(ticket.number) == ticket
    assert store.tickets.get_by_source(ticket.source_key) == ticket


def test_an_unknown_ticket_is_none(store: Store) -> None:
    assert store.tickets.get(TicketNumber(404)) is None
    assert store.tickets.get_by_source(MessageKey("qq/group:1/404")) is None


def test_a_saved_ticket_comes_back_as_it_was_saved(
    store: Store, open_ticket: OpenTicket, person: PersonId, now: datetime
) -> None:
    ticket, other = open_ticket(), open_ticket()
    saved = changed_everywhere(ticket, person, now)
    names = [field.name for field in fields(Ticket)]
    same = {name for name in names if getattr(saved, name) == getattr(ticket, name)}
    assert same == {"number", "source_key", "platform", "conversation", "resident", "opened_at"}
    store.tickets.save(saved)
    assert store.tickets.get(ticket.number) == saved
    assert store.tickets.get(other.number) == other


def test_saving_never_changes_who_opened_a_ticket_where_and_when(
    store: Store, open_ticket: OpenTicket, now: datetime
) -> None:
    ticket = open_ticket()
    store.tickets.save(replace(ticket, conversation="group:2", opened_at=now + MINUTE))
    assert store.tickets.get(ticket.number) == ticket


def test_due_tickets_come_earliest_first_and_no_more_than_wanted(
    store: Store, open_ticket: OpenTicket, now: datetime
) -> None:
    late = open_ticket(next_action_at=now + 2 * MINUTE)
    early = open_ticket(next_action_at=now + MINUTE)
    open_ticket(next_action_at=now + 2 * MINUTE + timedelta(milliseconds=1))
    open_ticket(next_action_at=None)
    assert store.tickets.list_due(now + 2 * MINUTE) == [early, late]
    assert store.tickets.list_due(now + 2 * MINUTE, 1) == [early]


def test_the_next_due_moment_is_the_earliest(
    store: Store, open_ticket: OpenTicket, now: datetime
) -> None:
    assert store.tickets.next_due() is None
    open_ticket(next_action_at=None)
    open_ticket(next_action_at=now + 2 * MINUTE)
    open_ticket(next_action_at=now + MINUTE)
    assert store.tickets.next_due() == now + MINUTE


def test_a_person_has_his_open_tickets_by_number(
    store: Store, open_ticket: OpenTicket, person: PersonId
) -> None:
    first, closed, second = (open_ticket(assignee=person) for _ in range(3))
    open_ticket()
    store.tickets.save(replace(closed, stage=Stage.CLOSED))
    assert store.tickets.list_open_for_person(person) == [first, second]


def test_open_tickets_of_a_unit_and_below_come_oldest_first(
    store: Store, open_ticket: OpenTicket, now: datetime
) -> None:
    store.conversations.set_scope([(TOWN, LIUYUAN), (TOWN, BRIDGE)])
    newer = open_ticket(unit=LIUYUAN, opened_at=now + MINUTE)
    older = open_ticket(unit=BRIDGE)
    closed = open_ticket(unit=BRIDGE)
    store.tickets.save(replace(closed, stage=Stage.CLOSED))
    assert store.tickets.list_open_in_scope(TOWN) == [older, newer]
    assert store.tickets.list_open_in_scope(LIUYUAN) == [newer]


def test_recently_touched_tickets_of_a_unit_come_newest_first(
    store: Store, open_ticket: OpenTicket, now: datetime
) -> None:
    touched = replace(open_ticket(), updated_at=now + MINUTE)
    store.tickets.save(touched)
    open_ticket()
    closed = replace(open_ticket(), updated_at=now + 2 * MINUTE, stage=Stage.CLOSED)
    store.tickets.save(closed)
    open_ticket(unit=BRIDGE, opened_at=now + MINUTE)
    assert store.tickets.list_recent_in_unit(LIUYUAN, now + MINUTE) == [closed, touched]


def test_at_most_sixty_recent_tickets_are_given(
    store: Store, open_ticket: OpenTicket, now: datetime
) -> None:
    numbers = [open_ticket().number for _ in range(61)]
    found = store.tickets.list_recent_in_unit(LIUYUAN, now)
    assert [ticket.number for ticket in found] == numbers[:0:-1]


def test_rescheduling_writes_what_was_told_and_nothing_else(
    store: Store, open_ticket: OpenTicket, now: datetime
) -> None:
    ticket = open_ticket()
    later = now + MINUTE
    told = replace(
        ticket,
        gather_until=None,
        acknowledged_at=later,
        reminders_sent=2,
        escalations_sent=1,
        last_reminded_at=later,
        next_action_at=later + MINUTE,
        updated_at=later,
    )
    store.tickets.reschedule(replace(told, body="changed", stage=Stage.CLOSED))
    assert store.tickets.get(ticket.number) == told


def test_a_resident_may_hear_of_what_was_raised_in_public_and_of_his_own(
    store: Store, open_ticket: OpenTicket, resident: Resident, now: datetime
) -> None:
    other = store.residents.see("qq", "20002", "老赵", LIUYUAN)
    public = open_ticket()
    delicate = open_ticket(is_sensitive=True)
    private = open_ticket(conversation=f"private:{resident.user_id}")
    confirmed = replace(open_ticket(), stage=Stage.CLOSED, outcome=Outcome.CONFIRMED)
    mistaken = replace(open_ticket(), stage=Stage.CLOSED, outcome=Outcome.MISTAKEN)
    for closed in (confirmed, mistaken):
        store.tickets.save(closed)
    for ticket in (public, delicate, private, confirmed, mistaken):
        store.tickets.add_report(report(ticket, resident, now))

    heard_by_other = store.tickets.list_known_to(LIUYUAN, other.id, now)
    own = store.tickets.list_known_to(LIUYUAN, resident.id, now)

    assert heard_by_other == [confirmed, public]
    assert own == [mistaken, confirmed, private, delicate, public]
    assert store.tickets.list_known_to(LIUYUAN, resident.id, now + MINUTE) == []
    assert store.tickets.list_known_to(BRIDGE, resident.id, now) == []


def test_the_reporters_of_a_ticket_come_with_their_user_ids(
    store: Store, open_ticket: OpenTicket, resident: Resident, now: datetime
) -> None:
    ticket = open_ticket()
    other = store.residents.see("qq", "20002", "老赵", LIUYUAN)
    first = report(ticket, resident, now)
    second = replace(first, resident=other.id, at=now + MINUTE, is_acknowledged=True)
    store.tickets.add_report(second)
    store.tickets.add_report(first)
    store.tickets.add_report(report(open_ticket(), resident, now))

    found = store.tickets.list_reporters(ticket.number)

    assert found == [(first, resident.user_id), (second, "20002")]


def test_a_resident_has_the_tickets_he_raised_or_joined_newest_first(
    store: Store, open_ticket: OpenTicket, resident: Resident, now: datetime
) -> None:
    other = store.residents.see("qq", "20002", "老赵", LIUYUAN)
    own, joined, foreign = open_ticket(), open_ticket(resident=other.id), open_ticket()
    store.tickets.add_report(report(own, resident, now))
    store.tickets.add_report(report(joined, other, now))
    store.tickets.add_report(report(joined, resident, now))
    store.tickets.add_report(report(foreign, other, now))
    assert store.tickets.list_for_resident(resident.id) == [joined, own]
    assert store.tickets.list_for_resident(resident.id, 1) == [joined]


def test_all_tickets_are_listed_by_number(store: Store, open_ticket: OpenTicket) -> None:
    tickets = [open_ticket() for _ in range(3)]
    store.tickets.save(tickets[0])
    assert store.tickets.list_all() == tickets
