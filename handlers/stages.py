"""The steps of handling: 已联系, 受理, 进展, 办结, 反馈, 不受理. Each leaves its evidence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from handlers.attachments import attached_to
from handlers.audience import Audience, audiences, tell_person, tell_residents
from handlers.closing import end
from handlers.context import Context
from handlers.errors import Refused
from handlers.lifecycle import advance, has_reached, touch
from handlers.messages import Incoming, Outgoing
from handlers.replies import refusals
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.replies.wording import SEE_PICTURES, WHOEVER_IS_ON_DUTY, bare_result
from handlers.requests import Request
from handlers.speakers import Speaker, is_assisting, may_act
from handlers.staff_word import is_call
from storage.models import (
    Act,
    Outcome,
    OutgoingClass,
    Person,
    PersonId,
    ResidentId,
    Stage,
    Ticket,
    TicketMessage,
    TicketNumber,
    Urgency,
)

DANGER_LASTS = timedelta(hours=2)
ANSWERS = frozenset({"办结", "反馈"})
"""Steps that tell the residents the result."""


def contact(request: Request) -> list[Outgoing]:
    """已联系: the resident has been spoken to; nothing is said in public."""
    ticket = request.ticket_to_take_up()
    if has_reached(ticket, Stage.CONTACTED):
        raise Refused(refusals.already_there(ticket))
    after = enter(ticket, Stage.CONTACTED, "已联系", request)
    return request.reply_if_private(_done(after, request), after.number)


def accept(request: Request) -> list[Outgoing]:
    """受理: taken on; the residents are told, with the text where there is one."""
    ticket = request.ticket_to_act_on()
    if has_reached(ticket, Stage.ACCEPTED) and not request.rest:
        raise Refused(refusals.already_there(ticket))
    after = enter(ticket, Stage.ACCEPTED, "受理", request)
    text = (
        replies.progress_told(after, request.rest) if request.rest else replies.accepted_told(after)
    )
    images = request.incoming.images
    told = tell_residents(after, text, OutgoingClass.ANSWER, request.context, images)
    return told + request.reply_if_private(_done(after, request), after.number)


def report_progress(request: Request) -> list[Outgoing]:
    """进展 …: told to the residents; a department that assists may report too."""
    ticket = request.ticket_to_see()
    context = request.context
    if not may_act(request.speaker, ticket, context):
        if not is_assisting(request.speaker, ticket, context):
            unit = request.settings.units[ticket.unit].name
            raise Refused(refusals.belongs_elsewhere(ticket, unit))
        return _assistant_reports(ticket, request)
    if ticket.stage is Stage.CLOSED:
        raise Refused(refusals.already_closed(ticket))
    _want_text(request, ticket)
    after = enter(ticket, Stage.ACCEPTED, "进展", request)
    text = replies.progress_told(after, request.rest or SEE_PICTURES)
    told = tell_residents(after, text, OutgoingClass.ANSWER, context, request.incoming.images)
    return told + request.reply_if_private(staff_replies.noted(after), after.number)


def _assistant_reports(ticket: Ticket, request: Request) -> list[Outgoing]:
    """A department's word goes to whoever holds the ticket; he decides what residents hear."""
    _want_text(request, ticket)
    keep_evidence(ticket, request)
    log(ticket, "协办进展", request, before=None)
    said = request.rest or SEE_PICTURES
    text = staff_replies.assistant_reported(ticket, request.person.name, said)
    images = request.incoming.images
    card = tell_person(ticket.assignee, text, OutgoingClass.CARD, ticket, request.context, images)
    holder = request.store.people.get(ticket.assignee) if ticket.assignee else None
    heard = staff_replies.heard(ticket.number, holder.name if holder else WHOEVER_IS_ON_DUTY)
    return card + request.reply_if_private(heard, ticket.number)


