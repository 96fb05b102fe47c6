"""The surroundings of a resident's line: as a Line, with the tickets it may belong to."""

from handlers.confirmations import verdict_of
from handlers.context import Context
from handlers.messages import Incoming, Outgoing
from handlers.privacy import fold
from handlers.reading import Candidate
from handlers.registration import NO, YES
from handlers.replies import residents as replies
from handlers.speakers import Speaker
from handlers.talk import Line
from handlers.worktime import calendar_for
from storage.models import OutgoingClass, Ticket


def bare_line(incoming: Incoming) -> Line:
    """A message as the talk window and the ear see it."""
    return Line(
        message_id=incoming.message_id,
        at=incoming.at,
        sender=incoming.sender,
        sender_name=incoming.sender_name,
        text=incoming.words,
        images=incoming.images or ("",) * incoming.images_missing,
        is_voice=incoming.voice is not None,
        quote=incoming.quote,
        is_at_bot=incoming.is_at_bot,
        at_users=incoming.at_users,
    )


def may_be_answer(text: str) -> bool:
    """Short words that answer one of the two questions the bot asks."""
    said = fold(text).strip(" 。.!~！～")
    return said in YES or said in NO or said.startswith("登记") or verdict_of(text) is not None


def candidates_for(incoming: Incoming, speaker: Speaker, context: Context) -> tuple[Candidate, ...]:
    """The unit's tickets, last touched first; what others raised in private stays unknown."""
    tickets = context.store.tickets
    since = context.now - context.settings.intake.join_within
    known = tickets.list_known_to(speaker.unit, speaker.resident.id, since)
    return tuple(
        _candidate(ticket, context)
        for ticket in known
        if ticket.conversation == incoming.conversation or not ticket.is_sensitive
    )


def _candidate(ticket: Ticket, context: Context) -> Candidate:
    reporters = list(context.store.tickets.list_reporters(ticket.number))
    reporters.sort(key=lambda one: one[0].resident != ticket.resident)
    return Candidate(
        ticket,
        tuple(context.store.tickets.list_messages(ticket.number)),
        tuple(report for report, _ in reporters),
        tuple(user_id for _, user_id in reporters),
    )


def greet(incoming: Incoming, context: Context) -> list[Outgoing]:
    """In private silence would look like a broken machine: one hello a day, and none
    to a line that was taken up when it came first."""
    is_heard = context.store.tickets.get_message(incoming.key) is not None
    if not incoming.is_private or not incoming.words or is_heard:
        return []
    day = calendar_for(context.settings.worktime).local(context.now).date()
    slot = f"hello:{incoming.conversation}:{day.isoformat()}"
    return [Outgoing(incoming.target, OutgoingClass.REPLY, replies.hello(), slot=slot)]
