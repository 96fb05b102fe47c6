"""Opening a ticket, adding to it, joining it."""

from dataclasses import replace
from datetime import datetime, timedelta

from handlers import alarms
from handlers.announcing import announce
from handlers.assignment import responsible
from handlers.attachments import NOTHING, attached_to
from handlers.audience import tell_person
from handlers.context import Context
from handlers.lifecycle import opening_times, touch
from handlers.messages import Incoming, Outgoing, Target
from handlers.reading import Reading
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.revising import hasten, revise
from handlers.sayings import index
from handlers.sensitivity import against_in, asks_to_be_unnamed, without_word_at_head
from handlers.speakers import Speaker
from handlers.unnaming import name_shown, unname
from storage.models import (
    Act,
    OutgoingClass,
    Report,
    Resident,
    ResidentId,
    Ticket,
    TicketMessage,
    TicketNumber,
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
    is_unnamed: bool = False,
) -> tuple[Ticket | None, list[Outgoing]]:
    """Register a matter, durable from its first line; None where this message opened one before.

    `body` overrides the text of the message (a line that was asked about, or quoted by staff).
    `is_unnamed`: he has asked for no name before, of what this line was a part of.
    """
    text = body if body is not None else incoming.words
    lead_in, pictures = _lead_in(incoming, reading, context) if body is None else ("", ())
    said = f"{lead_in}{text}"
    is_unnamed = is_unnamed or asks_to_be_unnamed(said)
    ticket = _add(incoming, reading, resident, unit, said, context, is_unnamed=is_unnamed)
    if ticket is None:
        return None, []
    message = _message(incoming, ticket, resident, Act.OPEN, text)
    context.store.tickets.add_message(replace(message, images=(*pictures, *message.images)))
    report = _report(incoming, ticket, resident, is_acknowledged=True)
    context.store.tickets.add_report(replace(report, is_anonymous=ticket.is_anonymous))
    context.store.history.add(
        ticket.number, context.now, "登记", resident=resident.id, message_key=incoming.key
    )
    index(ticket, context)
    return announce(ticket, incoming, reading, resident, context)


def _add(
    incoming: Incoming,
    reading: Reading,
    resident: Resident,
    unit: UnitId,
    body: str,
    context: Context,
    *,
    is_unnamed: bool,
) -> Ticket | None:
    person = responsible(context.store, unit, context.now, context.settings, reading.against)
    gather_until = context.now + context.settings.intake.gather
    return context.store.tickets.add(
        source_key=incoming.key,
        unit=unit,
        platform=incoming.platform,
        conversation=incoming.conversation,
        resident=resident.id,
        is_sensitive=reading.is_sensitive,
        is_anonymous=is_unnamed,
        kind=reading.kind,
        field=reading.field,
        urgency=reading.urgency,
        place=reading.place,
        place_key=reading.place_key,
        gist=reading.gist,
        body=without_word_at_head(body),
        assignee=person.id if person else None,
        gather_until=gather_until,
        next_action_at=gather_until,
        **opening_times(context.now, reading.urgency, context.settings),
    )


def _lead_in(incoming: Incoming, reading: Reading, context: Context) -> tuple[str, tuple[str, ...]]:
    """The speaker's own lines and pictures just before, which belonged to nothing yet.

    What they say of the staff comes along only where the matter is about them too.
    """
    earliest = context.now - LEAD_IN
    own = [
        line
        for line in context.talk.before
        if line.sender == incoming.sender and line.ticket is None and line.at >= earliest
    ]
    words = "".join(f"{line.text}\n" for line in own[-1:] if line.text)
    if reading.against is None and against_in(words) is not None:
        words = ""
    pictures = tuple(image for line in own for image in line.images)
    return words, pictures


def add_to_ticket(
    ticket: Ticket, incoming: Incoming, speaker: Speaker, reading: Reading, context: Context
) -> list[Outgoing]:
    """More by one who raised it: no answer, but whoever works on it sees it. The opener's words
    are part of the matter; those of who joined it stay lines of his own.

    Only for a picture that could not be fetched he is asked once more.
    """
    message = _message(incoming, ticket, speaker.resident, Act.ADD, incoming.words)
    if not context.store.tickets.add_message(message):
        return []
    before, is_opener = ticket, ticket.resident == speaker.resident.id
    ticket = _with_more(ticket, incoming, reading, context, is_opener=is_opener)
    if asks_to_be_unnamed(incoming.words):
        ticket, _ = unname(ticket, speaker.resident, context)
    outgoing: list[Outgoing] = []
    if alarms.is_upgrade(before, ticket):
        said = ticket.body if is_opener else incoming.words
        ticket, outgoing = alarms.upgrade(
            ticket, reading, incoming.target, speaker.resident, said, context
        )
    elif before.acknowledged_at is not None:
        outgoing = _tell_of_more(ticket, message, speaker, context)
        outgoing += _ask_for_picture(ticket, incoming, context)
    context.store.tickets.save(touch(ticket, context.now, context.settings))
    return outgoing


