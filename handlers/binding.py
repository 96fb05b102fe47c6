"""Which group belongs to which unit, which account to whom: 绑定本群, 绑定码, 停发, 恢复."""

from datetime import timedelta

from handlers import rooms
from handlers.assignment import private_to
from handlers.errors import Refused
from handlers.messages import Outgoing
from handlers.replies import refusals
from handlers.replies import rooms as replies
from handlers.requests import Request
from handlers.transfers import find_unit
from storage.models import BindCode, Conversation, OutgoingClass, Person, Role, UnitId

CODE_MINUTES = 30
CODE_DIGITS = 8


def bind_group(request: Request) -> list[Outgoing]:
    """绑定本群 <branch>: in the group itself."""
    if request.incoming.is_private:
        raise Refused(refusals.bind_in_the_group())
    if not request.rest:
        raise Refused(refusals.branch_wanted())
    unit = find_unit(request.rest, request)
    known = request.store.conversations.get(
        request.incoming.platform, request.incoming.conversation
    )
    _take_over(unit, request)
    request.store.conversations.bind(
        Conversation(
            request.incoming.platform,
            request.incoming.conversation,
            unit,
            known.title if known else "",
            is_paused=known.is_paused if known else False,
        )
    )
    return [request.reply(replies.group_bound(request.settings.units[unit].name))]


def _take_over(unit: UnitId, request: Request) -> None:
    """Where this group is an old one under a new id, what was raised there is answered here."""
    platform, conversation = request.incoming.platform, request.incoming.conversation
    old = rooms.moved_from(platform, conversation, unit, request.context)
    if old is not None:
        request.store.conversations.move(platform, old, conversation)


def bind_code(request: Request) -> list[Outgoing]:
    """绑定码 <name> by the administrator makes a code; 绑定码 <code> by its owner uses it."""
    if not request.incoming.is_private:
        raise Refused(refusals.only_in_private(request.word))
    digits = request.rest if request.rest.isdigit() else str(request.number or "")
    if digits:
        return use_code(digits, request)
    return _make_code(request)


def use_code(code: str, request: Request) -> list[Outgoing]:
    person = request.store.people.take_bind_code(code.zfill(CODE_DIGITS), request.now)
    found = request.store.people.get(person) if person is not None else None
    if found is None:
        raise Refused(refusals.code_unknown())
    request.store.people.bind_account(request.incoming.platform, request.incoming.sender, found.id)
    return [request.reply(replies.account_bound(found.name))]


def _make_code(request: Request) -> list[Outgoing]:
    if not is_administrator(request):
        raise Refused(refusals.not_allowed(request.word))
    person = _named(request)
    code = f"{request.context.rng.randrange(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    expires = request.now + timedelta(minutes=CODE_MINUTES)
    request.store.people.add_bind_code(BindCode(code, person.id, request.now, expires))
    return [request.reply(replies.bind_code(person.name, code, CODE_MINUTES))]


def _named(request: Request) -> Person:
    if not request.rest:
        raise Refused(refusals.owner_of_code_wanted())
    people = request.store.people.find_by_name(request.rest)
    if len(people) != 1:
        near = [person.handle for person in people]
        raise Refused(refusals.no_such_name(request.rest, near))
    return people[0]


def is_administrator(request: Request) -> bool:
    return request.speaker.has_role(Role.ADMINISTRATOR)


def pause(request: Request) -> list[Outgoing]:
    """停发: nothing more is sent to this group; what is said in it is still heard."""
    if request.incoming.is_private:
        raise Refused(refusals.pause_in_the_group())
    _set_paused(request, is_paused=True)
    return [
        Outgoing(
            private_to(request.store, request.person.id),
            OutgoingClass.REPLY,
            replies.paused(),
            person=request.person.id,
        )
    ]


def resume(request: Request) -> list[Outgoing]:
    if request.incoming.is_private:
        raise Refused(refusals.resume_in_the_group())
    _set_paused(request, is_paused=False)
    return [request.reply(replies.resumed())]


def _set_paused(request: Request, *, is_paused: bool) -> None:
    changed = request.store.conversations.set_paused(
        request.incoming.platform, request.incoming.conversation, is_paused
    )
    if not changed:
        raise Refused(refusals.group_not_bound())
