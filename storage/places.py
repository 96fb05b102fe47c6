"""The places each unit has come to know, and the tickets they are learned from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.models import UnitId
from storage.queries import Connection, Noun


@dataclass(frozen=True, slots=True)
class Told:
    """A place as tickets tell it: its normal form, one spelling, and in how many of them."""

    unit: UnitId
    key: str
    name: str
    count: int


class Places:
    """What is known follows from closed tickets alone, so it is always written anew as a whole."""

    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def list_all(self) -> Sequence[tuple[UnitId, str]]:
        return [(UnitId(unit), name) for unit, name in self._queries.list_all(self._connection)]

    def set_all(self, known: Iterable[tuple[UnitId, str]]) -> None:
        """Take the place of all that was known."""
        self._queries.remove_all(self._connection)
        for unit, name in known:
            self._queries.add(self._connection, unit=unit, name=name)

    def list_repeated(self) -> Sequence[Told]:
        """Places of two or more settled tickets of one unit; sensitive matters are left out."""
        rows = self._queries.list_repeated(self._connection)
        return [Told(UnitId(unit), key, name, count) for unit, key, name, count in rows]

    def list_confirmed(self) -> Sequence[Told]:
        """Places of settled tickets that a member of staff wrote himself."""
        rows = self._queries.list_confirmed(self._connection)
        return [Told(UnitId(unit), key, name, 1) for unit, key, name in rows]