def _with_more(
    ticket: Ticket, incoming: Incoming, reading: Reading, context: Context, *, is_opener: bool
) -> Ticket:
    words = incoming.words
    body = f"{ticket.body}\n{words}" if words and is_opener else ticket.body
    place, key = ticket.place, ticket.place_key
    if place is None and reading.place is not None:
        place, key = reading.place, reading.place_key
    ticket = replace(
        ticket,
        body=body[:8000],
        place=place,
        place_key=key,
        gather_until=_gather_longer(ticket, context),
    )
    index(ticket, context)
    if reading.urgency is Urgency.CRITICAL:
        return replace(ticket, urgency=Urgency.CRITICAL)
    if not is_opener:
        return hasten(ticket, reading.urgency, context)
    return revise(ticket, context) if words else ticket


def _gather_longer(ticket: Ticket, context: Context) -> datetime | None:
    if ticket.gather_until is None or ticket.acknowledged_at is not None:
        return ticket.gather_until
    intake = context.settings.intake
    longer = min(context.now + intake.gather, ticket.opened_at + intake.gather_most)
    return max(ticket.gather_until, longer)


def _tell_of_more(
    ticket: Ticket, message: TicketMessage, speaker: Speaker, context: Context
) -> list[Outgoing]:
    came = attached_to([message])
    if not message.text and came == NOTHING:
        return []
    who = name_shown(ticket, speaker.resident, context)
    text = staff_replies.more_came(ticket, who, message.text, came)
    return tell_person(ticket.assignee, text, OutgoingClass.CARD, ticket, context, came.shown)


def _ask_for_picture(ticket: Ticket, incoming: Incoming, context: Context) -> list[Outgoing]:
    """Once for a matter, where the picture was sent; of a sensitive one in private."""
    if not incoming.images_missing or (incoming.is_late and not incoming.is_private):
        return []
    messages = context.store.tickets.list_messages(ticket.number)
    if any(one.images_missing and one.key != incoming.key for one in messages):
        return []
    target = incoming.target
    if ticket.is_sensitive:
        target = Target(incoming.platform, f"private:{incoming.sender}")
    at_users = () if target.is_private else (incoming.sender,)
    text, number = replies.picture_wanted(), ticket.number
    return [Outgoing(target, OutgoingClass.REPLY, text, at_users=at_users, ticket=number)]


def keep_line(ticket: Ticket, incoming: Incoming, speaker: Speaker, context: Context) -> None:
    """A late word on a closed matter: kept with it, nothing follows."""
    message = _message(incoming, ticket, speaker.resident, Act.ADD, incoming.words)
    context.store.tickets.add_message(message)


def join_ticket(
    ticket: Ticket, incoming: Incoming, speaker: Speaker, reading: Reading, context: Context
) -> list[Outgoing]:
    """The same matter by another resident: counted in, told once, answered with the rest. What he
    shows is seen by whoever works on it."""
    message = _message(incoming, ticket, speaker.resident, Act.JOIN, incoming.words)
    if not context.store.tickets.add_message(message):
        return []
    is_told = ticket.urgency is Urgency.CRITICAL or incoming.is_late
    report = _report(incoming, ticket, speaker.resident, is_acknowledged=is_told)
    is_new = context.store.tickets.add_report(report)
    if asks_to_be_unnamed(incoming.words):
        ticket, _ = unname(ticket, speaker.resident, context)
    context.store.history.add(
        ticket.number, context.now, "加入", resident=speaker.resident.id, message_key=incoming.key
    )
    if is_new and not is_told and ticket.gather_until is None:
        until = context.now + context.settings.intake.gather
        ticket = replace(ticket, gather_until=until)
    elif ticket.acknowledged_at is None:
        ticket = replace(ticket, gather_until=_gather_longer(ticket, context))
    context.store.tickets.save(touch(ticket, context.now, context.settings))
    is_shown = bool(message.images or message.images_missing)
    if ticket.acknowledged_at is None or not is_shown:
        return []
    outgoing = _tell_of_more(ticket, message, speaker, context)
    return outgoing + _ask_for_picture(ticket, incoming, context)


def leave_out(number: TicketNumber, resident: ResidentId, context: Context) -> None:
    """A line of his has left the ticket: he is counted no more, unless he opened it, said more of
    it than thanks, or has a ticket that goes on in it."""
    tickets = context.store.tickets
    ticket = tickets.get(number)
    said = [one for one in tickets.list_messages(number) if one.resident == resident]
    has_said = any(one.act is not Act.THANKS and not one.is_recalled for one in said)
    own = tickets.list_for_resident(resident)
    has_joined = any(one.joined_into == number for one in own)
    is_opener = ticket is not None and ticket.resident == resident
    if not (is_opener or has_said or has_joined):
        tickets.remove_report(number, resident)


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
        voice=incoming.voice.kept if incoming.voice else None,
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
