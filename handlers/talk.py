"""What was said just before in a conversation: the in-memory context of a line."""

from dataclasses import dataclass
from datetime import datetime

from storage.models import Act, TicketNumber, UnitId


@dataclass(frozen=True, slots=True)
class Line:
    """One earlier line. `ticket` and `act` say what it did, where it did something."""

    message_id: str
    at: datetime
    sender: str
    sender_name: str
    text: str
    is_staff: bool = False
    images: tuple[str, ...] = ()
    is_voice: bool = False
    quote: str | None = None
    is_at_bot: bool = False
    at_users: tuple[str, ...] = ()
    ticket: TicketNumber | None = None
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """The surroundings of the line that is being read; `before` is oldest first, a few minutes.

    `unit` is the unit the conversation belongs to (a private one: where the speaker lives).
    """

    before: tuple[Line, ...] = ()
    is_staff: bool = False
    is_private: bool = False
    unit: UnitId | None = None

    def quoted(self, message_id: str | None) -> Line | None:
        return next((line for line in self.before if line.message_id == message_id), None)

    def pictures_before(self, sender: str, since: datetime) -> tuple[str, ...]:
        """The speaker's pictures between his last words and now, which belong to nothing yet:
        on WeChat a picture is always a message of its own."""
        found: tuple[str, ...] = ()
        for line in reversed(self.before):
            if line.sender != sender:
                continue
            if line.text or line.is_voice or line.ticket is not None or line.at < since:
                break
            found = (*line.images, *found)
        return found


NO_TALK = Talk()
