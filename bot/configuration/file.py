"""config.toml as it may be written: the shape of each section, checked by pydantic."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.configuration.values import (
    Count,
    Day,
    Days,
    Escalation,
    FilePath,
    Flag,
    Hours,
    KindWord,
    Length,
    LogLevel,
    Name,
    Port,
    RoleWord,
    Seconds,
    Share,
    TimeOfDay,
    UserId,
    UserIds,
    Weekday,
)


class Section(BaseModel):
    """A table of the file: unknown keys are errors, and no value is bent into another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class BotSection(Section):
    names: Annotated[tuple[Name, ...], Field(min_length=1)] = ("连心", "小连")


class UnitSection(Section):
    id: Name
    name: Name
    kind: KindWord
    parent: Name | None = None
    aliases: tuple[Name, ...] = ()
    places: tuple[Name, ...] = ()


class PostSection(Section):
    unit: Name
    role: RoleWord


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


class JudgeSection(Section):
    enabled: Flag = False
    url: FilePath = ""
    model: FilePath = ""
    timeout_seconds: Annotated[float, Field(strict=True, gt=0, le=10)] = 2.5
    per_day: Count = 500
    reach: Annotated[float, Field(strict=True, ge=0, lt=1)] = 0.1


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
    judge: JudgeSection = JudgeSection()
    board: BoardSection = BoardSection()
