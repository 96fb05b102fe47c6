"""Voice notes that no platform turned into words."""

from datetime import timedelta

from handlers.audience import tell_person
from handlers.context import Context
from handlers.messages import Incoming, Outgoing
from handlers.replies import voices as replies
from handlers.speakers import Speaker
from handlers.unnaming import name_shown
from storage.models import Act, OutgoingClass, Stage, Ticket, TicketMessage, VoiceNote

SAME_BREATH = timedelta(minutes=10)
"""So soon after a resident's matter his voice note belongs to it."""


def is_unheard(incoming: Incoming) -> bool:
    return incoming.voice is not None and not incoming.words


def hear_voice(
    incoming: Incoming, speaker: Speaker, context: Context
) -> tuple[Ticket | None, list[Outgoing]]:
    """A note belongs to the matter the speaker has just raised. In private words are asked for. In
    a group any other note may be chatter, and is left alone."""
    ticket = _matter_of(incoming, speaker, context)
    if ticket is None:
        return None, [_ask_for_words(incoming, context)] if incoming.is_private else []
    message = _message(incoming, ticket, speaker)
    if not context.store.tickets.add_message(message):
        return None, []
    told = _tell_instructor(ticket, message, incoming, speaker, context)
    if not incoming.is_late or incoming.is_private:
        told.insert(0, _answer(ticket, incoming))
    return ticket, told


def _answer(ticket: Ticket, incoming: Incoming) -> Outgoing:
    if not incoming.is_private:
        text = replies.heard_by_instructor(ticket)
    else:
        is_kept = incoming.voice is not None and incoming.voice.file is not None
        text = replies.kept_with(ticket) if is_kept else replies.words_wanted()
    return Outgoing(
        incoming.target,
        OutgoingClass.REPLY,
        text,
        at_users=() if incoming.is_private else (incoming.sender,),
        ticket=ticket.number,
        slot=f"voice:{ticket.number}",
    )


def _ask_for_words(incoming: Incoming, context: Context) -> Outgoing:
    slot = f"voice:{incoming.platform}:{incoming.conversation}:{context.now:%Y%m%d%H}"
    return Outgoing(incoming.target, OutgoingClass.REPLY, replies.words_wanted(), slot=slot)


def _tell_instructor(
    ticket: Ticket, message: TicketMessage, incoming: Incoming, speaker: Speaker, context: Context
) -> list[Outgoing]:
    """In a group he is asked to listen there; of a private note that it is kept. Before the
    acknowledgement the card will say that."""
    who = name_shown(ticket, speaker.resident, context)
    if not incoming.is_private:
        text = replies.please_listen(ticket, who)
    elif ticket.acknowledged_at is not None:
        text = replies.came_in_private(ticket, who, VoiceNote.read(message.voice or "0s"))
    else:
        return []
    return tell_person(ticket.assignee, text, OutgoingClass.CARD, ticket, context)


def _matter_of(incoming: Incoming, speaker: Speaker, context: Context) -> Ticket | None:
    """In private it may be one that was raised in a group, and a sensitive one too."""
    for ticket in context.store.tickets.list_for_resident(speaker.resident.id, most=3):
        is_here = ticket.conversation == incoming.conversation and not ticket.is_sensitive
        is_new = context.now - ticket.opened_at <= SAME_BREATH
        is_open = ticket.stage is not Stage.CLOSED
        if is_new and is_open and (is_here or incoming.is_private):
            return ticket
    return None


def _message(incoming: Incoming, ticket: Ticket, speaker: Speaker) -> TicketMessage:
    return TicketMessage(
        key=incoming.key,
        ticket=ticket.number,
        resident=speaker.resident.id,
        person=None,
        act=Act.ADD,
        at=incoming.at,
        text="",
        images=(),
        images_missing=0,
        voice=incoming.voice.kept if incoming.voice else None,
    )
