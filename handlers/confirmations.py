"""Closing belongs to the resident: what he says after the answer, and what he never says."""

import re
from dataclasses import replace
from enum import StrEnum

from handlers.assignment import kept_from_holder, responsible, secretary_for
from handlers.attachments import Attached
from handlers.audience import tell_person
from handlers.closing import end
from handlers.complaints import take_apart
from handlers.context import Context
from handlers.lifecycle import reopen
from handlers.messages import Incoming, Outgoing
from handlers.privacy import fold
from handlers.reading import Against
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.sensitivity import asks_to_be_unnamed
from handlers.speakers import Speaker
from handlers.unnaming import name_shown, unname
from storage.models import (
    Act,
    MessageKey,
    Outcome,
    OutgoingClass,
    Person,
    PersonId,
    Stage,
    Ticket,
    TicketMessage,
)

MOST_LEVELS = 2
REOPENS_FROM = (Stage.ANSWERED, Stage.HANDLED, Stage.CLOSED)


class Verdict(StrEnum):
    """A resident's word on an answered matter."""

    SATISFIED = "satisfied"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    UNSATISFIED = "unsatisfied"


_UNSATISFIED = re.compile(r"不太?满意|很不满|差评")
_UNSOLVED = re.compile(
    r"^(还|仍)?(没|未|木|沒)(有|好|呢|修|来|通|解决|弄好|动静|人来|人管|水|电|气|暖|热|亮)?(呢|啊|呀)?$"
    r"|还没|还不|没(解决|修|好|通|弄好|人管|来)|又(坏|漏|停|堵|不|没|灭|来了?味)"
    r"|还是(不|没|老样|那样|漏|黑|臭|堵|坏)|不行|不好使|没用"
)
_GONE = re.compile(r"没(味|异味|事|问题|烟|声)|不(漏|臭|堵|响|吵|闪|滴|黑|冷|凉|晃)了")
_SATISFIED = re.compile(r"好评|(感谢|谢谢).*(解决|修好|好了)|(解决|修好|好)了.*(感谢|谢谢)")
_SOLVED = re.compile(
    r"^(都|已经?|现在|全)?(好了|好啦|好咧|行了|可以了|解决了?|修好了?|弄好了?|通了|有了|来了|亮了|不漏了|正常了|没事了)"
    r"|(水|电|气|暖|网|灯)(来|通|亮|有|好|热)了|已经?(解决|修好|好了|恢复)|(修|弄|办|搞)好了|解决了"
)
_BACK = re.compile(
    r"[来有通](水|电|气|暖|网|热水|暖气)了|(水|电|气|暖|网|灯|路)都?(来|通|亮|有|好|热)了|恢复了|恢复正常|不[漏臭堵响吵闪滴黑]了"
    r"|(修|弄|办|搞|换|装|补|清|拉|铲|疏|接|抽)(好|上|走|完|通|干净)了|(水|电|气|暖气?|网)正常了"
)
_COURTESY = re.compile(
    r"谢+了?|感谢|多谢|辛苦|麻烦|劳驾|费心|好的|好嘞|收到|知道|明白|行|嗯|哦|噢|您|你|们|了|啊|呀|啦|哈|哒|咯|嘞"
    r"|老师|书记|主任|大夫|师傅|网格员|指导员|领导|大家|各位|叔|姐|哥|姨|\W"
)
_MOST_COURTESY_LEFT = 2
_LONGEST_VERDICT = 24


def verdict_of(text: str) -> Verdict | None:
    """What a short answer says; 谢谢 and 好的 alone say nothing, long texts are no verdicts."""
    said = fold(text).strip(" 。.,!~😊👍🙏，！～")
    if not said or len(said) > _LONGEST_VERDICT or said.endswith(("吗", "?", "?")):
        return None
    if _UNSATISFIED.search(said):
        return Verdict.UNSATISFIED
    if "满意" in said:
        return Verdict.SATISFIED
    if _UNSOLVED.search(said):
        return Verdict.UNSOLVED
    if _SATISFIED.search(said):
        return Verdict.SATISFIED
    if _SOLVED.search(said) or _GONE.search(said):
        return Verdict.SOLVED
    return None


def is_mere_thanks(text: str) -> bool:
    """谢谢, 好的, 辛苦了 and no more: courtesy, not a word on the matter."""
    if verdict_of(text) is not None:
        return False
    return len(_COURTESY.sub("", fold(text))) <= _MOST_COURTESY_LEFT


