"""The end of a ticket, however it comes: saved, and nothing that waited for it waits on."""

from handlers.context import Context
from handlers.lifecycle import close
from storage.models import ApprovalState, MessageKey, Outcome, Ticket


def end(
    ticket: Ticket,
    outcome: Outcome,
    proof: MessageKey | None,
    context: Context,
    *,
    is_satisfied: bool | None = None,
) -> Ticket:
    """Close and save; a request that still waits for the secretary is settled with it."""
    closed = close(ticket, outcome, context.now, proof, context.settings, is_satisfied=is_satisfied)
    context.store.tickets.save(closed)
    waiting = context.store.approvals.get_waiting(ticket.number)
    if waiting is not None:
        context.store.approvals.decide(waiting.id, ApprovalState.SETTLED, None, context.now)
    return closed


def goes_on_in(ticket: Ticket, context: Context) -> Ticket:
    """The ticket that a joined one is handled in; itself where it was joined to none."""
    while ticket.joined_into is not None:
        into = context.store.tickets.get(ticket.joined_into)
        if into is None:
            break
        ticket = into
    return ticket
