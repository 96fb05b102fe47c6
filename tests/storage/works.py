"""Works for a database: such that stay, fail, hold the writer, wait together."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg

from storage.address import parse_address
from storage.database import Database
from storage.store import Store

ERRORS = (sqlite3.Error, psycopg.Error)


def add(unit: str) -> Callable[[Store], str]:
    def work(store: Store) -> str:
        store.connection.execute(f"insert into unit_scope (ancestor, unit) values ('a', '{unit}')")
        return unit

    return work


def units(store: Store) -> list[str]:
    rows = store.connection.execute("select unit from unit_scope order by unit").fetchall()
    return [unit for (unit,) in rows]


def units_from_outside(url: str) -> list[str]:
    address = parse_address(url)
    query = "select unit from unit_scope order by unit"
    if address.path is None:
        with psycopg.connect(url) as connection:
            return [unit for (unit,) in connection.execute(query).fetchall()]
    connection = sqlite3.connect(address.path)
    try:
        return [unit for (unit,) in connection.execute(query).fetchall()]
    finally:
        connection.close()


def names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


class Gate:
    """A work that holds the writer until it is opened."""

    def __init__(self) -> None:
        self._is_open = threading.Event()
        self.is_reached = threading.Event()

    def work(self, store: Store) -> None:
        self.is_reached.set()
        assert self._is_open.wait(20)

    def open(self) -> None:
        self._is_open.set()


async def hold(database: Database) -> tuple[Gate, "asyncio.Task[None]"]:
    gate = Gate()
    task = asyncio.create_task(database.write(gate.work))
    await asyncio.to_thread(gate.is_reached.wait, 20)
    return gate, task


async def write_together(
    database: Database, *works: Callable[[Store], object]
) -> list[object | BaseException]:
    """Their results or exceptions; they wait together, because another work holds the writer."""
    gate, held = await hold(database)
    tasks = [asyncio.create_task(database.write(work)) for work in works]
    await asyncio.sleep(0)
    gate.open()
    await held
    return await asyncio.gather(*tasks, return_exceptions=True)


def fail(store: Store) -> None:
    add("lost")(store)
    raise LookupError("no such thing")


def fail_at_commit(store: Store) -> None:
    """Leave something behind that only the commit finds wrong."""
    if isinstance(store.connection, sqlite3.Connection):
        store.connection.execute("pragma defer_foreign_keys = on")
        store.connection.execute("insert into post (person, unit, role) values (99, 'a', 'b')")
        return
    store.connection.execute(
        "create temp table twice (n int unique deferrable initially deferred);"
        "insert into twice values (1), (1)"
    )
