import sqlite3
from datetime import date, datetime, timedelta

import psycopg
import pytest

from storage.models import BindCode, PersonId, Role, UnitId
from storage.store import Store

LIUYUAN = UnitId("liuyuan")
TOWN = UnitId("town")


def test_a_known_handle_keeps_its_id_and_takes_the_new_name_and_phone(
    store: Store, person: PersonId
) -> None:
    assert store.people.upsert("liuyuan/wang", "王建军", None) == person
    found = store.people.get(person)
    assert found is not None
    assert (found.handle, found.name, found.phone) == ("liuyuan/wang", "王建军", None)


def test_an_unknown_person_is_none(store: Store) -> None:
    assert store.people.get(PersonId(99)) is None


def test_persons_are_listed_by_id(store: Store) -> None:
    second = store.people.upsert("z", "乙", None)
    third = store.people.upsert("a", "甲", None)
    store.people.upsert("z", "丙", None)
    assert [person.id for person in store.people.list_all()] == [second, third]


def test_namesakes_are_all_found(store: Store, person: PersonId) -> None:
    other = store.people.upsert("bridge/wang", "王建国", None)
    store.people.upsert("bridge/li", "李梅", None)
    store.people.upsert("liuyuan/wang", "王建国", None)
    assert [found.id for found in store.people.find_by_name("王建国")] == [person, other]


def test_setting_posts_replaces_the_old_ones(store: Store, person: PersonId) -> None:
    store.people.set_posts(person, [(LIUYUAN, Role.INSTRUCTOR), (TOWN, Role.SECRETARY)])
    store.people.set_posts(person, [(LIUYUAN, Role.DEPUTY)])
    assert [(post.unit, post.role) for post in store.people.list_posts(person)] == [
        (LIUYUAN, Role.DEPUTY)
    ]


def test_setting_posts_leaves_other_persons_alone(store: Store, person: PersonId) -> None:
    other = store.people.upsert("other", "李梅", None)
    store.people.add_post(other, LIUYUAN, Role.DEPUTY)
    store.people.set_posts(person, [])
    assert len(store.people.list_posts(other)) == 1


def test_a_post_held_already_is_not_added_again(store: Store, person: PersonId) -> None:
    store.people.add_post(person, LIUYUAN, Role.WORKER)
    store.people.add_post(person, LIUYUAN, Role.WORKER)
    assert len(store.people.list_posts(person)) == 1


def test_those_in_a_post_are_listed_by_id(store: Store, person: PersonId) -> None:
    other = store.people.upsert("a", "李梅", None)
    store.people.add_post(other, LIUYUAN, Role.INSTRUCTOR)
    store.people.add_post(person, LIUYUAN, Role.INSTRUCTOR)
    found = store.people.list_in_post(LIUYUAN, Role.INSTRUCTOR)
    assert [each.id for each in found] == [person, other]


def test_a_post_is_one_unit_and_one_role(store: Store, person: PersonId) -> None:
    store.people.add_post(person, LIUYUAN, Role.INSTRUCTOR)
    assert store.people.list_in_post(LIUYUAN, Role.DEPUTY) == []
    assert store.people.list_in_post(TOWN, Role.INSTRUCTOR) == []


def test_a_person_with_two_posts_in_a_unit_is_listed_once(store: Store, person: PersonId) -> None:
    store.people.set_posts(person, [(LIUYUAN, Role.INSTRUCTOR), (LIUYUAN, Role.SECRETARY)])
    assert [each.id for each in store.people.list_people_of_unit(LIUYUAN)] == [person]


def test_an_account_leads_to_its_person(store: Store, person: PersonId) -> None:
    other = store.people.upsert("other", "李梅", None)
    store.people.bind_account("qq", "10000", other)
    store.people.bind_account("qq", "10001", person)
    found = store.people.by_account("qq", "10001")
    assert found is not None
    assert found.id == person


def test_the_same_user_id_on_another_platform_is_another_account(
    store: Store, person: PersonId
) -> None:
    store.people.bind_account("qq", "10001", person)
    assert store.people.by_account("wechat", "10001") is None


def test_binding_an_account_again_moves_it_without_its_use(
    store: Store, person: PersonId, now: datetime
) -> None:
    other = store.people.upsert("other", "李梅", None)
    store.people.bind_account("qq", "10001", person)
    store.people.touch_account("qq", "10001", now)
    store.people.bind_account("qq", "10001", other)
    assert store.people.list_accounts(person) == []
    assert [account.last_used_at for account in store.people.list_accounts(other)] == [None]


def test_binding_an_account_to_the_same_person_keeps_its_use(
    store: Store, person: PersonId, now: datetime
) -> None:
    store.people.bind_account("qq", "10001", person)
    store.people.touch_account("qq", "10001", now)
    store.people.bind_account("qq", "10001", person)
    assert [account.last_used_at for account in store.people.list_accounts(person)] == [now]


