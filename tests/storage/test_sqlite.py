"""The embedded database, in a file and in memory."""

import sqlite3
from pathlib import Path

import pytest

from storage.database import connect_sync, open_database
from storage.queries import Dialect, load_queries
from storage.store import Store
from tests.storage.works import add, names, units


async def test_a_database_in_memory_has_its_schema_and_reads_without_writing() -> None:
    database = await open_database("sqlite://")
    try:
        await database.write(add("b"))
        assert await database.read(units) == ["b"]
        with pytest.raises(sqlite3.OperationalError):
            await database.read(add("c"))
        await database.write(add("d"))
        assert await database.read(units) == ["b", "d"]
    finally:
        await database.close()


async def test_sqlite_writes_ahead_and_syncs_each_commit(sqlite_url: str, tmp_path: Path) -> None:
    database = await open_database(sqlite_url)

    def pragmas(store: Store) -> list[object]:
        names = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        return [store.connection.execute(f"pragma {name}").fetchone()[0] for name in names]

    assert await database.write(pragmas) == ["wal", 2, 10_000, 1]
    await database.close()
    assert names(tmp_path) == ["lianxin.db"]


def test_open_tickets_of_a_unit_are_found_without_walking_the_closed_ones(
    sqlite_url: str,
) -> None:
    """SQLite knows no numbers here and guesses: an index added later can draw it away."""
    query = load_queries(Dialect.SQLITE)["tickets"].list_open_in_scope.sql
    with connect_sync(sqlite_url) as store:
        plan = store.connection.execute(f"explain query plan {query}", {"unit": "b"}).fetchall()
    assert "USING INDEX ticket_open_unit" in plan[0][3]
