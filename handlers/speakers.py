"""Who is speaking, and what he may see and do. Roles come from the account alone."""

from dataclasses import dataclass, replace

from handlers.assignment import lowest_level
from handlers.context import Context
from handlers.messages import Incoming
from handlers.settings import Settings
from handlers.units import unit_named
from storage.models import Person, Post, Resident, ResidentId, Role, Ticket, UnitId

STRANGER = ResidentId(0)
"""The id of a resident who is not in the database: nothing there belongs to him."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A resident, who may also be a member of staff. `unit` is where he speaks."""

    resident: Resident
    unit: UnitId
    person: Person | None = None
    posts: tuple[Post, ...] = ()

    @property
    def is_staff(self) -> bool:
        return self.person is not None

    def has_role(self, role: Role) -> bool:
        return any(post.role is role for post in self.posts)

    def units_as(self, *roles: Role) -> tuple[UnitId, ...]:
        return tuple(post.unit for post in self.posts if post.role in roles)


def identify(incoming: Incoming, context: Context) -> Speaker | None:
    """Who says this; None in a group that is bound to no unit.

    Stores nothing: who only chats stays a STRANGER until `remember`.
    """
    unit = unit_of(incoming, context)
    if unit is None:
        return None
    person = context.store.people.by_account(incoming.platform, incoming.sender)
    resident = context.store.residents.find(incoming.platform, incoming.sender) or Resident(
        STRANGER, incoming.platform, incoming.sender, incoming.sender_name, None
    )
    posts = tuple(context.store.people.list_posts(person.id)) if person else ()
    return Speaker(resident, unit, person, posts)


def remember(speaker: Speaker, incoming: Incoming, context: Context) -> Speaker:
    """Store who speaks, with the name he has now: to be done before anything refers to him."""
    unit = speaker.unit if not incoming.is_private or context.talk.unit else None
    resident = context.store.residents.see(
        incoming.platform, incoming.sender, incoming.sender_name, unit
    )
    return replace(speaker, resident=resident)


def unit_of(incoming: Incoming, context: Context) -> UnitId | None:
    """The group's unit; in private the unit where the speaker was met, or that he names, else the
    town."""
    if not incoming.is_private:
        bound = context.store.conversations.get(incoming.platform, incoming.conversation)
        return bound.unit if bound else None
    if context.talk.unit is not None:
        return context.talk.unit
    known = context.store.residents.find(incoming.platform, incoming.sender)
    if known is not None and known.unit is not None:
        return known.unit
    return unit_named(incoming.words, context.settings) or context.settings.town


def may_act(speaker: Speaker, ticket: Ticket, context: Context) -> bool:
    """Staff of the ticket's unit, of the units above it, and whoever it is assigned to."""
    if speaker.person is None:
        return False
    if ticket.assignee == speaker.person.id:
        return True
    if ticket.is_sensitive:
        return _may_see_sensitive(speaker, ticket, context)
    acting = (Role.INSTRUCTOR, Role.DEPUTY, Role.SECRETARY, Role.WORKER)
    units = speaker.units_as(*acting)
    return any(context.settings.is_within(ticket.unit, unit) for unit in units)


def may_take_up(speaker: Speaker, ticket: Ticket, context: Context) -> bool:
    """Also the administrator where nobody is there to have it: he is asked to name somebody."""
    if may_act(speaker, ticket, context):
        return True
    units = speaker.units_as(Role.ADMINISTRATOR)
    is_nobodys = ticket.assignee is None
    return is_nobodys and any(context.settings.is_within(ticket.unit, unit) for unit in units)


def may_see(speaker: Speaker, ticket: Ticket, context: Context) -> bool:
    """Those who may act, the residents who raised it, and departments that assist."""
    if may_act(speaker, ticket, context):
        return True
    reports = context.store.tickets.list_reports(ticket.number)
    if any(report.resident == speaker.resident.id for report in reports):
        return True
    return is_assisting(speaker, ticket, context)


def is_assisting(speaker: Speaker, ticket: Ticket, context: Context) -> bool:
    units = {post.unit for post in speaker.posts}
    assists = context.store.approvals.list_assists(ticket.number)
    return any(assist.unit in units for assist in assists)


def _may_see_sensitive(speaker: Speaker, ticket: Ticket, context: Context) -> bool:
    """Secretaries from the level of the assignee upwards: nobody it might be about."""
    lowest = lowest_level(context.store, ticket, context.settings)
    chain = context.settings.ancestors(ticket.unit)
    return any(unit in chain[lowest:] for unit in speaker.units_as(Role.SECRETARY))


def is_secretary_over(speaker: Speaker, unit: UnitId, settings: Settings) -> bool:
    return any(settings.is_within(unit, own) for own in speaker.units_as(Role.SECRETARY))
