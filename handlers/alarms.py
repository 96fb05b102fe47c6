"""Danger to life: help to the resident at once, the instructor and the secretary at any hour."""

from dataclasses import replace

from handlers.assignment import secretaries_over, secretaries_there
from handlers.attachments import from_residents
from handlers.audience import tell_person
from handlers.context import Context
from handlers.lifecycle import start_over
from handlers.messages import Outgoing, Target
from handlers.reading import Reading
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.unnaming import name_shown
from storage.models import OutgoingClass, PersonId, Resident, Role, Ticket, Urgency

ADMINISTRATOR = Role.ADMINISTRATOR
SELF_HARM = "self_harm"
UNSURE = "unsure"
"""It sounds like danger but no word says so: staff look at once, nobody is told what to do."""


def raise_alarm(
    ticket: Ticket,
    danger: str | None,
    where: Target,
    resident: Resident,
    context: Context,
    said: str | None = None,
) -> list[Outgoing]:
    """What to do and whom to call, where it was said (a wish to die: in private), then staff.

    `said` are the resident's words where they are not the ticket's.
    """
    if danger == UNSURE:
        return alarm_staff(ticket, resident, context, said)
    person = context.store.people.get(ticket.assignee) if ticket.assignee else None
    target = where
    if danger == SELF_HARM:
        target = Target(resident.platform, f"private:{resident.user_id}")
    text = replies.danger(
        danger, context.settings.duty.by_danger, ticket.number, person.name if person else None
    )
    at_users = () if target.is_private else (resident.user_id,)
    help_first = Outgoing(
        target, OutgoingClass.ALARM, text, at_users=at_users, ticket=ticket.number, unit=ticket.unit
    )
    return [help_first, *alarm_staff(ticket, resident, context, said)]


def alarm_staff(
    ticket: Ticket, resident: Resident, context: Context, said: str | None = None
) -> list[Outgoing]:
    """Words first; pictures come after them, so that the alarm waits for no upload."""
    came, who = from_residents(ticket, context), name_shown(ticket, resident, context)
    text = staff_replies.alarm(ticket, who, said or ticket.body, came)
    people, kind = people_to_alarm(ticket, context), OutgoingClass.ALARM
    told: list[Outgoing] = []
    for person in people:
        told += tell_person(person, text, kind, ticket, context)
    if came.images:
        note = staff_replies.pictures_of(ticket)
        for person in people:
            told += tell_person(person, note, kind, ticket, context, came.shown)
    return told


def people_to_alarm(ticket: Ticket, context: Context) -> tuple[PersonId, ...]:
    """The person responsible and the nearest secretary who is there, or away where all are; the
    administrator where there is none."""
    store, settings = context.store, context.settings
    there = secretaries_there(store, ticket, context.now, settings)
    secretaries = there or secretaries_over(store, ticket, settings)
    found = [ticket.assignee, *(one.id for one in secretaries[:1])]
    people = tuple(dict.fromkeys(person for person in found if person is not None))
    if people:
        return people
    town = context.settings.town
    return tuple(person.id for person in context.store.people.list_in_post(town, ADMINISTRATOR))


def is_upgrade(before: Ticket, after: Ticket) -> bool:
    return before.urgency is not Urgency.CRITICAL and after.urgency is Urgency.CRITICAL


def upgrade(
    ticket: Ticket,
    reading: Reading,
    where: Target,
    resident: Resident,
    said: str,
    context: Context,
) -> tuple[Ticket, list[Outgoing]]:
    """What came afterwards shows danger: the clocks of a critical matter run from now, and what
    staff did before is no answer to it."""
    ticket = replace(
        ticket, acknowledged_at=ticket.acknowledged_at or context.now, gather_until=None
    )
    ticket = start_over(ticket, context.now, context.settings)
    context.store.history.add(ticket.number, context.now, "升为紧急", resident=resident.id)
    return ticket, raise_alarm(ticket, reading.danger, where, resident, context, said)
