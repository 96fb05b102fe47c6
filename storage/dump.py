"""A PostgreSQL database as one archive: a CSV file a table and a list of contents.

Not pg_dump, which is often absent, or older than the server, where the bot runs.
"""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import orjson
import psycopg
from psycopg import sql

from storage.errors import BackupRefused
from storage.migrate import check_known, upgrade_connection
from storage.postgresql import connect

CONTENTS = "contents.json"
REVISION_TABLE = "alembic_version"

Progress = Callable[[int, int], None]
Connection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class TableDump:
    name: str
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Contents:
    """`tables` stand in the order in which they can be filled."""

    revision: str
    tables: tuple[TableDump, ...]


def dump(url: str, to: Path, progress: Progress) -> None:
    """Write all tables as they are at one moment."""
    with connect(url) as connection, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        connection.execute("begin isolation level repeatable read, read only")
        contents = _contents(connection)
        advance = _counter(progress, contents)
        for table in contents.tables:
            _write(connection, archive, table, advance)
        archive.writestr(CONTENTS, orjson.dumps(contents))
        connection.execute("rollback")


def _write(
    connection: Connection, archive: zipfile.ZipFile, table: TableDump, advance: Callable[[], None]
) -> None:
    query = _copy(table, "to stdout")
    with (
        archive.open(f"{table.name}.csv", "w", force_zip64=True) as file,
        connection.cursor().copy(query) as rows,
    ):
        for row in rows:
            file.write(row)
            advance()


def load(path: Path, url: str, force: bool, progress: Progress) -> None:
    """Take the place of all tables. What fails half-way must be loaded again."""
    contents = _check(path)
    with connect(url) as connection, zipfile.ZipFile(path) as archive:
        if not force and _has_rows(connection):
            raise BackupRefused("the database is not empty")
        _drop_tables(connection)
        upgrade_connection(connection, contents.revision)
        advance = _counter(progress, contents)
        with connection.transaction():
            for table in contents.tables:
                _fill(connection, archive, table, advance)
            _set_counters(connection)


def _fill(
    connection: Connection, archive: zipfile.ZipFile, table: TableDump, advance: Callable[[], None]
) -> None:
    cursor = connection.cursor()
    with archive.open(f"{table.name}.csv") as file, cursor.copy(_copy(table, "from stdin")) as rows:
        for line in file:
            rows.write(line)
            advance()
    if cursor.rowcount != table.rows:
        raise BackupRefused(f"{table.name}: {cursor.rowcount} rows instead of {table.rows}")


def _check(path: Path) -> Contents:
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
            text = orjson.loads(archive.read(CONTENTS))
        tables = (TableDump(t["name"], tuple(t["columns"]), t["rows"]) for t in text["tables"])
        contents = Contents(text["revision"], tuple(tables))
    except (zipfile.BadZipFile, KeyError, orjson.JSONDecodeError) as error:
        raise BackupRefused(f"{path} is no backup of a PostgreSQL database") from error
    if damaged is not None:
        raise BackupRefused(f"{path} is damaged: {damaged}")
    check_known(contents.revision)
    return contents


def _contents(connection: Connection) -> Contents:
    names = _table_names(connection)
    if REVISION_TABLE not in names:
        raise BackupRefused("there is no database of this program")
    (revision,) = _one(connection, sql.SQL("select version_num from alembic_version"))
    order = _in_order(connection, [name for name in names if name != REVISION_TABLE])
    return Contents(str(revision), tuple(_table(connection, name) for name in order))


def _table(connection: Connection, name: str) -> TableDump:
    columns = connection.execute(
        "select column_name::text from information_schema.columns"
        " where table_schema = 'public' and table_name = %s and is_generated = 'NEVER'"
        " order by ordinal_position",
        (name,),
    ).fetchall()
    (rows,) = _one(connection, sql.SQL("select count(*) from {}").format(sql.Identifier(name)))
    assert isinstance(rows, int)
    return TableDump(name, tuple(str(column) for (column,) in columns), rows)


def _table_names(connection: Connection) -> Sequence[str]:
    query = "select tablename::text from pg_tables where schemaname = 'public' order by tablename"
    return [str(name) for (name,) in connection.execute(query).fetchall()]


def _in_order(connection: Connection, names: Sequence[str]) -> Sequence[str]:
    """Each after the tables its foreign keys point at."""
    keys = connection.execute(
        "select child.relname::text, parent.relname::text from pg_constraint"
        " join pg_class child on child.oid = conrelid"
        " join pg_class parent on parent.oid = confrelid"
        " where contype = 'f' and conrelid <> confrelid"
    ).fetchall()
    needs: dict[str, set[str]] = {name: set() for name in names}
    for child, parent in keys:
        if str(child) in needs:
            needs[str(child)].add(str(parent))
    return list(TopologicalSorter(needs).static_order())


def _has_rows(connection: Connection) -> bool:
    query = sql.SQL("select exists (select from {})")
    return any(
        _one(connection, query.format(sql.Identifier(name)))[0]
        for name in _table_names(connection)
        if name != REVISION_TABLE
    )


def _drop_tables(connection: Connection) -> None:
    with connection.transaction():
        for name in _table_names(connection):
            connection.execute(sql.SQL("drop table {} cascade").format(sql.Identifier(name)))


def _set_counters(connection: Connection) -> None:
    """Let each identity column go on after its highest value."""
    columns = connection.execute(
        "select table_name::text, column_name::text from information_schema.columns"
        " where table_schema = 'public' and is_identity = 'YES'"
    ).fetchall()
    query = "select setval(pg_get_serial_sequence({}, {}), coalesce(max({}), 0) + 1, false) from {}"
    for table, column in columns:
        target = sql.Identifier(str(table))
        literals = (sql.Literal(f'"{table}"'), sql.Literal(column))
        names = (sql.Identifier(str(column)), target)
        connection.execute(sql.SQL(query).format(*literals, *names))


def _copy(table: TableDump, direction: str) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.Identifier(column) for column in table.columns)
    query = sql.SQL("copy {} ({}) {} (format csv)")
    return query.format(sql.Identifier(table.name), columns, sql.SQL(direction))


def _counter(progress: Progress, contents: Contents) -> Callable[[], None]:
    """To be called once a row."""
    total = sum(table.rows for table in contents.tables)
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        # The lines of a text count as rows when loading, so that this is a little rough.
        if done % 1000 == 0 or done == total:
            progress(min(done, total), total)

    return advance


def _one(connection: Connection, query: sql.SQL | sql.Composed) -> tuple[object, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row
