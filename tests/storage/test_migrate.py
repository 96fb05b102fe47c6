"""The schema's version: asked cheaply, raised whole, never over newer data."""

import logging
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from storage import migrate
from storage.address import parse_address
from storage.errors import SchemaMismatch
from storage.migrate import Upgrade
from storage.queries import Dialect


@pytest.fixture
def empty_url(dialect: Dialect, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a database that is not there (SQLite) or has no schema (PostgreSQL)."""
    if dialect is Dialect.SQLITE:
        return f"sqlite:///{tmp_path / 'new' / 'lianxin.db'}"
    make: Callable[[str], str] = request.getfixturevalue("new_postgresql")
    return make("lianxin_empty")


def execute(url: str, statement: str) -> None:
    path = parse_address(url).path
    if path is None:
        with psycopg.connect(url) as connection:
            connection.execute(statement.encode())
        return
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def upgrade_to(url: str, revision: str) -> None:
    path = parse_address(url).path
    if path is None:
        with psycopg.connect(url, autocommit=True) as connection:
            migrate.upgrade_connection(connection, revision)
        return
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        migrate.upgrade_connection(file, revision)


def test_the_head_is_the_one_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(files("storage") / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.head()


def test_a_new_database_is_made_and_brought_to_the_head(empty_url: str) -> None:
    assert migrate.current(empty_url) is None
    assert migrate.upgrade(empty_url) == Upgrade(None, migrate.head(), None)
    assert migrate.current(empty_url) == migrate.head()
    migrate.check_head(empty_url)


def found_by(url: str, word: str) -> list[int]:
    """The numbers of the tickets whose indexed words hold this one."""
    path = parse_address(url).path
    if path is None:
        query = f"select number from ticket_search where words @@ '{word}'::tsquery order by 1"
        with psycopg.connect(url) as connection:
            return [number for (number,) in connection.execute(query.encode())]
    query = f"select rowid from ticket_search where ticket_search match '{word}' order by 1"
    with closing(sqlite3.connect(path)) as file:
        return [number for (number,) in file.execute(query)]


def test_what_was_indexed_before_is_found_by_one_character_too(empty_url: str) -> None:
    upgrade_to(empty_url, "0008")
    is_sqlite = parse_address(empty_url).path is not None
    column, words = ("rowid", "'路灯 不亮'") if is_sqlite else ("number", "'路灯 不亮'::tsvector")
    for number in (1, 999, 1000, 5000):
        statement = f"insert into ticket_search ({column}, words) values ({number}, {words})"
        execute(empty_url, statement)
    migrate.upgrade(empty_url)
    for word in ("灯", "路灯", "亮"):
        assert found_by(empty_url, word) == [1, 999, 1000, 5000], word


def test_a_second_upgrade_changes_nothing(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    assert not migrate.upgrade(empty_url).has_changed


def test_a_database_that_is_behind_keeps_its_rows(empty_url: str) -> None:
    upgrade_to(empty_url, "0001")
    execute(empty_url, "insert into unit_scope (ancestor, unit) values ('a', 'b')")
    with pytest.raises(SchemaMismatch, match="lianxin db upgrade"):
        migrate.check_head(empty_url)
    done = migrate.upgrade(empty_url)
    assert (done.before, done.after, done.has_changed) == ("0001", migrate.head(), True)
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        execute(empty_url, "insert into unit_scope (ancestor, unit) values ('a', 'b')")


def test_a_database_newer_than_the_program_is_refused(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    execute(empty_url, "update alembic_version set version_num = '9999'")
    with pytest.raises(SchemaMismatch, match="update the program"):
        migrate.upgrade(empty_url)
    assert migrate.current(empty_url) == "9999"


def test_an_upgrade_that_fails_leaves_the_schema_as_it_was(empty_url: str) -> None:
    upgrade_to(empty_url, "0001")
    execute(empty_url, "create table ticket_search (n integer)")
    with pytest.raises(Exception, match="ticket_search"):
        migrate.upgrade(empty_url)
    assert migrate.current(empty_url) == "0001"
    execute(empty_url, "drop table ticket_search")
    assert migrate.upgrade(empty_url).after == migrate.head()


def test_asking_for_the_version_makes_no_file(tmp_path: Path) -> None:
    assert migrate.current(f"sqlite:///{tmp_path / 'none.db'}") is None
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_behind_is_copied_beside_itself_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'lianxin.db'}"
    upgrade_to(url, "0001")
    execute(url, "insert into unit_scope (ancestor, unit) values ('a', 'b')")
    copy = migrate.upgrade(url).backup
    assert copy == tmp_path / "lianxin.0001.db"
    assert migrate.current(f"sqlite:///{copy}") == "0001"
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("select unit from unit_scope").fetchall() == [("b",)]


def test_an_older_copy_is_never_written_over(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'lianxin.db'}"
    upgrade_to(url, "0001")
    (tmp_path / "lianxin.0001.db").write_text("precious")
    assert migrate.upgrade(url).backup == tmp_path / "lianxin.0001-2.db"
    assert (tmp_path / "lianxin.0001.db").read_text() == "precious"


def test_only_its_owner_can_read_a_new_file(tmp_path: Path) -> None:
    migrate.upgrade(f"sqlite:///{tmp_path / 'lianxin.db'}")
    assert (tmp_path / "lianxin.db").stat().st_mode & 0o077 == 0


def test_a_percent_sign_in_a_path_does_no_harm(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / '100%s' / 'lianxin.db'}"
    assert migrate.upgrade(url).after == migrate.head()


def test_every_migration_can_be_taken_back(empty_url: str) -> None:
    from alembic import command

    migrate.upgrade(empty_url)
    path = parse_address(empty_url).path
    opened = (
        psycopg.connect(empty_url, autocommit=True)
        if path is None
        else sqlite3.connect(path, isolation_level=None)
    )
    with closing(opened) as connection:
        migrate.run_alembic(connection, lambda config: command.downgrade(config, "base"))
    assert migrate.current(empty_url) is None
    assert migrate.upgrade(empty_url).after == migrate.head()


def test_an_upgrade_leaves_the_logging_alone(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = (list(root.handlers), root.level, logging.getLogger("alembic").disabled)
    migrate.upgrade(f"sqlite:///{tmp_path / 'lianxin.db'}")
    assert (list(root.handlers), root.level, logging.getLogger("alembic").disabled) == before


def test_a_database_at_the_head_is_opened_without_importing_alembic(sqlite_url: str) -> None:
    code = (
        "import asyncio, sys\n"
        "from storage import migrate\n"
        "from storage.database import open_database\n"
        "async def main():\n"
        "    migrate.upgrade(sys.argv[1])\n"
        "    await (await open_database(sys.argv[1])).close()\n"
        "asyncio.run(main())\n"
        "print(sorted({'alembic', 'sqlalchemy', 'psycopg'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, sqlite_url], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_who_had_no_name_before_wishes_were_told_apart_has_none(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'lianxin.db'}"
    upgrade_to(url, "0007")
    with closing(sqlite3.connect(tmp_path / "lianxin.db")) as connection, connection:
        for number, is_anonymous in ((1, 1), (2, 0)):
            fill(connection, "ticket", number=number, source_key=number, is_anonymous=is_anonymous)
            fill(connection, "report", ticket=number, resident=1)
    migrate.upgrade(url)
    with closing(sqlite3.connect(tmp_path / "lianxin.db")) as connection:
        rows = connection.execute("select ticket, is_anonymous from report order by ticket")
        assert rows.fetchall() == [(1, 1), (2, 0)]


def fill(connection: sqlite3.Connection, table: str, **values: int) -> None:
    """A row of these values, and nought wherever a value must stand."""
    columns = connection.execute(f"pragma table_info({table})").fetchall()
    row = {name: 0 for _, name, _, must_be, _, _ in columns if must_be} | values
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(f"insert into {table} ({names}) values ({marks})", tuple(row.values()))
