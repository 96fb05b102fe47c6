"""Of what sort a matter is by all that was said of it, not by its first line alone."""

from dataclasses import replace

from handlers.context import Context
from handlers.deadlines import due_of
from handlers.lifecycle import due_times, with_ends
from handlers.understanding import read_text
from storage.models import Stage, Ticket, Urgency

FIELD_CORRECTED = "改领域"
PLACE_CORRECTED = "改地点"
_rank = list(Urgency).index


def revise(ticket: Ticket, context: Context) -> Ticket:
    """Kind, field and urgency by the whole body, until somebody has accepted the matter.

    A field that staff put right stays. Danger is heard line by line: here it is but haste.
    """
    if ticket.stage is not Stage.REGISTERED:
        return ticket
    whole = read_text(ticket.body, ticket.unit, context)
    field = ticket.field if _is_corrected(ticket, context) else whole.field
    urgency = min(whole.urgency, Urgency.URGENT, key=_rank)
    return _hasten(replace(ticket, kind=whole.kind, field=field), urgency, context)


def hasten(ticket: Ticket, urgency: Urgency, context: Context) -> Ticket:
    """By what somebody says who joined it: that may be urgent, but sorts the matter of another
    not anew."""
    if ticket.stage is not Stage.REGISTERED or _rank(urgency) <= _rank(ticket.urgency):
        return ticket
    return _hasten(ticket, min(urgency, Urgency.URGENT, key=_rank), context)


def _is_corrected(ticket: Ticket, context: Context) -> bool:
    """Staff put the field right and did not undo it."""
    events = context.store.history.list_for_ticket(ticket.number)
    steps = [event.action for event in events if event.action.endswith(FIELD_CORRECTED)]
    return steps[-1:] == [FIELD_CORRECTED]


def _hasten(ticket: Ticket, urgency: Urgency, context: Context) -> Ticket:
    """Clocks that run already may end earlier; later only while nobody was told of the matter."""
    if ticket.urgency is Urgency.CRITICAL:
        return ticket
    is_told = ticket.acknowledged_at is not None
    if is_told and _rank(urgency) <= _rank(ticket.urgency):
        return ticket
    ends = due_times(context.now if is_told else ticket.opened_at, urgency, context.settings)
    if is_told:
        ends = {clock: min(end, due_of(ticket, clock)) for clock, end in ends.items()}
    return replace(with_ends(ticket, ends), urgency=urgency)
