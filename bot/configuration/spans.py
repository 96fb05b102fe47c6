"""How lengths and hours are written in config.toml. A text that fits nothing is a ValueError
whose message is the Chinese sentence for the administrator."""

import re
from datetime import time, timedelta

from handlers.settings import Span

HOW_SPANS = "时限写成 30分钟、2小时、1个工作日、当天 或 实时 5分钟"
_REAL = re.compile(r"实时(.+)")
_DAYS = re.compile(r"(\d{1,3})个?工作日")
_LENGTH = re.compile(r"(?:(\d{1,3})个?(?:工作)?小时)?(?:(\d{1,4})分钟)?")
_CLOCK = re.compile(r"(\d{1,2})[::](\d{2})")


def parse_span(text: str) -> Span:
    """``30分钟`` ``2小时`` count working time, ``1个工作日`` working days, ``当天`` ends with the
    working day, and ``实时 5分钟`` counts every minute of day and night."""
    words = re.sub(r"\s+", "", text)
    if words == "当天":
        return Span(same_day=True)
    if days := _DAYS.fullmatch(words):
        return Span(working_days=_positive(int(days[1]), text))
    if real := _REAL.fullmatch(words):
        return Span(real=_length(real[1], text))
    return Span(working=_length(words, text))


def parse_time(text: str) -> time:
    """``09:00``: an hour of the day, local time."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(f"“{text}”不是几点几分，要写成 09:00 这样")
    return time(int(found[1]), int(found[2]))


def parse_hours(text: str) -> tuple[time, time]:
    """``09:00-12:00``: from and to, local time. The end may lie on the next day."""
    parts = re.split(r"\s*[-–—~至]\s*", text.strip())
    if len(parts) != 2:
        raise ValueError(f"“{text}”不是一段时间，要写成 09:00-12:00 这样")
    begin, end = map(parse_time, parts)
    if begin == end:
        raise ValueError(f"“{text}”的开始和结束是同一时刻")
    return begin, end


def _length(words: str, text: str) -> timedelta:
    found = _LENGTH.fullmatch(words)
    if found is None or not words:
        raise ValueError(_unclear(text))
    minutes = int(found[1] or 0) * 60 + int(found[2] or 0)
    return timedelta(minutes=_positive(minutes, text))


def _positive(number: int, text: str) -> int:
    if number <= 0:
        raise ValueError(f"“{text}”太短，时限要大于零")
    return number


def _unclear(text: str) -> str:
    days = re.fullmatch(r"(?:实时)?(\d+)个?[天日]", re.sub(r"\s+", "", text))
    if days is not None:
        return (
            f"“{text}”说不清是不是工作日，要写成 {days[1]}个工作日 或 实时 {int(days[1]) * 24}小时"
        )
    return f"“{text}”看不懂；{HOW_SPANS}"