def test_an_unbound_account_leads_nowhere_and_the_others_stay(
    store: Store, person: PersonId
) -> None:
    for user_id in ("10001", "10002"):
        store.people.bind_account("qq", user_id, person)
    store.people.unbind_account("qq", "10001")
    assert store.people.by_account("qq", "10001") is None
    assert store.people.by_account("qq", "10002") is not None


def test_accounts_are_listed_by_last_use_and_the_unused_last(
    store: Store, person: PersonId, now: datetime
) -> None:
    for user_id in ("1", "2", "3", "4"):
        store.people.bind_account("qq", user_id, person)
    store.people.touch_account("qq", "2", now)
    store.people.touch_account("qq", "3", now + timedelta(minutes=1))
    found = [account.user_id for account in store.people.list_accounts(person)]
    assert found == ["3", "2", "1", "4"]


def test_all_accounts_are_listed(store: Store, person: PersonId) -> None:
    other = store.people.upsert("other", "李梅", None)
    store.people.bind_account("qq", "1", other)
    store.people.bind_account("wechat", "2", person)
    found = [(account.user_id, account.person) for account in store.people.list_all_accounts()]
    assert found == [("2", person), ("1", other)]


def test_only_accounts_of_those_with_a_post_are_staff(store: Store, person: PersonId) -> None:
    former = store.people.upsert("former", "李梅", None)
    store.people.add_post(person, LIUYUAN, Role.WORKER)
    store.people.add_post(person, TOWN, Role.WORKER)
    store.people.bind_account("qq", "1", person)
    store.people.bind_account("qq", "2", former)
    assert store.people.list_account_units() == frozenset({("qq", "1")})


@pytest.mark.parametrize(
    ("day", "is_away"),
    [
        (date(2026, 11, 24), False),
        (date(2026, 11, 25), True),
        (date(2026, 11, 27), True),
        (date(2026, 11, 28), False),
    ],
)
def test_both_ends_of_a_leave_are_days_of_it(
    store: Store, person: PersonId, day: date, is_away: bool
) -> None:
    store.people.add_leave(person, date(2026, 11, 25), date(2026, 11, 27))
    assert store.people.is_on_leave(person, day) is is_away


def test_a_leave_is_one_persons(store: Store, person: PersonId) -> None:
    other = store.people.upsert("other", "李梅", None)
    store.people.add_leave(person, date(2026, 11, 25), date(2026, 11, 25))
    assert not store.people.is_on_leave(other, date(2026, 11, 25))


@pytest.mark.parametrize(("last", "kept"), [(26, [(25, 26)]), (24, [])])
def test_a_leave_is_ended_earlier(
    store: Store, person: PersonId, last: int, kept: list[tuple[int, int]]
) -> None:
    store.people.add_leave(person, date(2026, 11, 25), date(2026, 11, 28))
    store.people.end_leave(store.people.list_leaves(person)[0], date(2026, 11, last))
    found = [(one.first_day.day, one.last_day.day) for one in store.people.list_leaves(person)]
    assert found == kept


def test_leaves_are_listed_by_their_first_day(store: Store, person: PersonId) -> None:
    store.people.add_leave(person, date(2026, 12, 1), date(2026, 12, 2))
    store.people.add_leave(person, date(2026, 11, 25), date(2026, 11, 27))
    found = [(leave.first_day, leave.last_day) for leave in store.people.list_leaves(person)]
    assert found == [
        (date(2026, 11, 25), date(2026, 11, 27)),
        (date(2026, 12, 1), date(2026, 12, 2)),
    ]


def test_a_bind_code_works_once(store: Store, person: PersonId, now: datetime) -> None:
    store.people.add_bind_code(BindCode("4711", person, now, now + timedelta(hours=1)))
    assert store.people.take_bind_code("4711", now) == person
    assert store.people.take_bind_code("4711", now) is None


def test_an_expired_bind_code_does_not_work(store: Store, person: PersonId, now: datetime) -> None:
    expiry = now + timedelta(hours=1)
    store.people.add_bind_code(BindCode("4711", person, now, expiry))
    assert store.people.take_bind_code("4711", expiry) is None


def test_an_unknown_bind_code_does_not_work(store: Store, now: datetime) -> None:
    assert store.people.take_bind_code("4711", now) is None


def test_a_code_in_use_is_never_given_to_another(
    store: Store, person: PersonId, now: datetime
) -> None:
    other = store.people.upsert("other", "李梅", None)
    store.people.add_bind_code(BindCode("4711", person, now, now + timedelta(hours=1)))
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        store.people.add_bind_code(BindCode("4711", other, now, now + timedelta(hours=1)))


def test_an_expired_code_can_be_given_again(store: Store, person: PersonId, now: datetime) -> None:
    other = store.people.upsert("other", "李梅", None)
    later = now + timedelta(hours=1)
    store.people.add_bind_code(BindCode("4711", person, now, later))
    store.people.add_bind_code(BindCode("4711", other, later, later + timedelta(hours=1)))
    assert store.people.take_bind_code("4711", later) == other
