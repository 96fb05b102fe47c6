"""A second opinion on uncertain lines: what a judge may be shown, and the little it may change.

A judge says of one line whether it is a matter. That keeps the bot from asking about it, or lets it
ask about one that it would have passed over; it never opens, joins or closes anything.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from handlers import registration
from handlers.context import Context
from handlers.conversing import candidates_for, may_be_answer
from handlers.intents import Ear
from handlers.messages import Incoming
from handlers.privacy import mask, mask_names
from handlers.reading import Gate, Reading
from handlers.speakers import identify, remember
from handlers.talk import Line, Talk
from storage.models import QuestionState, TicketNumber

STAFF = "工作人员"
RESIDENTS = "甲乙丙丁戊"
MOST_BEFORE = 4
"""Lines of context; so there is a sign for each resident in a brief."""
LOOKS_BACK = timedelta(minutes=10)
LONGEST_READ, LONGEST_SHOWN = 600, 200
_MENTION = re.compile(r"[@＠]\S+")


@dataclass(frozen=True, slots=True)
class Said:
    """A masked line of a group; `speaker` is a sign of this brief alone, or 工作人员."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What a judge is shown: `lines`, oldest first, of which the last one is in question.

    `reading` is how the ear understood that one, `tickets` those that the lines before belong to;
    both stay here.
    """

    lines: tuple[Said, ...]
    reading: Reading
    tickets: tuple[TicketNumber, ...] = ()


def is_uncertain(score: float, ear: Ear, reach: float) -> bool:
    """Whether the ear would ask about a line, or passes over it by at most `reach`."""
    return ear.ask_at - reach <= score < ear.open_at


def prepare(incoming: Incoming, line: Line, talk: Talk, ear: Ear) -> Brief | None:
    """The brief of an uncertain line; None where anything about it is private."""
    if not _may_be_judged(incoming, talk):
        return None
    reading = ear.classify(line, talk, in_full=True)
    before = [one for one in talk.before if one.at >= incoming.at - LOOKS_BACK][-MOST_BEFORE:]
    if line.quote and all(one.message_id != line.quote for one in before):
        return None
    if _is_private(reading) or any(_is_private_line(one, talk, ear) for one in before):
        return None
    tickets = tuple(one.ticket for one in before if one.ticket is not None)
    return Brief(_shown([*before, line]), reading, tickets)


def may_be_shown(incoming: Incoming, brief: Brief, context: Context) -> bool:
    """The part of the question that only the store can answer: whether the answer would change
    anything, and whether what was said before, or what this resident raised, is confidential."""
    speaker = identify(incoming, context)
    if speaker is None or speaker.is_staff:
        return False
    if brief.reading.gate is Gate.ASK:
        question = context.store.questions.get_by_source(incoming.key)
        if question is None or question.state is not QuestionState.PENDING:
            return False
    if any(one.ticket.is_sensitive for one in candidates_for(incoming, speaker, context)):
        return False
    tickets = map(context.store.tickets.get, brief.tickets)
    return not any(ticket is None or ticket.is_sensitive for ticket in tickets)


def take_opinion(incoming: Incoming, brief: Brief, is_matter: bool, context: Context) -> None:
    """What a judge's word leads to: a question that is not put, or one that is. Nothing else.

    `context.talk` is the talk as it is now, which the line may have left meanwhile.
    """
    if brief.reading.gate is Gate.ASK and not is_matter:
        _drop(incoming, context)
    elif brief.reading.gate is Gate.NONE and is_matter:
        _raise(incoming, brief.reading, context)


def _drop(incoming: Incoming, context: Context) -> None:
    question = context.store.questions.get_by_source(incoming.key)
    if question is not None and question.state is QuestionState.PENDING:
        context.store.questions.settle(question.id, QuestionState.DROPPED)


def _raise(incoming: Incoming, reading: Reading, context: Context) -> None:
    """Unless the line was taken back, or its speaker has been heard since."""
    own = [one for one in context.talk.before if one.sender == incoming.sender]
    places = [place for place, one in enumerate(own) if one.message_id == incoming.message_id]
    if not places or any(one.ticket is not None for one in own[places[0] :]):
        return
    speaker = identify(incoming, context)
    if speaker is None or speaker.is_staff:
        return
    store = context.store
    if store.questions.get_open(incoming.platform, incoming.conversation, speaker.resident.id):
        return
    speaker = remember(speaker, incoming, context)
    registration.raise_question(incoming, replace(reading, gate=Gate.ASK), speaker, context)


def _may_be_judged(incoming: Incoming, talk: Talk) -> bool:
    """Ordinary talk of residents in a group. What is said to the bot itself is not."""
    if incoming.is_private or incoming.is_late or incoming.is_at_bot or incoming.recall:
        return False
    if talk.unit is None or talk.is_staff:
        return False
    words = incoming.words.strip()
    return bool(words) and not words.startswith(("/", "／")) and not may_be_answer(words)


def _is_private(reading: Reading) -> bool:
    is_personal = reading.is_sensitive or reading.against is not None
    return is_personal or reading.danger is not None


def _is_private_line(line: Line, talk: Talk, ear: Ear) -> bool:
    return _is_private(ear.classify(line, Talk(unit=talk.unit), in_full=True))


def _shown(lines: Sequence[Line]) -> tuple[Said, ...]:
    names = frozenset(line.sender_name for line in lines)
    signs: dict[str, str] = {}
    said = []
    for line in lines:
        sign = STAFF if line.is_staff else signs.setdefault(line.sender, RESIDENTS[len(signs)])
        said.append(Said(sign, _masked(line.text, names)))
    return tuple(said)


def _masked(text: str, names: frozenset[str]) -> str:
    """Cut only after masking: half a number would not be known for one."""
    bare = _MENTION.sub("@某人", text[:LONGEST_READ])
    return mask_names(mask(bare), names)[:LONGEST_SHOWN]
