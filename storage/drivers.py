"""aiosql's drivers, but reading models by position (storage/rows.py): twice as fast."""

import re
from collections.abc import Callable, Generator
from typing import Any

from aiosql.adapters.generic import GenericAdapter
from aiosql.adapters.pyformat import PyFormatAdapter
from aiosql.adapters.sqlite3 import SQLite3Adapter
from aiosql.types import SQLOperationType

from storage.rows import RowReader, Value

Row = tuple[Value, ...]


class ByPosition(GenericAdapter):
    """How the columns of a query stand is asked once and remembered by its text."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._readers: dict[str, Callable[[Row], object]] = {}

    def select(
        self,
        conn: Any,
        query_name: str,
        sql: str,
        parameters: Any,
        record_class: Any = None,
    ) -> Generator[Any, None, None]:
        cursor = conn.cursor()
        try:
            cursor.execute(sql, parameters)
            if record_class is None:
                yield from cursor
            else:
                yield from map(self._reader(cursor, sql, record_class), cursor)
        finally:
            cursor.close()

    def select_one(
        self,
        conn: Any,
        query_name: str,
        sql: str,
        parameters: Any,
        record_class: Any = None,
    ) -> Any:
        cursor = conn.cursor()
        try:
            cursor.execute(sql, parameters)
            row = cursor.fetchone()
            if row is None or record_class is None:
                return row
            return self._reader(cursor, sql, record_class)(row)
        finally:
            cursor.close()

    def _reader(
        self, cursor: Any, sql: str, record_class: RowReader[object]
    ) -> Callable[[Row], object]:
        reader = self._readers.get(sql)
        if reader is None:
            reader = record_class.by_position([column[0] for column in cursor.description])
            self._readers[sql] = reader
        return reader


class SqliteDriver(ByPosition, SQLite3Adapter):
    """`returning` makes SQLite build a table of the rows, though it knows a new row's number."""

    def process_sql(self, query_name: str, op_type: SQLOperationType, sql: str) -> str:
        if op_type is SQLOperationType.INSERT_RETURNING:
            return _RETURNING.sub("", sql)
        return sql

    def insert_returning(self, conn: Any, query_name: str, sql: str, parameters: Any) -> int | None:
        """The row's number; None if `on conflict do nothing` kept it out."""
        cursor = conn.cursor()
        cursor.execute(sql, parameters)
        number: int | None = cursor.lastrowid if cursor.rowcount == 1 else None
        cursor.close()
        return number


class PostgresqlDriver(ByPosition, PyFormatAdapter):
    """As aiosql has it."""


_RETURNING = re.compile(r"\s+returning\s+\w+\s*;?\s*$")
