"""What is counted in: from a first moment, included, to an end, not included, so that what happens
where two periods meet is counted in one of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.settings import Settings
from handlers.worktime import calendar_for

INSTANT = timedelta(milliseconds=1)
"""Moments are kept in milliseconds."""


@dataclass(frozen=True, slots=True)
class Period:
    """``[since, until)``."""

    since: datetime
    until: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until


def so_far(since: datetime, now: datetime, end: datetime | None = None) -> Period:
    """Until now, what happens at this very moment included, and not past `end`."""
    until = now + INSTANT
    return Period(since, until if end is None else min(until, end))


def month_of(now: datetime, settings: Settings) -> Period:
    """This month, local time, until now."""
    return month_from(calendar_for(settings.worktime).local(now), now)


def month_from(day: datetime, now: datetime) -> Period:
    """The month of a local day, not past now."""
    first = day.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return so_far(first, now, next_month(first))


def next_month(first: datetime) -> datetime:
    """The first of the month after."""
    return (first + timedelta(days=32)).replace(day=1)
