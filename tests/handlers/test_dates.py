"""Dates and lengths as people type them."""

import dataclasses
from datetime import UTC, date, datetime, time

import pytest

from handlers.dates import number_of, take_date, take_days, take_until
from handlers.settings import Settings
from handlers.worktime import calendar_for

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("十", 10), ("十二", 12), ("二十", 20), ("两", 2), ("三", 3)]
)
def test_numbers(text: str, number: int) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize(
    ("text", "day", "rest"),
    [
        ("明天", date(2026, 11, 25), ""),
        ("大后天 缺配件", date(2026, 11, 27), "缺配件"),
        ("11-27 缺配件", date(2026, 11, 27), "缺配件"),
        ("11月27日", date(2026, 11, 27), ""),
        ("2027.1.3", date(2027, 1, 3), ""),
        ("1月3日", date(2027, 1, 3), ""),
        ("28号", date(2026, 11, 28), ""),
        ("3号", date(2026, 12, 3), ""),
        ("周五", date(2026, 11, 27), ""),
        ("周一", date(2026, 11, 30), ""),
        ("下周三", date(2026, 12, 2), ""),
        ("13-45", None, "13-45"),
        ("缺配件", None, "缺配件"),
    ],
)
def test_a_day_and_the_rest(text: str, day: date | None, rest: str) -> None:
    assert take_date(text, TUESDAY) == (day, rest)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("11-25 11-27", (date(2026, 11, 25), date(2026, 11, 27))),
        ("11月25日到27日", (date(2026, 11, 25), date(2026, 11, 27))),
        ("明天", (date(2026, 11, 25), date(2026, 11, 25))),
        ("3天", (date(2026, 11, 24), date(2026, 11, 26))),
        ("两天", (date(2026, 11, 24), date(2026, 11, 25))),
        ("27日", (date(2026, 11, 27), date(2026, 11, 27))),
        ("25日 27日", (date(2026, 11, 25), date(2026, 11, 27))),
        ("25日到27日", (date(2026, 11, 25), date(2026, 11, 27))),
        ("到27日", (date(2026, 11, 24), date(2026, 11, 27))),
        ("30号到2号", (date(2026, 11, 30), date(2026, 12, 2))),
        ("明天 后天", (date(2026, 11, 25), date(2026, 11, 26))),
        ("明天到大后天", (date(2026, 11, 25), date(2026, 11, 27))),
        ("明天起3天", (date(2026, 11, 25), date(2026, 11, 27))),
        ("周四到周五", (date(2026, 11, 26), date(2026, 11, 27))),
        ("0天", None),
        ("十十天", None),
        ("随便", None),
    ],
)
def test_a_leave(text: str, days: tuple[date, date] | None) -> None:
    assert take_days(text, TUESDAY) == days


@pytest.mark.parametrize(
    ("text", "until", "reason"),
    [
        ("2天 缺配件", "12-03 10:00", "缺配件"),
        ("两个工作日 等师傅", "12-03 10:00", "等师傅"),
        ("1周", "12-08 10:00", ""),
        ("12-04 缺配件", "12-04 18:00", "缺配件"),
        ("4日 缺配件", "12-04 18:00", "缺配件"),
        ("到4号 缺配件", "12-04 18:00", "缺配件"),
        ("延到12月4日前 缺配件", "12-04 18:00", "缺配件"),
        ("0天 缺配件", None, "0天 缺配件"),
        ("9999-12-31 缺配件", None, "9999-12-31 缺配件"),
        ("999周 缺配件", None, "999周 缺配件"),
        ("缺配件", None, "缺配件"),
    ],
)
def test_a_new_end(settings: Settings, text: str, until: str | None, reason: str) -> None:
    calendar = calendar_for(settings.worktime)
    now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    due = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
    end, rest = take_until(text, now, due, calendar)
    assert (calendar.local(end).strftime("%m-%d %H:%M") if end else None) == until
    assert rest == reason


def test_a_day_ends_with_its_working_time(settings: Settings) -> None:
    hours = ((time(9), time(12)), (time(14), time(17, 30)))
    calendar = calendar_for(dataclasses.replace(settings.worktime, hours=hours))
    now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    end, _ = take_until("12-04 缺配件", now, now, calendar)
    assert end is not None
    assert calendar.local(end).strftime("%m-%d %H:%M") == "12-04 17:30"