def finish(request: Request) -> list[Outgoing]:
    """办结 …: handled. With a text or pictures it is answered at once, else 反馈 is awaited."""
    ticket = request.ticket_to_act_on()
    if has_reached(ticket, Stage.HANDLED) and not request.rest and not request.incoming.images:
        raise Refused(refusals.already_there(ticket))
    if request.rest or request.incoming.images:
        return _answer(ticket, "办结", request.rest or SEE_PICTURES, request)
    after = enter(ticket, Stage.HANDLED, "办结", request)
    text = staff_replies.handled_without_words(after)
    return [request.reply_aside(text, after.number)]


def answer(request: Request) -> list[Outgoing]:
    """反馈 …: the result is told to the residents, with the one question."""
    ticket = request.ticket_to_act_on()
    _want_text(request, ticket)
    return _answer(ticket, "反馈", request.rest or SEE_PICTURES, request)


def _answer(ticket: Ticket, action: str, result: str, request: Request) -> list[Outgoing]:
    """The result with the one question; whoever was asked is told what is new, not asked again."""
    images = request.incoming.images
    asked = _asked_already(ticket, request)
    if ticket.stage is Stage.ANSWERED:
        shown = attached_to(request.store.tickets.list_messages(ticket.number)).images
        images = tuple(image for image in images if image not in shown)
        is_new = bool(request.rest) and bare_result(result) != bare_result(ticket.result or "")
        if not is_new and not images:
            raise Refused(refusals.already_there(ticket))
        ticket = replace(ticket, result=result if is_new else ticket.result)
        result = result if is_new else SEE_PICTURES
    else:
        ticket = replace(ticket, result=result)
    after = enter(ticket, Stage.ANSWERED, action, request)
    told = [
        _result_for(audience, after, result, asked, images)
        for audience in audiences(after, request.context)
    ]
    text = staff_replies.noted(after) if asked else _done(after, request)
    return told + request.reply_if_private(text, after.number)


def _asked_already(ticket: Ticket, request: Request) -> frozenset[ResidentId]:
    """Who had raised it when the result was told last, while that still waits for their word."""
    if ticket.stage is not Stage.ANSWERED:
        return frozenset()
    events = request.store.history.list_for_ticket(ticket.number)
    told_at = max((one.at for one in events if one.action in ANSWERS), default=request.now)
    reports = request.store.tickets.list_reports(ticket.number)
    return frozenset(report.resident for report in reports if report.at <= told_at)


def _result_for(
    audience: Audience,
    ticket: Ticket,
    result: str,
    asked: frozenset[ResidentId],
    images: tuple[str, ...],
) -> Outgoing:
    """With the question to those who have not been asked; where all have been, the news alone."""
    fresh = tuple(resident for resident in audience.residents if resident.id not in asked)
    whom = replace(audience, residents=fresh) if fresh else audience
    text = (
        replies.answered(ticket, result, whom.names, int(ticket.number))
        if fresh
        else replies.progress_told(ticket, result)
    )
    return Outgoing(
        audience.target,
        OutgoingClass.ANSWER,
        text,
        at_users=whom.at_users,
        images=images,
        ticket=ticket.number,
        unit=ticket.unit,
    )


def decline(request: Request) -> list[Outgoing]:
    """不受理 原因: closed without handling; the reason is told."""
    ticket = request.ticket_to_act_on()
    if not request.rest:
        raise Refused(refusals.reason_wanted("不受理", ticket.number))
    log(ticket, "不受理", request, before=ticket)
    keep_evidence(ticket, request)
    declined = replace(ticket, result=request.rest)
    after = end(declined, Outcome.DECLINED, request.key, request.context)
    told = tell_residents(
        after, replies.declined(after, request.rest), OutgoingClass.ANSWER, request.context
    )
    return told + request.reply_if_private(staff_replies.declined(after), after.number)


