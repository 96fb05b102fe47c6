"""Opening a ticket, adding to it, joining it, and saying once that it is there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from handlers import alarms
from handlers.assignment import responsible
from handlers.audience import audiences, tell_person
from handlers.context import Context
from handlers.lifecycle import due_times, touch
from handlers.messages import Incoming, Outgoing
from handlers.reading import Reading
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.replies.wording import ANONYMOUS
from handlers.speakers import Speaker
from handlers.words import search_words
from storage.models import (
    Act,
    Clock,
    OutgoingClass,
    Report,
    Resident,
    Ticket,
    TicketMessage,
    UnitId,
    Urgency,
)

LEAD_IN = timedelta(minutes=5)


def open_ticket(
    incoming: Incoming,
    reading: Reading,
    resident: Resident,
    unit: UnitId,
    context: Context,
    *,
    body: str | None = None,
) -> tuple[Ticket | None, list[Outgoing]]:
    """Register a matter, durable from its first line; None where this message opened one before.

    `body` overrides the text of the message (a line that was asked about, or quoted by staff).
    """
    text = body if body is not None else incoming.words
    lead_in, pictures = _lead_in(incoming, context) if body is None else ("", ())
    ticket = _add(incoming, reading, resident, unit, f"{lead_in}{text}", context)
    if ticket is None:
        return None, []
    message = _message(incoming, ticket, resident, Act.OPEN, text)
    context.store.tickets.add_message(replace(message, images=(*pictures, *message.images)))
    context.store.tickets.add_report(_report(incoming, ticket, resident, is_acknowledged=True))
    context.store.history.add(
        ticket.number, context.now, "登记", resident=resident.id, message_key=incoming.key
    )
    context.store.search.index(ticket.number, search_words(f"{ticket.body} {ticket.place or ''}"))
    return announce(ticket, incoming, reading, resident, context)


def announce(
    ticket: Ticket, incoming: Incoming, reading: Reading, resident: Resident, context: Context
) -> tuple[Ticket, list[Outgoing]]:
    """What is said at once: help where life is in danger, a private word where it is delicate."""
    if ticket.urgency is Urgency.CRITICAL:
        outgoing = alarms.raise_alarm(ticket, reading.danger, incoming.target, resident, context)
        if reading.danger != alarms.UNSURE or incoming.is_late:
            ticket = replace(ticket, acknowledged_at=context.now, gather_until=None)
    elif ticket.is_sensitive:
        outgoing = _sensitive_words(ticket, incoming, reading, resident)
        outgoing += card_for_assignee(ticket, resident, context)
        ticket = replace(ticket, acknowledged_at=context.now, gather_until=None)
    elif incoming.is_late:
        outgoing = card_for_assignee(ticket, resident, context)
        ticket = replace(ticket, acknowledged_at=context.now, gather_until=None)
    else:
        outgoing = []
    ticket = touch(ticket, context.now, context.settings)
    context.store.tickets.reschedule(ticket)
    return ticket, outgoing


def _add(
    incoming: Incoming,
    reading: Reading,
    resident: Resident,
    unit: UnitId,
    body: str,
    context: Context,
) -> Ticket | None:
    ends = due_times(context.now, reading.urgency, context.settings)
    person = responsible(context.store, unit, context.now, context.settings, reading.against)
    gather_until = context.now + context.settings.intake.gather
    return context.store.tickets.add(
        source_key=incoming.key,
        unit=unit,
        platform=incoming.platform,
        conversation=incoming.conversation,
        resident=resident.id,
        is_sensitive=reading.is_sensitive,
        is_anonymous=False,
        kind=reading.kind,
        field=reading.field,
        urgency=reading.urgency,
        place=reading.place,
        place_key=reading.place_key,
        gist=reading.gist,
        body=body,
        assignee=person.id if person else None,
        opened_at=context.now,
        contact_due_at=ends[Clock.CONTACT],
        acceptance_due_at=ends[Clock.ACCEPTANCE],
        handling_due_at=ends[Clock.HANDLING],
        answer_due_at=ends[Clock.ANSWER],
        gather_until=gather_until,
        next_action_at=gather_until,
    )


def _lead_in(incoming: Incoming, context: Context) -> tuple[str, tuple[str, ...]]:
    """The speaker's own lines and pictures just before, which belonged to nothing yet."""
    earliest = context.now - LEAD_IN
    own = [
        line
        for line in context.talk.before
        if line.sender == incoming.sender and line.ticket is None and line.at >= earliest
    ]
    words = "".join(f"{line.text}\n" for line in own[-1:] if line.text)
    pictures = tuple(image for line in own for image in line.images)
    return words, pictures


def _sensitive_words(
    ticket: Ticket, incoming: Incoming, reading: Reading, resident: Resident
) -> list[Outgoing]:
    private = replace(incoming, conversation=f"private:{resident.user_id}").target
    text = replies.sensitive_in_private(ticket, reading.against is not None)
    told = [Outgoing(private, OutgoingClass.ANSWER, text, ticket=ticket.number, unit=ticket.unit)]
    if not incoming.is_private and not incoming.is_late:
        public = replies.sensitive_in_group()
        told.insert(0, Outgoing(incoming.target, OutgoingClass.ACK, public, ticket=ticket.number))
    return told


