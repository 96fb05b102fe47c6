"""Whether a database is sound and can be written, asked from outside of a running service."""

import sqlite3
from contextlib import closing

from storage.address import parse_address
from storage.database import connect_sync
from storage.queries import Dialect


def find_damage(url: str) -> str | None:
    """What SQLite's quick check finds first, None if it is sound. PostgreSQL checks itself.

    Reads the whole file: a second for some hundred thousand tickets.
    """
    address = parse_address(url)
    if address.path is None:
        return None
    target = f"{address.path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(target, uri=True, timeout=10)) as connection:
            row = connection.execute("pragma quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if row[0] == "ok" else str(row[0])


def compact(url: str) -> None:
    """Write the database anew, so that nothing of what was deleted stays in the file."""
    address = parse_address(url)
    if address.dialect is not Dialect.SQLITE:
        from storage.postgresql import connect

        with closing(connect(url)) as server:
            server.execute("vacuum")
        return
    if address.path is None:
        return
    with closing(sqlite3.connect(address.path, timeout=30, isolation_level=None)) as connection:
        connection.execute("insert into ticket_search (ticket_search) values ('optimize')")
        connection.execute("vacuum")
        connection.execute("pragma wal_checkpoint(truncate)").fetchall()


def is_writable(url: str) -> bool:
    """Whether the file lets itself be written; a row is never changed. PostgreSQL: always True."""
    if parse_address(url).dialect is not Dialect.SQLITE:
        return True
    try:
        with connect_sync(url) as store:
            store.people.unbind_account("", "")
    except sqlite3.OperationalError as error:
        return "locked" in str(error)  # somebody is writing: so it can be written
    return True
