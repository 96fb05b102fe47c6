"""One message in, what is to be said out: command, answer to a question, matter, or chatter."""

from dataclasses import replace
from datetime import timedelta

from handlers import confirmations, registration, strangers, tickets, undo, unnaming
from handlers.assignment import kept_from_holder
from handlers.complaints import past_staff, take_apart
from handlers.context import Context
from handlers.conversing import bare_line, candidates_for, greet, may_be_answer
from handlers.following import follow, open_matter
from handlers.invocation import (
    NOTHING,
    ROSTER_WORDS,
    Dispatched,
    Quoted,
    find_quoted,
    read_command,
    read_wish,
    run_command,
)
from handlers.matching import match
from handlers.messages import Incoming, Outgoing
from handlers.reading import Gate, Hear, Match, Reading
from handlers.replies import refusals
from handlers.seconding import second
from handlers.sensitivity import is_mere_wish
from handlers.speakers import Speaker, identify, remember
from handlers.stages import hear_staff, hear_staff_in_danger
from handlers.strangers import Placed
from handlers.talk import Talk
from handlers.voices import hear_voice, is_unheard
from storage.models import Act, OutgoingClass, Role, Ticket, Urgency

__all__ = ("NOTHING", "Dispatched", "dispatch", "needs_store")

SAME_MESSAGE = timedelta(seconds=60)
CONFIDENTIAL_AT = 0.33
"""From this score on a delicate line is opened, not asked about: nothing is said in public."""


def needs_store(incoming: Incoming, hear: Hear, talk: Talk, is_active: bool) -> bool:
    """Whether a line may concern anything. False: chatter, which touches no disk.

    `hear` is asked only where nothing simpler tells. `is_active`: a ticket or a question of this
    conversation is recent.
    """
    if incoming.is_private or incoming.is_at_bot or incoming.recall or incoming.quote:
        return True
    text = incoming.words.lstrip()
    if text.startswith(("/", "／")):
        return True
    if talk.is_staff:
        return is_active
    heard = hear()
    if heard.gate is not Gate.NONE:
        return True
    is_said = may_be_answer(text) or is_mere_wish(text)
    return is_active and (heard.may_follow or is_said or is_unheard(incoming))


def dispatch(incoming: Incoming, context: Context) -> Dispatched:
    """Handle one message within one transaction. Redelivery changes nothing."""
    incoming = _distinct(incoming, context)
    speaker = identify(incoming, context)
    if speaker is None:
        return _in_unbound_group(incoming, context)
    if incoming.recall:
        return Dispatched(tuple(undo.hear_recall(incoming, speaker, context)))
    if speaker.person is not None:
        context.store.people.touch_account(incoming.platform, incoming.sender, context.now)
    quoted = find_quoted(incoming, context)
    wish = read_wish(incoming, speaker, quoted, context)
    if wish is not None:
        return run_command(wish[0], quoted, wish[1], speaker, context)
    written = read_command(incoming, speaker, quoted, context)
    if written is not None:
        speaker = remember(speaker, incoming, context)
        return run_command(written, quoted, incoming, speaker, context)
    if speaker.is_staff:
        return _hear_staff(incoming, quoted, speaker, context)
    return _hear_resident(incoming, speaker, context)


def _distinct(incoming: Incoming, context: Context) -> Incoming:
    """QQ's ids are 31 bits: an old message may have had this one. Its time tells them apart."""
    known = context.store.tickets.get_message(incoming.key)
    if known is None or abs(known.at - incoming.at) < SAME_MESSAGE:
        return incoming
    return replace(incoming, message_id=f"{incoming.message_id}@{int(incoming.at.timestamp())}")


def _in_unbound_group(incoming: Incoming, context: Context) -> Dispatched:
    """Nothing is read in a group of no unit, but its administrator may bind it."""
    person = context.store.people.by_account(incoming.platform, incoming.sender)
    posts = tuple(context.store.people.list_posts(person.id)) if person else ()
    is_administrator = any(post.role is Role.ADMINISTRATOR for post in posts)
    if person is not None and is_administrator:
        town = context.settings.town
        resident = context.store.residents.see(
            incoming.platform, incoming.sender, incoming.sender_name, None
        )
        speaker = Speaker(resident, town, person, posts)
        written = read_command(incoming, speaker, None, context)
        if written is not None and written.word in ROSTER_WORDS:
            return run_command(written, None, incoming, speaker, context)
    if not incoming.is_at_bot or incoming.is_late:
        return NOTHING
    slot = f"unbound:{incoming.conversation}:{context.now.date().isoformat()}"
    text = refusals.group_not_bound()
    return Dispatched((Outgoing(incoming.target, OutgoingClass.REPLY, text, slot=slot),))


def _hear_staff(
    incoming: Incoming, quoted: Quoted | None, speaker: Speaker, context: Context
) -> Dispatched:
    """Ordinary talk of staff is never a matter; answering a resident by quote is contact."""
    if quoted is None or quoted.ticket is None:
        answered = hear_staff_in_danger(incoming, speaker, context)
        return Dispatched(ticket=answered[0].number) if answered else NOTHING
    ticket = context.store.tickets.get(quoted.ticket)
    if ticket is not None:
        hear_staff(ticket, incoming, speaker, context)
    return Dispatched(ticket=quoted.ticket)


