"""What a secretary decides: extensions (延期) and returns (退), by 批准 or 驳回."""

from dataclasses import replace

from handlers.assignment import secretary_to_ask
from handlers.audience import tell_person, tell_residents
from handlers.dates import take_until
from handlers.deciders import put_before
from handlers.errors import Refused
from handlers.lifecycle import has_reached, settle
from handlers.messages import Outgoing
from handlers.replies import refusals
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.replies.wording import APPROVAL_NAME, at_local
from handlers.requests import Request
from handlers.speakers import is_secretary_over
from handlers.stages import keep_evidence, log
from handlers.transfers import hand_to_secretary
from handlers.worktime import calendar_for
from storage.models import (
    Approval,
    ApprovalKind,
    ApprovalState,
    Clock,
    OutgoingClass,
    Stage,
    Ticket,
)


def extend(request: Request) -> list[Outgoing]:
    """延期 2天 原因: asked of the secretary; until he agrees the old end stands."""
    ticket = request.ticket_to_act_on()
    if has_reached(ticket, Stage.HANDLED):
        raise Refused(refusals.no_extension_needed(ticket))
    calendar = calendar_for(request.settings.worktime)
    until, reason = take_until(request.rest, request.now, ticket.handling_due_at, calendar)
    if until is None:
        raise Refused(refusals.date_wanted(ticket.number))
    if until <= ticket.handling_due_at:
        end = at_local(ticket.handling_due_at, request.now, request.settings)
        raise Refused(refusals.later_day_wanted(ticket.number, end))
    if not reason:
        raise Refused(refusals.reason_wanted(f"{request.word} {request.rest}", ticket.number))
    _refuse_second(ticket, request)
    secretary = secretary_to_ask(
        request.store, ticket, request.person.id, request.now, request.settings
    )
    asked = request.store.approvals.add(
        ticket.number, ApprovalKind.EXTENSION, reason, request.person.id, request.now, until
    )
    log(ticket, "申请延期", request, before=None)
    keep_evidence(ticket, request)
    when = at_local(until, request.now, request.settings)
    told = put_before(secretary, asked, ticket, request.context) if secretary else []
    return [*told, request.reply_aside(staff_replies.extension_asked(ticket, when), ticket.number)]


def hand_back(request: Request) -> list[Outgoing]:
    """退 原因: within two working days; the secretary must name an owner, no clock stops."""
    ticket = request.ticket_to_act_on()
    if not request.rest:
        raise Refused(refusals.reason_wanted("退", ticket.number))
    days = request.settings.closing.return_within_days
    calendar = calendar_for(request.settings.worktime)
    last = calendar.add_workdays(calendar.local(ticket.clock_started_at).date(), days)
    if calendar.local(request.now).date() > last:
        raise Refused(refusals.too_late_to_return(ticket.number, days))
    _refuse_second(ticket, request)
    after, secretary = hand_to_secretary(ticket, request)
    asked = request.store.approvals.add(
        ticket.number, ApprovalKind.RETURN, request.rest, request.person.id, request.now
    )
    log(ticket, "退单", request, before=None)
    keep_evidence(ticket, request)
    request.store.tickets.save(after)
    told = put_before(secretary, asked, after, request.context)
    return [*told, request.reply_aside(staff_replies.return_asked(after), after.number)]


def approve(request: Request) -> list[Outgoing]:
    """批准: an extension moves the end and the residents are told why."""
    ticket, waiting = _to_decide(request)
    if waiting.kind is ApprovalKind.RETURN:
        raise Refused(refusals.owner_wanted(ticket.number))
    if has_reached(ticket, Stage.HANDLED):
        _decide(waiting, ApprovalState.SETTLED, request)
        raise Refused(refusals.no_extension_needed(ticket))
    if not _decide(waiting, ApprovalState.APPROVED, request) or waiting.new_due_at is None:
        raise Refused(refusals.nothing_waiting(ticket.number))
    after = _with_new_end(ticket, waiting, request)
    log(ticket, "批准延期", request, before=None)
    request.store.tickets.save(after)
    until = at_local(waiting.new_due_at, request.now, request.settings)
    public = replies.extended(after, until, waiting.reason)
    told = tell_residents(after, public, OutgoingClass.ANSWER, request.context)
    told += _tell_asker(after, waiting, request, until, is_approved=True)
    text = staff_replies.decided(after, is_approved=True, what=APPROVAL_NAME[waiting.kind])
    return [*told, request.reply_aside(text, after.number)]


def refuse(request: Request) -> list[Outgoing]:
    """驳回: the old end stands; a returned ticket goes back to who returned it."""
    ticket, waiting = _to_decide(request)
    if not _decide(waiting, ApprovalState.REFUSED, request):
        raise Refused(refusals.nothing_waiting(ticket.number))
    log(ticket, f"驳回{APPROVAL_NAME[waiting.kind]}", request, before=None)
    after = ticket
    if waiting.kind is ApprovalKind.RETURN:
        after = settle(replace(ticket, assignee=waiting.asked_by), request.now, request.settings)
        request.store.tickets.save(after)
    told = _tell_asker(after, waiting, request, None, is_approved=False)
    text = staff_replies.decided(after, is_approved=False, what=APPROVAL_NAME[waiting.kind])
    return [*told, request.reply_aside(text, after.number)]


def _with_new_end(ticket: Ticket, waiting: Approval, request: Request) -> Ticket:
    end = waiting.new_due_at or ticket.handling_due_at
    span = request.settings.clocks[ticket.urgency][Clock.ANSWER]
    answer = calendar_for(request.settings.worktime).due(end, span)
    after = replace(ticket, handling_due_at=end, answer_due_at=answer)
    return settle(after, request.now, request.settings)


def _refuse_second(ticket: Ticket, request: Request) -> None:
    if request.store.approvals.get_waiting(ticket.number) is not None:
        raise Refused(refusals.already_waiting(ticket.number))


def _to_decide(request: Request) -> tuple[Ticket, Approval]:
    ticket = request.ticket_to_act_on()
    if not is_secretary_over(request.speaker, ticket.unit, request.settings):
        raise Refused(refusals.not_allowed(request.word))
    waiting = request.store.approvals.get_waiting(ticket.number)
    if waiting is None:
        raise Refused(refusals.nothing_waiting(ticket.number))
    if waiting.asked_by == request.person.id:
        raise Refused(refusals.not_by_who_asked(ticket.number))
    return ticket, waiting


def _decide(waiting: Approval, state: ApprovalState, request: Request) -> bool:
    return request.store.approvals.decide(waiting.id, state, request.person.id, request.now)


def _tell_asker(
    ticket: Ticket, waiting: Approval, request: Request, until: str | None, *, is_approved: bool
) -> list[Outgoing]:
    text = staff_replies.decision_card(
        ticket, is_approved=is_approved, what=APPROVAL_NAME[waiting.kind], until=until
    )
    return tell_person(waiting.asked_by, text, OutgoingClass.CARD, ticket, request.context)
