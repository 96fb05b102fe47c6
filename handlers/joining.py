"""One problem, many residents: 合并 joins two tickets, 拆分 takes them apart again."""

from dataclasses import replace

from handlers.audience import tell_residents
from handlers.closing import end
from handlers.errors import Refused
from handlers.grammar import number_in
from handlers.lifecycle import opening_times, settle
from handlers.messages import Outgoing
from handlers.replies import refusals
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.requests import Request
from handlers.speakers import may_act
from handlers.stages import log
from storage.models import (
    Act,
    Outcome,
    OutgoingClass,
    Report,
    Stage,
    Ticket,
    TicketMessage,
    TicketNumber,
)


def merge(request: Request) -> list[Outgoing]:
    """合并 15: the other ticket (15) is joined into this one; its residents are counted here."""
    ticket = request.ticket_to_act_on()
    other = _other(request, ticket)
    if ticket.is_sensitive or other.is_sensitive:
        raise Refused(refusals.personal_not_merged())
    log(other, f"并入 #{ticket.number}", request, before=None)
    log(ticket, f"合并 #{other.number}", request, before=None)
    for report in request.store.tickets.list_reports(other.number):
        request.store.tickets.add_report(replace(report, ticket=ticket.number))
    joined = replace(other, joined_into=ticket.number)
    end(joined, Outcome.JOINED, request.key, request.context)
    request.store.outbox.cancel_unsent(other.number)
    told: list[Outgoing] = []
    if other.acknowledged_at is not None:
        public = replies.joined_into(other, ticket.number)
        told = tell_residents(other, public, OutgoingClass.ANSWER, request.context)
    return told + request.reply_if_private(staff_replies.merged(ticket, other), ticket.number)


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
    else:
        after = _split_line(ticket, request)
    return [request.reply_aside(staff_replies.split(after), after.number)]


def _unjoin(ticket: Ticket, into: TicketNumber, request: Request) -> Ticket:
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
        stage=Stage.ACCEPTED if ticket.acceptance_done_at else Stage.REGISTERED,
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
    opened = _open_own(ticket, message, request)
    request.store.tickets.move_message(message.key, opened.number)
    request.store.tickets.remove_report(ticket.number, message.resident)
    request.store.tickets.add_report(
        Report(
            opened.number,
            message.resident,
            ticket.conversation,
            ticket.platform,
            message.at,
            is_acknowledged=True,
        )
    )
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


def _open_own(ticket: Ticket, message: TicketMessage, request: Request) -> Ticket:
    opened = request.store.tickets.add(
        source_key=message.key,
        unit=ticket.unit,
        platform=ticket.platform,
        conversation=ticket.conversation,
        resident=message.resident,
        is_sensitive=False,
        is_anonymous=False,
        kind=ticket.kind,
        field=ticket.field,
        urgency=ticket.urgency,
        place=None,
        place_key=None,
        gist=ticket.gist,
        body=message.text,
        assignee=ticket.assignee,
        gather_until=None,
        next_action_at=None,
        **opening_times(request.now, ticket.urgency, request.settings),
    )
    if opened is None:
        raise Refused(refusals.registered_on_its_own())
    after = settle(replace(opened, acknowledged_at=request.now), request.now, request.settings)
    request.store.tickets.save(after)
    return after
