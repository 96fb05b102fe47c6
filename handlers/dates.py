"""Dates and lengths of time as people type them: 2天, 周五, 11-27, 明天下午3点."""

import re
from datetime import date, datetime, timedelta

from handlers.worktime import Calendar

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "两": 2,
    "俩": 2,
}
_NUMBER = (
    r"(\d{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[〇零一二两俩三四五六七八九]{1,3})"
)
_DAYS = re.compile(rf"^{_NUMBER}\s*(?:个)?(工作日|天|周|星期|礼拜|小时)")
"""27日 is the 27th, not 27 days."""
_MONTH_DAY = re.compile(r"^(?:(\d{4})[年\-/.])?(\d{1,2})[月\-/.](\d{1,2})[日号]?")
_DAY_OF_MONTH = re.compile(r"^(\d{1,2})[日号]")
_WEEKDAY = re.compile(r"^(下)?(?:周|星期|礼拜)([一二三四五六日天])")
_NEAR = {"今天": 0, "明天": 1, "明日": 1, "后天": 2, "大后天": 3}
_UNTIL = re.compile(r"^延?[到至]\s*")
_HALF_YEAR = 180
_FARTHEST = timedelta(days=366)


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
    near, rest = _take_near(said, today)
    if near is not None:
        return near, rest
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


def _take_near(said: str, today: date) -> tuple[date | None, str]:
    for word in sorted(_NEAR, key=len, reverse=True):
        if said.startswith(word):
            return today + timedelta(days=_NEAR[word]), said[len(word) :].strip()
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
    a day means its closing time. None where the text begins with neither, or it is years away."""
    said = _UNTIL.sub("", text.strip())
    today = calendar.local(now).date()
    if found := _DAYS.match(said):
        rest = said[found.end() :].strip()
        end = _later(max(due, now), number_of(found.group(1)), found.group(2), calendar)
    else:
        day, rest = take_date(said, today)
        rest = _without_hours(rest)
        end = calendar.end_of(day) if day and day - today <= _FARTHEST else None
    if end is None or end - now > _FARTHEST:
        return None, text.strip()
    return end, rest


def _later(moment: datetime, count: int, unit: str, calendar: Calendar) -> datetime | None:
    start = calendar.local(moment)
    if count == 0:
        return None
    if unit == "小时":
        return start + timedelta(hours=count)
    days = count * 5 if unit in ("周", "星期", "礼拜") else count
    day = calendar.add_workdays(start.date(), days)
    return start.replace(year=day.year, month=day.month, day=day.day)


def _without_hours(text: str) -> str:
    return re.sub(r"^(之?前|上午|下午|\d{1,2}点|[,,、:\s])+", "", text).strip()


def take_days(text: str, today: date) -> tuple[date, date] | None:
    """A first and a last day: "11-25 11-27", "明天", "11月25日到27日", "3天" (from today)."""
    said = text.strip()
    is_from_today = bool(_UNTIL.match(said) or _DAYS.match(said))
    first, rest = (today, said) if is_from_today else take_date(said, today)
    if first is None:
        return None
    last = _take_last(_UNTIL.sub("", rest.lstrip(" 起-—~～,，、")), first, today)
    if last is None:
        return None if is_from_today else (first, first)
    return first, max(first, last)


def _take_last(said: str, first: date, today: date) -> date | None:
    """明天 is told from today, 3天 and a day of the month from the first day."""
    found = _DAYS.match(said)
    if found and found.group(2) == "天":
        count = number_of(found.group(1))
        return first + timedelta(days=count - 1) if count else None
    near, _ = _take_near(said, today)
    return near or take_date(said, first)[0]
