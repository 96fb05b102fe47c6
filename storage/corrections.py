"""Users' corrections of what the classifier made of a line: food for `lianxin train`."""

from collections.abc import Sequence
from datetime import datetime

from storage.models import Correction, Lesson, MessageKey, PersonId, ResidentId, TicketNumber
from storage.queries import Connection, Noun
from storage.rows import to_millis


class Corrections:
    """Texts are masked before they come here."""

    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def add(
        self,
        at: datetime,
        person: PersonId | None,
        resident: ResidentId | None,
        act: str,
        field: str | None,
        place: str | None,
        text: str,
        key: MessageKey | None = None,
        ticket: TicketNumber | None = None,
    ) -> int:
        """Keep one correction; its id. `act` and `field` are what would have been right."""
        correction: int = self._queries.add_correction(
            self._connection,
            at=to_millis(at),
            person=person,
            resident=resident,
            act=str(act),
            field=None if field is None else str(field),
            place=place,
            text=text,
            key=key,
            ticket=ticket,
        )
        return correction

    def list_all(self) -> Sequence[Correction]:
        return list(self._queries.list_all(self._connection))

    def remove_given_by(self, key: MessageKey) -> None:
        """Take back what one message corrected."""
        self._queries.remove_given_by(self._connection, key=key)

    def list_lessons(self) -> Sequence[Lesson]:
        """Settled tickets whose opening words are still kept; sensitive ones are left out."""
        return list(self._queries.list_lessons(self._connection))
