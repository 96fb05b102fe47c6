"""撤销: staff take back their last command, residents their matter; a recall takes back a line."""

from dataclasses import replace
from datetime import datetime

from handlers import leaves
from handlers.audience import tell_person, tell_residents
from handlers.closing import goes_on_in
from handlers.confirmations import withdraw
from handlers.context import Context
from handlers.deciders import call_off
from handlers.errors import Refused
from handlers.lifecycle import settle, step_back
from handlers.messages import Incoming, Outgoing, Target, message_key
from handlers.replies import refusals
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.requests import Request
from handlers.revising import FIELD_CORRECTED, PLACE_CORRECTED
from handlers.sayings import index
from handlers.speakers import Speaker
from storage.models import (
    Act,
    ApprovalKind,
    ApprovalState,
    Event,
    MessageKey,
    OutgoingClass,
    OutgoingState,
    QuestionState,
    Stage,
    Ticket,
    Urgency,
)
from storage.rows import from_json

LOOKING = frozenset({"待办", "查", "统计", "日报", "面板", "我的", "进度", "帮助", "撤销"})
"""Commands that change nothing, or have taken back what they changed."""

CORRECTED = {FIELD_CORRECTED: "field", PLACE_CORRECTED: "place"}

ASKED = frozenset({"申请延期", "退单"})
"""Steps that wait for a secretary's word."""


def undo(request: Request) -> list[Outgoing]:
    """Staff: the last command of the past two minutes. Residents: the matter they name."""
    if request.speaker.is_staff and request.number is None:
        return _undo_command(request)
    ticket = goes_on_in(request.ticket_to_see(), request.context)
    if not _has_raised(ticket, request):
        if request.speaker.is_staff:
            return _undo_command(request)
        raise Refused(refusals.no_such_ticket(ticket.number, request.own_open()))
    if ticket.stage is Stage.CLOSED:
        raise Refused(refusals.already_closed(ticket))
    if len(request.store.tickets.list_reports(ticket.number)) > 1:
        request.store.tickets.remove_report(ticket.number, request.speaker.resident.id)
        return [request.reply(replies.left_out(ticket.number), ticket.number)]
    told = withdraw(ticket, request.key, request.speaker, request.context)
    done = request.reply(replies.withdrawn(ticket), ticket.number)
    if request.is_kept_back(ticket):
        incoming = request.incoming
        done = replace(done, target=Target(incoming.platform, f"private:{incoming.sender}"))
    return [done, *told]


def _has_raised(ticket: Ticket, request: Request) -> bool:
    reports = request.store.tickets.list_reports(ticket.number)
    return any(report.resident == request.speaker.resident.id for report in reports)


def _undo_command(request: Request) -> list[Outgoing]:
    since = request.now - request.settings.closing.undo_within
    event = request.store.history.last_commanded(request.person.id, since)
    leave = _last_of_leaves(request, since)
    if leave is not None and request.number is None and (event is None or event.at <= leave[1]):
        return _undo_leave(leave[0], leave[2], request)
    if event is None or request.number not in (None, event.ticket):
        raise Refused(refusals.nothing_to_undo())
    if request.number is None:
        _refuse_to_pass_over(event, request)
    if event.action in ASKED:
        return _take_back_request(event, request)
    if event.before is None:
        raise Refused(refusals.not_taken_back(event.ticket, event.action))
    if request.store.history.list_for_ticket(event.ticket)[-1].id != event.id:
        raise Refused(refusals.went_on(event.ticket))
    before = _before(event, event.before, request)
    told = _tell_who_was_given_it(before, event.message_key, request)
    request.store.history.clear_before(event.id)
    request.store.history.add(
        before.number, request.now, f"撤销{event.action}", person=request.person.id
    )
    request.store.tickets.save(before)
    request.store.approvals.unsettle(before.number, event.at)
    index(before, request.context)
    if event.message_key is not None:
        request.store.history.set_command_result(event.message_key, "undone")
        request.store.corrections.remove_given_by(event.message_key)
        request.store.outbox.restore(before.number, event.message_key)
    public = _tell_if_it_was_said(before, event.message_key, request)
    text = staff_replies.undone(before)
    if public:
        return [*public, *told, *request.reply_if_private(text, before.number)]
    return [request.reply(text, before.number), *told]


def _before(event: Event, kept: str, request: Request) -> Ticket:
    """The ticket as it is now without the step."""
    ticket, settings = request.store.tickets.get(event.ticket), request.settings
    if ticket is None:
        raise Refused(refusals.nothing_to_undo())
    corrected = CORRECTED.get(event.action)
    return step_back(ticket, from_json(Ticket, kept), corrected, request.now, settings)


