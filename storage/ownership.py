"""Who serves a database: one process at a time, by a lock that its death gives back.

Not by a row with a time in it: a clock that jumps would break that, and after a kill the next
start would have to wait for it.
"""

import os
from pathlib import Path
from typing import Protocol

from storage.address import parse_address
from storage.errors import Owned

POSTGRESQL_KEY = 7316412
NAME_BYTES = 63
"""PostgreSQL keeps no more of a connection's name."""


class Ownership(Protocol):
    def keep(self) -> None:
        """Take it again where a server that restarted has forgotten it. Raises Owned if somebody
        else was faster, a database error while there is no server."""

    def close(self) -> None:
        """Give it back. May be called twice."""


def own(url: str, who: str) -> Ownership:
    """Become the one that serves a database, under a short name in ASCII. Raises Owned."""
    address = parse_address(url)
    if address.path is not None:
        return FileLock(address.path.with_name(f"{address.path.name}.lock"), who)
    return ServerLock(url, who) if url.startswith("postgres") else NoLock()


class NoLock:
    """A database in memory belongs to its process anyway."""

    def keep(self) -> None: ...

    def close(self) -> None: ...


class FileLock:
    """A locked file beside the database; its content is the owner's name."""

    def __init__(self, path: Path, who: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._file)
        except OSError as error:
            owner = os.read(self._file, NAME_BYTES + 1)
            self.close()
            raise Owned(owner.decode("ascii", "replace").strip()) from error
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{who}\n".encode("ascii", "replace"))

    def keep(self) -> None: ...

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            os.close(file)


def _lock(file: int) -> None:
    """Raises OSError where another has it. Windows locks a byte past the name, which stays
    readable."""
    if os.name == "nt":
        import msvcrt

        os.lseek(file, 1024, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        os.lseek(file, 0, os.SEEK_SET)
        return
    import fcntl

    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class ServerLock:
    """An advisory lock of a connection of its own, whose name is the owner's."""

    def __init__(self, url: str, who: str) -> None:
        from storage.postgresql import connect

        self._url, self._who = url, who
        self._connection = connect(url)
        self._take()

    def keep(self) -> None:
        import psycopg

        from storage.postgresql import connect

        try:
            self._connection.execute("select 1")
        except psycopg.OperationalError:
            self._connection.close()
            self._connection = connect(self._url)
            self._take()

    def close(self) -> None:
        self._connection.close()

    def _take(self) -> None:
        ask = self._connection.execute
        name = self._who.encode("ascii", "replace")[:NAME_BYTES].decode()
        ask("select set_config('application_name', %s, false)", (name,))
        row = ask("select pg_try_advisory_lock(%s)", (POSTGRESQL_KEY,)).fetchone()
        if row is None or not row[0]:
            owner = ask(
                "select activity.application_name from pg_locks"
                " join pg_stat_activity activity on activity.pid = pg_locks.pid"
                " where locktype = 'advisory' and objid = %s and granted"
                " and database = (select oid from pg_database where datname = current_database())",
                (POSTGRESQL_KEY,),
            ).fetchone()
            self._connection.close()
            raise Owned(str(owner[0]) if owner is not None else "")
