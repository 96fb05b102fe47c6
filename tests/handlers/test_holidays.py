"""Which days are worked: the published calendar, and what the configuration changes in it."""

from datetime import date

import pytest

from handlers.settings import WorkTime
from handlers.worktime import Calendar, calendar_for
from storage.models import OutgoingClass, Urgency
from tests.handlers.conftest import TownMaker
from tests.handlers.office import CALENDAR, HOURS, SHANGHAI, at, hours
from tests.handlers.town import INSTRUCTOR, of


def with_overrides(*overrides: tuple[date, bool]) -> Calendar:
    return calendar_for(WorkTime(SHANGHAI, HOURS, overrides=overrides))


@pytest.mark.parametrize(
    ("day", "is_workday"),
    [
        ("2026-11-27", True),
        ("2026-11-28", False),
        ("2026-09-20", True),  # make-up Sunday
        ("2026-09-25", False),  # Mid-Autumn, a Friday
        ("2025-04-27", True),  # make-up Sunday
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2026-02-16", False),
        ("2027-01-01", False),
        ("2027-05-01", False),
        ("2027-10-01", False),
        ("2027-10-04", True),  # no one has published it yet
        ("2027-03-02", True),
        ("2027-03-06", False),
    ],
)
def test_a_working_day_is_as_the_state_council_published(day: str, is_workday: bool) -> None:
    assert CALENDAR.is_workday(date.fromisoformat(day)) is is_workday


def test_the_calendar_knows_how_far_it_reaches() -> None:
    assert CALENDAR.covered_until() == date(2026, 12, 31)


def test_overrides_up_to_national_day_cover_their_year() -> None:
    calendar = with_overrides((date(2027, 2, 8), False), (date(2027, 10, 4), False))
    assert calendar.covered_until() == date(2027, 12, 31)


def test_a_single_day_off_does_not_pass_for_a_years_calendar() -> None:
    calendar = with_overrides((date(2027, 2, 8), False))
    assert calendar.covered_until() == date(2026, 12, 31)


def test_an_override_turns_a_working_day_off() -> None:
    calendar = with_overrides((date(2026, 11, 25), False))
    assert calendar.due(at("2026-11-24 17:00"), hours(2)) == at("2026-11-26 10:00")


def test_an_override_turns_a_holiday_on() -> None:
    calendar = with_overrides((date(2026, 10, 1), True))
    assert calendar.due(at("2026-09-30 17:00"), hours(2)) == at("2026-10-01 10:00")


def test_an_override_wins_over_the_fixed_holidays_of_an_uncovered_year() -> None:
    assert with_overrides((date(2027, 1, 1), True)).is_workday(date(2027, 1, 1))


def test_a_six_day_week_still_keeps_the_published_holidays() -> None:
    calendar = calendar_for(WorkTime(SHANGHAI, HOURS, weekdays=(0, 1, 2, 3, 4, 5)))
    assert calendar.is_workday(date(2026, 11, 28))
    assert not calendar.is_workday(date(2026, 10, 3))


def test_a_time_counted_over_unpublished_holidays_is_marked(town_at: TownMaker) -> None:
    town = town_at("2026-12-31 17:30")
    town.open()
    card = of(list(town.store.outbox.list_new()), OutgoingClass.CARD)[0].text
    assert "1月4日 10:30前（日期未确认）联系" in card
    assert "1月4日 10:30前（日期未确认）联系" in town.tell(INSTRUCTOR, "待办")[0].text


def test_no_time_of_a_published_year_is_marked_nor_one_that_runs_day_and_night(
    town_at: TownMaker,
) -> None:
    town = town_at("2026-12-31 09:00")
    town.open()
    assert "未确认" not in town.tell(INSTRUCTOR, "待办")[0].text
    town.now = at("2026-12-31 23:58")
    town.open(urgency=Urgency.CRITICAL)
    told = town.tell(INSTRUCTOR, "2 已联系")[0].text
    assert "前受理" in told
    assert "未确认" not in told
