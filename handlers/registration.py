"""登记 and 不是: what people say against the ear, and the question about an uncertain line."""

from dataclasses import replace
from datetime import timedelta

from handlers.assignment import complained_of, private_to
from handlers.closing import end
from handlers.context import Context
from handlers.errors import Refused
from handlers.fields import is_bare
from handlers.learning import learn, opening_words
from handlers.messages import Incoming, Outgoing, Target
from handlers.privacy import fold
from handlers.quoting import open_registered, register_quoted
from handlers.reading import Gate, Reading, as_matter
from handlers.replies import refusals
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.requests import Request
from handlers.sensitivity import against_in
from handlers.speakers import Speaker
from handlers.stages import log
from handlers.tickets import open_ticket
from handlers.understanding import read_text
from storage.models import (
    Outcome,
    OutgoingClass,
    OutgoingState,
    Question,
    QuestionState,
    Resident,
    Stage,
    Ticket,
    UnitId,
)

YES = (
    "登记",
    "要登记",
    "要",
    "要的",
    "要得",
    "是的",
    "是",
    "对",
    "好,登记",
    "麻烦登记",
    "报一下",
    "报修",
)
NO = ("不用", "不用了", "不要", "算了", "没事", "不登记", "不用登记")
ASK_AGAIN_AFTER = timedelta(hours=24)
BETWEEN_ASKS = timedelta(minutes=10)
ANSWERED_WITHIN = timedelta(minutes=10)
"""So long after the question a word is taken for its answer."""
SAME_MATTER = timedelta(minutes=10)


def raise_question(
    incoming: Incoming,
    reading: Reading,
    speaker: Speaker,
    context: Context,
    *,
    is_unnamed: bool = False,
) -> bool:
    """Keep an uncertain line to ask about once after the pause, where that does not pester; whether
    it is kept, or was before. A delicate one is asked about in private.

    `is_unnamed`: he has asked for no name before, of what this line was a part of.
    """
    store, now = context.store, context.now
    if store.questions.get_by_source(incoming.key) is not None:
        return True
    if incoming.is_late and not incoming.is_private:
        return False
    if store.questions.was_asked(speaker.resident.id, now - ASK_AGAIN_AFTER):
        return False
    since = now - BETWEEN_ASKS
    if store.questions.count_asked_since(incoming.platform, incoming.conversation, since):
        return False
    store.questions.add(
        incoming.key,
        incoming.platform,
        f"private:{incoming.sender}" if reading.is_sensitive else incoming.conversation,
        speaker.resident.id,
        speaker.unit,
        incoming.words,
        incoming.images,
        reading.gist,
        now,
        now + context.settings.intake.gather,
        is_anonymous=is_unnamed,
    )
    return True


def ask(question: Question, context: Context) -> list[Outgoing]:
    """Put the question; after its expiry the line is forgotten."""
    resident = context.store.residents.get(question.resident)
    if resident is None:
        context.store.questions.settle(question.id, QuestionState.DROPPED)
        return []
    expires = context.now + context.settings.intake.question_expires
    context.store.questions.mark_asked(question.id, expires)
    return [_words_of(question, resident, _slot(question), context)]


def _words_of(question: Question, resident: Resident, slot: str, context: Context) -> Outgoing:
    reading = read_text(question.text, question.unit, context)
    text = replies.ask_to_register(
        resident.name,
        _spoken_gist(question),
        needs_place=reading.place is None,
        variant=question.id,
    )
    target = Target(question.platform, question.conversation)
    return Outgoing(
        target,
        OutgoingClass.QUESTION,
        text,
        at_users=() if target.is_private else (resident.user_id,),
        unit=question.unit,
        slot=slot,
    )


def ask_anew(incoming: Incoming, speaker: Speaker, context: Context) -> list[Outgoing]:
    """In private, once: the question that could not be delivered, now that he writes himself."""
    store, resident = context.store, speaker.resident
    if not incoming.is_private:
        return []
    question = store.questions.get_open(incoming.platform, incoming.conversation, resident.id)
    if question is None:
        return []
    row, slot = store.outbox.get_by_slot(_slot(question)), f"again:{question.id}"
    is_lost = row is not None and row.state is OutgoingState.DEAD
    if not is_lost or store.outbox.get_by_slot(slot) is not None:
        return []
    return [_words_of(question, resident, slot, context)]


def _spoken_gist(question: Question) -> str:
    """The gist where it says more than a field."""
    says_little = not question.gist or is_bare(question.gist)
    return replies.what_was_said() if says_little else question.gist


def answer_question(
    question: Question, incoming: Incoming, speaker: Speaker, context: Context
) -> list[Outgoing] | None:
    """要 or 登记 3号楼 opens the line that was asked about; None where this is no answer."""
    said = fold(incoming.words).strip(" 。.!~！～")
    if said in NO:
        context.store.questions.settle(question.id, QuestionState.DROPPED)
        return []
    if not _is_yes(said, question, incoming, context):
        return None
    more = said.removeprefix("登记").strip(" ,，:：") if said.startswith("登记") else ""
    body = f"{question.text} {more}".strip()
    context.store.questions.settle(question.id, QuestionState.ANSWERED)
    source = replace(
        incoming,
        message_id=question.source_key.rsplit("/", 1)[-1],
        images=(*question.images, *incoming.images),
    )
    unit = _unit_of(question, body, speaker, context)
    reading = as_matter(read_text(body, unit, context))
    ticket, outgoing = open_ticket(
        source,
        reading,
        speaker.resident,
        unit,
        context,
        body=body,
        is_unnamed=question.is_anonymous,
    )
    if ticket is not None and not ticket.is_sensitive:
        learn("open", body, speaker, incoming.key, context, ticket=ticket.number)
    return outgoing


