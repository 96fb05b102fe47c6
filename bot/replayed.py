"""What a replay yields: lines heard, messages sent, and at the end every ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson

from handlers.messages import Incoming
from storage.models import Act, Clock, MessageKey, OutboxRow, Ticket, TicketMessage
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Heard:
    """A line of the transcript, just before the bot hears it."""

    at: datetime
    incoming: Incoming


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of the bot. `at` is local, `to` is ``group:…`` or ``private:…``."""

    at: datetime
    row: OutboxRow

    def to_json(self) -> str:
        row = self.row
        return _json(
            {
                "at": self.at.isoformat(timespec="seconds"),
                "type": "sent",
                "platform": row.platform,
                "to": row.conversation,
                "class": row.kind,
                "text": row.text,
                "at_users": row.at_users,
                "images": row.images,
                "ticket": row.ticket,
            }
        )


@dataclass(frozen=True, slots=True)
class Ended:
    """A ticket as it stands at the end. `messages` are residents' (not those that joined)."""

    ticket: Ticket
    messages: tuple[str, ...]
    joined: tuple[str, ...]
    assignee: str | None
    zone: ZoneInfo

    def to_json(self) -> str:
        ticket = self.ticket
        return _json(
            {
                "type": "ticket",
                "number": ticket.number,
                "opened_by": message_id(ticket.source_key),
                "messages": self.messages,
                "joined": self.joined,
                "kind": ticket.kind,
                "field": ticket.field,
                "urgency": ticket.urgency,
                "place": ticket.place,
                "unit": ticket.unit,
                "assignee": self.assignee,
                "stage": ticket.stage,
                "outcome": ticket.outcome,
                "due": self._moments(due_moments(ticket)),
                "done": self._moments(done_moments(ticket)),
            }
        )

    def _moments(self, moments: Mapping[str, datetime | None]) -> dict[str, str]:
        return {
            str(stage): at.astimezone(self.zone).isoformat(timespec="seconds")
            for stage, at in moments.items()
            if at is not None
        }


def due_moments(ticket: Ticket) -> Mapping[str, datetime | None]:
    return {
        Clock.CONTACT: ticket.contact_due_at,
        Clock.ACCEPTANCE: ticket.acceptance_due_at,
        Clock.HANDLING: ticket.handling_due_at,
        Clock.ANSWER: ticket.answer_due_at,
    }


def done_moments(ticket: Ticket) -> Mapping[str, datetime | None]:
    return {
        Clock.CONTACT: ticket.contact_done_at,
        Clock.ACCEPTANCE: ticket.acceptance_done_at,
        Clock.HANDLING: ticket.handling_done_at,
        Clock.ANSWER: ticket.answer_done_at,
        "closed": ticket.closed_at,
    }


def load_ended(store: Store, zone: ZoneInfo) -> Sequence[Ended]:
    """Every ticket, by number."""
    return [_ended(store, ticket, zone) for ticket in store.tickets.list_all()]


def _ended(store: Store, ticket: Ticket, zone: ZoneInfo) -> Ended:
    said = [one for one in store.tickets.list_messages(ticket.number) if _is_residents(one)]
    person = store.people.get(ticket.assignee) if ticket.assignee is not None else None
    return Ended(
        ticket,
        messages=tuple(message_id(one.key) for one in said if one.act is not Act.JOIN),
        joined=tuple(message_id(one.key) for one in said if one.act is Act.JOIN),
        assignee=person.name if person else None,
        zone=zone,
    )


def _is_residents(message: TicketMessage) -> bool:
    return message.resident is not None and message.person is None


def message_id(key: MessageKey) -> str:
    """The transcript's id in ``platform/conversation/id``."""
    return key.split("/", 2)[2]


def _json(fields: Mapping[str, object]) -> str:
    return orjson.dumps(fields).decode()
