"""The embedded database: aiosqlite's thread, one hop a transaction."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

import aiosqlite

from storage.commits import CommitQueue
from storage.errors import DatabaseClosed
from storage.migrate import upgrade_connection
from storage.queries import Dialect, load_queries
from storage.store import Store

T = TypeVar("T")

BUSY_MILLIS = 10_000
READERS = 2
"""So that a long export does not hold up a digest."""

PRAGMAS = (
    f"pragma busy_timeout = {BUSY_MILLIS}",
    "pragma foreign_keys = on",
    "pragma temp_store = memory",
)
WRITER_PRAGMAS = (
    "pragma journal_mode = wal",
    "pragma synchronous = full",
    "pragma cache_size = -16000",
    "pragma wal_autocheckpoint = 4000",
    "pragma journal_size_limit = 67108864",
)
"""A thousand due tickets touch a page each: with SQLite's own 1,000 pages their commit would wait
for a checkpoint, and take twice as long."""


class SqliteTransaction:
    """See storage.commits.Transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.store = Store(connection, load_queries(Dialect.SQLITE))

    def begin(self) -> None:
        self._connection.execute("begin immediate")

    def check(self) -> None:
        # Some errors (disk full, I/O) roll the whole transaction back.
        if not self._connection.in_transaction:
            raise sqlite3.OperationalError("a work went on after its transaction was lost")

    def commit(self) -> None:
        self._connection.execute("commit")

    def rollback(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.execute("rollback")

    def has_landed(self) -> bool:
        return False

    def is_lost(self) -> bool:
        return False


class SqliteConnection(aiosqlite.Connection):
    """An aiosqlite connection that runs a whole work in one hop to its thread."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        # A process that dies of an error must not hang on a connection it forgot.
        self._thread.daemon = True

    @property
    def raw(self) -> sqlite3.Connection:
        return self._conn

    def hand_over(self, function: Callable[[], None]) -> None:
        """Run it on the connection's thread, after what was handed over before."""
        self._tx.put_nowait((None, function))

    async def run(self, work: Callable[[], T]) -> T:
        """Run it on the connection's thread and wait for its result."""
        result: T = await self._execute(work)  # type: ignore[no-untyped-call]
        return result


class SqliteDatabase:
    """See storage.database.Database."""

    def __init__(self, writer: SqliteConnection, readers: list[SqliteConnection]) -> None:
        """Without readers (in memory) reads take their turn with the writes."""
        self._writer = writer
        self._readers = readers
        self._is_closed = False
        self._queue = CommitQueue(SqliteTransaction(writer.raw), writer.hand_over)
        self._idle: asyncio.LifoQueue[tuple[SqliteConnection, Store]] = asyncio.LifoQueue()
        for reader in readers:
            store = Store(reader.raw, load_queries(Dialect.SQLITE))
            self._idle.put_nowait((reader, store))

    async def write(self, work: Callable[[Store], T]) -> T:
        return await self._queue.submit(work)

    async def read(self, work: Callable[[Store], T]) -> T:
        if self._is_closed:
            raise DatabaseClosed("the database is closed")
        if not self._readers:
            return await self._queue.submit(partial(_read_in_turn, work))
        reader, store = await self._idle.get()
        try:
            return await reader.run(partial(_read, store, work))
        finally:
            self._idle.put_nowait((reader, store))

    async def close(self) -> None:
        """Finish what is queued. The writer goes last, so that it can clear the WAL away."""
        self._is_closed = True
        self._queue.close()
        while self._readers:
            reader, _ = await self._idle.get()
            self._readers.remove(reader)
            await reader.close()
        await self._writer.close()


def _read(store: Store, work: Callable[[Store], T]) -> T:
    store.connection.execute("begin")
    try:
        return work(store)
    finally:
        store.connection.execute("rollback")


def _read_in_turn(work: Callable[[Store], T], store: Store) -> T:
    store.connection.execute("pragma query_only = on")
    try:
        return work(store)
    finally:
        store.connection.execute("pragma query_only = off")


async def open_sqlite(path: Path | None) -> SqliteDatabase:
    """The database in a file, or a fresh one in memory."""
    if path is None:
        return SqliteDatabase(await _start(connect_memory), [])
    opened = [await _start(partial(connect_writer, path))]
    try:
        while len(opened) <= READERS:
            opened.append(await _start(partial(connect_reader, path)))
    except BaseException:
        for connection in opened:
            await connection.close()
        raise
    writer, *readers = opened
    return SqliteDatabase(writer, readers)


async def _start(connector: Callable[[], sqlite3.Connection]) -> SqliteConnection:
    connection = SqliteConnection(connector)
    await connection
    return connection


def connect(target: str, pragmas: tuple[str, ...] = PRAGMAS) -> sqlite3.Connection:
    """`target` is a path or a file: URI. Transactions are begun and ended by hand."""
    connection = sqlite3.connect(
        target, isolation_level=None, uri=target.startswith("file:"), cached_statements=512
    )
    for pragma in pragmas:
        connection.execute(pragma).close()
    return connection


def connect_writer(path: Path) -> sqlite3.Connection:
    return connect(str(path), PRAGMAS + WRITER_PRAGMAS)


def connect_reader(path: Path) -> sqlite3.Connection:
    """Read-only, for as long as the file exists."""
    return connect(f"{path.absolute().as_uri()}?mode=ro")


def connect_memory() -> sqlite3.Connection:
    """A fresh database in memory, its schema in place."""
    connection = connect(":memory:", ())
    connection.deserialize(_empty_image())
    for pragma in PRAGMAS:
        connection.execute(pragma).close()
    return connection


@lru_cache
def _empty_image() -> bytes:
    """A migrated database without rows, made once: Alembic takes a second."""
    connection = connect(":memory:")
    try:
        upgrade_connection(connection)
        return connection.serialize()
    finally:
        connection.close()


@contextmanager
def sqlite_store(path: Path | None) -> Iterator[Store]:
    """One transaction, without a thread; committed at the end, rolled back by an exception."""
    connection = connect_memory() if path is None else connect_writer(path)
    try:
        transaction = SqliteTransaction(connection)
        transaction.begin()
        try:
            yield transaction.store
        except BaseException:
            transaction.rollback()
            raise
        transaction.commit()
    finally:
        connection.close()
