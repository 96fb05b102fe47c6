"""请假, 销假: while somebody is away his tickets go to the deputy, then to the secretary."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from handlers.assignment import (
    private_to,
    responsible,
    returned_by,
    secretary_instead,
    stand_in,
)
from handlers.audience import tell_person
from handlers.context import Context
from handlers.dates import take_days
from handlers.deciders import pass_on, put_before_instead
from handlers.errors import Refused
from handlers.lifecycle import touch
from handlers.messages import Outgoing
from handlers.replies import leaves as replies
from handlers.replies import refusals, reminders
from handlers.requests import Request
from handlers.worktime import ONE_DAY, calendar_for
from storage.models import (
    ApprovalKind,
    Leave,
    OutgoingClass,
    Person,
    PersonId,
    Role,
    Ticket,
    TicketNumber,
    UnitId,
)

FIRST_LINE = frozenset({Role.INSTRUCTOR, Role.DEPUTY, Role.WORKER})
"""Posts to which matters come before any secretary."""
BACK_EARLY = frozenset({"销假了", "提前回来", "提前回来了"})
"""销假 in everyday words; 回来了 alone may be said of a child or of the water."""


def take_leave(request: Request) -> list[Outgoing]:
    """请假 11-25 11-27: both days included; from today on the open tickets change hands."""
    today = calendar_for(request.settings.worktime).local(request.now).date()
    days = take_days(request.rest, today)
    if days is None:
        raise Refused(refusals.days_wanted())
    first, last = days
    if last < today:
        raise Refused(refusals.days_are_past())
    new = _new_days(first, last, request)
    if new is None:
        raise Refused(refusals.on_leave_already(first, last))
    request.store.people.add_leave(request.person.id, new[0], new[1])
    noon = _noon_of(new[0], request)
    deputy = _deputy_during(request, noon)
    told: list[Outgoing] = []
    if deputy is not None:
        note = replies.note(request.person.name, new[0], new[1], _decides_for(request))
        told = _tell(deputy, note, request)
    apart = _apart_from_the_rest(request, noon)
    if first <= today:
        informed = deputy if _decides_for(request) is None else None
        told += _hand_over_and_tell(request.person, request.context, informed)
    name = deputy.name if deputy else None
    text = replies.begun(first, last, name, apart, _decides_for(request))
    return [request.reply_aside(text), *told]


def _new_days(first: date, last: date, request: Request) -> tuple[date, date] | None:
    """From the first to the last on which he is not on leave yet: of the others all know."""
    leaves = request.store.people.list_leaves(request.person.id)
    for leave in sorted(leaves, key=lambda one: one.first_day):
        if leave.first_day <= first and last <= leave.last_day:
            return None
        if leave.first_day <= first <= leave.last_day:
            first = leave.last_day + ONE_DAY
    for leave in sorted(leaves, key=lambda one: one.last_day, reverse=True):
        if leave.first_day <= last <= leave.last_day:
            last = leave.first_day - ONE_DAY
    return (first, last) if first <= last else None


def end_leave(request: Request) -> list[Outgoing]:
    """销假: back early. As after a leave that has run out, new matters are his again and what was
    handed over stays where it is. A leave that has not begun is dropped."""
    if request.word in BACK_EARLY and (request.number is not None or request.rest):
        raise Refused(refusals.unknown_word(request.word, ("销假", "进展")))
    if request.rest not in ("", "今天"):
        raise Refused(refusals.end_leave_on_the_day())
    today = calendar_for(request.settings.worktime).local(request.now).date()
    together = _first_together(request.store.people.list_leaves(request.person.id), today)
    if not together:
        raise Refused(refusals.not_on_leave())
    if together[0].first_day > today:
        return _drop(together, request)
    deputy = _deputy_during(request, request.now)
    for leave in together:
        request.store.people.end_leave(leave, today - ONE_DAY)
    name, away = request.person.name, _handed_over(request)
    decides_for = _decides_for(request)
    done = request.reply_aside(replies.ended(name, away, decides_for))
    if deputy is None:
        return [done]
    note = replies.ended_note(name, away.get(deputy.name, ()), decides_for)
    return [done, *_tell(deputy, note, request)]


def _first_together(leaves: Sequence[Leave], today: date) -> list[Leave]:
    """The leave that runs or comes next, with what was added to it day by day: a longer one is
    kept in parts (`_new_days`)."""
    together: list[Leave] = []
    for leave in sorted(leaves, key=lambda one: one.first_day):
        if leave.last_day < today:
            continue
        if together and leave.first_day > max(one.last_day for one in together) + ONE_DAY:
            break
        together.append(leave)
    return together


def _handed_over(request: Request) -> dict[str, list[TicketNumber]]:
    """What others still have of his, by their names."""
    found: dict[str, list[TicketNumber]] = {}
    for unit in dict.fromkeys(post.unit for post in request.speaker.posts):
        for ticket in request.store.tickets.list_open_in_scope(unit):
            holder = request.store.people.get(ticket.assignee) if ticket.assignee else None
            if holder is not None and _took_over(holder, ticket, request):
                found.setdefault(holder.name, []).append(ticket.number)
    return {name: sorted(set(numbers)) for name, numbers in found.items()}


def _took_over(holder: Person, ticket: Ticket, request: Request) -> bool:
    return any(
        (event.person, event.action) == (request.person.id, _handed_to(holder))
        for event in request.store.history.list_for_ticket(ticket.number)
    )


def _handed_to(person: Person) -> str:
    """The step by which a ticket changes hands because of a leave."""
    return f"请假转给{person.name}"


def take_back(request: Request) -> list[Outgoing]:
    """撤销 of 请假: the newest leave, while it has not begun and nothing has changed hands."""
    today = calendar_for(request.settings.worktime).local(request.now).date()
    leave = max(request.store.people.list_leaves(request.person.id), key=lambda one: one.id)
    if leave.first_day <= today:
        raise Refused(refusals.leave_has_begun())
    return _drop([leave], request)


def _drop(leaves: Sequence[Leave], request: Request) -> list[Outgoing]:
    """A leave that has not begun: whoever was told of it hears that it is off."""
    first, last = leaves[0].first_day, max(one.last_day for one in leaves)
    deputy = _deputy_during(request, _noon_of(first, request))
    for leave in leaves:
        request.store.people.remove_leave(leave.id)
    told: list[Outgoing] = []
    if deputy is not None:
        note = replies.dropped_note(request.person.name, first, last, _decides_for(request))
        told = _tell(deputy, note, request)
    return [request.reply_aside(replies.dropped(first, last, _decides_for(request))), *told]


def _noon_of(day: date, request: Request) -> datetime:
    local = calendar_for(request.settings.worktime).local(request.now)
    return local.replace(year=day.year, month=day.month, day=day.day, hour=12, minute=0)


def _deputy_during(request: Request, noon: datetime) -> Person | None:
    """Whoever is responsible on the first day of the leave; of a secretary whoever decides."""
    store, settings, person = request.store, request.settings, request.person
    unit = _unit_of(request)
    if unit is None:
        return None
    if _decides_for(request) is not None:
        return secretary_instead(store, unit, person.id, noon, settings)
    present = responsible(store, unit, noon, settings)
    return None if present is None or present.id == person.id else present


def _unit_of(request: Request) -> UnitId | None:
    """Where matters come to him; of who only decides, where he does."""
    posts = request.speaker.posts
    ordered = (
        *(post for post in posts if post.role in FIRST_LINE),
        *(post for post in posts if post.role is Role.SECRETARY),
        *posts,
    )
    return next((post.unit for post in ordered), None)


def _decides_for(request: Request) -> str | None:
    """The unit of a secretary to whom no matters come first: what waits for his word is what goes
    to somebody else. None of anybody else."""
    roles = {post.role for post in request.speaker.posts}
    unit = _unit_of(request)
    if unit is None or Role.SECRETARY not in roles or roles & FIRST_LINE:
        return None
    return request.settings.units[unit].name


def _apart_from_the_rest(request: Request, noon: datetime) -> dict[str, list[TicketNumber]]:
    """What the deputy does not get, by the name of who does; "" where nobody can. Of a secretary
    all that he holds: who decides in his place takes none of it with that."""
    apart: dict[str, list[TicketNumber]] = {}
    is_all = _decides_for(request) is not None
    for ticket in request.store.tickets.list_open_for_person(request.person.id):
        if is_all or ticket.is_sensitive or returned_by(request.store, ticket) is not None:
            person = stand_in(request.store, ticket, noon, request.settings)
            apart.setdefault(person.name if person else "", []).append(ticket.number)
    return apart


def _tell(person: Person, text: str, request: Request) -> list[Outgoing]:
    return [
        Outgoing(private_to(request.store, person.id), OutgoingClass.NOTICE, text, person=person.id)
    ]


def hand_over(person: PersonId, context: Context) -> int:
    """Give the open tickets of somebody who is away to who is there; how many changed hands."""
    moved = 0
    for ticket in context.store.tickets.list_open_for_person(person):
        present = stand_in(context.store, ticket, context.now, context.settings)
        if present is None or present.id == person:
            continue
        after = touch(replace(ticket, assignee=present.id), context.now, context.settings)
        context.store.tickets.save(after)
        step = _handed_to(present)
        context.store.history.add(ticket.number, context.now, step, person=person)
        moved += 1
    return moved


def hand_over_all(context: Context) -> list[Outgoing]:
    """Each morning: the tickets of everybody whose leave begins today, told in one message."""
    today = calendar_for(context.settings.worktime).local(context.now).date()
    told: list[Outgoing] = []
    for person in context.store.people.list_all():
        if context.store.people.is_on_leave(person.id, today):
            told += _hand_over_and_tell(person, context)
    return told


def _hand_over_and_tell(
    person: Person, context: Context, deputy: Person | None = None
) -> list[Outgoing]:
    """A list to each who takes something, but not to the deputy, who was told in other words; what
    waits for a decision each on a card of its own."""
    before = {ticket.number for ticket in context.store.tickets.list_open_for_person(person.id)}
    told = pass_on(person.id, context)
    if not hand_over(person.id, context):
        return told
    moved = [ticket for number in sorted(before) if (ticket := context.store.tickets.get(number))]
    for receiver in dict.fromkeys(ticket.assignee for ticket in moved):
        if receiver in (None, person.id):
            continue
        taken = [ticket for ticket in moved if ticket.assignee == receiver]
        told += _put_returns_before(receiver, taken, context)
        taken = [one for one in taken if returned_by(context.store, one) is None]
        if not taken or (deputy is not None and receiver == deputy.id):
            continue
        name = next((other.name for other in [context.store.people.get(receiver)] if other), "")
        text = reminders.reminder(name, taken, context.now, context.settings)
        told += tell_person(receiver, text, OutgoingClass.CARD, taken[0], context)
    return told


def _put_returns_before(
    receiver: PersonId, taken: Sequence[Ticket], context: Context
) -> list[Outgoing]:
    """Of a returned ticket he must name the owner: a list would not say so."""
    told: list[Outgoing] = []
    for ticket in taken:
        waiting = context.store.approvals.get_waiting(ticket.number)
        if waiting is not None and waiting.kind is ApprovalKind.RETURN:
            told += put_before_instead(receiver, waiting, ticket, context)
    return told
