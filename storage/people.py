"""Members of staff: their posts, accounts, days of leave and the codes that bind an account."""

from collections.abc import Sequence
from datetime import date, datetime

from storage.models import (
    Account,
    BindCode,
    Leave,
    Person,
    PersonId,
    Post,
    Role,
    UnitId,
)
from storage.queries import Connection, Noun
from storage.rows import to_millis, to_row, to_value


class People:
    """Lists of persons are in the order of their ids, so that two runs choose the same one."""

    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def upsert(self, handle: str, name: str, phone: str | None) -> PersonId:
        """Add a person or, where the handle is known, take over the name and phone."""
        value: int = self._queries.upsert_person(
            self._connection, handle=handle, name=name, phone=phone
        )
        return PersonId(value)

    def get(self, person: PersonId) -> Person | None:
        found: Person | None = self._queries.get_person(self._connection, person=person)
        return found

    def list_all(self) -> Sequence[Person]:
        return list(self._queries.list_all(self._connection))

    def find_by_name(self, name: str) -> Sequence[Person]:
        """All persons of exactly this name."""
        return list(self._queries.find_by_name(self._connection, name=name))

    def set_posts(self, person: PersonId, posts: Sequence[tuple[UnitId, Role]]) -> None:
        """Replace all posts of a person."""
        self._queries.remove_posts(self._connection, person=person)
        for unit, role in posts:
            self.add_post(person, unit, role)

    def add_post(self, person: PersonId, unit: UnitId, role: Role) -> None:
        """Harmless where the person holds this post already."""
        self._queries.add_post(self._connection, person=person, unit=unit, role=to_value(role))

    def list_posts(self, person: PersonId) -> Sequence[Post]:
        return list(self._queries.list_posts(self._connection, person=person))

    def list_in_post(self, unit: UnitId, role: Role) -> Sequence[Person]:
        return list(
            self._queries.list_in_post(self._connection, unit=unit, role=to_value(role)),
        )

    def list_people_of_unit(self, unit: UnitId) -> Sequence[Person]:
        """Each person with any post for exactly this unit, once."""
        return list(self._queries.list_people_of_unit(self._connection, unit=unit))

    def bind_account(self, platform: str, user_id: str, person: PersonId) -> None:
        """An account belongs to one person: binding it again moves it."""
        self._queries.bind_account(
            self._connection, platform=platform, user_id=user_id, person=person
        )

    def unbind_account(self, platform: str, user_id: str) -> None:
        self._queries.unbind_account(self._connection, platform=platform, user_id=user_id)

    def by_account(self, platform: str, user_id: str) -> Person | None:
        found: Person | None = self._queries.by_account(
            self._connection, platform=platform, user_id=user_id
        )
        return found

    def list_accounts(self, person: PersonId) -> Sequence[Account]:
        """Most recently used first; those never used last."""
        return list(self._queries.list_accounts(self._connection, person=person))

    def touch_account(self, platform: str, user_id: str, at: datetime) -> None:
        """Remember when an account was used last; an unknown account is no error."""
        self._queries.touch_account(
            self._connection, platform=platform, user_id=user_id, at=to_millis(at)
        )

    def list_all_accounts(self) -> Sequence[Account]:
        return list(self._queries.list_all_accounts(self._connection))

    def list_account_units(self) -> frozenset[tuple[str, str]]:
        """(platform, user id) of every account whose owner holds a post: who is staff."""
        rows = self._queries.list_account_units(self._connection)
        return frozenset((platform, user_id) for platform, user_id in rows)

    def add_leave(self, person: PersonId, first_day: date, last_day: date) -> int:
        """Note days of absence (local, both included); the leave's id."""
        leave: int = self._queries.add_leave(
            self._connection,
            person=person,
            first_day=to_value(first_day),
            last_day=to_value(last_day),
        )
        return leave

    def remove_leave(self, leave: int) -> None:
        self._queries.remove_leave(self._connection, leave=leave)

    def end_leave(self, leave: Leave, last_day: date) -> None:
        """Let a leave end earlier; one that would end before its first day is gone."""
        if last_day < leave.first_day:
            self.remove_leave(leave.id)
            return
        self._queries.end_leave(self._connection, leave=leave.id, last_day=to_value(last_day))

    def list_leaves(self, person: PersonId) -> Sequence[Leave]:
        return list(self._queries.list_leaves(self._connection, person=person))

    def is_on_leave(self, person: PersonId, day: date) -> bool:
        """Whether a local day lies in one of the person's leaves."""
        return bool(
            self._queries.count_leaves_on(self._connection, person=person, day=to_value(day))
        )

    def add_bind_code(self, code: BindCode) -> None:
        """Keep a code. One that is in use raises the driver's integrity error: draw another."""
        row = to_row(code)
        self._queries.remove_expired_bind_codes(self._connection, now=row["created_at"])
        self._queries.add_bind_code(self._connection, **row)

    def take_bind_code(self, code: str, now: datetime) -> PersonId | None:
        """Whose code this is; it works once. None if it is unknown or has expired."""
        found: BindCode | None = self._queries.take_bind_code(self._connection, code=code)
        return None if found is None or found.expires_at <= now else found.person
