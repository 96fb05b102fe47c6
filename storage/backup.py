"""Backups of a database in use, and putting one back.

Of SQLite a backup is a database file; of PostgreSQL an archive (storage/dump.py). Stored pictures
and voice notes are files of their own and not in it.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from storage.address import Address, parse_address
from storage.errors import BackupRefused
from storage.migrate import check_known, create_private, current_sqlite, upgrade
from storage.queries import Dialect
from storage.sqlite import connect, connect_reader

Progress = Callable[[int, int], None]
"""Is told how much is done, of how much: pages on SQLite, rows on PostgreSQL."""

PAGES_A_STEP = 2048


def no_progress(done: int, total: int) -> None:
    """Tells nobody."""


def backup(url: str, to: Path, progress: Progress = no_progress) -> None:
    """Write one consistent state of a database, which may be in use, to a file.

    The file is checked before it takes its name, so that a file there before is only ever replaced
    by a good one. Raises BackupRefused if there is no database or it turns out to be damaged.
    """
    address = parse_address(url)
    if address.path is not None and to.resolve() == address.path.resolve():
        raise BackupRefused(f"{to} is the database itself")
    to.parent.mkdir(parents=True, exist_ok=True)
    with _replacing(to) as partial:
        if address.dialect is Dialect.SQLITE:
            _copy_out(_existing(address), partial, progress)
        else:
            from storage.dump import dump

            dump(url, partial, progress)


def restore(path: Path, url: str, *, force: bool = False, progress: Progress = no_progress) -> None:
    """Put a backup in the place of a database, which is made if it is not there.

    A backup with an older schema is brought to the newest afterwards. Raises BackupRefused if the
    backup is damaged or of the other kind of database, or if the database holds any row and not
    `force`; SchemaMismatch if the backup is newer than this program.
    """
    address = parse_address(url)
    if not path.is_file():
        raise BackupRefused(f"there is no backup at {path}")
    if address.dialect is Dialect.SQLITE:
        if address.path is None:
            raise BackupRefused("a database in memory can not be restored")
        _copy_in(path, address.path, force, progress)
    else:
        from storage.dump import load

        load(path, url, force, progress)
    upgrade(url)


@contextmanager
def _replacing(to: Path) -> Iterator[Path]:
    """A file beside `to` that takes its place if nothing goes wrong."""
    partial = to.with_name(f"{to.name}.partial")
    create_private(partial)
    try:
        yield partial
        with partial.open("r+b") as file:
            os.fsync(file.fileno())
        partial.replace(to)
    finally:
        partial.unlink(missing_ok=True)


def _existing(address: Address) -> Path:
    if address.path is None or not address.path.is_file():
        raise BackupRefused(f"there is no database at {address.path or 'this address'}")
    return address.path


def _copy_out(path: Path, to: Path, progress: Progress) -> None:
    with (
        _damage_refused(),
        closing(connect_reader(path)) as source,
        closing(connect(str(to), ())) as target,
    ):
        # In one read transaction, so that no write makes the copying start again.
        source.execute("begin")
        source.execute("select count(*) from sqlite_master").fetchone()
        _copy(source, target, progress)
        source.execute("rollback")
        _check(target)
        # A single file, that can be read where nothing can be written.
        target.execute("pragma journal_mode = delete").close()


def _copy_in(path: Path, to: Path, force: bool, progress: Progress) -> None:
    with _damage_refused(), closing(connect_reader(path)) as source:
        _check(source)
        check_known(current_sqlite(source))
        to.parent.mkdir(parents=True, exist_ok=True)
        if not to.exists():
            create_private(to)
        with closing(connect(str(to))) as target:
            if not force and _has_rows(target):
                raise BackupRefused(f"{to} is not empty")
            _copy(source, target, progress)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, progress: Progress) -> None:
    source.backup(
        target,
        pages=PAGES_A_STEP,
        progress=lambda _, remaining, total: progress(total - remaining, total),
    )


def _check(connection: sqlite3.Connection) -> None:
    (verdict,) = connection.execute("pragma integrity_check(1)").fetchone()
    if verdict != "ok":
        raise BackupRefused(f"the database is damaged: {verdict}")


@contextmanager
def _damage_refused() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        # Its subclasses tell of something else: a full disk, a lock.
        if type(error) is sqlite3.DatabaseError:
            raise BackupRefused(f"this is no sound SQLite database: {error}") from error
        raise


def _has_rows(connection: sqlite3.Connection) -> bool:
    tables = connection.execute(
        "select name from sqlite_master where type = 'table' and name <> 'alembic_version'"
        # The search index keeps tables of its own, which are never empty.
        " and name not glob 'ticket_search_*'"
    ).fetchall()
    return any(
        connection.execute(f'select 1 from "{table}" limit 1').fetchone() for (table,) in tables
    )
