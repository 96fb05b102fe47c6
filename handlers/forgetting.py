"""A resident asks to be forgotten: what he said goes, what is counted stays."""

from dataclasses import dataclass

from handlers import gazetteer
from handlers.audience import tell_person
from handlers.closing import end
from handlers.context import Context
from handlers.errors import Refused
from handlers.messages import Outgoing
from handlers.privacy import mask
from handlers.replies import refusals
from handlers.replies import staff as replies
from handlers.replies.wording import called
from handlers.sayings import index
from storage.models import Outcome, OutgoingClass, Resident, Stage, Ticket

LONGEST_CORRECTION = 500


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is to be said, which stored pictures belong to nobody any more, how many tickets."""

    outgoing: tuple[Outgoing, ...]
    pictures: frozenset[str]
    tickets: int


def find(platform: str, user_id: str, context: Context) -> Resident:
    """The resident of an account. Refused for one that is unknown or that of staff."""
    person = context.store.people.by_account(platform, user_id)
    if person is not None:
        raise Refused(refusals.account_of_staff(person.name))
    resident = context.store.residents.find(platform, user_id)
    if resident is None:
        raise Refused(refusals.account_unknown(platform, user_id))
    return resident


def forget(platform: str, user_id: str, context: Context) -> Forgotten:
    """Take a resident out of every table. His own open matters end as withdrawn."""
    resident = find(platform, user_id, context)
    erasure = context.store.erasure
    texts, pictures = erasure.list_texts_of(resident.id)
    tickets = list(context.store.tickets.list_for_resident(resident.id, most=1_000_000))
    told: list[Outgoing] = []
    for ticket in tickets:
        told += _forget_in(ticket, resident, context)
    pictures |= erasure.remove_letters(resident)
    erasure.blank_resident(resident)
    for ticket in tickets:
        if ticket.resident != resident.id and ticket.body:
            index(ticket, context)
    erasure.remove_corrections([mask(text)[:LONGEST_CORRECTION] for text in texts])
    for name in {resident.name, called(resident.name)} - {called("")}:
        erasure.hide_name(name, [ticket.number for ticket in tickets])
    erasure.forget_account(resident)
    gazetteer.grow(context)
    unused = pictures - erasure.list_images()
    return Forgotten(tuple(told), unused, len(tickets))


def _forget_in(ticket: Ticket, resident: Resident, context: Context) -> list[Outgoing]:
    """His alone: nothing of it stays but the count. Shared: only his part goes."""
    store = context.store
    is_opener = ticket.resident == resident.id
    others = [
        one for one in store.tickets.list_reports(ticket.number) if one.resident != resident.id
    ]
    if others:
        store.erasure.blank_shared(ticket.number, is_opener=is_opener)
        if is_opener:
            store.search.remove(ticket.number)
        return []
    told: list[Outgoing] = []
    if ticket.stage is not Stage.CLOSED:
        store.history.add(ticket.number, context.now, "应本人要求删除")
        end(ticket, Outcome.WITHDRAWN, None, context)
        store.outbox.cancel_unsent(ticket.number)
        text = replies.forgotten_card(ticket)
        told = tell_person(ticket.assignee, text, OutgoingClass.CARD, ticket, context)
    store.erasure.blank_ticket(ticket.number)
    store.search.remove(ticket.number)
    return told
