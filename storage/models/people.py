"""Who takes part: residents, staff and their posts, the groups they speak in."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from storage.models.ids import PersonId, ResidentId, UnitId


class Role(StrEnum):
    """What a person is for a unit. A worker (工作人员) may act like an instructor."""

    INSTRUCTOR = "instructor"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    WORKER = "worker"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Resident:
    """Known by platform and user id only; the name is what the group showed last."""

    id: ResidentId
    platform: str
    user_id: str
    name: str
    unit: UnitId | None


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff. `handle` is the stable key of the roster (unit/name)."""

    id: PersonId
    handle: str
    name: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class Post:
    """One person's role for one unit."""

    person: PersonId
    unit: UnitId
    role: Role


@dataclass(frozen=True, slots=True)
class Account:
    """A platform account of a member of staff."""

    platform: str
    user_id: str
    person: PersonId
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Leave:
    """Days (local, both included) on which a person is away."""

    id: int
    person: PersonId
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Conversation:
    """A group bound to a unit. `conversation` is ``group:<id>``."""

    platform: str
    conversation: str
    unit: UnitId
    title: str
    is_paused: bool


@dataclass(frozen=True, slots=True)
class BindCode:
    """A one-time code that binds an account to a person."""

    code: str
    person: PersonId
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class BoardLink:
    """A one-time link to the board. Only the token's SHA-256 is kept."""

    token_hash: str
    person: PersonId
    unit: UnitId
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
