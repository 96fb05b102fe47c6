"""Residents, known by platform and user id only."""

from storage.models import Resident, ResidentId, UnitId
from storage.queries import Connection, Noun


class Residents:
    """A resident comes into being when first seen and keeps his id for good."""

    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def see(self, platform: str, user_id: str, name: str, unit: UnitId | None) -> Resident:
        """The resident as now known; an empty name or a unit of None keeps the old one."""
        resident: Resident = self._queries.see_resident(
            self._connection, platform=platform, user_id=user_id, name=name, unit=unit
        )
        return resident

    def get(self, resident: ResidentId) -> Resident | None:
        found: Resident | None = self._queries.get_resident(self._connection, resident=resident)
        return found

    def find(self, platform: str, user_id: str) -> Resident | None:
        found: Resident | None = self._queries.find_resident(
            self._connection, platform=platform, user_id=user_id
        )
        return found