def _hear_resident(incoming: Incoming, speaker: Speaker, context: Context) -> Dispatched:
    if is_unheard(incoming):
        ticket, outgoing = hear_voice(incoming, speaker, context)
        return Dispatched(tuple(outgoing), ticket.number if ticket is not None else None)
    if may_be_answer(incoming.words):
        speaker = remember(speaker, incoming, context)
    answer = _answer_to_question(incoming, speaker, context)
    if answer is not None:
        return answer
    placed = strangers.hear_unit(incoming, speaker, context)
    if placed is not None:
        return _hear_placed(placed, incoming, speaker, context)
    if context.understand is None:
        return NOTHING
    reading = past_staff(incoming, speaker, context.understand(), context)
    return _hear_words(incoming, speaker, reading, context)


def _hear_placed(
    placed: Placed, incoming: Incoming, speaker: Speaker, context: Context
) -> Dispatched:
    """A stranger has said of which unit he is, and maybe more."""
    ticket, outgoing = placed.ticket, placed.outgoing
    if placed.is_all or context.understand is None:
        tickets.keep_line(ticket, incoming, speaker, context)
        return Dispatched(outgoing, ticket.number, Act.ADD)
    speaker = replace(speaker, unit=placed.unit)
    reading = past_staff(incoming, speaker, context.understand(), context)
    if reading.gate is not Gate.NONE:
        heard = _hear_words(incoming, speaker, reading, context)
        return replace(heard, outgoing=(*outgoing, *heard.outgoing))
    store, now, settings = context.store, context.now, context.settings
    against = kept_from_holder(store, ticket, incoming.words, now, settings)
    if against is not None:
        told = take_apart(incoming, against, ticket, speaker.resident, context) or ()
        return Dispatched((*outgoing, *told), ticket.number, Act.ADD)
    added = tickets.add_to_ticket(ticket, incoming, speaker, reading, context)
    return Dispatched((*outgoing, *added), ticket.number, Act.ADD)


def _hear_words(
    incoming: Incoming, speaker: Speaker, reading: Reading, context: Context
) -> Dispatched:
    """Part of a ticket, the same as a neighbour's line that was in doubt, or a line of its own."""
    candidates = candidates_for(incoming, speaker, context)
    found = match(bare_line(incoming), reading, context.talk, candidates, context.now)
    apart = _apart(found, incoming, reading, context)
    if apart is not None:
        speaker = remember(speaker, incoming, context)
        return _hear_apart(incoming, speaker, *apart, context)
    if found is None:
        seconded = second(incoming, speaker, reading, context)
        if seconded is not None:
            ticket, outgoing = seconded
            return Dispatched(tuple(outgoing), ticket.number, Act.JOIN)
    if found is not None or reading.gate is not Gate.NONE:
        speaker = remember(speaker, incoming, context)
    if found is not None:
        return follow(found, incoming, speaker, reading, context)
    return _stand_alone(incoming, speaker, reading, context)


def _apart(
    found: Match | None, incoming: Incoming, reading: Reading, context: Context
) -> tuple[Ticket, Reading] | None:
    """A complaint of those who work on the ticket is no part of it, they would be told: it goes
    past them, or is asked about in private. None where nothing is complained of."""
    ticket = context.store.tickets.get(found.ticket) if found is not None else None
    if found is None or ticket is None or reading.urgency is Urgency.CRITICAL:
        return None
    if found.act is Act.REOPEN and ticket.stage in confirmations.REOPENS_FROM:
        return None
    if found.act is Act.THANKS and confirmations.says_solved(incoming.words):
        return None
    against = kept_from_holder(context.store, ticket, incoming.words, context.now, context.settings)
    if against is None:
        return None
    gate = Gate.ASK if reading.gate is Gate.NONE else Gate.OPEN
    return ticket, replace(reading, gate=gate, is_sensitive=True, against=against)


def _hear_apart(
    incoming: Incoming, speaker: Speaker, ticket: Ticket, reading: Reading, context: Context
) -> Dispatched:
    """Opened, or asked about in private. Where that can not be asked it is opened: who has said it
    to the bot as a part of his matter would think that it is heard. Who has no name there has none
    here."""
    has_no_name = unnaming.is_unnamed(ticket, speaker.resident.id, context)
    if reading.gate is Gate.ASK and registration.raise_question(
        incoming, reading, speaker, context, is_unnamed=has_no_name
    ):
        return Dispatched(is_waiting=True)
    return open_matter(incoming, speaker, reading, context, is_unnamed=has_no_name)


def _stand_alone(
    incoming: Incoming, speaker: Speaker, reading: Reading, context: Context
) -> Dispatched:
    """A line that belongs to no ticket: one of its own, a question, or nothing."""
    match reading.gate:
        case Gate.OPEN:
            return open_matter(incoming, speaker, reading, context)
        case Gate.ASK if reading.is_sensitive and reading.score >= CONFIDENTIAL_AT:
            return open_matter(incoming, speaker, reading, context)
        case Gate.ASK:
            registration.raise_question(incoming, reading, speaker, context)
            return Dispatched(is_waiting=True)
        case Gate.NONE:
            asked = registration.ask_anew(incoming, speaker, context)
            return Dispatched(tuple(asked or greet(incoming, context)))


def _answer_to_question(
    incoming: Incoming, speaker: Speaker, context: Context
) -> Dispatched | None:
    """登记 to the one question, 好了 or 还没 to the other; None where it is neither."""
    question = context.store.questions.get_open(
        incoming.platform, incoming.conversation, speaker.resident.id
    )
    if question is not None:
        outgoing = registration.answer_question(question, incoming, speaker, context)
        if outgoing is not None:
            return Dispatched(tuple(outgoing))
    verdict = confirmations.verdict_of(incoming.words)
    if verdict is None:
        return None
    ticket = confirmations.answered_ticket(speaker, incoming, context)
    if ticket is None:
        return None
    told = confirmations.apply_verdict(verdict, ticket, incoming, speaker, context)
    return Dispatched(tuple(told), ticket.number, Act.THANKS)
