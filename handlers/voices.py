"""Voice notes that no platform turned into words."""

from datetime import timedelta

from handlers.audience import tell_person
from handlers.context import Context
from handlers.messages import Incoming, Outgoing
from handlers.replies import voices as replies
from handlers.speakers import Speaker
from storage.models import Act, OutgoingClass, Stage, Ticket, TicketMessage

SAME_BREATH = timedelta(minutes=10)
"""So soon after a resident's matter his voice note belongs to it."""


def is_unheard(incoming: Incoming) -> bool:
    return incoming.voice is not None and not incoming.words


def hear_voice(
    incoming: Incoming, speaker: Speaker, context: Context
) -> tuple[Ticket | None, list[Outgoing]]:
    """In private words are asked for. In a group the instructor is asked to listen, where the
    speaker has just raised a matter there; any other note may be chatter, and is left alone."""
    if incoming.is_private:
        slot = f"voice:{incoming.platform}:{incoming.conversation}:{context.now:%Y%m%d%H}"
        text = replies.words_wanted()
        return None, [Outgoing(incoming.target, OutgoingClass.REPLY, text, slot=slot)]
    ticket = _matter_of(incoming, speaker, context)
    if ticket is None or not context.store.tickets.add_message(_message(incoming, ticket, speaker)):
        return None, []
    who = speaker.resident.name
    card = tell_person(
        ticket.assignee, replies.please_listen(ticket, who), OutgoingClass.CARD, ticket, context
    )
    slot = f"voice:{ticket.number}"
    asked = Outgoing(
        incoming.target,
        OutgoingClass.REPLY,
        replies.heard_by_instructor(ticket),
        at_users=(incoming.sender,),
        ticket=ticket.number,
        slot=slot,
    )
    return ticket, [asked, *card]


def _matter_of(incoming: Incoming, speaker: Speaker, context: Context) -> Ticket | None:
    for ticket in context.store.tickets.list_for_resident(speaker.resident.id, most=3):
        is_here = (ticket.platform, ticket.conversation) == (
            incoming.platform,
            incoming.conversation,
        )
        is_new = context.now - ticket.opened_at <= SAME_BREATH
        if is_here and is_new and ticket.stage is not Stage.CLOSED and not ticket.is_sensitive:
            return ticket
    return None


def _message(incoming: Incoming, ticket: Ticket, speaker: Speaker) -> TicketMessage:
    seconds = incoming.voice.seconds if incoming.voice is not None else 0
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
        voice=f"{seconds}s",
    )
