"""What one may look at: 我的, 进度, 待办, 查, 统计."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from handlers.closing import goes_on_in
from handlers.errors import Refused
from handlers.messages import Outgoing
from handlers.periods import month_of
from handlers.rates import rates_in
from handlers.replies import digests as digest_replies
from handlers.replies import refusals, reminders
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.replies.wording import SEE_PICTURES, at_local
from handlers.requests import Request
from handlers.speakers import may_see
from handlers.words import search_words
from storage.models import ApprovalKind, Event, Role, Stage, Ticket, TicketNumber, UnitId
from storage.rows import from_json

MOST_FOUND = 8
MOST_RAISED = 1000
EVENTS_TOLD = ("受理", "进展", "办结", "反馈", "批准延期", "转办", "不受理")


def list_own(request: Request) -> list[Outgoing]:
    """我的: what the resident raised or joined, newest first."""
    raised = request.store.tickets.list_for_resident(request.speaker.resident.id, MOST_RAISED)
    own = [ticket for ticket in raised if not request.is_kept_back(ticket)]
    return [request.reply(replies.own_tickets(own, request.now, request.settings))]


def tell_progress(request: Request) -> list[Outgoing]:
    """进度 12: where it stands; a resident's without a number is his newest."""
    if request.number is None:
        own = request.store.tickets.list_for_resident(request.speaker.resident.id, 1)
        if not own:
            raise Refused(refusals.which_ticket(request.word, request.own_open()))
        ticket = own[0]
    else:
        ticket = request.ticket_to_see()
        if not may_see(request.speaker, ticket, request.context):
            raise Refused(refusals.no_such_ticket(ticket.number, request.own_open()))
    onward = goes_on_in(ticket, request.context)
    if request.is_kept_back(ticket) or request.is_kept_back(onward):
        raise Refused(refusals.only_in_private(request.word))
    text = _progress(onward, request)
    if ticket.joined_into is not None:
        text = f"{replies.goes_with(ticket, ticket.joined_into)}\n{text}"
    return [request.reply(text, ticket.number)]


def _progress(ticket: Ticket, request: Request) -> str:
    person = request.store.people.get(ticket.assignee) if ticket.assignee else None
    return replies.progress_of(
        ticket,
        person.name if person else None,
        _latest(ticket, request),
        request.now,
        request.settings,
    )


def _latest(ticket: Ticket, request: Request) -> str | None:
    """The newest step residents were told of that was not taken back."""
    events = request.store.history.list_for_ticket(ticket.number)
    after = [event.action for event in events[1:]]
    for event, following in reversed(list(zip_longest(events, after))):
        is_told = event.action in EVENTS_TOLD and following != f"撤销{event.action}"
        if is_told and (told := _told_by(event, ticket, request)):
            return told
    return None


def _told_by(event: Event, ticket: Ticket, request: Request) -> str | None:
    """What residents learned by a step; what staff said to each other with it is not theirs."""
    match event.action:
        case "批准延期":
            return _extension(event, request)
        case "转办":
            return _transfer(event, ticket, request)
        case _ if event.detail or event.message_key is None:
            return event.detail
    message = request.store.tickets.get_message(event.message_key)
    return SEE_PICTURES if message is not None and message.images else None


def _extension(event: Event, request: Request) -> str | None:
    approved = request.store.approvals.get_approved(event.ticket, event.at)
    if approved is None or approved.new_due_at is None:
        return None
    until = at_local(approved.new_due_at, request.now, request.settings)
    return replies.extended_until(approved.reason, until)


def _transfer(event: Event, ticket: Ticket, request: Request) -> str | None:
    """Told where it went to another unit, in which it still is, and is nothing delicate."""
    if event.before is None or ticket.is_sensitive:
        return None
    if from_json(Ticket, event.before).unit == ticket.unit:
        return None
    return replies.gone_to(request.settings.units[ticket.unit].name)


def list_todo(request: Request) -> list[Outgoing]:
    """待办: what waits for this person, the most overdue first; waiting approvals too."""
    own = [
        ticket
        for ticket in request.store.tickets.list_open_for_person(request.person.id)
        if ticket.stage is not Stage.ANSWERED
    ]
    shown = [ticket for ticket in own if not request.is_kept_back(ticket)]
    hidden, own = len(own) - len(shown), shown
    own.sort(key=lambda ticket: (ticket.next_action_at or ticket.opened_at, ticket.number))
    waiting = _waiting_for(request)
    text = ""
    if own or not waiting:
        text = reminders.todo(request.person.name, own, request.now, request.settings)
    if hidden:
        text += "\n" + reminders.hidden_here(hidden)
    text += "".join(f"\n{line}" for line in reminders.waiting_for_decision(waiting))
    return [request.reply(text.lstrip())]


def _waiting_for(request: Request) -> Mapping[ApprovalKind, Sequence[TicketNumber]]:
    found: dict[ApprovalKind, set[TicketNumber]] = {}
    for unit in request.speaker.units_as(Role.SECRETARY):
        for approval in request.store.approvals.list_waiting_in_scope(unit):
            found.setdefault(approval.kind, set()).add(approval.ticket)
    return {kind: sorted(found[kind]) for kind in ApprovalKind if kind in found}


def search(request: Request) -> list[Outgoing]:
    """查 关键词: by words, within what the asker may see, newest first."""
    if not request.rest and request.number is not None:
        return tell_progress(request)
    words = search_words(request.rest)
    if not words:
        raise Refused(refusals.words_wanted())
    found: dict[TicketNumber, Ticket] = {}
    for unit in _units_of(request):
        for number in request.store.search.find(words, unit, MOST_FOUND * 3):
            ticket = request.store.tickets.get(number)
            if ticket is not None and _may_be_told(ticket, request):
                found[number] = ticket
    newest = [found[number] for number in sorted(found, reverse=True)]
    if not newest:
        raise Refused(refusals.nothing_found(request.rest))
    return [request.reply(staff_replies.found(newest))]


def _may_be_told(ticket: Ticket, request: Request) -> bool:
    """To the asker, and where he asks: in a group others read along."""
    is_kept_back = request.is_kept_back(ticket)
    return not is_kept_back and may_see(request.speaker, ticket, request.context)


def _units_of(request: Request) -> list[UnitId]:
    """The highest units of the asker's posts: what lies below is included."""
    units = list(dict.fromkeys(post.unit for post in request.speaker.posts))
    within = request.settings.is_within
    return [
        unit for unit in units if not any(other != unit and within(unit, other) for other in units)
    ]


def tell_statistics(request: Request) -> list[Outgoing]:
    """统计: this month's numbers of the asker's units, each rate with its numerator."""
    month = month_of(request.now, request.settings)
    texts = [
        digest_replies.statistics(
            request.settings.units[unit].name,
            rates_in(request.store, unit, month, request.now),
            request.store.statistics.counts(unit, month.since, month.until),
            month.since.month,
        )
        for unit in _units_of(request)[:3]
    ]
    if not texts:
        raise Refused(refusals.not_allowed(request.word))
    return [request.reply("\n".join(texts))]
