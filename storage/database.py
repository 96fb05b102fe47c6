"""The one way to the database: a work is a function of a Store and runs in one transaction."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from storage.address import MEMORY, parse_address
from storage.migrate import check_head
from storage.queries import Dialect
from storage.store import Store

T = TypeVar("T")


class Database(Protocol):
    """All methods are for one event loop. After `close` the others raise DatabaseClosed."""

    async def write(self, work: Callable[[Store], T]) -> T:
        """Run it on the writer's thread; return once it is durable.

        Works run in the order of the calls; those that wait together are committed together. One
        that raises is rolled back alone. One may run more than once, of which the last run counts,
        so it must do nothing but use the store. A caller that is cancelled does not withdraw it.
        """

    async def read(self, work: Callable[[Store], T]) -> T:
        """Run it over one consistent state, never waiting for the writer; it can not write."""

    async def close(self) -> None:
        """Finish what is queued, then close. May be called twice."""


async def open_database(url: str) -> Database:
    """Open an address (storage.address) whose schema is at head; SchemaMismatch if it is not.

    In memory the schema is made here. A file that does not exist is a SchemaMismatch too.
    """
    address = parse_address(url)
    if address.url != MEMORY:
        check_head(url)
    if address.dialect is Dialect.SQLITE:
        from storage.sqlite import open_sqlite

        return await open_sqlite(address.path)
    from storage.postgresql import open_postgresql  # psycopg takes a quarter second to import

    return await open_postgresql(url)


def connect_sync(url: str) -> AbstractContextManager[Store]:
    """A Store in one transaction, for tests and scripts: no thread, no event loop.

    Commits at the end, rolls back if the block raises. The schema is the caller's affair, except
    in memory, where each call gets an empty database with the schema in place.
    """
    address = parse_address(url)
    if address.dialect is Dialect.SQLITE:
        from storage.sqlite import sqlite_store

        return sqlite_store(address.path)
    from storage.postgresql import postgresql_store

    return postgresql_store(url)
