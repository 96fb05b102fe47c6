"""What secretaries do: 督办, 日报, 面板."""

from datetime import timedelta
from hashlib import sha256

from handlers.audience import tell_person
from handlers.digests import short_digest, whole_digest
from handlers.errors import Refused
from handlers.messages import Outgoing
from handlers.replies import refusals
from handlers.replies import staff as staff_replies
from handlers.replies.wording import WHOEVER_IS_ON_DUTY
from handlers.requests import Request
from handlers.speakers import is_secretary_over
from handlers.stages import log
from storage.models import BoardLink, OutgoingClass, Role, UnitId

LINK_MINUTES = 10
TOKEN_BYTES = 24


def urge(request: Request) -> list[Outgoing]:
    """督办 12 …: the secretary asks; the person responsible is told in private."""
    ticket = request.ticket_to_act_on()
    if not is_secretary_over(request.speaker, ticket.unit, request.settings):
        raise Refused(refusals.not_allowed(request.word))
    log(ticket, "督办", request, before=None)
    card = staff_replies.urge_card(ticket, request.person.name, request.rest)
    told = tell_person(ticket.assignee, card, OutgoingClass.CARD, ticket, request.context)
    holder = request.store.people.get(ticket.assignee) if ticket.assignee else None
    text = staff_replies.urged(ticket, holder.name if holder else WHOEVER_IS_ON_DUTY)
    return [*told, request.reply_aside(text, ticket.number)]


def tell_digest(request: Request) -> list[Outgoing]:
    """日报, 日报 全: of each unit the asker is secretary of. Private only."""
    _want_private(request)
    make = whole_digest if request.rest.startswith("全") else short_digest
    return [request.reply(make(unit, request.context)) for unit in _units(request)]


def open_board(request: Request) -> list[Outgoing]:
    """面板: a link that opens the board once, within ten minutes. Private only."""
    _want_private(request)
    units = _units(request)
    if request.settings.board_url is None:
        raise Refused(refusals.board_is_off())
    token = request.context.rng.randbytes(TOKEN_BYTES).hex()
    expires = request.now + timedelta(minutes=LINK_MINUTES)
    request.store.boards.add_link(
        BoardLink(token_hash(token), request.person.id, units[0], request.now, expires)
    )
    url = f"{request.settings.board_url.rstrip('/')}/board/{token}"
    return [request.reply(staff_replies.board_link(url, LINK_MINUTES))]


def token_hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _want_private(request: Request) -> None:
    if not request.incoming.is_private:
        raise Refused(refusals.only_in_private(request.word))


def _units(request: Request) -> tuple[UnitId, ...]:
    units = request.speaker.units_as(Role.SECRETARY)
    if not units:
        raise Refused(refusals.not_allowed(request.word))
    return units
