"""Clocks in working time, against cases counted by hand on the printed calendar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.settings import Span, WorkTime
from handlers.worktime import Calendar, calendar_for
from tests.handlers.office import CALENDAR, HOURS, SHANGHAI, at, days, hours

DUE = [
    # Friday: 1 h 30 is left until 18:00, the other half hour runs on Monday.
    ("2026-11-27 16:30", hours(2), "2026-11-30 09:30"),
    # The lunch break does not count: 11:30 + 0 h 30 = 12:00, then 14:00 + 1 h 30.
    ("2026-11-24 11:30", hours(2), "2026-11-24 15:30"),
    ("2026-11-24 12:00", hours(2), "2026-11-24 16:00"),
    ("2026-11-24 13:00", hours(2), "2026-11-24 16:00"),
    # Exactly until the break, until closing.
    ("2026-11-24 10:00", hours(2), "2026-11-24 12:00"),
    ("2026-11-24 16:00", hours(2), "2026-11-24 18:00"),
    # At night, before dawn, at the stroke of closing.
    ("2026-11-24 23:10", hours(2), "2026-11-25 11:00"),
    ("2026-11-25 03:00", hours(2), "2026-11-25 11:00"),
    ("2026-11-24 18:00", hours(2), "2026-11-25 11:00"),
    # A pause over a weekend.
    ("2026-11-28 10:00", hours(2), "2026-11-30 11:00"),
    ("2026-11-27 19:00", hours(2), "2026-11-30 11:00"),
    # Urgent: half an hour; five minutes before closing 25 are left for the morning.
    ("2026-11-24 15:00", hours(0.5), "2026-11-24 15:30"),
    ("2026-11-24 17:55", hours(0.5), "2026-11-25 09:25"),
    # One working day: the same place in the next one.
    ("2026-11-24 10:00", days(1), "2026-11-25 10:00"),
    ("2026-11-27 16:30", days(1), "2026-11-30 16:30"),
    # In the break: from 14:00, which is 12:00 by the work done; the next day's 12:00 ends it.
    ("2026-11-24 13:00", days(1), "2026-11-25 12:00"),
    # From outside working time, one working day is the whole next one.
    ("2026-11-24 22:00", days(1), "2026-11-25 18:00"),
    ("2026-11-28 10:00", days(1), "2026-11-30 18:00"),
    ("2026-11-24 10:00", days(5), "2026-12-01 10:00"),
    # Sunday 2026-09-20 is worked for the 25th: Saturday evening is due on Sunday.
    ("2026-09-19 20:00", hours(2), "2026-09-20 11:00"),
    ("2026-09-18 16:30", hours(2), "2026-09-20 09:30"),
    ("2025-09-27 12:00", hours(3), "2025-09-28 12:00"),
    # Sunday 2025-01-26 and Saturday 2025-02-08 are worked, 01-28 to 02-04 are off.
    ("2025-01-27 17:00", hours(2), "2025-02-05 10:00"),
    ("2025-01-25 08:00", days(1), "2025-01-26 18:00"),
    ("2025-02-07 17:00", hours(2), "2025-02-08 10:00"),
    # Spring Festival 2026: off from Sunday 02-15 to Monday 02-23; Saturdays 14 and 28 worked.
    ("2026-02-13 16:30", hours(2), "2026-02-14 09:30"),
    ("2026-02-14 17:00", hours(2), "2026-02-24 10:00"),
    ("2026-02-14 10:00", days(2), "2026-02-25 10:00"),
    # National Day 2025: off from 10-01 to 10-08, Saturday 10-11 worked.
    ("2025-09-30 17:30", hours(1), "2025-10-09 09:30"),
    ("2025-10-03 12:00", hours(1), "2025-10-09 10:00"),
    ("2025-09-30 10:00", days(5), "2025-10-14 10:00"),
    # National Day 2026: off from 10-01 to 10-07, Saturday 10-10 worked.
    ("2026-09-30 17:00", hours(2), "2026-10-08 10:00"),
    ("2026-09-30 10:00", days(3), "2026-10-10 10:00"),
    # 2027 is not published: 1 January is off all the same, a Friday.
    ("2026-12-31 17:00", hours(2), "2027-01-04 10:00"),
    # Real time: at any hour.
    ("2026-11-28 03:00", Span(real=timedelta(minutes=15)), "2026-11-28 03:15"),
]


@pytest.mark.parametrize(("start", "span", "due"), DUE)
def test_a_clock_ends_where_a_hand_count_says(start: str, span: Span, due: str) -> None:
    assert CALENDAR.due(at(start), span) == at(due)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-24 10:00", "2026-11-24 18:00"),
        ("2026-11-24 07:00", "2026-11-24 18:00"),
        ("2026-11-24 13:00", "2026-11-24 18:00"),
        ("2026-11-24 18:00", "2026-11-25 18:00"),
        ("2026-11-27 21:00", "2026-11-30 18:00"),
        ("2026-09-30 21:00", "2026-10-08 18:00"),
    ],
)
def test_the_same_day_ends_with_that_days_work_or_the_next(start: str, due: str) -> None:
    assert CALENDAR.due(at(start), Span(same_day=True)) == at(due)


def test_four_fifths_of_two_hours_come_after_the_break() -> None:
    start, due = at("2026-11-24 11:00"), at("2026-11-24 15:00")
    assert CALENDAR.share(start, due, 0.8, hours(2)) == at("2026-11-24 14:36")


def test_four_fifths_of_five_days_are_four_days() -> None:
    start = at("2026-11-24 10:00")
    due = CALENDAR.due(start, days(5))
    assert CALENDAR.share(start, due, 0.8, days(5)) == at("2026-11-30 10:00")


def test_a_share_of_a_real_span_runs_through_the_night() -> None:
    start, due = at("2026-11-28 03:00"), at("2026-11-28 03:30")
    span = Span(real=timedelta(minutes=30))
    assert CALENDAR.share(start, due, 0.8, span) == at("2026-11-28 03:24")


def test_a_share_of_a_clock_that_starts_at_night_is_in_the_morning() -> None:
    start = at("2026-11-24 23:00")
    due = CALENDAR.due(start, hours(2))
    assert CALENDAR.share(start, due, 0.5, hours(2)) == at("2026-11-25 10:00")


@pytest.mark.parametrize(
    ("start", "end", "worked"),
    [
        ("2026-11-24 09:00", "2026-11-24 18:00", 7),
        ("2026-11-24 11:00", "2026-11-24 15:00", 2),
        ("2026-11-27 17:00", "2026-11-30 10:00", 2),
        ("2026-09-30 17:00", "2026-10-08 10:00", 2),
        ("2026-11-24 12:30", "2026-11-24 13:30", 0),
        ("2026-11-24 15:00", "2026-11-24 14:00", 0),
    ],
)
def test_worked_time_leaves_out_breaks_nights_and_holidays(
    start: str, end: str, worked: int
) -> None:
    assert CALENDAR.worked(at(start), at(end)) == timedelta(hours=worked)


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-24 10:07", "2026-11-24 10:07"),
        ("2026-11-24 12:00", "2026-11-24 14:00"),
        ("2026-11-24 18:00", "2026-11-25 09:00"),
        ("2026-11-28 10:00", "2026-11-30 09:00"),
        ("2026-09-19 10:00", "2026-09-20 09:00"),
    ],
)
def test_the_next_opening_is_the_moment_itself_while_working(moment: str, opening: str) -> None:
    assert CALENDAR.next_opening(at(moment)) == at(opening)
    assert CALENDAR.is_working(at(moment)) is (moment == opening)


@pytest.mark.parametrize(
    ("after", "moment"),
    [
        ("2026-11-24 08:00", "2026-11-24 09:00"),
        ("2026-11-24 09:00", "2026-11-25 09:00"),
        ("2026-11-27 09:30", "2026-11-30 09:00"),
        ("2026-09-30 12:00", "2026-10-08 09:00"),
    ],
)
def test_the_daily_moment_is_strictly_later_and_on_a_working_day(after: str, moment: str) -> None:
    assert CALENDAR.next_day_at(at(after), time(9)) == at(moment)


@pytest.mark.parametrize(
    ("day", "n", "result"),
    [
        ("2026-11-27", 1, "2026-11-30"),
        ("2026-11-28", 1, "2026-11-30"),
        ("2026-11-28", 0, "2026-11-28"),
        ("2026-09-18", 1, "2026-09-20"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-10-08", -1, "2026-09-30"),
        ("2026-11-30", -2, "2026-11-26"),
    ],
)
def test_working_days_are_counted_from_the_day_after(day: str, n: int, result: str) -> None:
    assert CALENDAR.add_workdays(date.fromisoformat(day), n) == date.fromisoformat(result)


@pytest.mark.parametrize(
    ("now", "overdue"),
    [
        ("2026-11-27 16:00", 0),
        ("2026-11-27 17:00", 0),
        ("2026-11-29 12:00", 0),
        ("2026-11-30 16:29", 0),
        ("2026-11-30 16:30", 1),
        ("2026-12-01 16:29", 1),
        ("2026-12-01 16:30", 2),
    ],
)
def test_a_day_overdue_is_a_working_days_worth(now: str, overdue: int) -> None:
    assert CALENDAR.workdays_overdue(at("2026-11-27 16:30"), at(now)) == overdue


def test_the_end_of_a_day_off_is_the_end_of_the_next_working_day() -> None:
    assert CALENDAR.end_of(date(2026, 11, 24)) == at("2026-11-24 18:00")
    assert CALENDAR.end_of(date(2026, 11, 28)) == at("2026-11-30 18:00")


def test_a_moment_is_told_in_local_time() -> None:
    local = CALENDAR.local(datetime(2026, 11, 24, 1, 30, tzinfo=UTC))
    assert (local.hour, local.utcoffset()) == (9, timedelta(hours=8))


def test_results_are_in_utc() -> None:
    start = datetime(2026, 11, 24, 10, tzinfo=SHANGHAI)
    assert CALENDAR.due(start, hours(1)).tzinfo is UTC
    assert CALENDAR.due(start, Span(real=timedelta(hours=1))).tzinfo is UTC
    assert CALENDAR.next_opening(start).tzinfo is UTC


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.due(datetime(2026, 11, 24, 10), hours(1))
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.is_working(datetime(2026, 11, 24, 10))


def test_a_day_of_24_hours_loses_one_when_the_clocks_go_forward() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    calendar = Calendar(WorkTime(berlin, ((time(0), time(0)),), tuple(range(7))))
    start = datetime(2027, 3, 27, 12, tzinfo=berlin)
    assert calendar.worked(start, datetime(2027, 3, 28, 12, tzinfo=berlin)) == timedelta(hours=23)


def test_an_office_in_a_zone_with_summer_time_opens_by_its_own_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    calendar = Calendar(WorkTime(berlin, ((time(9), time(17)),)))
    start = datetime(2027, 3, 26, 16, tzinfo=berlin)  # Friday in winter time
    # 8:00 UTC in winter, 7:00 UTC when the office opens in summer time, one hour later 8:00.
    assert calendar.due(start, hours(2)) == datetime(2027, 3, 29, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("intervals", "weekdays"),
    [
        ((), (0, 1)),
        (HOURS, ()),
        (((time(12), time(9)),), (0, 1)),
        (((time(9), time(12)), (time(11), time(18))), (0, 1)),
        (((time(9), time(0)), (time(14), time(18))), (0, 1)),
    ],
)
def test_hours_that_leave_no_sense_are_refused(
    intervals: tuple[tuple[time, time], ...], weekdays: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="interval"):
        Calendar(WorkTime(SHANGHAI, intervals, weekdays))


def test_equal_hours_share_one_calendar() -> None:
    assert calendar_for(WorkTime(ZoneInfo("Asia/Shanghai"), HOURS)) is CALENDAR
