"""Passing a ticket on (转) and asking a department to help (协办)."""

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from handlers.assignment import is_away, people_there, responsible, secretary_to_ask
from handlers.attachments import NOTHING, from_residents
from handlers.audience import tell_person, tell_residents
from handlers.errors import Refused
from handlers.lifecycle import settle, touch
from handlers.messages import Outgoing
from handlers.replies import refusals
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.requests import Request
from handlers.sayings import all_said
from handlers.settings import UnitKind
from handlers.speakers import is_secretary_over, may_take_up
from handlers.stages import log
from storage.models import (
    ApprovalKind,
    ApprovalState,
    Assist,
    OutgoingClass,
    Person,
    Stage,
    Ticket,
    UnitId,
)


def transfer(request: Request) -> list[Outgoing]:
    """转 <person or unit>: the clocks go on. Inside the unit, or to another unit of the town."""
    ticket = _ticket_to_transfer(request)
    if not request.rest:
        raise Refused(refusals.recipient_wanted(ticket.number))
    unit, person, rest = _recipient(request, ticket)
    is_over = is_secretary_over(request.speaker, ticket.unit, request.settings)
    if ticket.is_sensitive and ticket.assignee is not None and not is_over:
        raise Refused(refusals.not_allowed("转"))
    log(ticket, "转办", request, before=ticket)
    _settle_return(ticket, request)
    is_elsewhere = unit != ticket.unit
    after = replace(ticket, unit=unit, assignee=person.id)
    after = touch(after, request.now, request.settings)
    request.store.tickets.save(after)
    name = person.name if not is_elsewhere else request.settings.units[unit].name
    came = from_residents(ticket, request.context)
    said = rest or all_said(after, request.context)
    card = staff_replies.transferred_card(
        after, request.person.name, said, request.now, request.settings, came
    )
    told = tell_person(person, card, OutgoingClass.CARD, after, request.context, came.shown)
    if is_elsewhere and not ticket.is_sensitive:
        public = replies.transferred_told(after, name)
        told += tell_residents(after, public, OutgoingClass.ANSWER, request.context)
    return told + request.reply_if_private(staff_replies.transferred(after, name), after.number)


def _ticket_to_transfer(request: Request) -> Ticket:
    """Whoever may act; and staff of the unit that a "not yours" reply invited to pass it on."""
    ticket = request.ticket_to_see()
    if ticket.stage is Stage.CLOSED:
        raise Refused(refusals.already_closed(ticket))
    if not may_take_up(request.speaker, ticket, request.context):
        unit = request.settings.units[ticket.unit].name
        raise Refused(refusals.belongs_elsewhere(ticket, unit))
    return ticket


def _settle_return(ticket: Ticket, request: Request) -> None:
    """Naming an owner is the secretary's answer to a return."""
    waiting = request.store.approvals.get_waiting(ticket.number)
    if waiting is not None and waiting.kind is ApprovalKind.RETURN:
        request.store.approvals.decide(
            waiting.id, ApprovalState.SETTLED, request.person.id, request.now
        )


def _recipient(request: Request, ticket: Ticket) -> tuple[UnitId, Person, str]:
    name, _, rest = request.rest.partition(" ")
    people = [
        person for person in request.store.people.find_by_name(name) if _posts(person, request)
    ]
    if people:
        person = _nearest(people, ticket, request)
        unit = _unit_for(person, ticket, request)
        if is_away(request.store, person.id, request.now, request.settings):
            person = _receiver(unit, request, away=person)
        return unit, person, rest
    unit = find_unit(name, request)
    return unit, _receiver(unit, request), rest


def _receiver(unit: UnitId, request: Request, away: Person | None = None) -> Person:
    """Who takes what is passed on to a unit; what a department has nobody for is not its own.

    Where a whole branch is away it stays with whoever was named: better his than nobody's.
    """
    if request.settings.units[unit].kind is UnitKind.DEPARTMENT:
        return _people_of(unit, request)[0]
    found = responsible(request.store, unit, request.now, request.settings) or away
    if found is None:
        raise Refused(refusals.nobody_there(request.settings.units[unit].name))
    return found


def _posts(person: Person, request: Request) -> list[UnitId]:
    return [post.unit for post in request.store.people.list_posts(person.id)]


def _nearest(people: list[Person], ticket: Ticket, request: Request) -> Person:
    """Of people of one name the one nearest to the ticket's unit."""
    chain = request.settings.ancestors(ticket.unit)

    def distance(person: Person) -> int:
        return min(
            (chain.index(unit) for unit in _posts(person, request) if unit in chain), default=99
        )

    return min(people, key=distance)


def _unit_for(person: Person, ticket: Ticket, request: Request) -> UnitId:
    """A colleague of the unit or from above keeps the ticket in its unit; others take it along."""
    units = _posts(person, request)
    chain = request.settings.ancestors(ticket.unit)
    return ticket.unit if any(unit in chain for unit in units) else units[0]


def find_unit(name: str, request: Request, kind: UnitKind | None = None) -> UnitId:
    """By name, alias or the beginning of either. Refused with the nearest names."""
    names = {
        known: unit
        for known, unit in request.settings.units_by_name.items()
        if kind is None or request.settings.units[unit].kind is kind
    }
    if name in names:
        return names[name]
    starting = {unit for known, unit in names.items() if known.startswith(name)}
    if name and len(starting) == 1:
        return starting.pop()
    near = process.extract(name, list(names), scorer=fuzz.ratio, limit=3, score_cutoff=30)
    raise Refused(refusals.no_such_name(name, [known for known, _score, _index in near]))


def ask_assistance(request: Request) -> list[Outgoing]:
    """协办 <department>: it is told, may report progress, and the owner stays the owner.

    Pictures of a sensitive matter stay with its owner.
    """
    ticket = request.ticket_to_act_on()
    name, _, rest = request.rest.partition(" ")
    if not name:
        raise Refused(refusals.department_wanted(ticket.number))
    unit = find_unit(name, request)
    people = _people_of(unit, request)
    assist = Assist(ticket.number, unit, request.person.id, request.now)
    department = request.settings.units[unit].name
    if not request.store.approvals.add_assist(assist):
        raise Refused(refusals.asked_before(ticket.number, department))
    log(ticket, "协办", request, before=None)
    context = request.context
    came = NOTHING if ticket.is_sensitive else from_residents(ticket, context)
    said = rest or all_said(ticket, request.context)
    card = staff_replies.assist_card(ticket, request.person.name, said, came)
    told: list[Outgoing] = []
    for person in people:
        told += tell_person(person, card, OutgoingClass.CARD, ticket, context, came.shown)
    text = staff_replies.assist_asked(ticket, department)
    return [*told, request.reply_aside(text, ticket.number)]


def _people_of(unit: UnitId, request: Request) -> Sequence[Person]:
    """At most two of the unit itself who are there today. Refused where nobody is."""
    people = people_there(request.store, unit, request.now, request.settings)
    if people:
        return people[:2]
    name = request.settings.units[unit].name
    if request.store.people.list_people_of_unit(unit):
        raise Refused(refusals.all_are_away(name))
    raise Refused(refusals.nobody_there(name))


def hand_to_secretary(ticket: Ticket, request: Request) -> tuple[Ticket, Person]:
    """A returned ticket is the secretary's until he names an owner; the clocks go on."""
    secretary = secretary_to_ask(
        request.store, ticket, request.person.id, request.now, request.settings
    )
    if secretary is None:
        raise Refused(refusals.nobody_to_return_to())
    after = replace(ticket, assignee=secretary.id)
    return settle(after, request.now, request.settings), secretary
