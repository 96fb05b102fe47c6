"""A neighbour who has the same settles a doubt: what nobody dared to open is a matter for two."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.context import Context
from handlers.conversing import bare_line
from handlers.matching import match
from handlers.messages import Incoming, Outgoing
from handlers.reading import Candidate, Reading, as_matter
from handlers.speakers import Speaker, remember
from handlers.talk import Talk
from handlers.tickets import join_ticket, open_ticket
from handlers.understanding import read_text
from storage.models import (
    Act,
    Kind,
    Question,
    QuestionState,
    Resident,
    Stage,
    Ticket,
    TicketNumber,
    Urgency,
)

WITHIN = timedelta(minutes=30)
SECONDED_AT = 0.85
"""More certainty than for joining a ticket: here two doubts must both be settled."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """An uncertain line in the place of a ticket; its number is below zero."""

    number: TicketNumber
    question: Question
    resident: Resident
    reading: Reading
    stage: Stage = Stage.REGISTERED

    @property
    def conversation(self) -> str:
        return self.question.conversation

    @property
    def kind(self) -> Kind:
        return self.reading.kind

    @property
    def urgency(self) -> Urgency:
        return self.reading.urgency

    @property
    def body(self) -> str:
        return self.question.text

    @property
    def opened_at(self) -> datetime:
        return self.question.raised_at

    @property
    def is_sensitive(self) -> bool:
        return self.reading.is_sensitive


def second(
    incoming: Incoming, speaker: Speaker, reading: Reading, context: Context
) -> tuple[Ticket, list[Outgoing]] | None:
    """Opens the uncertain line of another resident that this one says of himself too, and joins
    him to it; None where he seconds nothing. Personal matters are left to their owner."""
    doubts = _doubts_here(incoming, speaker, context)
    if not doubts:
        return None
    talk = _with_doubts(context.talk, doubts)
    candidates = [Candidate(one, (), (), (one.resident.user_id,)) for one in doubts.values()]
    found = match(bare_line(incoming), reading, talk, candidates, context.now)
    if found is None or found.act is not Act.JOIN or found.score < SECONDED_AT:
        return None
    ticket, outgoing = _open(doubts[found.ticket], incoming, context)
    if ticket is None:
        return None
    speaker = remember(speaker, incoming, context)
    return ticket, outgoing + join_ticket(ticket, incoming, speaker, reading, context)


def _doubts_here(
    incoming: Incoming, speaker: Speaker, context: Context
) -> dict[TicketNumber, Doubt]:
    store, since = context.store, context.now - WITHIN
    found = {}
    for one in store.questions.list_open_here(incoming.platform, incoming.conversation, since):
        resident = store.residents.get(one.resident)
        if resident is None or resident.id == speaker.resident.id:
            continue
        number = TicketNumber(-one.id)
        doubt = Doubt(number, one, resident, read_text(one.text, one.unit, context))
        if not doubt.is_sensitive:
            found[number] = doubt
    return found


def _with_doubts(talk: Talk, doubts: Mapping[TicketNumber, Doubt]) -> Talk:
    numbers = {_message_id(one.question): number for number, one in doubts.items()}
    before = tuple(
        replace(line, ticket=numbers.get(line.message_id, line.ticket)) for line in talk.before
    )
    return replace(talk, before=before)


def _open(
    doubt: Doubt, incoming: Incoming, context: Context
) -> tuple[Ticket | None, list[Outgoing]]:
    question, resident = doubt.question, doubt.resident
    source = replace(
        incoming,
        message_id=_message_id(question),
        sender=resident.user_id,
        sender_name=resident.name,
        at=question.raised_at,
        text=question.text,
        images=question.images,
        images_missing=0,
        voice=None,
        quote=None,
        is_at_bot=False,
        at_users=(),
    )
    context.store.questions.settle(question.id, QuestionState.ANSWERED)
    reading = as_matter(doubt.reading)
    return open_ticket(source, reading, resident, question.unit, context, body=question.text)


def _message_id(question: Question) -> str:
    return question.source_key.rsplit("/", 1)[-1]
