"""Dates and lengths of time as people type them: 2天, 周五, 11-27, 明天下午3点."""

import re
from datetime import date, datetime, timedelta

from handlers.worktime import Calendar

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "两": 2,
    "俩": 2,
}
_NUMBER = r"(\d{1,3}|[〇零一二两三四五六七八九十]{1,3})"
_DAYS = re.compile(rf"^{_NUMBER}\s*(?:个)?(工作日|天|日|周|星期|礼拜|小时)")
_MONTH_DAY = re.compile(r"^(?:(\d{4})[年\-/.])?(\d{1,2})[月\-/.](\d{1,2})[日号]?")
_DAY_OF_MONTH = re.compile(r"^(\d{1,2})[日号]")
_WEEKDAY = re.compile(r"^(下)?(?:周|星期|礼拜)([一二三四五六日天])")
_NEAR = {"今天": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_HALF_YEAR = 180


def number_of(text: str) -> int:
    """12 or 十二. ValueError where it is neither."""
    if text.isascii():
        return int(text)
    tens, has_ten, ones = text.partition("十")
    if not has_ten:
        return int("".join(str(_DIGITS[char]) for char in text))
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def take_date(text: str, today: date) -> tuple[date | None, str]:
    """The day a text begins with, and the rest. A day of the past half year is the next one."""
    said = text.strip()
    for word in sorted(_NEAR, key=len, reverse=True):
        if said.startswith(word):
            return today + timedelta(days=_NEAR[word]), said[len(word) :].strip()
    for pattern, make in (
        (_MONTH_DAY, _month_day),
        (_DAY_OF_MONTH, _day_of_month),
        (_WEEKDAY, _weekday),
    ):
        found = pattern.match(said)
        day = make(found, today) if found else None
        if found and day:
            return day, said[found.end() :].strip()
    return None, said


def _month_day(found: re.Match[str], today: date) -> date | None:
    year, month, day = found.group(1), int(found.group(2)), int(found.group(3))
    try:
        if year:
            return date(int(year), month, day)
        near = date(today.year, month, day)
        return near if (today - near).days < _HALF_YEAR else date(today.year + 1, month, day)
    except ValueError:
        return None


def _day_of_month(found: re.Match[str], today: date) -> date | None:
    day = int(found.group(1))
    month = today.replace(day=1)
    if day < today.day:
        month = (month + timedelta(days=32)).replace(day=1)
    try:
        return month.replace(day=day)
    except ValueError:
        return None


def _weekday(found: re.Match[str], today: date) -> date:
    weekday = "一二三四五六日".index(found.group(2).replace("天", "日"))
    ahead = (weekday - today.weekday()) % 7
    return today + timedelta(
        days=ahead + (7 if found.group(1) and ahead + today.weekday() < 7 else 0)
    )


def take_until(
    text: str, now: datetime, due: datetime, calendar: Calendar
) -> tuple[datetime | None, str]:
    """A new end: "2天" counts working days from the old end (or from now, where that is later),
    a day means its closing time. None where the text begins with neither."""
    said = text.strip()
    found = _DAYS.match(said)
    start = calendar.local(max(due, now))
    if found:
        rest = said[found.end() :].strip()
        return _later(start, number_of(found.group(1)), found.group(2), calendar), rest
    day, rest = take_date(said, calendar.local(now).date())
    if day is None:
        return None, said
    return calendar.local(start).replace(
        year=day.year, month=day.month, day=day.day, hour=18, minute=0, second=0, microsecond=0
    ), _without_hours(rest)


def _later(start: datetime, count: int, unit: str, calendar: Calendar) -> datetime:
    if unit == "小时":
        return start + timedelta(hours=count)
    days = count * 5 if unit in ("周", "星期", "礼拜") else count
    day = calendar.add_workdays(start.date(), max(days, 1))
    return start.replace(year=day.year, month=day.month, day=day.day)


def _without_hours(text: str) -> str:
    return re.sub(r"^(之?前|上午|下午|\d{1,2}点|[,,、:\s])+", "", text).strip()


def take_days(text: str, today: date) -> tuple[date, date] | None:
    """A first and a last day: "11-25 11-27", "明天", "11月25日到27日", "3天" (from today)."""
    found = _DAYS.match(text.strip())
    if found and found.group(2) in ("天", "日"):
        return today, today + timedelta(days=max(number_of(found.group(1)) - 1, 0))
    first, rest = take_date(text, today)
    if first is None:
        return None
    last, _ = take_date(rest.lstrip(" 到至-—~～,，、"), first)
    return first, last if last is not None and last >= first else first
