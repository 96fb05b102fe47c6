"""What people put right, and what settled tickets teach."""

from dataclasses import dataclass
from datetime import datetime

from storage.models.ids import MessageKey, PersonId, ResidentId, TicketNumber


@dataclass(frozen=True, slots=True)
class Correction:
    """A user's word against the classifier's, text masked: food for `lianxin train`.

    `act` is what would have been right ("open", "none"), `field` and `place` where they were put
    right. `key` is the message that brought it, by which it is taken back.
    """

    id: int
    at: datetime
    person: PersonId | None
    resident: ResidentId | None
    act: str
    field: str | None
    place: str | None
    text: str
    key: MessageKey | None = None
    ticket: TicketNumber | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """What opened a ticket that was settled, and the field it was settled under."""

    ticket: TicketNumber
    resident: ResidentId
    field: str
    text: str
