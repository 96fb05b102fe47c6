"""Everything handlers may know of the configuration, as frozen values (bot/config.py fills it)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from storage.models import Clock, Role, UnitId, Urgency


class UnitKind(StrEnum):
    TOWN = "town"
    GENERAL_BRANCH = "general_branch"
    BRANCH = "branch"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Unit:
    """A node of the tree town - general branch - branch; departments hang under the town."""

    id: UnitId
    name: str
    kind: UnitKind
    parent: UnitId | None
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """One row of the roster: a person, his posts and his accounts ``(platform, user id)``."""

    name: str
    posts: tuple[tuple[UnitId, Role], ...]
    accounts: tuple[tuple[str, str], ...] = ()
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class GroupEntry:
    platform: str
    conversation: str
    unit: UnitId


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time. Exactly one is set: working hours, working days, or real time.

    `same_day` means until the end of that working day.
    """

    working: timedelta | None = None
    working_days: int | None = None
    real: timedelta | None = None
    same_day: bool = False


@dataclass(frozen=True, slots=True)
class WorkTime:
    """Hours of a working day in local time; `overrides` pairs days with "is a working day"."""

    zone: ZoneInfo
    hours: tuple[tuple[time, time], ...]
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    overrides: tuple[tuple[date, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Reminders:
    """When staff are reminded. `warn_at` is the share of a clock after which the first one goes.

    `slot`: what falls due within it for one person goes in one message. `escalate_after_days`:
    working days after the end of a clock until the secretary of the unit, of the general
    branch, of the town is told.
    """

    warn_at: float
    slot: timedelta
    daily_at: time
    quiet_from: time
    quiet_to: time
    critical_every: timedelta
    escalate_after_days: tuple[int, ...] = (0, 1, 2)


@dataclass(frozen=True, slots=True)
class Intake:
    """Thresholds of the gate and how long lines of one speaker are gathered."""

    open_at: float
    ask_at: float
    gather: timedelta
    gather_most: timedelta
    join_within: timedelta
    question_expires: timedelta


@dataclass(frozen=True, slots=True)
class Digest:
    at: time
    workdays: bool = True
    holidays: bool = True


@dataclass(frozen=True, slots=True)
class Closing:
    """`silence_days`: working days of the resident's silence after the answer."""

    silence_days: int
    return_within_days: int
    undo_within: timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """How long words and pictures of closed tickets, sent messages and records of commands stay.

    None is for ever.
    """

    closed: timedelta | None = timedelta(days=730)
    outbox: timedelta | None = timedelta(days=180)
    records: timedelta | None = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class DutyNumbers:
    """What a resident in danger is told to call, by kind of danger (gas, power, fire, ...)."""

    by_danger: Mapping[str, str]


@dataclass(frozen=True)
class Settings:
    town: UnitId
    units: Mapping[UnitId, Unit]
    staff: tuple[StaffEntry, ...]
    groups: tuple[GroupEntry, ...]
    worktime: WorkTime
    clocks: Mapping[Urgency, Mapping[Clock, Span]]
    reminders: Reminders
    intake: Intake
    digest: Digest
    closing: Closing
    duty: DutyNumbers
    board_url: str | None = None
    bot_names: tuple[str, ...] = ("连心", "小连")
    retention: Retention = Retention()

    def ancestors(self, unit: UnitId) -> tuple[UnitId, ...]:
        """The unit itself, its parent, and so on up to the town."""
        chain: list[UnitId] = []
        at: UnitId | None = unit
        while at is not None and at not in chain:
            chain.append(at)
            at = self.units[at].parent
        return tuple(chain)

    def is_within(self, unit: UnitId, ancestor: UnitId) -> bool:
        return ancestor in self.ancestors(unit)

    @cached_property
    def units_by_name(self) -> Mapping[str, UnitId]:
        """Every name and alias a unit goes by."""
        return {
            name: unit.id
            for unit in self.units.values()
            for name in (unit.name, unit.id, *unit.aliases)
        }