def _unit_of(question: Question, body: str, speaker: Speaker, context: Context) -> UnitId:
    """Where the line was said, or of a stranger whose place it names; 登记 alone names none, but
    登记 and a place may tell more than the line did."""
    is_known = question.unit != context.settings.town
    return question.unit if is_known or against_in(body) is not None else speaker.unit


def _is_yes(said: str, question: Question, incoming: Incoming, context: Context) -> bool:
    """登记 at any time; 要 or 对, which neighbours say to each other too, only to the bot."""
    if said.startswith("登记") or (said in YES and "登记" in said):
        return True
    if said not in YES or question.state is not QuestionState.ASKED:
        return False
    if incoming.is_private or incoming.is_at_bot:
        return True
    if incoming.quote is not None:
        row = context.store.outbox.by_message(
            incoming.platform, incoming.conversation, incoming.quote
        )
        return row is not None and row.slot == _slot(question)
    return not incoming.at_users and _is_fresh(question, incoming, context)


def _slot(question: Question) -> str:
    return f"ask:{question.id}"


def register(request: Request) -> list[Outgoing]:
    """登记 …: a resident's own words, or by staff with a resident's line quoted."""
    if request.speaker.is_staff and request.incoming.quote and not request.rest:
        return register_quoted(request)
    answered = _answer_by_command(request)
    if answered is not None:
        return answered
    if not request.rest and not request.incoming.images:
        raise Refused(refusals.matter_wanted())
    if not request.incoming.images:
        _refuse_repetition(request)
    reading = as_matter(read_text(request.rest, request.speaker.unit, request.context))
    return open_registered(
        request.incoming, request.rest, reading, request.speaker.resident, request
    )


def _refuse_repetition(request: Request) -> None:
    """The same words within minutes: he was only not sure that he had been heard."""
    since, said = request.now - SAME_MATTER, fold(request.rest)
    for ticket in request.store.tickets.list_for_resident(request.speaker.resident.id):
        is_recent = ticket.opened_at >= since and ticket.stage is not Stage.CLOSED
        if is_recent and said in map(fold, ticket.body.split("\n")):
            raise Refused(refusals.already_there(ticket))


def _answer_by_command(request: Request) -> list[Outgoing] | None:
    """登记 with @, by quote or in private means the line that was asked about, if there is one;
    long after the question a whole matter behind the word is one of its own."""
    incoming = request.incoming
    question = request.store.questions.get_open(
        incoming.platform, incoming.conversation, request.speaker.resident.id
    )
    if question is None:
        return None
    reading = read_text(request.rest, request.speaker.unit, request.context)
    if reading.gate is Gate.OPEN and not _is_fresh(question, incoming, request.context):
        return None
    said = replace(incoming, text=f"{request.word} {request.rest}".strip(), voice=None)
    return answer_question(question, said, request.speaker, request.context)


def _is_fresh(question: Question, incoming: Incoming, context: Context) -> bool:
    """Whether it was put, or if it was not yet, raised just before this message."""
    began = question.raised_at
    if question.state is QuestionState.ASKED and question.due_at is not None:
        began = question.due_at - context.settings.intake.question_expires
    return incoming.at - began <= ANSWERED_WITHIN


def mark_mistaken(request: Request) -> list[Outgoing]:
    """不是: no matter at all. Closed without a word in public and kept as a correction.

    What somebody said about private matters is not kept.
    """
    ticket = request.ticket_to_act_on()
    log(ticket, "不是诉求", request, before=ticket)
    end(ticket, Outcome.MISTAKEN, request.key, request.context)
    request.store.outbox.cancel_unsent(ticket.number, reason=request.key)
    if not ticket.is_sensitive:
        said = opening_words(ticket, request.context)
        learn("none", said, request.speaker, request.key, request.context, ticket=ticket.number)
    return [
        Outgoing(
            private_to(request.store, request.person.id),
            OutgoingClass.REPLY,
            staff_replies.mistaken(ticket),
            ticket=ticket.number,
            person=request.person.id,
        )
    ]


def drop_question(ticket: Ticket, speaker: Speaker, context: Context) -> None:
    """What was uncertain has become plain: the question is not put any more, and where it was put
    about this very matter, nothing is opened by answering it. A complaint of the staff is kept
    until it is itself told plainly."""
    question = context.store.questions.get_open(
        ticket.platform, ticket.conversation, speaker.resident.id
    )
    if question is None:
        return
    is_same = question.text in ticket.body
    if not is_same and complained_of(context.store, question.unit, question.text) is not None:
        return
    is_same = is_same or question.state is QuestionState.PENDING
    if is_same or read_text(question.text, question.unit, context).field is ticket.field:
        context.store.questions.settle(question.id, QuestionState.DROPPED)
