"""One problem, many residents: 合并 joins two tickets, 拆分 takes them apart again."""

from dataclasses import replace

from handlers.announcing import card_for_assignee
from handlers.assignment import responsible
from handlers.audience import tell_residents
from handlers.closing import end
from handlers.errors import Refused
from handlers.grammar import number_in
from handlers.lifecycle import opening_times, settle, stage_by_clocks
from handlers.messages import Outgoing
from handlers.reading import Reading
from handlers.replies import refusals
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.requests import Request
from handlers.sayings import index
from handlers.sensitivity import asks_to_be_unnamed
from handlers.speakers import may_act
from handlers.stages import log
from handlers.tickets import leave_out
from handlers.understanding import read_text
from handlers.unnaming import unname
from storage.models import (
    Act,
    Outcome,
    OutgoingClass,
    PersonId,
    Report,
    Stage,
    Ticket,
    TicketMessage,
    TicketNumber,
    Urgency,
)


def merge(request: Request) -> list[Outgoing]:
    """合并 15: the other ticket (15) is joined into this one; its residents are counted here.

    Who wanted no name has none here either.
    """
    ticket = request.ticket_to_act_on()
    other = _other(request, ticket)
    if ticket.is_sensitive or other.is_sensitive:
        raise Refused(refusals.personal_not_merged())
    log(other, f"并入 #{ticket.number}", request, before=None)
    log(ticket, f"合并 #{other.number}", request, before=None)
    for report in request.store.tickets.list_reports(other.number):
        request.store.tickets.add_report(replace(report, ticket=ticket.number))
    request.store.tickets.save(_with_wishes(other.number, ticket, request))
    joined = replace(other, joined_into=ticket.number)
    end(joined, Outcome.JOINED, request.key, request.context)
    request.store.outbox.cancel_unsent(other.number)
    told: list[Outgoing] = []
    if other.acknowledged_at is not None:
        public = replies.joined_into(other, ticket.number)
        told = tell_residents(other, public, OutgoingClass.ANSWER, request.context)
    return told + request.reply_if_private(staff_replies.merged(ticket, other), ticket.number)


def _with_wishes(known: TicketNumber, ticket: Ticket, request: Request) -> Ticket:
    """Who wants no name in the one ticket has none in the other. It is to be saved."""
    reports = request.store.tickets.list_reports
    own = {report.resident for report in reports(ticket.number)}
    for report in reports(known):
        resident = request.store.residents.get(report.resident)
        if report.is_anonymous and report.resident in own and resident is not None:
            ticket, _ = unname(ticket, resident, request.context)
    return ticket


def _other(request: Request, ticket: Ticket) -> Ticket:
    number = number_in(request.rest)
    if number is None:
        raise Refused(refusals.other_wanted(ticket.number))
    other = request.store.tickets.get(number)
    if other is None or not may_act(request.speaker, other, request.context):
        raise Refused(refusals.no_such_ticket(number, request.own_open()))
    if other.number == ticket.number:
        raise Refused(refusals.not_with_itself(ticket.number))
    if other.stage is Stage.CLOSED:
        raise Refused(refusals.already_closed(other))
    return other


def split(request: Request) -> list[Outgoing]:
    """拆分: a joined ticket lives again; or, quoting a joiner's line, that line gets its own."""
    ticket = request.ticket_to_see()
    if not may_act(request.speaker, ticket, request.context):
        raise Refused(refusals.belongs_elsewhere(ticket, request.settings.units[ticket.unit].name))
    if ticket.outcome is Outcome.JOINED and ticket.joined_into is not None:
        after = _unjoin(ticket, ticket.joined_into, request)
        told = _tell_of_split(after, ticket.joined_into, request)
    else:
        after = _split_line(ticket, request)
        told = _tell_of_split(after, ticket.number, request)
    return [*told, request.reply_aside(staff_replies.split(after), after.number)]


