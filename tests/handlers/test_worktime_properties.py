"""What holds of clocks in working time wherever they begin."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.settings import Span
from tests.handlers.office import CALENDAR

MOMENTS = st.datetimes(
    min_value=datetime(2025, 1, 1), max_value=datetime(2027, 6, 30), timezones=st.just(UTC)
)
LENGTHS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=80))


@settings(deadline=None)
@given(MOMENTS, LENGTHS.filter(bool))
def test_what_was_asked_has_been_worked_when_it_is_due(start: datetime, w: timedelta) -> None:
    assert CALENDAR.worked(start, CALENDAR.due(start, Span(working=w))) == w


@settings(deadline=None)
@given(MOMENTS, MOMENTS, LENGTHS)
def test_a_later_start_is_never_due_earlier(a: datetime, b: datetime, w: timedelta) -> None:
    first, second = sorted((a, b))
    span = Span(working=w)
    assert CALENDAR.due(first, span) <= CALENDAR.due(second, span)


@settings(deadline=None)
@given(MOMENTS, LENGTHS, LENGTHS.filter(bool))
def test_two_lengths_in_a_row_are_their_sum(start: datetime, a: timedelta, b: timedelta) -> None:
    middle = CALENDAR.due(start, Span(working=a))
    assert CALENDAR.due(middle, Span(working=b)) == CALENDAR.due(start, Span(working=a + b))


@settings(deadline=None)
@given(MOMENTS, MOMENTS, MOMENTS)
def test_worked_time_adds_up(a: datetime, b: datetime, c: datetime) -> None:
    a, b, c = sorted((a, b, c))
    assert CALENDAR.worked(a, b) + CALENDAR.worked(b, c) == CALENDAR.worked(a, c)


@settings(deadline=None)
@given(MOMENTS, st.integers(1, 20))
def test_so_many_days_later_is_that_place_in_that_working_day(start: datetime, n: int) -> None:
    start = CALENDAR.next_opening(start)
    due = CALENDAR.local(CALENDAR.due(start, Span(working_days=n)))
    began = CALENDAR.local(start)
    if began.time() == time(9):
        assert due.time() == time(18)
        assert due.date() == CALENDAR.add_workdays(began.date(), n - 1)
    elif began.time() != time(14):
        assert due.time() == began.time()
        assert due.date() == CALENDAR.add_workdays(began.date(), n)


@settings(deadline=None)
@given(MOMENTS, LENGTHS.filter(bool), st.floats(0, 1))
def test_a_share_lies_between_start_and_due(start: datetime, w: timedelta, part: float) -> None:
    span = Span(working=w)
    due = CALENDAR.due(start, span)
    assert start <= CALENDAR.share(start, due, part, span) <= due


@settings(deadline=None)
@given(MOMENTS)
def test_the_next_opening_is_working_time(moment: datetime) -> None:
    opening = CALENDAR.next_opening(moment)
    assert CALENDAR.is_working(opening)
    assert CALENDAR.worked(moment, opening) == timedelta(0)
