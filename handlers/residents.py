"""What residents may say besides talking: 补充, 满意, 不满意, 匿名."""

import re
from dataclasses import replace

from handlers.assignment import kept_from_holder
from handlers.closing import goes_on_in
from handlers.complaints import take_apart
from handlers.confirmations import (
    Verdict,
    apply_verdict,
    confirm,
    dispute,
)
from handlers.errors import Refused
from handlers.messages import Outgoing
from handlers.replies import refusals
from handlers.replies import residents as replies
from handlers.requests import Request
from handlers.sensitivity import without_wish_for_no_name
from handlers.tickets import add_to_ticket, open_ticket
from handlers.understanding import read_text
from handlers.unnaming import is_unnamed, unname
from storage.models import Question, Stage, Ticket


def add(request: Request) -> list[Outgoing]:
    """补充 12 …: more about one's own matter, told to whoever works on it."""
    ticket = own_ticket(request)
    if ticket.stage is Stage.CLOSED:
        raise Refused(refusals.already_closed(ticket))
    if not request.rest and not request.incoming.images:
        raise Refused(refusals.more_wanted(ticket.number))
    said = replace(request.incoming, text=request.rest, voice=None)
    against = kept_from_holder(request.store, ticket, request.rest, request.now, request.settings)
    if against is not None:
        resident = request.speaker.resident
        return take_apart(said, against, ticket, resident, request.context) or []
    reading = read_text(request.rest, ticket.unit, request.context)
    told = add_to_ticket(ticket, said, request.speaker, reading, request.context)
    return [request.reply(replies.noted(ticket), ticket.number), *told]


def satisfied(request: Request) -> list[Outgoing]:
    """满意: closes the matter."""
    ticket = _ticket_to_judge(request)
    if ticket.stage is Stage.CLOSED:
        raise Refused(refusals.already_closed(ticket))
    told = confirm(ticket, request.incoming, request.speaker, request.context, is_satisfied=True)
    return [request.reply(replies.thanked(ticket), ticket.number), *told]


def unsatisfied(request: Request) -> list[Outgoing]:
    """不满意 …: starts an answered or closed matter over, one level higher."""
    ticket = _ticket_to_judge(request)
    if ticket.stage in (Stage.ANSWERED, Stage.HANDLED, Stage.CLOSED):
        return apply_verdict(
            Verdict.UNSATISFIED, ticket, request.incoming, request.speaker, request.context
        )
    told = dispute(ticket, request.incoming, request.speaker, request.context)
    return [request.reply(replies.noted(ticket), ticket.number), *told]


def stay_anonymous(request: Request) -> list[Outgoing]:
    """匿名: in private; whoever works on the matter no longer sees the name.

    匿名 and what happened is a matter of its own.
    """
    if request.number is None and not _says_no_more(request.rest):
        return _open_unnamed(request)
    if not request.incoming.is_private:
        raise Refused(refusals.only_in_private(request.word))
    question = _question_meant(request)
    if question is not None:
        return _unname_question(question, request)
    ticket = own_ticket(request)
    resident = request.speaker.resident
    is_already = is_unnamed(ticket, resident.id, request.context)
    ticket, was_named = unname(ticket, resident, request.context)
    if is_already:
        return [request.reply(replies.anonymous_already(ticket), ticket.number)]
    request.store.tickets.save(replace(ticket, updated_at=request.now))
    request.store.history.add(ticket.number, request.now, "改为匿名", message_key=request.key)
    return [request.reply(replies.anonymous_now(ticket, was_named=was_named), ticket.number)]


def _question_meant(request: Request) -> Question | None:
    """What he is asked about, if he raised or joined nothing since."""
    store, resident = request.store, request.speaker.resident.id
    question = None if request.number is not None else store.questions.get_open_of(resident)
    if question is None:
        return None
    raised_since = any(
        report.resident == resident and report.at > question.raised_at
        for ticket in store.tickets.list_for_resident(resident)
        for report in store.tickets.list_reports(ticket.number)
    )
    return None if raised_since else question


def _unname_question(question: Question, request: Request) -> list[Outgoing]:
    request.store.questions.make_anonymous(question.id)
    is_asked_here = question.conversation == request.incoming.conversation
    return [request.reply(replies.anonymous_if_registered(is_asked_here=is_asked_here))]


_ASKS_ONLY = re.compile(
    r"(请|麻烦|能不能|可不可以|可以|能|行不行|行|好不好|好|的|吗|么|吧|呀|啊|哈|一下|处理|反映|的话|谢+|感谢|多谢|辛苦"
    r"|知道|明白|书记|指导员|领导|老师|了|我|您|你|\W)+"
)


def _says_no_more(rest: str) -> bool:
    """匿名 可以吗, 匿名，别提我名字: nothing of any matter."""
    left = without_wish_for_no_name(rest)
    return not left or bool(_ASKS_ONLY.fullmatch(left))


def _open_unnamed(request: Request) -> list[Outgoing]:
    """Delicate, because the resident says so; what endangers life is heard as ever."""
    reading = read_text(request.rest, request.speaker.unit, request.context)
    is_sensitive = reading.is_sensitive or reading.danger is None
    _, outgoing = open_ticket(
        request.incoming,
        replace(reading, is_sensitive=is_sensitive),
        request.speaker.resident,
        request.speaker.unit,
        request.context,
        body=f"{request.word} {request.rest}",
    )
    return outgoing


def own_ticket(request: Request) -> Ticket:
    """The ticket named or quoted, else the resident's newest open one; if it was joined to
    another, that one."""
    if request.number is not None:
        return goes_on_in(_named(request), request.context)
    raised = request.store.tickets.list_for_resident(request.speaker.resident.id)
    own = [one for one in raised if not request.is_kept_back(one)]
    live = [one for one in own if one.stage is not Stage.CLOSED]
    if not own:
        raise Refused(refusals.which_ticket(request.word, []))
    return goes_on_in((live or own)[0], request.context)


def _named(request: Request) -> Ticket:
    ticket = request.ticket_to_see()
    reports = request.store.tickets.list_reports(ticket.number)
    if all(report.resident != request.speaker.resident.id for report in reports):
        raise Refused(refusals.not_raised_by_you(ticket.number))
    return ticket


def _ticket_to_judge(request: Request) -> Ticket:
    """The one that waits for the resident's word; which, where several do."""
    waiting = [
        one
        for one in request.store.tickets.list_for_resident(request.speaker.resident.id)
        if one.stage is Stage.ANSWERED and not request.is_kept_back(one)
    ]
    if request.number is not None or not waiting:
        return own_ticket(request)
    if len(waiting) > 1:
        raise Refused(refusals.which_ticket(request.word, waiting))
    return waiting[0]