def enter(ticket: Ticket, stage: Stage, action: str, request: Request) -> Ticket:
    """Advance and save; the history keeps the message and, for 撤销, the ticket as it was."""
    before = request.store.tickets.get(ticket.number)
    log(ticket, action, request, before=before)
    keep_evidence(ticket, request)
    after = advance(ticket, stage, request.now, request.key, request.settings)
    after = touch(after, request.now, request.settings)
    request.store.tickets.save(after)
    return after


def log(ticket: Ticket, action: str, request: Request, before: Ticket | None) -> None:
    request.store.history.add(
        ticket.number,
        request.now,
        action,
        person=request.person.id,
        message_key=request.key,
        detail=request.rest,
        before=before,
    )


def keep_evidence(ticket: Ticket, request: Request) -> None:
    request.store.tickets.add_message(
        staff_message(ticket.number, request.incoming, request.person.id)
    )


def staff_message(number: TicketNumber, incoming: Incoming, person: PersonId) -> TicketMessage:
    return TicketMessage(
        key=incoming.key,
        ticket=number,
        resident=None,
        person=person,
        act=Act.ADD,
        at=incoming.at,
        text=incoming.words,
        images=incoming.images,
        images_missing=incoming.images_missing,
    )


def hear_staff(ticket: Ticket, incoming: Incoming, speaker: Speaker, context: Context) -> None:
    """A member of staff answers a resident's line in the group by quoting it: that is contact."""
    if speaker.person is None or not may_act(speaker, ticket, context):
        return
    if not context.store.tickets.add_message(
        staff_message(ticket.number, incoming, speaker.person.id)
    ):
        return
    _count_as_contact(ticket, incoming, speaker.person, context)


def _count_as_contact(ticket: Ticket, incoming: Incoming, person: Person, context: Context) -> None:
    if has_reached(ticket, Stage.CONTACTED):
        return
    context.store.history.add(
        ticket.number, context.now, "群里回应", person=person.id, message_key=incoming.key
    )
    after = advance(ticket, Stage.CONTACTED, context.now, incoming.key, context.settings)
    context.store.tickets.save(touch(after, context.now, context.settings))


def hear_staff_in_danger(
    incoming: Incoming, speaker: Speaker, context: Context
) -> Sequence[Ticket]:
    """While life is in danger nobody quotes: the first word of staff in the group is contact, if
    it is said to who is in danger by @, or else speaks of help. That answers all who report the
    same danger. The tickets it answers."""
    waiting = _dangers_here(incoming, speaker, context)
    answered = [ticket for ticket in waiting if _is_named(ticket, incoming, context)]
    if not answered and waiting and is_call(incoming.words):
        answered = [ticket for ticket in waiting if ticket.gist == waiting[0].gist]
    for ticket in answered[:1]:
        hear_staff(ticket, incoming, speaker, context)
    for ticket in answered[1:]:
        if speaker.person is not None and may_act(speaker, ticket, context):
            _count_as_contact(ticket, incoming, speaker.person, context)
    return answered


def _dangers_here(incoming: Incoming, speaker: Speaker, context: Context) -> Sequence[Ticket]:
    """Critical matters of this group that nobody has answered yet, last touched first."""
    since = context.now - DANGER_LASTS
    return [
        ticket
        for ticket in context.store.tickets.list_recent_in_unit(speaker.unit, since)
        if ticket.urgency is Urgency.CRITICAL
        and ticket.conversation == incoming.conversation
        and ticket.stage is Stage.REGISTERED
        and ticket.opened_at >= since
    ]


def _is_named(ticket: Ticket, incoming: Incoming, context: Context) -> bool:
    reporters = context.store.tickets.list_reporters(ticket.number)
    return any(user in incoming.at_users for _, user in reporters)


def _want_text(request: Request, ticket: Ticket) -> None:
    if not request.rest and not request.incoming.images:
        raise Refused(refusals.text_wanted(request.word, ticket.number))


def _done(ticket: Ticket, request: Request) -> str:
    return staff_replies.done(ticket, request.now, request.settings)
