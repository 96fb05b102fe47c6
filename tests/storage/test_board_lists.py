"""Each number of the board, and the list of the tickets behind it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.models import Outcome, Report, Resident, Stage, Ticket, TicketNumber, UnitId
from storage.statistics import Figure
from storage.store import Store

UNIT, TOWN, OTHER = UnitId("liuyuan"), UnitId("town"), UnitId("hedong")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OpenTicket = Callable[..., Ticket]
Listed = Callable[..., list[TicketNumber]]

CLOSED_AS = {
    "satisfied": (Outcome.CONFIRMED, True, True),
    "solved": (Outcome.CONFIRMED, True, None),
    "silent": (Outcome.UNCONFIRMED, None, None),
    "dissatisfied": (Outcome.UNCONFIRMED, False, False),
    "declined": (Outcome.DECLINED, None, None),
    "withdrawn": (Outcome.WITHDRAWN, None, None),
    "joined": (Outcome.JOINED, None, None),
    "mistaken": (Outcome.MISTAKEN, None, None),
}


@pytest.fixture(autouse=True)
def tree(store: Store) -> None:
    store.conversations.set_scope([(TOWN, UNIT), (TOWN, OTHER)])


@pytest.fixture
def listed(store: Store, now: datetime) -> Listed:
    """The numbers of the tickets behind a figure of the month around now."""

    def numbers(figure: Figure, unit: UnitId = UNIT, most: int = 200) -> list[TicketNumber]:
        since, until = now - 20 * DAY, now + 10 * DAY
        rows = store.statistics.list_behind(figure, unit, since, until, now, most)
        return [row.number for row in rows]

    return numbers


@pytest.fixture
def closed(store: Store, open_ticket: OpenTicket, now: datetime) -> Mapping[str, TicketNumber]:
    """One ticket closed in each way, contacted an hour after it came."""
    made = {}
    for name, (outcome, is_solved, is_satisfied) in CLOSED_AS.items():
        ticket = replace(
            open_ticket(),
            stage=Stage.CLOSED,
            outcome=outcome,
            closed_at=now + DAY,
            contact_done_at=now + HOUR,
            is_solved=is_solved,
            is_satisfied=is_satisfied,
        )
        store.tickets.save(ticket)
        made[name] = ticket.number
    return made


@pytest.mark.parametrize(
    ("figure", "names"),
    [
        (Figure.OPENED, "withdrawn declined dissatisfied silent solved satisfied"),
        (Figure.PEOPLE, "withdrawn declined dissatisfied silent solved satisfied"),
        (Figure.CLOSED, "withdrawn declined dissatisfied silent solved satisfied"),
        (Figure.CONFIRMED, "solved satisfied"),
        (Figure.UNCONFIRMED, "dissatisfied silent"),
        (Figure.DECLINED, "declined"),
        (Figure.WITHDRAWN, "withdrawn"),
        (Figure.JOINED, "joined"),
        (Figure.MISTAKEN, "mistaken"),
        (Figure.OPEN, ""),
        (Figure.OVERDUE, ""),
        (Figure.RESPONSE, "declined dissatisfied silent solved satisfied"),
        (Figure.IN_TIME, "declined dissatisfied silent solved satisfied"),
        (Figure.LATE, ""),
        (Figure.NOT_TIMED, "withdrawn"),
        (Figure.SOLUTION, "dissatisfied silent solved satisfied"),
        (Figure.SOLVED, "solved satisfied"),
        (Figure.UNSOLVED, "dissatisfied silent"),
        (Figure.NOT_ANSWERED, "withdrawn declined"),
        (Figure.SATISFACTION, "dissatisfied satisfied"),
        (Figure.SATISFIED, "satisfied"),
        (Figure.UNSATISFIED, "dissatisfied"),
        (Figure.SILENT, "silent solved"),
    ],
)
def test_a_figure_lists_the_closed_tickets_it_counts(
    figure: Figure, names: str, listed: Listed, closed: Mapping[str, TicketNumber]
) -> None:
    assert listed(figure) == [closed[name] for name in names.split()]


def test_the_numbers_are_as_long_as_their_lists(
    store: Store, listed: Listed, closed: Mapping[str, TicketNumber], now: datetime
) -> None:
    since, until = now - 20 * DAY, now + 10 * DAY
    counts = store.statistics.counts(UNIT, since, until)
    response = store.statistics.response(UNIT, since, until, now)
    solution, satisfaction = store.statistics.solution(UNIT, since, until)
    assert len(listed(Figure.OPENED)) == counts.opened
    assert {one: len(listed(Figure(one))) for one in Outcome} == dict(counts.closed)
    assert len(listed(Figure.IN_TIME)) == response.part
    assert len(listed(Figure.RESPONSE)) == response.whole
    assert len(listed(Figure.SOLVED)) == solution.part
    assert len(listed(Figure.SOLUTION)) == solution.whole
    assert len(listed(Figure.SATISFIED)) == satisfaction.part
    assert len(listed(Figure.SATISFACTION)) == satisfaction.whole


@pytest.mark.parametrize(
    ("stage", "clock"),
    [
        (Stage.REGISTERED, "contact"),
        (Stage.CONTACTED, "acceptance"),
        (Stage.ACCEPTED, "handling"),
        (Stage.HANDLED, "answer"),
    ],
)
def test_a_ticket_is_overdue_once_the_clock_of_its_stage_has_ended(
    stage: Stage, clock: str, store: Store, open_ticket: OpenTicket, listed: Listed, now: datetime
) -> None:
    late, early = open_ticket(), open_ticket()
    ended: dict[str, object] = {f"{clock}_due_at": now, "stage": stage}
    store.tickets.save(replace(late, **ended))  # type: ignore[arg-type]
    store.tickets.save(replace(early, stage=stage))
    assert listed(Figure.OVERDUE) == [late.number]
    assert store.statistics.count_overdue(UNIT, now) == 1


def test_a_ticket_that_waits_for_the_resident_is_not_overdue(
    store: Store, open_ticket: OpenTicket, listed: Listed, now: datetime
) -> None:
    ticket = open_ticket(contact_due_at=now - DAY, handling_due_at=now - DAY)
    store.tickets.save(replace(ticket, stage=Stage.ANSWERED))
    assert listed(Figure.OVERDUE) == []
    assert listed(Figure.ANSWERED) == [ticket.number]


def test_the_longest_overdue_comes_first(
    open_ticket: OpenTicket, listed: Listed, now: datetime
) -> None:
    short, long = (open_ticket(contact_due_at=now - days * DAY) for days in (1, 3))
    assert listed(Figure.OVERDUE) == [long.number, short.number]


def test_a_late_or_missing_contact_is_late_and_one_not_yet_due_is_left_out(
    store: Store, open_ticket: OpenTicket, listed: Listed, now: datetime
) -> None:
    missing = open_ticket(contact_due_at=now - HOUR)
    late = open_ticket(contact_due_at=now - HOUR)
    store.tickets.save(replace(late, stage=Stage.CONTACTED, contact_done_at=now))
    waiting = open_ticket(contact_due_at=now + HOUR)
    assert listed(Figure.LATE) == listed(Figure.RESPONSE) == [late.number, missing.number]
    assert listed(Figure.NOT_TIMED) == [waiting.number]


def test_a_ticket_lists_how_many_raised_it_and_joiners_only_those_with_others(
    store: Store, open_ticket: OpenTicket, resident: Resident, listed: Listed, now: datetime
) -> None:
    alone, shared = open_ticket(), open_ticket()
    other = store.residents.see("qq", "20002", "老王", UNIT)
    for ticket, one in ((alone, resident), (shared, resident), (shared, other)):
        report = Report(ticket.number, one.id, "group:1", "qq", now, is_acknowledged=True)
        store.tickets.add_report(report)
    assert listed(Figure.JOINERS) == [shared.number]
    rows = store.statistics.list_behind(Figure.OPEN, UNIT, now, now, now, 200)
    assert [row.people for row in rows] == [1, 2]


def test_a_list_ends_at_the_most_that_is_asked_for(open_ticket: OpenTicket, listed: Listed) -> None:
    first, second, _ = (open_ticket() for _ in range(3))
    assert listed(Figure.OPEN, most=2) == [first.number, second.number]


def test_a_list_holds_the_unit_and_what_is_below_it_and_nothing_beside(
    open_ticket: OpenTicket, listed: Listed
) -> None:
    here, there = open_ticket(), open_ticket(unit=OTHER)
    assert listed(Figure.OPEN) == [here.number]
    assert listed(Figure.OPEN, OTHER) == [there.number]
    assert listed(Figure.OPEN, TOWN) == [here.number, there.number]


def test_every_figure_has_a_list(store: Store, listed: Listed) -> None:
    assert [listed(figure) for figure in Figure] == [[] for _ in Figure]


def test_a_ticket_of_another_month_is_in_no_list_of_this_one(
    store: Store, open_ticket: OpenTicket, listed: Listed, now: datetime
) -> None:
    ticket = open_ticket(opened_at=now - 60 * DAY)
    closed_at = now - 30 * DAY
    store.tickets.save(
        replace(ticket, stage=Stage.CLOSED, outcome=Outcome.CONFIRMED, closed_at=closed_at)
    )
    assert [figure for figure in Figure if listed(figure)] == []
