"""改: a member of staff puts the field or the place of a ticket right, and the ear learns it."""

import re
from dataclasses import dataclass, replace

from handlers.errors import Refused
from handlers.fields import field_named
from handlers.learning import learn, opening_words
from handlers.messages import Outgoing
from handlers.places import find_place, place_key
from handlers.privacy import mask
from handlers.replies import corrections as replies
from handlers.replies import refusals
from handlers.requests import Request
from handlers.revising import FIELD_CORRECTED, PLACE_CORRECTED
from handlers.sayings import index
from handlers.speakers import may_act
from handlers.stages import log
from storage.models import Field, Ticket

WORD = "改"
LONGEST_PLACE = 40
_TO = r"\s*(?:改?[成为到作]|是|应该是)?[\s:：,，]*"
_FIELD = re.compile(rf"^(?:领域|类别|分类|归类|类型|类){_TO}(?P<what>.*)$", re.DOTALL)
_PLACE = re.compile(rf"^(?:地点|位置|地址|地方){_TO}(?P<what>.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wished:
    """One of the two."""

    field: Field | None = None
    place: str | None = None


def correct(request: Request) -> list[Outgoing]:
    """改 12 领域 供水 · 改 12 地点 3号楼2单元: also of a closed ticket, since it is counted."""
    ticket = request.ticket_to_see()
    if not may_act(request.speaker, ticket, request.context):
        raise Refused(refusals.belongs_elsewhere(ticket, request.settings.units[ticket.unit].name))
    wished = _read(f"{request.word.removeprefix(WORD)}{request.rest}", ticket)
    after = _apply(wished, ticket)
    if after == ticket:
        raise Refused(replies.nothing_to_correct(ticket))
    log(ticket, FIELD_CORRECTED if wished.field else PLACE_CORRECTED, request, before=ticket)
    after = replace(after, updated_at=request.now)
    request.store.tickets.save(after)
    index(after, request.context)
    if not ticket.is_sensitive:
        _learn(wished, ticket, request)
    return [request.reply_aside(replies.corrected(after), after.number)]


def _read(rest: str, ticket: Ticket) -> Wished:
    """With the name of what is to change, or without where what it becomes is plain."""
    if found := _FIELD.match(rest):
        return Wished(field=_field(found["what"], ticket))
    if found := _PLACE.match(rest):
        return Wished(place=_place(found["what"], ticket))
    if (field := field_named(rest)) is not None:
        return Wished(field=field)
    if rest and find_place(rest) == rest:
        return Wished(place=_place(rest, ticket))
    raise Refused(replies.correction_wanted(ticket))


def _field(said: str, ticket: Ticket) -> Field:
    field = field_named(said)
    if field is None:
        raise Refused(replies.no_such_field(ticket, said))
    return field


def _place(said: str, ticket: Ticket) -> str:
    place = " ".join(said.split()).strip(" 。.!！,，")
    if not place or len(place) > LONGEST_PLACE or place_key(place) is None:
        raise Refused(replies.place_wanted(ticket))
    return mask(place)


def _apply(wished: Wished, ticket: Ticket) -> Ticket:
    if wished.field is not None:
        return replace(ticket, field=wished.field)
    return replace(ticket, place=wished.place, place_key=place_key(wished.place))


def _learn(wished: Wished, ticket: Ticket, request: Request) -> None:
    learn(
        "open",
        opening_words(ticket, request.context),
        request.speaker,
        request.key,
        request.context,
        ticket=ticket.number,
        field=wished.field,
        place=wished.place,
    )
