"""Saying that a ticket is there: at once where it must be, else once after a pause."""

from collections.abc import Sequence
from dataclasses import replace

from handlers import alarms, strangers
from handlers.assignment import complaint_in, lowest_level
from handlers.attachments import from_residents, is_picture_wanted
from handlers.audience import audiences, tell_person
from handlers.context import Context
from handlers.lifecycle import touch
from handlers.messages import Incoming, Outgoing, Target
from handlers.reading import Reading
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.replies import strangers as stranger_replies
from handlers.replies.wording import UNNAMED, titled
from handlers.sayings import all_said
from handlers.unnaming import name_shown
from storage.models import OutgoingClass, Resident, Role, Ticket, Urgency


def announce(
    ticket: Ticket, incoming: Incoming, reading: Reading, resident: Resident, context: Context
) -> tuple[Ticket, list[Outgoing]]:
    """What is said at once: help where life is in danger, a private word where it is delicate."""
    strangers.remember_unit(ticket, resident, context)
    if ticket.urgency is Urgency.CRITICAL:
        outgoing = alarms.raise_alarm(ticket, reading.danger, incoming.target, resident, context)
        if reading.danger != alarms.UNSURE or incoming.is_late:
            ticket = replace(ticket, acknowledged_at=context.now, gather_until=None)
    elif ticket.is_sensitive:
        outgoing = _sensitive_words(ticket, incoming, reading, resident, context)
        asked = strangers.ask_unit(ticket, resident, context)
        outgoing += asked + card_for_assignee(ticket, resident, context, is_asked=bool(asked))
        ticket = replace(ticket, acknowledged_at=context.now, gather_until=None)
    elif incoming.is_late:
        asked = strangers.ask_unit(ticket, resident, context)
        outgoing = asked + card_for_assignee(ticket, resident, context, is_asked=bool(asked))
        ticket = replace(ticket, acknowledged_at=context.now, gather_until=None)
    else:
        outgoing = strangers.ask_unit(ticket, resident, context)
        ticket = _wait_for_answer(ticket, context) if outgoing else ticket
    ticket = touch(ticket, context.now, context.settings)
    context.store.tickets.reschedule(ticket)
    return ticket, outgoing


def _wait_for_answer(ticket: Ticket, context: Context) -> Ticket:
    """As long as one waits at most, so that the card need not go to the town first."""
    return replace(ticket, gather_until=context.now + context.settings.intake.gather_most)


def _sensitive_words(
    ticket: Ticket, incoming: Incoming, reading: Reading, resident: Resident, context: Context
) -> list[Outgoing]:
    private = Target(incoming.platform, f"private:{resident.user_id}")
    text = replies.sensitive_in_private(ticket, _secretary_told(ticket, reading, context))
    if is_picture_wanted(ticket, context):
        text += replies.picture_wanted()
    told = [Outgoing(private, OutgoingClass.ANSWER, text, ticket=ticket.number, unit=ticket.unit)]
    if not incoming.is_private and not incoming.is_late:
        public = replies.sensitive_in_group()
        told.insert(0, Outgoing(incoming.target, OutgoingClass.ACK, public, ticket=ticket.number))
    return told


def _secretary_told(ticket: Ticket, reading: Reading, context: Context) -> int | None:
    """How many steps up the secretary is whom a complaint about staff goes to."""
    is_with_the_town = ticket.unit == context.settings.town
    if reading.against is None or ticket.assignee is None or is_with_the_town:
        return None
    return lowest_level(context.store, ticket, context.settings)


def card_for_assignee(
    ticket: Ticket, resident: Resident, context: Context, *, is_asked: bool = False
) -> list[Outgoing]:
    """The new matter, told to whoever is responsible; to nobody means to say so further up.

    `is_asked`: the resident is just being asked of which unit he is.
    """
    settings = context.settings
    came = from_residents(ticket, context)
    said, who = all_said(ticket, context), name_shown(ticket, resident, context)
    text = staff_replies.card(ticket, who, said, context.now, settings, came)
    if is_asked or strangers.was_asked(ticket, resident, context):
        text += f"\n{stranger_replies.unit_unknown(ticket)}"
    if ticket.assignee is not None:
        kind = OutgoingClass.CARD
        return tell_person(ticket.assignee, text, kind, ticket, context, came.shown)
    told: list[Outgoing] = []
    for administrator in context.store.people.list_in_post(settings.town, alarms.ADMINISTRATOR):
        note = staff_replies.unassigned(ticket, complaint_in(context.store, ticket))
        told += tell_person(administrator, note, OutgoingClass.CARD, ticket, context)
    return told


def acknowledge(ticket: Ticket, context: Context) -> tuple[Ticket, list[Outgoing]]:
    """After the pause: one message for all who raised it, and the card for the instructor."""
    reports = context.store.tickets.list_reports(ticket.number)
    waiting = [report for report in reports if not report.is_acknowledged]
    context.store.tickets.acknowledge_reports(ticket.number)
    is_first = ticket.acknowledged_at is None
    ticket = replace(ticket, gather_until=None)
    ticket = replace(ticket, acknowledged_at=ticket.acknowledged_at or context.now)
    residents = {report.resident for report in waiting}
    opener = context.store.residents.get(ticket.resident)
    outgoing: list[Outgoing] = []
    for audience in audiences(ticket, context):
        new = [
            one.name if one in audience.named else UNNAMED
            for one in audience.residents
            if one.id in residents
        ]
        named = None if audience.target.is_private or ticket.is_anonymous else opener
        text = _words_of_acknowledgement(
            ticket, new, named, audience.target, is_first=is_first, context=context
        )
        if text and (is_first or new):
            outgoing.append(
                Outgoing(
                    audience.target,
                    OutgoingClass.ACK,
                    text,
                    ticket=ticket.number,
                    unit=ticket.unit,
                    slot=f"ack:{ticket.number}:{audience.target.conversation}:{len(reports)}",
                )
            )
    if is_first and opener is not None:
        outgoing += card_for_assignee(ticket, opener, context)
    return ticket, outgoing


def _words_of_acknowledgement(
    ticket: Ticket,
    new: Sequence[str],
    opener: Resident | None,
    target: Target,
    *,
    is_first: bool,
    context: Context,
) -> str:
    last = context.store.outbox.last_acknowledgement(target.platform, target.conversation)
    variant = replies.variant_after(last, ticket.number)
    if not is_first:
        return replies.joined(ticket, new, variant)
    person = context.store.people.get(ticket.assignee) if ticket.assignee else None
    told = titled(person, _role(ticket, context)) if person else None
    by = opener.name if opener else None
    text = replies.ticket_acknowledged(ticket, told, new, variant, by)
    return text + replies.picture_wanted() if is_picture_wanted(ticket, context) else text


def _role(ticket: Ticket, context: Context) -> Role | None:
    """What the assignee is for the ticket's unit, else for the nearest above it."""
    posts = context.store.people.list_posts(ticket.assignee) if ticket.assignee else ()
    roles = {post.unit: post.role for post in reversed(posts)}
    chain = context.settings.ancestors(ticket.unit)
    return next((roles[unit] for unit in chain if unit in roles), None)
