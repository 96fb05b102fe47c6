"""Who wants no name is told of to nobody by it, whoever else raised the same matter."""

import re
from dataclasses import replace

from handlers.context import Context
from handlers.replies.wording import ANONYMOUS, called
from storage.models import OutgoingState, Resident, ResidentId, Ticket, TicketNumber

_AFTER_A_NAME = r"(?=：|）|在群里发了|私下发来)"
"""How what staff are told goes on after who said it, so that 周 is not found in 周末."""


def is_unnamed(ticket: Ticket, resident: ResidentId, context: Context) -> bool:
    """Whether he asked for it; of who is not counted there, whether the opener did."""
    if ticket.is_anonymous and ticket.resident == resident:
        return True
    reports = context.store.tickets.list_reports(ticket.number)
    own = next((report for report in reports if report.resident == resident), None)
    return ticket.is_anonymous if own is None else own.is_anonymous


def name_shown(ticket: Ticket, resident: Resident, context: Context) -> str:
    """How staff are told who speaks: never by name who asked for that."""
    return ANONYMOUS if is_unnamed(ticket, resident.id, context) else called(resident.name)


def unname(ticket: Ticket, resident: Resident, context: Context) -> tuple[Ticket, bool]:
    """From now on he has no name there, nor in what has not left yet. The ticket is to be saved;
    the other is whether anything with the name has left."""
    context.store.tickets.make_anonymous(ticket.number, resident.id)
    if ticket.resident == resident.id:
        ticket = replace(ticket, is_anonymous=True)
    own = context.store.tickets.list_for_resident(resident.id)
    numbers = [ticket.number, *(one.number for one in own if one.joined_into == ticket.number)]
    has_left = [_take_name_out(number, resident, context) for number in numbers]
    return ticket, any(has_left)


def _take_name_out(number: TicketNumber, resident: Resident, context: Context) -> bool:
    named = re.compile(re.escape(called(resident.name)) + _AFTER_A_NAME)
    has_left = False
    for row in context.store.outbox.list_for_ticket(number):
        if row.person is None or not named.search(row.text) or row.state is OutgoingState.CANCELLED:
            continue
        if row.state is OutgoingState.NEW and not row.tries:
            context.store.outbox.set_text(row.id, named.sub(ANONYMOUS, row.text), row.ticket)
        else:
            has_left = True
    return has_left
