"""Who was asked to decide a request (延期, 退), and before whom it is put while he is away."""

from dataclasses import replace

from handlers.assignment import is_away, secretary_to_ask
from handlers.audience import tell_person
from handlers.context import Context
from handlers.messages import Outgoing
from handlers.replies import staff as staff_replies
from handlers.replies.wording import at_local
from storage.models import (
    Approval,
    ApprovalKind,
    OutboxRow,
    OutgoingClass,
    OutgoingState,
    Person,
    PersonId,
    Ticket,
)


def card_of(request: Approval, ticket: Ticket, context: Context) -> str:
    """What the secretary reads: who asks for what, why, and the words to answer with."""
    asker = context.store.people.get(request.asked_by)
    name = asker.name if asker else ""
    if request.kind is ApprovalKind.RETURN or request.new_due_at is None:
        return staff_replies.return_card(ticket, name, request.reason)
    until = at_local(request.new_due_at, context.now, context.settings)
    return staff_replies.extension_card(ticket, name, until, request.reason)


def put_before(
    person: Person | PersonId, request: Approval, ticket: Ticket, context: Context
) -> list[Outgoing]:
    return tell_person(
        person, card_of(request, ticket, context), OutgoingClass.CARD, ticket, context
    )


def pass_on(person: PersonId, context: Context) -> list[Outgoing]:
    """Extensions that wait for somebody who is away, to the secretary who stands in: once, and
    only while nobody who was asked is there. A return goes with its ticket (leaves.hand_over)."""
    told: list[Outgoing] = []
    for request in context.store.approvals.list_waiting_in_scope(context.settings.town):
        ticket = context.store.tickets.get(request.ticket)
        if request.kind is not ApprovalKind.EXTENSION or ticket is None:
            continue
        asked = {row.person for row in asking_rows(request, context) if row.person is not None}
        if person not in asked or any(_is_there(one, context) for one in asked):
            continue
        told += _put_before_next(request, ticket, context)
    return told


def _put_before_next(request: Approval, ticket: Ticket, context: Context) -> list[Outgoing]:
    store, now, settings = context.store, context.now, context.settings
    present = secretary_to_ask(store, ticket, request.asked_by, now, settings)
    if present is None or not _is_there(present.id, context):
        return []
    return put_before_instead(present.id, request, ticket, context)


def put_before_instead(
    person: PersonId, request: Approval, ticket: Ticket, context: Context
) -> list[Outgoing]:
    """Before somebody who was not asked at first: once, and known as having been asked."""
    told = put_before(person, request, ticket, context)
    return [replace(one, slot=f"{_slot(request)}{person}") for one in told]


def _is_there(person: PersonId, context: Context) -> bool:
    return not is_away(context.store, person, context.now, context.settings)


def asking_rows(request: Approval, context: Context) -> list[OutboxRow]:
    """The messages by which secretaries were asked to decide it."""
    events = context.store.history.list_for_ticket(request.ticket)
    keys = [
        event.message_key
        for event in events
        if (event.at, event.person) == (request.asked_at, request.asked_by) and event.message_key
    ]
    slots = (*(f"{key}#" for key in keys), _slot(request))
    rows = context.store.outbox.list_for_ticket(request.ticket)
    return [
        row
        for row in rows
        if row.slot.startswith(slots) and row.person not in (None, request.asked_by)
    ]


def call_off(request: Approval, ticket: Ticket, by: str, context: Context) -> list[Outgoing]:
    """A request taken back: who has been asked hears it, what was not sent yet is not."""
    outbox = context.store.outbox
    rows = asking_rows(request, context)
    for row in rows:
        outbox.cancel_unsent(slot_prefix=row.slot)
    unsent = (OutgoingState.NEW, OutgoingState.CANCELLED)
    text = staff_replies.request_called_off(ticket, by, request.kind)
    told: list[Outgoing] = []
    for person in dict.fromkeys(row.person for row in rows if row.state not in unsent):
        told += tell_person(person, text, OutgoingClass.CARD, ticket, context)
    return told


def _slot(request: Approval) -> str:
    return f"decide:{request.id}:"
