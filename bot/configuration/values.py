"""How single values of config.toml are written: words, lengths, hours, days, accounts."""

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, PlainValidator, StringConstraints

from bot.configuration.problems import suggestion
from bot.configuration.spans import HOW_SPANS, parse_hours, parse_span, parse_time
from handlers.settings import Span, UnitKind
from storage.models import Role

Word = TypeVar("Word", bound=StrEnum)

KINDS = {
    "镇": UnitKind.TOWN,
    "党总支": UnitKind.GENERAL_BRANCH,
    "党支部": UnitKind.BRANCH,
    "部门": UnitKind.DEPARTMENT,
}
ROLES = {
    "指导员": Role.INSTRUCTOR,
    "副手": Role.DEPUTY,
    "书记": Role.SECRETARY,
    "工作人员": Role.WORKER,
    "管理员": Role.ADMINISTRATOR,
}


def choose(words: dict[str, Word], value: object) -> Word:
    """The enum's member for its Chinese word or its English value."""
    by_word = words | {str(member): member for member in words.values()}
    if not isinstance(value, str) or value not in by_word:
        shown = value if isinstance(value, str) else ""
        raise ValueError(f"“{value}”不认识，{suggestion(shown, list(words))}")
    return by_word[value]


def _kind(value: object) -> UnitKind:
    return choose(KINDS, value)


def _role(value: object) -> Role:
    return choose(ROLES, value)


def _span(value: object) -> Span:
    if not isinstance(value, str):
        raise ValueError(f"{value} 要加引号；{HOW_SPANS}")
    return parse_span(value)


def _time(value: object) -> time:
    return value if isinstance(value, time) else parse_time(str(value))


def _hours(value: object) -> tuple[time, time]:
    if not isinstance(value, str):
        raise ValueError("一段时间要写成带引号的 09:00-12:00")
    return parse_hours(value)


def _day(value: object) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"“{value}”不是日期，要写成 2026-10-01 这样") from None


def _id(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _ids(value: object) -> object:
    return [value] if isinstance(value, str | int) else value


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
FilePath = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
UserId = Annotated[Name, BeforeValidator(_id)]
UserIds = Annotated[tuple[UserId, ...], BeforeValidator(_ids)]
Length = Annotated[Span, PlainValidator(_span)]
TimeOfDay = Annotated[time, PlainValidator(_time)]
Hours = Annotated[tuple[time, time], PlainValidator(_hours)]
Day = Annotated[date, PlainValidator(_day)]
Flag = Annotated[bool, Field(strict=True)]
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]
Share = Annotated[float, Field(strict=True, gt=0, lt=1)]
Count = Annotated[int, Field(strict=True, ge=1)]
Seconds = Annotated[float, Field(strict=True, ge=0)]
Days = Annotated[int, Field(strict=True, ge=0)]
Escalation = Annotated[tuple[Days, ...], Field(min_length=3, max_length=3)]
Weekday = Annotated[int, Field(strict=True, ge=1, le=7)]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
KindWord = Annotated[UnitKind, PlainValidator(_kind)]
RoleWord = Annotated[Role, PlainValidator(_role)]
