"""Whose move it is: the instructor, on leave his deputy, then the secretary, then further up."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from handlers.messages import Target
from handlers.reading import Against
from handlers.sensitivity import against_in, against_named, against_whoever_came
from handlers.settings import Settings, UnitKind
from handlers.worktime import calendar_for
from storage.models import ApprovalKind, Person, PersonId, Role, Ticket, UnitId
from storage.store import Store

CHAIN = (Role.INSTRUCTOR, Role.DEPUTY, Role.SECRETARY)
DEPARTMENT_CHAIN = (Role.INSTRUCTOR, Role.DEPUTY, Role.WORKER, Role.SECRETARY)


def responsible(
    store: Store, unit: UnitId, now: datetime, settings: Settings, against: Against | None = None
) -> Person | None:
    """Who gets a matter of `unit`; a complaint about staff goes past those it is about."""
    for level, at in enumerate(settings.ancestors(unit)):
        roles = _roles_at(level, settings.units[at].kind, against)
        person = _first_present(store, at, roles, now, settings)
        if person is not None:
            return person
    return None


def kept_from_holder(
    store: Store,
    ticket: Ticket,
    words: str,
    now: datetime,
    settings: Settings,
    *,
    is_verdict: bool = False,
) -> Against | None:
    """Whom of the staff the words complain of, unless the ticket is past him already: then they
    are not for whoever holds it.

    `is_verdict`: they judge how it was handled, so that a complaint of nobody named is of him.
    """
    against = complained_of(store, ticket.unit, words)
    if against is None:
        against = against_named(words, _called_at(store, ticket))
    if against is None and is_verdict:
        against = against_whoever_came(words)
    if against is None:
        return None
    person = responsible(store, ticket.unit, now, settings, against)
    is_past_him = ticket.is_sensitive and person is not None and person.id == ticket.assignee
    return None if is_past_him else against


def complained_of(store: Store, unit: UnitId, words: str) -> Against | None:
    """Whom of the staff the words complain of, told by the post or, those of the unit, by name."""
    return against_in(words) or against_named(words, _names_at(store, unit))


def complaint_in(store: Store, ticket: Ticket) -> Against | None:
    """Whom of the staff a ticket is about, by its own words."""
    return complained_of(store, ticket.unit, ticket.body) if ticket.is_sensitive else None


def _names_at(store: Store, unit: UnitId) -> Mapping[str, Against]:
    return {
        person.name: Against.SECRETARY if role is Role.SECRETARY else Against.INSTRUCTOR
        for role in CHAIN
        for person in store.people.list_in_post(unit, role)
    }


def _called_at(store: Store, ticket: Ticket) -> Mapping[str, Against]:
    """小李 and 老李, as those who talk of a ticket call its unit's staff and whoever holds it."""
    names = dict(_names_at(store, ticket.unit))
    holder = store.people.get(ticket.assignee) if ticket.assignee is not None else None
    if holder is not None:
        names.setdefault(holder.name, Against.INSTRUCTOR)
    short = {f"{how}{name[0]}": against for name, against in names.items() for how in "小老"}
    return {**names, **short}


def _roles_at(level: int, kind: UnitKind, against: Against | None) -> tuple[Role, ...]:
    if against is None:
        return DEPARTMENT_CHAIN if kind is UnitKind.DEPARTMENT else CHAIN
    if against is Against.SECRETARY and level == 0:
        return ()
    return (Role.SECRETARY,)


def _first_present(
    store: Store, unit: UnitId, roles: tuple[Role, ...], now: datetime, settings: Settings
) -> Person | None:
    for role in roles:
        for person in store.people.list_in_post(unit, role):
            if not is_away(store, person.id, now, settings):
                return person
    return None


def is_away(store: Store, person: PersonId, now: datetime, settings: Settings) -> bool:
    """Whether somebody is on leave today."""
    return store.people.is_on_leave(person, calendar_for(settings.worktime).local(now).date())