def says_solved(text: str) -> bool:
    """Whether a line of any length tells that what ailed is over: a guess alone ends no matter."""
    verdict = verdict_of(text)
    if verdict is not None:
        return verdict in (Verdict.SATISFIED, Verdict.SOLVED)
    said = fold(text)
    return bool(_BACK.search(said)) and not _UNSOLVED.search(said)


def is_worked_on(ticket: Ticket, context: Context) -> bool:
    """Whether any of the staff has been heard since it was raised: by word, or here in the talk."""
    if ticket.stage is not Stage.REGISTERED:
        return True
    return any(line.is_staff and line.at >= ticket.opened_at for line in context.talk.before)


def answered_ticket(speaker: Speaker, incoming: Incoming, context: Context) -> Ticket | None:
    """The newest matter of this resident that waits for his word in this conversation."""
    for ticket in context.store.tickets.list_for_resident(speaker.resident.id):
        if ticket.stage is Stage.ANSWERED and _is_asked_here(ticket, speaker, incoming, context):
            return ticket
    return None


def _is_asked_here(ticket: Ticket, speaker: Speaker, incoming: Incoming, context: Context) -> bool:
    """Whoever raised it elsewhere than the others, before they were joined, is asked there."""
    if incoming.is_private or ticket.conversation == incoming.conversation:
        return True
    return any(
        (report.resident, report.conversation) == (speaker.resident.id, incoming.conversation)
        for report in context.store.tickets.list_reports(ticket.number)
    )


def apply_verdict(
    verdict: Verdict, ticket: Ticket, incoming: Incoming, speaker: Speaker, context: Context
) -> list[Outgoing]:
    """Close or reopen by the resident's word."""
    if verdict in (Verdict.SATISFIED, Verdict.SOLVED):
        is_satisfied = True if verdict is Verdict.SATISFIED else None
        return confirm(ticket, incoming, speaker, context, is_satisfied=is_satisfied)
    return dispute(ticket, incoming, speaker, context)


def confirm(
    ticket: Ticket,
    incoming: Incoming,
    speaker: Speaker,
    context: Context,
    *,
    is_satisfied: bool | None = None,
) -> list[Outgoing]:
    """The resident says it is solved. Nothing more is said in public; the instructor is told.

    What he says with it against the staff is a matter of its own, and no part of the ticket.
    """
    apart = _keep_thanks(ticket, incoming, speaker, context)
    if apart is None:
        return []
    if ticket.stage is Stage.CLOSED or (is_satisfied is None and is_mere_thanks(incoming.words)):
        return apart
    was_answered = ticket.stage is Stage.ANSWERED
    _log(ticket, "居民确认", incoming.key, speaker, context)
    closed = end(ticket, Outcome.CONFIRMED, incoming.key, context, is_satisfied=is_satisfied)
    context.store.outbox.cancel_unsent(ticket.number)
    if was_answered:
        return apart
    text = staff_replies.confirmed_card(closed)
    return apart + tell_person(ticket.assignee, text, OutgoingClass.CARD, ticket, context)


def _keep_thanks(
    ticket: Ticket, incoming: Incoming, speaker: Speaker, context: Context
) -> list[Outgoing] | None:
    """The line with the ticket, or with a complaint's own; None on redelivery."""
    against = _against_holder(ticket, incoming, context)
    if against is not None:
        return take_apart(incoming, against, ticket, speaker.resident, context)
    return [] if _attach(ticket, incoming, speaker, Act.THANKS, context) else None


def _against_holder(ticket: Ticket, incoming: Incoming, context: Context) -> Against | None:
    store, now, settings = context.store, context.now, context.settings
    return kept_from_holder(store, ticket, incoming.words, now, settings, is_verdict=True)


def dispute(
    ticket: Ticket, incoming: Incoming, speaker: Speaker, context: Context
) -> list[Outgoing]:
    """It is not solved: once answered or closed it starts over one level higher.

    What is said of the staff themselves only those above them are told; where there is nobody, it
    is a matter of its own.
    """
    against = _against_holder(ticket, incoming, context)
    if against is not None and not _is_anybody_above(against, ticket, context):
        apart = take_apart(incoming, against, ticket, speaker.resident, context)
        if apart is None:
            return []
        return apart + _dispute(ticket, incoming, against, speaker, context)
    kept = incoming if against is None else _without_words(incoming)
    if not _attach(ticket, kept, speaker, Act.REOPEN, context):
        return []
    return _dispute(ticket, incoming, against, speaker, context)


