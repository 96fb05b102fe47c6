"""lianxin dead list, lianxin dead retry."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.letters import to_payload
from handlers.messages import Incoming
from storage.database import connect_sync

Lianxin = Callable[..., Any]
"""See conftest.py."""

AT = datetime(2026, 11, 24, 2, tzinfo=UTC)
SAID = "3号楼一单元楼道里一股煤气味"


@pytest.fixture
def database(lianxin: Lianxin, town: Path) -> str:
    assert lianxin("db", "upgrade").code == 0
    lianxin("bind-code", "李惠")  # writes the roster, as a start would
    return f"sqlite:///{(town / 'data' / 'lianxin.db').as_posix()}"


def bury(address: str, payload: str | None = None) -> int:
    incoming = Incoming("qq", "1", "group:700108", "m1", "9", "n", AT, SAID)
    with connect_sync(address) as store:
        return store.reception.add_dead_letter(
            incoming.key, AT, payload or to_payload(incoming), "ValueError", 5
        )


def test_no_letters_is_one_line(lianxin: Lianxin, database: str) -> None:
    assert lianxin("dead", "list").out == "没有没处理成的消息。\n"


def test_a_letter_is_listed_without_what_was_said(lianxin: Lianxin, database: str) -> None:
    number = bury(database)
    out = lianxin("dead", "list").out
    assert "qq/group:700108/m1" in out
    assert f" {number} " in out
    assert "煤气" not in out


def test_a_letter_that_can_be_handled_opens_its_ticket(lianxin: Lianxin, database: str) -> None:
    bury(database)
    ran = lianxin("dead", "retry")
    assert (ran.code, ran.out) == (0, "1 条都处理好了。\n")
    with connect_sync(database) as store:
        (ticket,) = store.tickets.list_all()
        assert store.reception.list_dead_letters() == []
    assert ticket.source_key == "qq/group:700108/m1"


def test_an_unknown_number_is_said(lianxin: Lianxin, database: str) -> None:
    ran = lianxin("dead", "retry", "99")
    assert (ran.code, ran.err) == (1, "没有编号 99;lianxin dead list 看有哪些\n")
