from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.models import BoardLink, PersonId, UnitId
from storage.store import Store


@pytest.fixture
def link(store: Store, person: PersonId, now: datetime) -> BoardLink:
    added = BoardLink("ab12", person, UnitId("liuyuan"), now, now + timedelta(minutes=10))
    store.boards.add_link(added)
    return added


def test_a_link_can_be_looked_at_without_using_it(store: Store, link: BoardLink) -> None:
    assert store.boards.get_link("ab12") == link
    assert store.boards.get_link("ab12") == link


def test_a_link_works_once(store: Store, link: BoardLink, now: datetime) -> None:
    used = replace(link, used_at=now)
    assert store.boards.use_link("ab12", now) == used
    assert store.boards.use_link("ab12", now) is None
    assert store.boards.get_link("ab12") == used


def test_an_expired_link_does_not_work_and_stays_unused(store: Store, link: BoardLink) -> None:
    assert store.boards.use_link("ab12", link.expires_at) is None
    assert store.boards.get_link("ab12") == link


def test_using_one_link_leaves_the_others(store: Store, link: BoardLink, now: datetime) -> None:
    other = replace(link, token_hash="cd34")
    store.boards.add_link(other)
    store.boards.use_link("ab12", now)
    assert store.boards.get_link("cd34") == other


def test_an_unknown_link_does_not_work(store: Store, now: datetime) -> None:
    assert store.boards.use_link("ffff", now) is None
    assert store.boards.get_link("ffff") is None