def card_for_assignee(ticket: Ticket, resident: Resident, context: Context) -> list[Outgoing]:
    """The new matter, told to whoever is responsible; to nobody means to say so further up."""
    settings = context.settings
    text = staff_replies.card(ticket, resident.name, ticket.body, context.now, settings)
    if ticket.assignee is not None:
        return tell_person(ticket.assignee, text, OutgoingClass.CARD, ticket, context)
    told: list[Outgoing] = []
    for administrator in context.store.people.list_in_post(settings.town, alarms.ADMINISTRATOR):
        note = staff_replies.unassigned(ticket)
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
    outgoing: list[Outgoing] = []
    for audience in audiences(ticket, context):
        new = [resident.name for resident in audience.residents if resident.id in residents]
        text = _words_of_acknowledgement(ticket, new, is_first=is_first, context=context)
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
    opener = context.store.residents.get(ticket.resident)
    if is_first and opener is not None:
        outgoing += card_for_assignee(ticket, opener, context)
    return ticket, outgoing


def _words_of_acknowledgement(
    ticket: Ticket, new: Sequence[str], *, is_first: bool, context: Context
) -> str:
    variant = int(ticket.number)
    if not is_first:
        return replies.joined(ticket, new, variant)
    person = context.store.people.get(ticket.assignee) if ticket.assignee else None
    return replies.ticket_acknowledged(ticket, person.name if person else None, new, variant)


def add_to_ticket(
    ticket: Ticket, incoming: Incoming, speaker: Speaker, reading: Reading, context: Context
) -> list[Outgoing]:
    """More by the same resident: no answer, but whoever works on it sees it."""
    message = _message(incoming, ticket, speaker.resident, Act.ADD, incoming.words)
    if not context.store.tickets.add_message(message):
        return []
    before = ticket
    ticket = _with_more(ticket, incoming, reading, context)
    outgoing: list[Outgoing] = []
    if alarms.is_upgrade(before, ticket):
        ticket, outgoing = alarms.upgrade(
            ticket, reading, incoming.target, speaker.resident, context
        )
    elif before.acknowledged_at is not None:
        outgoing = _tell_of_more(ticket, incoming, speaker, context)
    context.store.tickets.save(touch(ticket, context.now, context.settings))
    return outgoing


def _with_more(ticket: Ticket, incoming: Incoming, reading: Reading, context: Context) -> Ticket:
    words = incoming.words
    body = f"{ticket.body}\n{words}" if words else ticket.body
    place, key = ticket.place, ticket.place_key
    if place is None and reading.place is not None:
        place, key = reading.place, reading.place_key
    urgency = max(ticket.urgency, reading.urgency, key=list(Urgency).index)
    context.store.search.index(ticket.number, search_words(f"{body} {place or ''}"))
    return replace(
        ticket,
        body=body[:8000],
        place=place,
        place_key=key,
        urgency=urgency,
        gather_until=_gather_longer(ticket, context),
    )


def _gather_longer(ticket: Ticket, context: Context) -> datetime | None:
    if ticket.gather_until is None or ticket.acknowledged_at is not None:
        return ticket.gather_until
    intake = context.settings.intake
    return min(context.now + intake.gather, ticket.opened_at + intake.gather_most)


def _tell_of_more(
    ticket: Ticket, incoming: Incoming, speaker: Speaker, context: Context
) -> list[Outgoing]:
    if not incoming.words:
        return []
    text = staff_replies.more_came(ticket, _shown_name(ticket, speaker), incoming.words)
    return tell_person(ticket.assignee, text, OutgoingClass.CARD, ticket, context)


def _shown_name(ticket: Ticket, speaker: Speaker) -> str:
    return ANONYMOUS if ticket.is_anonymous else speaker.resident.name


def keep_line(ticket: Ticket, incoming: Incoming, speaker: Speaker, context: Context) -> None:
    """A late word on a closed matter: kept with it, nothing follows."""
    message = _message(incoming, ticket, speaker.resident, Act.ADD, incoming.words)
    context.store.tickets.add_message(message)


def join_ticket(
    ticket: Ticket, incoming: Incoming, speaker: Speaker, reading: Reading, context: Context
) -> list[Outgoing]:
    """The same matter by another resident: counted in, told once, answered with the rest."""
    message = _message(incoming, ticket, speaker.resident, Act.JOIN, incoming.words)
    if not context.store.tickets.add_message(message):
        return []
    is_told = ticket.urgency is Urgency.CRITICAL or incoming.is_late
    report = _report(incoming, ticket, speaker.resident, is_acknowledged=is_told)
    is_new = context.store.tickets.add_report(report)
    context.store.history.add(
        ticket.number, context.now, "加入", resident=speaker.resident.id, message_key=incoming.key
    )
    if is_new and not is_told and ticket.gather_until is None:
        until = context.now + context.settings.intake.gather
        ticket = replace(ticket, gather_until=until)
    elif ticket.acknowledged_at is None:
        ticket = replace(ticket, gather_until=_gather_longer(ticket, context))
    if ticket.place is None and reading.place is not None:
        ticket = replace(ticket, place=reading.place, place_key=reading.place_key)
    context.store.tickets.save(touch(ticket, context.now, context.settings))
    return []


def _message(
    incoming: Incoming, ticket: Ticket, resident: Resident, act: Act, text: str
) -> TicketMessage:
    return TicketMessage(
        key=incoming.key,
        ticket=ticket.number,
        resident=resident.id,
        person=None,
        act=act,
        at=incoming.at,
        text=text,
        images=incoming.images,
        images_missing=incoming.images_missing,
        voice=f"{incoming.voice.seconds}s" if incoming.voice else None,
    )


def _report(
    incoming: Incoming, ticket: Ticket, resident: Resident, *, is_acknowledged: bool
) -> Report:
    return Report(
        ticket=ticket.number,
        resident=resident.id,
        conversation=incoming.conversation,
        platform=incoming.platform,
        at=incoming.at,
        is_acknowledged=is_acknowledged,
    )