def _tell_of_split(ticket: Ticket, off: TicketNumber, request: Request) -> list[Outgoing]:
    """The residents learn that it goes its own way; of what is new its holder gets the card."""
    text = replies.split_off(ticket, off)
    told = tell_residents(ticket, text, OutgoingClass.ANSWER, request.context)
    if ticket.acknowledged_at is not None:
        return told
    request.store.tickets.save(replace(ticket, acknowledged_at=request.now))
    opener = request.store.residents.get(ticket.resident)
    return told + (card_for_assignee(ticket, opener, request.context) if opener else [])


def _unjoin(ticket: Ticket, into: TicketNumber, request: Request) -> Ticket:
    ticket = _with_wishes(into, ticket, request)
    own = {report.resident for report in request.store.tickets.list_reports(ticket.number)}
    raised = {
        message.resident
        for message in request.store.tickets.list_messages(into)
        if message.resident
    }
    for resident in own - raised:
        request.store.tickets.remove_report(into, resident)
    log(ticket, "拆分", request, before=None)
    open_again = replace(
        ticket,
        stage=stage_by_clocks(ticket),
        outcome=None,
        joined_into=None,
        closed_at=None,
        closed_proof=None,
    )
    after = settle(open_again, request.now, request.settings)
    request.store.tickets.save(after)
    return after


def _split_line(ticket: Ticket, request: Request) -> Ticket:
    message = _joined_message(ticket, request)
    if message.resident is None:
        raise Refused(refusals.which_line())
    reports = request.store.tickets.list_reports(ticket.number)
    own = next((report for report in reports if report.resident == message.resident), None)
    if own is None:
        raise Refused(refusals.nothing_to_split(ticket.number))
    opened = _open_own(ticket, message, own, request)
    request.store.tickets.move_message(message.key, opened.number)
    leave_out(ticket.number, own.resident, request.context)
    apart = replace(own, ticket=opened.number, is_anonymous=opened.is_anonymous)
    request.store.tickets.add_report(replace(apart, is_acknowledged=True))
    index(opened, request.context)
    log(opened, f"从 #{ticket.number} 拆出", request, before=None)
    log(ticket, f"拆出 #{opened.number}", request, before=None)
    return opened


def _joined_message(ticket: Ticket, request: Request) -> TicketMessage:
    """The quoted line, else the newest that joined."""
    messages = request.store.tickets.list_messages(ticket.number)
    joins = [message for message in messages if message.act is Act.JOIN]
    quoted = [
        message
        for message in joins
        if request.incoming.quote and message.key.endswith(f"/{request.incoming.quote}")
    ]
    if not joins:
        raise Refused(refusals.nothing_to_split(ticket.number))
    return (quoted or joins)[-1]


def _open_own(ticket: Ticket, message: TicketMessage, own: Report, request: Request) -> Ticket:
    """A ticket of the line as it reads by itself. Danger was heard when it was said."""
    reading = read_text(message.text, ticket.unit, request.context)
    urgency = Urgency.ROUTINE if reading.urgency is Urgency.ROUTINE else Urgency.URGENT
    opened = request.store.tickets.add(
        source_key=message.key,
        unit=ticket.unit,
        platform=own.platform,
        conversation=own.conversation,
        resident=own.resident,
        is_sensitive=reading.is_sensitive,
        is_anonymous=own.is_anonymous or asks_to_be_unnamed(message.text),
        kind=reading.kind,
        field=reading.field,
        urgency=urgency,
        place=reading.place,
        place_key=reading.place_key,
        gist=reading.gist,
        body=message.text,
        assignee=_holder(ticket, reading, request),
        gather_until=None,
        next_action_at=None,
        **opening_times(request.now, urgency, request.settings),
    )
    if opened is None:
        raise Refused(refusals.registered_on_its_own())
    after = settle(opened, request.now, request.settings)
    request.store.tickets.save(after)
    return after


def _holder(ticket: Ticket, reading: Reading, request: Request) -> PersonId | None:
    """Whoever holds the other, but what is said against staff goes past them."""
    if reading.against is None:
        return ticket.assignee
    person = responsible(request.store, ticket.unit, request.now, request.settings, reading.against)
    return person.id if person else None
