"""A command as understood: its word, its ticket, the rest of the text, and who asks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from handlers.assignment import private_to
from handlers.context import Context
from handlers.errors import Refused
from handlers.messages import Incoming, Outgoing
from handlers.replies import refusals
from handlers.settings import Settings
from handlers.speakers import Speaker, may_act, may_see, may_take_up
from storage.models import MessageKey, OutgoingClass, Person, Stage, Ticket, TicketNumber
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Request:
    """One command. `number` is the ticket named or quoted, `rest` what follows the word."""

    word: str
    number: TicketNumber | None
    rest: str
    incoming: Incoming
    speaker: Speaker
    context: Context

    @property
    def store(self) -> Store:
        return self.context.store

    @property
    def now(self) -> datetime:
        return self.context.now

    @property
    def settings(self) -> Settings:
        return self.context.settings

    @property
    def key(self) -> MessageKey:
        return self.incoming.key

    @property
    def person(self) -> Person:
        """The member of staff who asks. Refused where a resident does."""
        if self.speaker.person is None:
            raise Refused(refusals.not_allowed(self.word))
        return self.speaker.person

    def reply(self, text: str, ticket: TicketNumber | None = None) -> Outgoing:
        """An answer to the asker, where he asked."""
        return Outgoing(self.incoming.target, OutgoingClass.REPLY, text, ticket=ticket)

    def reply_aside(self, text: str, ticket: TicketNumber | None = None) -> Outgoing:
        """An answer to a member of staff that is not for the group: in private at any rate."""
        if self.incoming.is_private:
            return self.reply(text, ticket)
        person = self.person.id
        target = private_to(self.store, person)
        return Outgoing(target, OutgoingClass.REPLY, text, ticket=ticket, person=person)

    def reply_if_private(self, text: str, ticket: TicketNumber | None = None) -> list[Outgoing]:
        """In the group what the residents are told is confirmation enough."""
        return [self.reply(text, ticket)] if self.incoming.is_private else []

    def ticket_to_act_on(self) -> Ticket:
        """The ticket, if the asker may act on it and it is not closed. Refused otherwise."""
        return self._open_ticket(may_act)

    def ticket_to_take_up(self) -> Ticket:
        """The same, also for the administrator where the ticket is nobody's."""
        return self._open_ticket(may_take_up)

    def _open_ticket(self, may: Callable[[Speaker, Ticket, Context], bool]) -> Ticket:
        ticket = self.ticket_to_see()
        if not may(self.speaker, ticket, self.context):
            unit = self.settings.units[ticket.unit].name
            raise Refused(refusals.belongs_elsewhere(ticket, unit))
        if ticket.stage is Stage.CLOSED:
            raise Refused(refusals.already_closed(ticket))
        return ticket

    def ticket_to_see(self) -> Ticket:
        """The ticket, if it exists and the asker may know that it does. Refused otherwise."""
        if self.number is None:
            raise Refused(refusals.which_ticket(self.word, self.own_open()))
        ticket = self.store.tickets.get(self.number)
        if ticket is None or not self._may_know(ticket):
            raise Refused(refusals.no_such_ticket(self.number, self.own_open()))
        return ticket

    def _may_know(self, ticket: Ticket) -> bool:
        if may_see(self.speaker, ticket, self.context):
            return True
        is_open = self.speaker.is_staff and not ticket.is_sensitive
        return is_open or may_take_up(self.speaker, ticket, self.context)

    def is_kept_back(self, ticket: Ticket) -> bool:
        """Asked in a group: what is delicate, or was raised in private by all who raised it."""
        if self.incoming.is_private:
            return False
        if ticket.is_sensitive:
            return True
        reports = self.store.tickets.list_reports(ticket.number)
        raised_in = {ticket.conversation, *(report.conversation for report in reports)}
        return all(conversation.startswith("private:") for conversation in raised_in)

    def own_open(self) -> list[Ticket]:
        """What the asker has open and may hear of here: assigned to him, or raised by him."""
        if self.speaker.person is not None:
            own = self.store.tickets.list_open_for_person(self.speaker.person.id)
        else:
            own = self.store.tickets.list_for_resident(self.speaker.resident.id)
        return [
            ticket
            for ticket in own
            if ticket.stage is not Stage.CLOSED and not self.is_kept_back(ticket)
        ]
