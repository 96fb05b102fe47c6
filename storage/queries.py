"""The `.sql` files, loaded by aiosql: one file a noun, the same text for both databases."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import aiosql

from storage import models
from storage.drivers import PostgresqlDriver, SqliteDriver
from storage.rows import row_reader


class Dialect(StrEnum):
    """Which database; the value is aiosql's name of the driver."""

    SQLITE = "sqlite3"
    POSTGRESQL = "psycopg"


NOUNS = (
    "approvals",
    "boards",
    "conversations",
    "corrections",
    "erasure",
    "history",
    "outbox",
    "people",
    "places",
    "questions",
    "reception",
    "residents",
    "search",
    "statistics",
    "tickets",
)

Connection = Any
"""A DB-API connection: sqlite3.Connection or psycopg.Connection."""

Noun = Any
"""The queries of one noun, as aiosql makes them: ``noun.get_ticket(connection, number=1)``."""


@cache
def load_queries(dialect: Dialect) -> Mapping[str, Noun]:
    """Each noun's `<noun>.sql`, with `<noun>.<dialect>.sql` where the databases differ."""
    return {noun: _load(noun, dialect) for noun in NOUNS}


def _load(noun: str, dialect: Dialect) -> Noun:
    folder = files("storage")
    parts = [folder / f"{noun}.sql", folder / f"{noun}.{dialect.name.lower()}.sql"]
    text = "\n".join(part.read_text(encoding="utf-8") for part in parts if part.is_file())
    return aiosql.from_str(text, DRIVERS[dialect], record_classes=RECORDS)


def _records() -> dict[str, Callable[..., object]]:
    names = (
        "Account", "Approval", "Assist", "BindCode", "BoardLink", "Conversation", "Correction",
        "DeadLetter", "Event", "Flood", "Gap", "Leave", "Lesson", "ListedTicket", "OutboxRow",
        "Person", "Post", "Question", "Report", "Resident", "Ticket", "TicketMessage", "Watermark",
    )  # fmt: skip
    return {name: row_reader(getattr(models, name)) for name in names}


RECORDS = _records()
DRIVERS = {Dialect.SQLITE: SqliteDriver, Dialect.POSTGRESQL: PostgresqlDriver}
