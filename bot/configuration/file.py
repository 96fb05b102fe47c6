"""config.toml as it may be written: the shape of each section, checked by pydantic."""

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
)

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


class Section(BaseModel):
    """A table of the file: unknown keys are errors, and no value is bent into another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class BotSection(Section):
    names: Annotated[tuple[Name, ...], Field(min_length=1)] = ("连心", "小连")


class UnitSection(Section):
    id: Name
    name: Name
    kind: Annotated[UnitKind, PlainValidator(_kind)]
    parent: Name | None = None
    aliases: tuple[Name, ...] = ()
    places: tuple[Name, ...] = ()


class PostSection(Section):
    unit: Name
    role: Annotated[Role, PlainValidator(_role)]


class StaffSection(Section):
    name: Name
    posts: Annotated[tuple[PostSection, ...], Field(min_length=1)]
    qq: UserIds = ()
    wechat: UserIds = ()
    phone: UserId | None = None


class GroupSection(Section):
    platform: Literal["qq", "wechat"] = "qq"
    id: UserId
    unit: Name


class WorkTimeSection(Section):
    zone: Name = "Asia/Shanghai"
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)]
    weekdays: tuple[Weekday, ...] = (1, 2, 3, 4, 5)
    holidays: tuple[Day, ...] = ()
    workdays: tuple[Day, ...] = ()


class ClockSection(Section):
    contact: Length
    acceptance: Length
    handling: Length
    answer: Length


class ClocksSection(Section):
    routine: ClockSection
    urgent: ClockSection
    critical: ClockSection


class RemindersSection(Section):
    warn_at: Share
    slot_minutes: Count
    daily_at: TimeOfDay
    quiet: Hours
    critical_every_minutes: Count
    escalate_after_days: Escalation = (0, 1, 2)


class IntakeSection(Section):
    open_at: Share
    ask_at: Share
    gather_seconds: Count
    gather_most_seconds: Count
    join_within_hours: Count
    question_expires_hours: Count


class DigestSection(Section):
    at: TimeOfDay
    workdays: Flag = True
    holidays: Flag = True


class ClosingSection(Section):
    silence_days: Count
    return_within_days: Count
    undo_seconds: Count


class DutySection(Section):
    """Numbers to call. The lower ones follow from the upper ones where they are left out."""

    gas: UserId
    power: UserId
    fire: UserId
    police: UserId
    ambulance: UserId
    water: UserId
    self_harm: UserId
    missing: UserId | None = None
    violence: UserId | None = None
    trapped: UserId | None = None
    no_answer: UserId | None = None
    other: UserId | None = None


class StorageSection(Section):
    folder: FilePath = "data"
    database: FilePath = ""
    media: FilePath = "media"
    backups: FilePath = "backups"
    backups_kept: Count = 14


class RetentionSection(Section):
    """In days; 0 keeps for ever."""

    closed_days: Days = 730
    outbox_days: Days = 180
    record_days: Days = 365


class OneBotSection(Section):
    enabled: Flag = True
    host: Name = "127.0.0.1"
    port: Port = 8080
    accounts: UserIds = ()


class WeChatSection(Section):
    enabled: Flag = False
    endpoint: str = ""
    tls: Flag = False
    ca_file: FilePath = ""
    tls_name: str = ""


class PaceSection(Section):
    seconds: Seconds
    jitter: Seconds
    per_minute: Count
    per_day: Count
    breaker_failures: Count = 3
    breaker_seconds: Seconds = 600.0


class DeliverySection(Section):
    qq: PaceSection
    wechat: PaceSection


class LoggingSection(Section):
    level: LogLevel = "INFO"
    file: FilePath = "lianxin.log"
    megabytes: Count = 10
    keep: Count = 7


class ModelSection(Section):
    path: FilePath = ""


class BoardSection(Section):
    enabled: Flag = False
    host: Name = "127.0.0.1"
    port: Port = 8081
    public_url: str = ""


class File(Section):
    """The whole of config.toml."""

    bot: BotSection = BotSection()
    units: Annotated[tuple[UnitSection, ...], Field(min_length=1)]
    staff: tuple[StaffSection, ...] = ()
    groups: tuple[GroupSection, ...] = ()
    worktime: WorkTimeSection
    clocks: ClocksSection
    reminders: RemindersSection
    intake: IntakeSection
    digest: DigestSection
    closing: ClosingSection
    duty: DutySection
    storage: StorageSection = StorageSection()
    retention: RetentionSection = RetentionSection()
    onebot: OneBotSection = OneBotSection()
    wechat: WeChatSection = WeChatSection()
    delivery: DeliverySection
    logging: LoggingSection = LoggingSection()
    model: ModelSection = ModelSection()
    board: BoardSection = BoardSection()
