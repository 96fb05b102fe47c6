"""Working time: working days with Chinese holidays and make-up days, and clocks that run in it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from handlers.settings import Span, WorkTime

Opening = tuple[datetime, datetime]
Hours = tuple[time, time]

# Where nothing published covers a year, only the days off that never move are known.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)})
# The State Council's yearly notice always ends with National Day: overrides that reach it are a
# whole year's, while a few local days off earlier in the year are not.
LAST_HOLIDAY = (10, 1)
ONE_DAY = timedelta(days=1)
NOTHING = timedelta(0)
MOST_DAYS_KEPT = 4000


@lru_cache(maxsize=1)
def _published() -> Mapping[date, bool]:
    """Days the package names, with "is a working day". Imported late: it costs 40 ms."""
    from chinese_calendar import constants

    days: dict[date, bool] = dict.fromkeys(constants.holidays, False)
    days.update(dict.fromkeys(constants.workdays, True))
    return days


@lru_cache(maxsize=1)
def _published_years() -> frozenset[int]:
    return frozenset(day.year for day, is_workday in _published().items() if not is_workday)


@lru_cache(maxsize=16)
def calendar_for(worktime: WorkTime) -> "Calendar":
    """The one calendar of these hours. ValueError if they leave no working time at all."""
    return Calendar(worktime)


class Calendar:
    """Arithmetic in working time. Takes any aware moment, gives aware UTC; naive: ValueError.

    A working interval is half open: at 18:00 sharp the day's work is over. A length of working
    time that ends at closing ends there, not at the next opening.
    """

    def __init__(self, worktime: WorkTime) -> None:
        self._zone = worktime.zone
        self._hours = tuple(sorted(worktime.hours))
        self._weekdays = frozenset(worktime.weekdays)
        self._overrides = dict(worktime.overrides)
        self._openings: dict[date, tuple[Opening, ...]] = {}
        self._totals: dict[int, timedelta] = {}
        self.day_length = sum((_length(opens, closes) for opens, closes in self._hours), NOTHING)
        self._check()

    def _check(self) -> None:
        if not self._hours or not self._weekdays & frozenset(range(7)):
            raise ValueError("working time needs at least one interval and one weekday")
        if any(_length(opens, closes) <= NOTHING for opens, closes in self._hours):
            raise ValueError("a working interval must end after it begins, by midnight")
        if any(a[1] > b[0] or _ends_at_midnight(a) for a, b in pairwise(self._hours)):
            raise ValueError("working intervals overlap")

    # Days

    def is_workday(self, day: date) -> bool:
        return bool(self._openings_on(day))

    def covered_until(self) -> date:
        """The last day up to which every year is covered by the package or by overrides."""
        year = max(_published_years())
        while self._covers(year + 1):
            year += 1
        return date(year, 12, 31)

    def add_workdays(self, day: date, n: int) -> date:
        """The nth working day after `day` (before it if negative); 0 is `day` itself."""
        step = ONE_DAY if n > 0 else -ONE_DAY
        for _ in range(abs(n)):
            day += step
            while not self.is_workday(day):
                day += step
        return day

    # Moments

    def local(self, moment: datetime) -> datetime:
        return _aware(moment).astimezone(self._zone)

    def is_working(self, moment: datetime) -> bool:
        return any(a <= moment < b for a, b in self._openings_on(self.local(moment).date()))

    def next_opening(self, moment: datetime) -> datetime:
        """The first working moment not before `moment`: itself when it is one."""
        opens, _ = next(self._openings_after(moment))
        return max(opens, moment.astimezone(UTC))

    def next_day_at(self, after: datetime, at: time) -> datetime:
        """The first moment strictly after `after` that is local time `at` on a working day."""
        day = self.local(after).date()
        while True:
            if self.is_workday(day) and (moment := self._moment(day, at)) > after:
                return moment
            day += ONE_DAY

    def end_of(self, day: date) -> datetime:
        """The end of work on `day`, or on the next working day."""
        while not self.is_workday(day):
            day += ONE_DAY
        return self._openings_on(day)[-1][1]

    # Clocks

    def due(self, start: datetime, span: Span) -> datetime:
        """When `span` has run from `start`. Outside working time it starts at the next opening.

        Working days are that many days' worth of working time: from Monday 10:00, one is
        Tuesday 10:00; from Sunday, it is the end of Monday.
        """
        if span.real is not None:
            return _aware(start).astimezone(UTC) + span.real
        if span.same_day:
            return self.end_of(self.local(self.next_opening(start)).date())
        if span.working_days is not None:
            return self._forward(start, span.working_days * self.day_length)
        return self._forward(start, span.working or NOTHING)

    def share(self, start: datetime, due: datetime, part: float, span: Span) -> datetime:
        """When `part` (0..1) of the time between `start` and `due` has run, as `span` counts."""
        if span.real is not None:
            return _aware(start).astimezone(UTC) + (due - start) * part
        return self._forward(start, self.worked(start, due) * part)

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two moments; zero if `end` is not after `start`."""
        if end <= start:
            return NOTHING
        first, last = self.local(start).date(), self.local(end).date()
        total = self._worked_on(first, start, end)
        if first == last:
            return total
        # Whole days are looked up: a digest asks this of everything that is overdue.
        for number in range(first.toordinal() + 1, last.toordinal()):
            total += self._whole_day(number)
        return total + self._worked_on(last, start, end)

    def _worked_on(self, day: date, start: datetime, end: datetime) -> timedelta:
        parts = (min(closes, end) - max(opens, start) for opens, closes in self._openings_on(day))
        return sum((part for part in parts if part > NOTHING), NOTHING)

    def _whole_day(self, number: int) -> timedelta:
        """The working time of a day, given by its ordinal."""
        total = self._totals.get(number)
        if total is None:
            if len(self._totals) >= MOST_DAYS_KEPT:
                self._totals.clear()
            openings = self._openings_on(date.fromordinal(number))
            total = sum((closes - opens for opens, closes in openings), NOTHING)
            self._totals[number] = total
        return total

    def workdays_overdue(self, due: datetime, now: datetime) -> int:
        """Whole working days' worth of working time since `due`."""
        return self.worked(due, now) // self.day_length

    def _forward(self, start: datetime, length: timedelta) -> datetime:
        """The earliest moment by which `length` of working time has run since `start`."""
        start = _aware(start).astimezone(UTC)
        if length <= NOTHING:
            return start
        for opens, closes in self._openings_after(start):
            begin = max(opens, start)
            room = closes - begin
            if room >= length:
                return begin + length
            length -= room
        raise AssertionError("the openings never end")

    def _openings_after(self, moment: datetime) -> Iterator[Opening]:
        """Every working interval that is not over at `moment`, without end."""
        day = self.local(moment).date()
        while True:
            for opening in self._openings_on(day):
                if opening[1] > moment:
                    yield opening
            day += ONE_DAY

    def _openings_on(self, day: date) -> tuple[Opening, ...]:
        openings = self._openings.get(day)
        if openings is None:
            if len(self._openings) >= MOST_DAYS_KEPT:
                self._openings.clear()
            openings = self._open(day) if self._decide(day) else ()
            self._openings[day] = openings
        return openings

    def _open(self, day: date) -> tuple[Opening, ...]:
        return tuple(
            (
                self._moment(day, hours[0]),
                self._moment(day + ONE_DAY if _ends_at_midnight(hours) else day, hours[1]),
            )
            for hours in self._hours
        )

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self._zone).astimezone(UTC)

    def _decide(self, day: date) -> bool:
        """Override, then package, then the week without the fixed holidays."""
        if (override := self._overrides.get(day)) is not None:
            return override
        if (published := _published().get(day)) is not None:
            return published
        if day.year not in _published_years() and (day.month, day.day) in FIXED_HOLIDAYS:
            return False
        return day.weekday() in self._weekdays

    def _covers(self, year: int) -> bool:
        return year in _published_years() or any(
            day.year == year and (day.month, day.day) >= LAST_HOLIDAY for day in self._overrides
        )


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment


def _ends_at_midnight(hours: Hours) -> bool:
    return hours[1] == time(0)


def _length(opens: time, closes: time) -> timedelta:
    """The length of an interval by the clock; one that ends at 00:00 ends at midnight."""
    minutes = (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
    length = timedelta(minutes=minutes, seconds=closes.second - opens.second)
    return length + ONE_DAY if closes == time(0) else length