def _is_anybody_above(against: Against, ticket: Ticket, context: Context) -> bool:
    store, now, settings = context.store, context.now, context.settings
    return responsible(store, ticket.unit, now, settings, against) is not None


def _dispute(
    ticket: Ticket,
    incoming: Incoming,
    against: Against | None,
    speaker: Speaker,
    context: Context,
) -> list[Outgoing]:
    if asks_to_be_unnamed(incoming.words):
        ticket, _ = unname(ticket, speaker.resident, context)
        context.store.tickets.save(ticket)
    if ticket.stage not in REOPENS_FROM:
        return _tell_staff(ticket, None, incoming, against, speaker, context)
    _log(ticket, "居民说没好", incoming.key, speaker, context)
    again = reopen(ticket, context.now, context.settings)
    again = replace(again, level=min(again.level, MOST_LEVELS))
    context.store.tickets.save(again)
    secretary = secretary_for(context.store, ticket, again.level - 1, context.settings)
    public = replies.reopened(
        again, secretary.name if secretary and not ticket.is_sensitive else None
    )
    kind = OutgoingClass.ANSWER
    where = [Outgoing(incoming.target, kind, public, ticket=ticket.number, unit=ticket.unit)]
    if incoming.is_late and not incoming.is_private:
        where = []
    return where + _tell_staff(again, secretary, incoming, against, speaker, context)


def _without_words(incoming: Incoming) -> Incoming:
    return replace(incoming, text="", voice=None)


def _tell_staff(
    ticket: Ticket,
    secretary: Person | None,
    said: Incoming,
    against: Against | None,
    speaker: Speaker,
    context: Context,
) -> list[Outgoing]:
    """The secretary it goes up to and whoever works on it. What is said of the staff is kept with
    no ticket that they see: if neither may hear it, whoever is above them does."""
    hearing: dict[PersonId, Incoming] = {}
    if secretary is not None:
        hearing[secretary.id] = _without_words(said) if against is Against.SECRETARY else said
    if ticket.assignee is not None:
        hearing.setdefault(ticket.assignee, said if against is None else _without_words(said))
    if against is not None and said not in hearing.values():
        above = responsible(context.store, ticket.unit, context.now, context.settings, against)
        if above is not None:
            hearing[above.id] = said
    told: list[Outgoing] = []
    for person, heard in hearing.items():
        told += _tell_unsolved(person, ticket, heard, speaker, context)
    return told


def _tell_unsolved(
    person: PersonId, ticket: Ticket, incoming: Incoming, speaker: Speaker, context: Context
) -> list[Outgoing]:
    came = Attached(incoming.images, incoming.images_missing)
    who = name_shown(ticket, speaker.resident, context)
    note = staff_replies.reopened_card(ticket, who, incoming.words, came)
    return tell_person(person, note, OutgoingClass.CARD, ticket, context, came.shown)


def close_in_silence(ticket: Ticket, context: Context) -> Ticket:
    """Working days after the answer without a word: 默认办结·未确认, a bucket of its own."""
    context.store.history.add(ticket.number, context.now, "默认办结·未确认")
    return end(ticket, Outcome.UNCONFIRMED, None, context)


def withdraw(ticket: Ticket, key: MessageKey, speaker: Speaker, context: Context) -> list[Outgoing]:
    """The resident takes his matter back; whoever was told of it is told that too."""
    _log(ticket, "居民撤回", key, speaker, context)
    closed = end(ticket, Outcome.WITHDRAWN, key, context)
    was_told = ticket.acknowledged_at is not None
    context.store.outbox.cancel_unsent(ticket.number)
    if not was_told:
        return []
    text = staff_replies.withdrawn_card(closed)
    return tell_person(ticket.assignee, text, OutgoingClass.CARD, ticket, context)


def _attach(
    ticket: Ticket, incoming: Incoming, speaker: Speaker, act: Act, context: Context
) -> bool:
    """False on redelivery: the message belonged to a ticket before."""
    return context.store.tickets.add_message(
        TicketMessage(
            key=incoming.key,
            ticket=ticket.number,
            resident=speaker.resident.id,
            person=None,
            act=act,
            at=incoming.at,
            text=incoming.words,
            images=incoming.images,
            images_missing=incoming.images_missing,
            voice=incoming.voice.kept if incoming.voice else None,
        )
    )


def _log(ticket: Ticket, action: str, key: MessageKey, speaker: Speaker, context: Context) -> None:
    context.store.history.add(
        ticket.number, context.now, action, resident=speaker.resident.id, message_key=key
    )
