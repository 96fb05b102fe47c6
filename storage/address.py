"""Where a database is: `sqlite:///path`, `sqlite://` (in memory) or `postgresql://…`."""

from dataclasses import dataclass
from pathlib import Path

from storage.errors import BadAddress
from storage.queries import Dialect

MEMORY = "sqlite://"
"""The address of a fresh SQLite database in memory."""


@dataclass(frozen=True, slots=True)
class Address:
    """`path` is the file of an SQLite database, None in memory and on PostgreSQL."""

    dialect: Dialect
    url: str
    path: Path | None


def parse_address(url: str) -> Address:
    """Raises BadAddress. `sqlite:///x` is relative, `sqlite:////x` absolute, as in SQLAlchemy."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "sqlite":
        name = rest.removeprefix("/")
        if name in ("", ":memory:"):
            return Address(Dialect.SQLITE, MEMORY, None)
        if rest.startswith("/"):
            return Address(Dialect.SQLITE, url, Path(name))
    if separator and scheme in ("postgresql", "postgres"):
        return Address(Dialect.POSTGRESQL, url, None)
    raise BadAddress(
        f"{_without_password(url)!r} is no database address;"
        " expected sqlite:///path/to/file.db or postgresql://user@host/name"
    )


def _without_password(url: str) -> str:
    """What stands before an @ may hold a password."""
    head, at, tail = url.rpartition("@")
    return f"…@{tail}" if at else head + tail