def people_there(store: Store, unit: UnitId, now: datetime, settings: Settings) -> Sequence[Person]:
    """Whom of the unit itself one can turn to today: all of the first post that is not empty."""
    for role in DEPARTMENT_CHAIN:
        people = store.people.list_in_post(unit, role)
        present = [one for one in people if not is_away(store, one.id, now, settings)]
        if present:
            return present
    return ()


def secretary_at(store: Store, unit: UnitId, level: int, settings: Settings) -> Person | None:
    """The secretary `level` steps above the unit (0: its own); None past the town."""
    chain = settings.ancestors(unit)
    if level >= len(chain):
        return None
    return next(iter(store.people.list_in_post(chain[level], Role.SECRETARY)), None)


def secretaries_over(store: Store, ticket: Ticket, settings: Settings) -> Sequence[Person]:
    """All who may know of a ticket, from its unit upwards."""
    above = settings.ancestors(ticket.unit)[lowest_level(store, ticket, settings) :]
    return [one for unit in above for one in store.people.list_in_post(unit, Role.SECRETARY)]


def secretaries_there(
    store: Store, ticket: Ticket, now: datetime, settings: Settings
) -> Sequence[Person]:
    """Those of them who are not on leave."""
    people = secretaries_over(store, ticket, settings)
    return [one for one in people if not is_away(store, one.id, now, settings)]


def secretary_instead(
    store: Store, unit: UnitId, away: PersonId, now: datetime, settings: Settings
) -> Person | None:
    """Who decides for a unit while one of its secretaries is away; None where nobody else can."""
    for at in settings.ancestors(unit):
        for person in store.people.list_in_post(at, Role.SECRETARY):
            if person.id != away and not is_away(store, person.id, now, settings):
                return person
    return None


def secretary_to_ask(
    store: Store, ticket: Ticket, asker: PersonId, now: datetime, settings: Settings
) -> Person | None:
    """Who decides what somebody asks: never himself, and who is away only where all are."""
    there = secretaries_there(store, ticket, now, settings)
    people = (*there, *secretaries_over(store, ticket, settings))
    return next((one for one in people if one.id != asker), None)


def stand_in(store: Store, ticket: Ticket, now: datetime, settings: Settings) -> Person | None:
    """Who takes a ticket while its holder is away: of what is delicate, or was returned to a
    secretary, only another secretary who may know of it and did not return it himself."""
    returned = returned_by(store, ticket)
    if not ticket.is_sensitive and returned is None:
        return responsible(store, ticket.unit, now, settings)
    people = secretaries_there(store, ticket, now, settings)
    return next((one for one in people if one.id not in (ticket.assignee, returned)), None)


def returned_by(store: Store, ticket: Ticket) -> PersonId | None:
    """Who returned a ticket, while that waits for a secretary's word."""
    waiting = store.approvals.get_waiting(ticket.number)
    is_return = waiting is not None and waiting.kind is ApprovalKind.RETURN
    return waiting.asked_by if waiting is not None and is_return else None


def lowest_level(store: Store, ticket: Ticket, settings: Settings) -> int:
    """From which level of the tree up secretaries may know of a ticket: a sensitive one may be
    about those below whoever it was given to. Nobody's complaint of a secretary is for those
    above him."""
    if not ticket.is_sensitive:
        return 0
    if ticket.assignee is None:
        return int(complaint_in(store, ticket) is Against.SECRETARY)
    chain = settings.ancestors(ticket.unit)
    posts = store.people.list_posts(ticket.assignee)
    return min((chain.index(post.unit) for post in posts if post.unit in chain), default=0)


def secretary_for(store: Store, ticket: Ticket, level: int, settings: Settings) -> Person | None:
    """The secretary so many steps above a ticket's unit who may know of it; None past the town."""
    least = lowest_level(store, ticket, settings)
    return secretary_at(store, ticket.unit, max(level, least), settings)


def private_to(store: Store, person: PersonId) -> Target:
    """The private chat with the account he used last; without one delivery says so."""
    account = next(iter(store.people.list_accounts(person)), None)
    if account is None:
        return Target("", f"person:{person}")
    return Target(account.platform, f"private:{account.user_id}")
