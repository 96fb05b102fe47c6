"""What can be wrong with a database, as opposed to with a request."""

import sqlite3
import sys

AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
    }
)


def is_away(error: BaseException) -> bool:
    """Whether the database can not be used for now (locked, full, restarting), so that the same
    work may well succeed later."""
    if isinstance(error, sqlite3.OperationalError):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in AWAY
    psycopg = sys.modules.get("psycopg")  # where it was never imported, it did not raise
    return psycopg is not None and isinstance(error, psycopg.OperationalError)


class StorageError(Exception):
    """Any of them; the message is one plain sentence for the administrator."""


class BadAddress(StorageError):
    """The database's address is not one this program understands."""


class DatabaseClosed(StorageError):
    """Work was given to a database that has been closed."""


class SchemaMismatch(StorageError):
    """The database's schema is not the one this program was written for."""

    def __init__(self, current: str | None, head: str) -> None:
        is_newer = current is not None and current > head
        cure = "update the program" if is_newer else "run `lianxin db upgrade`"
        super().__init__(f"the database is at schema {current or 'none'}, not {head}: {cure}")
        self.current = current
        self.head = head


class Owned(StorageError):
    """Another process serves the database. `owner` is its name, empty where it is not known."""

    def __init__(self, owner: str) -> None:
        super().__init__(f"another process serves the database: {owner or 'unknown'}")
        self.owner = owner


class BackupRefused(StorageError):
    """A backup that can not be trusted, or a database that must not be overwritten."""
