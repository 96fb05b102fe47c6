"""An office of Shanghai, from Monday to Friday, 9 to 12 and 14 to 18."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.settings import Span, WorkTime
from handlers.worktime import calendar_for

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = ((time(9), time(12)), (time(14), time(18)))
PLAIN = WorkTime(SHANGHAI, HOURS)
CALENDAR = calendar_for(PLAIN)


def at(text: str) -> datetime:
    """A local time of Shanghai ("2026-11-27 16:30"), as the handlers have it: aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def hours(number: float) -> Span:
    return Span(working=timedelta(hours=number))


def days(number: int) -> Span:
    return Span(working_days=number)
