"""登记 with a line quoted: staff register what a resident said, in his name."""

from dataclasses import replace

from handlers import unnaming
from handlers.errors import Refused
from handlers.learning import learn
from handlers.messages import Incoming, Outgoing
from handlers.reading import Reading, as_matter
from handlers.replies import refusals
from handlers.replies import staff as staff_replies
from handlers.requests import Request
from handlers.stages import log
from handlers.tickets import leave_out, open_ticket
from handlers.understanding import read_text
from storage.models import QuestionState, Resident, Ticket, TicketMessage


def register_quoted(request: Request) -> list[Outgoing]:
    """登记 by staff with a line quoted: the matter of the resident who said it."""
    line = request.context.talk.quoted(request.incoming.quote)
    if line is None:
        raise Refused(refusals.quoted_line_unknown())
    if request.store.people.by_account(request.incoming.platform, line.sender) is not None:
        raise Refused(refusals.said_by_staff())
    resident = request.store.residents.see(
        request.incoming.platform, line.sender, line.sender_name, request.speaker.unit
    )
    source = replace(
        request.incoming,
        message_id=line.message_id,
        sender=line.sender,
        sender_name=line.sender_name,
        at=line.at,
        images=line.images,
        images_missing=0,
        voice=None,
        quote=None,
    )
    reading = as_matter(read_text(line.text, request.speaker.unit, request.context))
    joined = request.store.tickets.get_message(source.key)
    wants_no_name = joined is not None and _is_unnamed_in(joined, resident, request)
    told = open_registered(source, line.text, reading, resident, request, is_unnamed=wants_no_name)
    own = request.store.tickets.get_by_source(source.key)
    if joined is not None and own is not None:
        _take_out(joined, own, request)
    question = request.store.questions.get_by_source(source.key)
    if question is not None:
        request.store.questions.settle(question.id, QuestionState.ANSWERED)
    if not reading.is_sensitive:
        number = own.number if own else None
        learn("open", line.text, request.speaker, request.key, request.context, ticket=number)
    return told


def _is_unnamed_in(message: TicketMessage, resident: Resident, request: Request) -> bool:
    before = request.store.tickets.get(message.ticket)
    return before is not None and unnaming.is_unnamed(before, resident.id, request.context)


def _take_out(message: TicketMessage, own: Ticket, request: Request) -> None:
    """The line has a ticket of its own now: where it stood before it counts no more."""
    tickets = request.store.tickets
    before = tickets.get(message.ticket)
    if before is None:
        return
    tickets.move_message(message.key, own.number)
    log(before, f"拆出 #{own.number}", request, before=None)
    if message.resident is not None:
        leave_out(before.number, message.resident, request.context)


def open_registered(
    source: Incoming,
    body: str,
    reading: Reading,
    resident: Resident,
    request: Request,
    *,
    is_unnamed: bool = False,
) -> list[Outgoing]:
    """Open what somebody asked to have registered. Refused where its message opened one before."""
    ticket, outgoing = open_ticket(
        source,
        reading,
        resident,
        request.speaker.unit,
        request.context,
        body=body,
        is_unnamed=is_unnamed,
    )
    if ticket is None:
        known = request.store.tickets.get_by_source(source.key)
        raise Refused(refusals.already_there(known) if known else refusals.line_registered())
    if request.speaker.is_staff:
        outgoing += request.reply_if_private(staff_replies.registered(ticket), ticket.number)
    return outgoing
