"""The schema's version: cheap to ask, and raised by Alembic without an ini file.

Alembic and SQLAlchemy take a second to import, so only an upgrade imports them.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from storage.address import parse_address
from storage.errors import SchemaMismatch
from storage.queries import Connection, Dialect

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.engine import Engine


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did. `before` is None for a new database; `backup` only on SQLite."""

    before: str | None
    after: str
    backup: Path | None

    @property
    def has_changed(self) -> bool:
        return self.before != self.after


def head() -> str:
    """The newest revision: the files are named `<revision>_<what>.py` and sort in order."""
    folder = files("storage") / "migrations" / "versions"
    names = [entry.name for entry in folder.iterdir() if entry.name.endswith(".py")]
    return max(name.partition("_")[0] for name in names)


def current(url: str) -> str | None:
    """The database's revision; None if there is no database or no schema in it."""
    address = parse_address(url)
    if address.dialect is Dialect.POSTGRESQL:
        return _current_postgresql(url)
    if address.path is None or not address.path.is_file():
        return None
    connection = sqlite3.connect(f"{address.path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return current_sqlite(connection)
    finally:
        connection.close()


def check_head(url: str) -> None:
    """Raises SchemaMismatch unless the database's schema is the newest."""
    found = current(url)
    if found != head():
        raise SchemaMismatch(found, head())


def check_known(revision: str | None) -> str:
    """The revision of a backup; SchemaMismatch if it has none or a newer one than the program."""
    if revision is None or revision > head():
        raise SchemaMismatch(revision, head())
    return revision


def upgrade(url: str) -> Upgrade:
    """Bring the schema to head, making the database if there is none.

    All or nothing. An SQLite database that is behind is first copied beside itself, to
    `<name>.<revision>.db`. A database newer than this program is a SchemaMismatch.
    """
    before, newest = current(url), head()
    if before == newest:
        return Upgrade(before, newest, None)
    if before is not None and before > newest:
        raise SchemaMismatch(before, newest)
    address = parse_address(url)
    if address.dialect is Dialect.POSTGRESQL:
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            upgrade_connection(connection)
        return Upgrade(before, newest, None)
    if address.path is None:
        raise ValueError("a database in memory is made with its schema in place")
    return Upgrade(before, newest, _upgrade_file(address.path, before))


def _upgrade_file(path: Path, before: str | None) -> Path | None:
    """The backup that was made, if the file held anything."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        create_private(path)
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    try:
        copy = None if before is None else _copy_beside(path, connection, before)
        upgrade_connection(connection)
    finally:
        connection.close()
    return copy


def _copy_beside(path: Path, connection: sqlite3.Connection, revision: str) -> Path:
    names = (f"{path.stem}.{revision}{mark}{path.suffix}" for mark in _marks())
    copy = next(path.with_name(name) for name in names if not path.with_name(name).exists())
    partial = path.with_name(f"{copy.name}.partial")
    create_private(partial)
    target = sqlite3.connect(partial)
    try:
        connection.backup(target)
    finally:
        target.close()
    return partial.replace(copy)


def create_private(path: Path) -> None:
    """An empty file that only its owner can read: what residents say is in it."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)


def _marks() -> Iterator[str]:
    """Never over an older copy: a first try may have failed half-way."""
    yield ""
    number = 2
    while True:
        yield f"-{number}"
        number += 1


def upgrade_connection(connection: Connection, to: str = "head") -> None:
    """Upgrade an open sqlite3 or psycopg connection (autocommit), in one transaction."""
    from alembic import command

    run_alembic(connection, lambda config: command.upgrade(config, to))


def run_alembic(connection: Connection, command: "Callable[[Config], None]") -> None:
    """Run one of Alembic's commands over an open connection, in one transaction."""
    from alembic.config import Config

    with as_file(files("storage") / "migrations") as folder, _engine(connection) as engine:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        with engine.begin() as transaction:
            config.attributes["connection"] = transaction
            command(config)


@contextmanager
def _engine(connection: Connection) -> "Iterator[Engine]":
    """SQLAlchemy around a connection it neither opens nor closes."""
    import sqlalchemy
    from sqlalchemy import event
    from sqlalchemy.pool import StaticPool

    is_sqlite = isinstance(connection, sqlite3.Connection)
    url = "sqlite://" if is_sqlite else "postgresql+psycopg://"
    engine = sqlalchemy.create_engine(url, creator=lambda: connection, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def begin(transaction: sqlalchemy.Connection) -> None:
        transaction.exec_driver_sql("begin immediate" if is_sqlite else "begin")

    try:
        yield engine
    finally:
        engine.dispose(close=False)


def current_sqlite(connection: sqlite3.Connection) -> str | None:
    with suppress(sqlite3.OperationalError):
        row = connection.execute("select version_num from alembic_version").fetchone()
        return None if row is None else str(row[0])
    return None


def _current_postgresql(url: str) -> str | None:
    import psycopg

    with psycopg.connect(url) as connection, suppress(psycopg.errors.UndefinedTable):
        row = connection.execute("select version_num from alembic_version").fetchone()
        return None if row is None else str(row[0])
    return None
