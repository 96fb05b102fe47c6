"""PostgreSQL by psycopg: a thread that writes with group commit, and one that only reads."""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from storage.commits import CommitQueue
from storage.errors import DatabaseClosed
from storage.queries import Dialect, load_queries
from storage.store import Store

T = TypeVar("T")

PATIENCE_SECONDS = 30.0
"""How long work waits for a server that restarts before its callers are told."""


BEGIN = "begin; select pg_advisory_xact_lock(7316411)"
"""One writer at a time, whatever the process, as SQLite has it by BEGIN IMMEDIATE."""


def connect(url: str) -> psycopg.Connection:
    """Transactions are begun and ended by hand; a dead network is noticed within a minute."""
    connection = psycopg.connect(
        url,
        autocommit=True,
        client_encoding="utf8",
        connect_timeout=10,
        keepalives_idle=30,
        keepalives_interval=10,
        keepalives_count=3,
    )
    connection.prepared_max = 500
    return connection


class Link:
    """A connection with its Store, made anew when the server went away."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._queries = load_queries(Dialect.POSTGRESQL)
        self.connect()

    def connect(self) -> None:
        self.connection = connect(self._url)
        self.store = Store(self.connection, self._queries)

    @property
    def is_lost(self) -> bool:
        return self.connection.closed

    def start(self, statement: str) -> "psycopg.Cursor[tuple[object, ...]]":
        """Execute a statement that begins something; waits for a server that restarts."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        pause = 0.05
        while True:
            try:
                if self.is_lost:
                    self.connect()
                return self.connection.execute(statement.encode())
            except psycopg.OperationalError:
                if not self.is_lost or time.monotonic() > deadline:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, 1.0)

    def rollback(self) -> None:
        """Leave the transaction whatever its state. Never raises."""
        try:
            self.connection.execute("rollback")
        except psycopg.Error:
            # What can not be rolled back must not be gone on with.
            self.connection.close()

    def close(self) -> None:
        self.connection.close()


class PostgresqlTransaction:
    """See storage.commits.Transaction."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._is_committing = False
        self._xid: int | None = None

    @property
    def store(self) -> Store:
        return self._link.store

    def begin(self) -> None:
        self._is_committing = False
        self._link.start(BEGIN)

    def check(self) -> None:
        if self._link.connection.info.transaction_status != TransactionStatus.INTRANS:
            raise psycopg.errors.InFailedSqlTransaction("a work went on after a failed statement")

    def commit(self) -> None:
        """Notes the transaction's id first: the answer to a commit can get lost."""
        query = "select pg_current_xact_id_if_assigned()::text::bigint"
        row = self._link.connection.execute(query).fetchone()
        self._xid = row[0] if row else None
        self._is_committing = True
        self._link.connection.execute("commit")

    def rollback(self) -> None:
        self._link.rollback()

    def has_landed(self) -> bool:
        if not (self._is_committing and self._link.is_lost):
            return False
        if self._xid is None:
            return True
        with suppress(psycopg.Error):
            return self._ask_status() == "committed"
        return False

    def _ask_status(self) -> str:
        """What the server knows of the transaction, once it is through with it."""
        query = f"select coalesce(pg_xact_status('{self._xid}'::xid8), 'aborted')"
        for _ in range(100):
            row = self._link.start(query).fetchone()
            if row is not None and row[0] != "in progress":
                return str(row[0])
            time.sleep(0.05)
        return "in progress"

    def is_lost(self) -> bool:
        return self._link.is_lost


class PostgresqlDatabase:
    """See storage.database.Database."""

    def __init__(self, writer: Link, reader: Link) -> None:
        self._links = (writer, reader)
        self._writing = ThreadPoolExecutor(1, "postgresql-writer")
        self._reading = ThreadPoolExecutor(1, "postgresql-reader")
        self._queue = CommitQueue(PostgresqlTransaction(writer), self._writing.submit)
        self._reader = reader
        self._is_closed = False

    async def write(self, work: Callable[[Store], T]) -> T:
        return await self._queue.submit(work)

    async def read(self, work: Callable[[Store], T]) -> T:
        if self._is_closed:
            raise DatabaseClosed("the database is closed")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reading, partial(_read, self._reader, work))

    async def close(self) -> None:
        self._is_closed = True
        self._queue.close()
        for executor in (self._reading, self._writing):
            await asyncio.to_thread(executor.shutdown)
        for link in self._links:
            link.close()


def _read(link: Link, work: Callable[[Store], T]) -> T:
    """Over one snapshot; once more if the connection broke under it."""
    try:
        return _read_once(link, work)
    except psycopg.OperationalError:
        if not link.is_lost:
            raise
    return _read_once(link, work)


def _read_once(link: Link, work: Callable[[Store], T]) -> T:
    link.start("begin isolation level repeatable read, read only")
    try:
        return work(link.store)
    finally:
        link.rollback()


async def open_postgresql(url: str) -> PostgresqlDatabase:
    writer = await asyncio.to_thread(Link, url)
    try:
        reader = await asyncio.to_thread(Link, url)
    except BaseException:
        writer.close()
        raise
    return PostgresqlDatabase(writer, reader)


@contextmanager
def postgresql_store(url: str) -> Iterator[Store]:
    """One transaction, without a thread; committed at the end, rolled back by an exception."""
    link = Link(url)
    try:
        link.start(BEGIN)
        try:
            yield link.store
        except BaseException:
            link.rollback()
            raise
        link.connection.execute("commit")
    finally:
        link.close()