def _take_back_request(event: Event, request: Request) -> list[Outgoing]:
    """延期 or 退, while nobody has decided it. Only what it changed is put back."""
    ticket = request.store.tickets.get(event.ticket)
    waiting = request.store.approvals.get_waiting(event.ticket)
    if ticket is None or waiting is None:
        raise Refused(refusals.went_on(event.ticket))
    if (waiting.asked_at, waiting.asked_by) != (event.at, request.person.id):
        raise Refused(refusals.went_on(event.ticket))
    told = call_off(waiting, ticket, request.person.name, request.context)
    request.store.approvals.decide(
        waiting.id, ApprovalState.SETTLED, request.person.id, request.now
    )
    if waiting.kind is ApprovalKind.RETURN:
        own = replace(ticket, assignee=waiting.asked_by)
        request.store.tickets.save(settle(own, request.now, request.settings))
    request.store.history.add(
        ticket.number, request.now, f"撤销{event.action}", person=request.person.id
    )
    if event.message_key is not None:
        request.store.outbox.cancel_unsent(slot_prefix=f"{event.message_key}#")
        request.store.history.set_command_result(event.message_key, "undone")
    done = staff_replies.request_taken_back(ticket, waiting.kind)
    return [request.reply_aside(done, ticket.number), *told]


def _last_of_leaves(request: Request, since: datetime) -> tuple[MessageKey, datetime, str] | None:
    """The newest 请假 or 销假 of the person: its message, moment and word."""
    given = [
        (*found, word)
        for word in ("销假", *leaves.BACK_EARLY, "请假")
        if (found := request.store.history.last_given(request.person.id, word, since))
    ]
    return max(given, key=lambda one: one[1], default=None)


def _undo_leave(key: MessageKey, word: str, request: Request) -> list[Outgoing]:
    if word != "请假":
        raise Refused(refusals.not_taken_back_alone("销假"))
    told = leaves.take_back(request)
    request.store.history.set_command_result(key, "undone")
    return told


def _tell_who_was_given_it(
    before: Ticket, key: MessageKey | None, request: Request
) -> list[Outgoing]:
    """Whoever a command handed the ticket to, and has heard of it, hears that it is not his."""
    ticket = request.store.tickets.get(before.number)
    holder = ticket.assignee if ticket is not None else None
    has_heard = any(
        row.person == holder
        and row.slot.startswith(f"{key}#")
        and row.state not in (OutgoingState.NEW, OutgoingState.CANCELLED)
        for row in request.store.outbox.list_for_ticket(before.number)
    )
    if holder in (None, before.assignee, request.person.id) or not has_heard:
        return []
    text = staff_replies.taken_back_card(before, request.person.name)
    return tell_person(holder, text, OutgoingClass.CARD, before, request.context)


def _refuse_to_pass_over(event: Event, request: Request) -> None:
    """Who says no number means his last command, though it be no step of a ticket's."""
    later = request.store.history.list_commands_after(request.person.id, event.at)
    changing = [word for word in later if word not in LOOKING]
    if changing:
        raise Refused(refusals.not_taken_back_alone(changing[-1]))


def _tell_if_it_was_said(
    ticket: Ticket, key: MessageKey | None, request: Request
) -> list[Outgoing]:
    """What has not left yet is taken back silently; what was said is set right."""
    rows = [
        row
        for row in request.store.outbox.list_for_ticket(ticket.number)
        if key is not None and row.slot.startswith(f"{key}#") and row.kind is OutgoingClass.ANSWER
    ]
    said = [row for row in rows if row.state not in (OutgoingState.NEW, OutgoingState.CANCELLED)]
    if key is not None:
        request.store.outbox.cancel_unsent(slot_prefix=f"{key}#")
    if not said:
        return []
    text = replies.taken_back(ticket)
    return tell_residents(ticket, text, OutgoingClass.ANSWER, request.context)


def hear_recall(incoming: Incoming, speaker: Speaker, context: Context) -> list[Outgoing]:
    """A recalled line takes its matter back, unless life was in danger or work has begun.

    Only its speaker takes it back: that a group's admin removed it is not his word.
    """
    if incoming.recalled_by not in (None, incoming.sender):
        return []
    key = message_key(incoming.platform, incoming.conversation, incoming.recall or "")
    question = context.store.questions.get_by_source(key)
    if question is not None:
        context.store.questions.settle(question.id, QuestionState.DROPPED)
    message = context.store.tickets.get_message(key)
    if message is None or message.is_recalled or message.resident != speaker.resident.id:
        return []
    context.store.tickets.mark_recalled(key)
    ticket = context.store.tickets.get(message.ticket)
    if ticket is None or not _falls_with(ticket, message.act, context):
        return []
    return withdraw(ticket, incoming.key, speaker, context)


def _falls_with(ticket: Ticket, act: Act, context: Context) -> bool:
    if act is not Act.OPEN or ticket.stage is not Stage.REGISTERED:
        return False
    if ticket.urgency is Urgency.CRITICAL:
        return False
    messages = context.store.tickets.list_messages(ticket.number)
    return all(message.is_recalled for message in messages if message.resident is not None)
