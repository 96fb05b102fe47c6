"""The rows of the storage benchmark: one ticket is a ticket, two events and one outbox row."""

import random
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import migrate
from storage.models import (
    Field,
    Kind,
    MessageKey,
    OutgoingClass,
    ResidentId,
    TicketNumber,
    UnitId,
    Urgency,
)
from storage.sqlite import connect_writer
from storage.store import Store

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
TOWN, UNITS = UnitId("town"), [UnitId(f"branch{n}") for n in range(8)]
RARE_UNIT = UnitId("hamlet")
BODY = "3号楼2单元从昨天晚上开始停水,楼上楼下都没有水,家里有老人,麻烦尽快看看"
VOCABULARY = 20_000
WORDS_A_TICKET = 15
CHUNK = 20_000


def add_ticket(store: Store, key: str) -> TicketNumber:
    """Through the nouns, as a handler does it."""
    ticket = store.tickets.add(
        source_key=MessageKey(key),
        unit=UNITS[0],
        platform="qq",
        conversation="group:1",
        resident=ResidentId(1),
        is_sensitive=False,
        is_anonymous=False,
        kind=Kind.REQUEST,
        field=Field.UTILITIES,
        urgency=Urgency.ROUTINE,
        place="3号楼2单元",
        place_key="3-2",
        gist="停水",
        body=BODY,
        assignee=None,
        opened_at=NOW,
        contact_due_at=NOW + timedelta(hours=2),
        acceptance_due_at=NOW + timedelta(days=1),
        handling_due_at=NOW + timedelta(days=5),
        answer_due_at=NOW + timedelta(days=6),
        gather_until=NOW + timedelta(seconds=90),
        next_action_at=NOW + timedelta(days=400),
    )
    assert ticket is not None
    _tell(store, ticket.number, key)
    return ticket.number


def _tell(store: Store, number: TicketNumber, key: str) -> None:
    for action in ("opened", "assigned"):
        store.history.add(number, NOW, action, message_key=MessageKey(key))
    store.outbox.queue(
        slot=f"ack:{number}",
        platform="qq",
        conversation="group:1",
        unit=UNITS[0],
        kind=OutgoingClass.ACK,
        text=f"已登记 #{number}",
        at_users=("20001",),
        images=(),
        ticket=number,
        person=None,
        queued_at=NOW,
        not_before=NOW,
    )


TICKET = """insert into ticket (source_key, unit, platform, conversation, resident, is_sensitive,
    is_anonymous, kind, field, urgency, place, place_key, gist, body, stage, level, reopened,
    opened_at, clock_started_at, contact_due_at, acceptance_due_at, handling_due_at,
    answer_due_at, gather_until, reminders_sent, escalations_sent, next_action_at, updated_at)
values (?, ?, 'qq', 'group:1', 1, 0, 0, '求助', '水电气暖', 'routine', '3号楼2单元', '3-2',
    '停水', ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)"""
EVENT = """insert into event (ticket, at, action, message_key, detail) values (?, ?, ?, ?, '')"""
OUTBOX = """insert into outbox (slot, platform, conversation, unit, kind, text, at_users, images,
    ticket, state, queued_at, not_before, tries)
values (?, 'qq', 'group:1', 'branch0', 'ack', ?, '["20001"]', '[]', ?, ?, ?, ?, 0)"""
SEARCH = "insert into ticket_search (rowid, words) values (?, ?)"

MILLIS = int(NOW.timestamp() * 1000)
LATER = MILLIS + 400 * 86_400_000


def add_ticket_raw(connection: sqlite3.Connection, key: str) -> None:
    """The same rows by hand, in one transaction: what this project is compared with."""
    connection.execute("begin immediate")
    ticket = (key, "branch0", BODY, "registered", *(MILLIS,) * 7, LATER, MILLIS)
    number = connection.execute(TICKET, ticket).lastrowid
    for action in ("opened", "assigned"):
        connection.execute(EVENT, (number, MILLIS, action, key))
    connection.execute(
        OUTBOX, (f"ack:{number}", f"已登记 #{number}", number, "new", MILLIS, MILLIS)
    )
    connection.execute("commit")


def new_database(path: Path) -> None:
    """An empty database with a town of nine units and one resident."""
    migrate.upgrade(f"sqlite:///{path}")
    connection = connect_writer(path)
    scope = [(TOWN, unit) for unit in (TOWN, *UNITS, RARE_UNIT)]
    scope += [(unit, unit) for unit in (*UNITS, RARE_UNIT)]
    connection.executemany("insert into unit_scope (ancestor, unit) values (?, ?)", scope)
    connection.execute("insert into resident values (1, 'qq', '20001', '老李', 'branch0')")
    connection.close()


def fill(path: Path, count: int, advance: Callable[[int], None]) -> None:
    """A database of `count` tickets with words: one in fifty is open, none of them due."""
    new_database(path)
    connection = connect_writer(path)
    connection.execute("pragma synchronous = off")
    chance = random.Random(7)
    for start in range(1, count + 1, CHUNK):
        numbers = range(start, min(start + CHUNK, count + 1))
        connection.execute("begin")
        connection.executemany(TICKET, (_ticket(number) for number in numbers))
        for action in ("opened", "assigned"):
            connection.executemany(EVENT, ((n, MILLIS, action, f"qq/group:1/{n}") for n in numbers))
        connection.executemany(
            OUTBOX, ((f"ack:{n}", f"已登记 #{n}", n, "sent", MILLIS, MILLIS) for n in numbers)
        )
        connection.executemany(SEARCH, ((n, _words(n, chance)) for n in numbers))
        connection.execute("commit")
        advance(numbers[-1])
    connection.execute("pragma wal_checkpoint(truncate)").close()
    connection.close()


def _ticket(number: int) -> tuple[str | int | None, ...]:
    is_open = number % 50 == 0
    unit = RARE_UNIT if number % 10_000 == 1 else UNITS[number % len(UNITS)]
    opened = MILLIS - number * 60_000
    stage, due = ("registered", LATER) if is_open else ("closed", None)
    return (f"qq/group:1/{number}", unit, BODY, stage, *(opened,) * 7, due, opened)


def _words(number: int, chance: random.Random) -> str:
    """Words of which few are common; `常见` is in one ticket of ten, `少见` in one of 50,000."""
    ranks = (int(VOCABULARY ** chance.random()) for _ in range(WORDS_A_TICKET))
    words = [f"词{rank}" for rank in ranks]
    if number % 10 == 0:
        words.append("常见")
    if number % 50_000 == 17:
        words.append("少见")
    return " ".join(words)
