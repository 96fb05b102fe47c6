"""A line that opens a matter, and one that belongs to a ticket that is there."""

from handlers import confirmations, registration, tickets
from handlers.closing import goes_on_in
from handlers.context import Context
from handlers.invocation import NOTHING, Dispatched
from handlers.messages import Incoming, Outgoing
from handlers.reading import Gate, Match, Reading
from handlers.speakers import Speaker
from storage.models import Act, Stage, Ticket


def open_matter(
    incoming: Incoming,
    speaker: Speaker,
    reading: Reading,
    context: Context,
    *,
    is_unnamed: bool = False,
) -> Dispatched:
    ticket, outgoing = tickets.open_ticket(
        incoming, reading, speaker.resident, speaker.unit, context, is_unnamed=is_unnamed
    )
    if ticket is None:
        return NOTHING
    registration.drop_question(ticket, speaker, context)
    return Dispatched(tuple(outgoing), ticket.number, Act.OPEN)


def follow(
    found: Match, incoming: Incoming, speaker: Speaker, reading: Reading, context: Context
) -> Dispatched:
    """The line belongs to a ticket that is there."""
    ticket = context.store.tickets.get(found.ticket)
    if ticket is None:
        return NOTHING
    ticket = goes_on_in(ticket, context)
    if ticket.stage is Stage.CLOSED and found.act in (Act.ADD, Act.JOIN):
        return _follow_closed(ticket, incoming, speaker, reading, context)
    if found.act is Act.THANKS and not _may_end(ticket, incoming, context):
        return _leave_open(ticket, incoming, speaker, reading, context)
    match found.act:
        case Act.ADD:
            outgoing = tickets.add_to_ticket(ticket, incoming, speaker, reading, context)
        case Act.JOIN:
            outgoing = tickets.join_ticket(ticket, incoming, speaker, reading, context)
        case Act.THANKS:
            outgoing = confirmations.confirm(ticket, incoming, speaker, context)
        case Act.REOPEN:
            outgoing = confirmations.dispute(ticket, incoming, speaker, context)
        case Act.OPEN:
            return open_matter(incoming, speaker, reading, context)
    return Dispatched(tuple(outgoing), ticket.number, found.act)


def _leave_open(
    ticket: Ticket, incoming: Incoming, speaker: Speaker, reading: Reading, context: Context
) -> Dispatched:
    """Whoever works on it hears what its own resident says."""
    outgoing: list[Outgoing] = []
    if ticket.resident == speaker.resident.id:
        outgoing = tickets.add_to_ticket(ticket, incoming, speaker, reading, context)
    else:
        tickets.keep_line(ticket, incoming, speaker, context)
    return Dispatched(tuple(outgoing), ticket.number, Act.ADD)


def _may_end(ticket: Ticket, incoming: Incoming, context: Context) -> bool:
    """What only sounds like thanks ends no matter that nobody has touched."""
    words = incoming.words
    is_courtesy = confirmations.is_mere_thanks(words)
    is_touched = confirmations.is_worked_on(ticket, context)
    return is_courtesy or is_touched or confirmations.says_solved(words)


def _follow_closed(
    ticket: Ticket, incoming: Incoming, speaker: Speaker, reading: Reading, context: Context
) -> Dispatched:
    """More on a matter that is over: a new one if it is one, else only kept with the old."""
    if reading.gate is Gate.OPEN:
        return open_matter(incoming, speaker, reading, context)
    tickets.keep_line(ticket, incoming, speaker, context)
    return Dispatched(ticket=ticket.number, act=Act.ADD)
