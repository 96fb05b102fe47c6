"""What falls due: acknowledgements, questions, reminders, escalations, closing by silence."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from handlers import alarms, registration
from handlers.announcing import acknowledge
from handlers.assignment import (
    complaint_in,
    is_away,
    private_to,
    responsible,
    secretary_for,
    stand_in,
)
from handlers.audience import tell_person
from handlers.confirmations import close_in_silence
from handlers.context import Context
from handlers.deadlines import (
    ENDED,
    WARNED,
    due_now,
    is_unanswered_alarm,
    next_escalation,
    next_reminder,
    running_clock,
    silence_ends,
)
from handlers.digests import whose_move
from handlers.lifecycle import touch
from handlers.messages import Outgoing
from handlers.replies import reminders
from handlers.replies import staff as staff_replies
from storage.models import (
    OutgoingClass,
    PersonId,
    QuestionState,
    Stage,
    Ticket,
    Urgency,
)
from storage.store import Store

BATCH = 200


@dataclass(slots=True)
class Gathered:
    """What one sweep found for each person, to be said in one message."""

    reminders: dict[PersonId, list[Ticket]] = field(default_factory=dict)
    escalations: dict[PersonId, list[Ticket]] = field(default_factory=dict)
    outgoing: list[Outgoing] = field(default_factory=list)


def next_due(store: Store) -> datetime | None:
    """When `send_due` next has something to do."""
    moments = (store.tickets.next_due(), store.questions.next_due())
    return min((moment for moment in moments if moment is not None), default=None)


def send_due(context: Context, most: int = BATCH) -> list[Outgoing]:
    """Do what is due, at most so many tickets; each is saved with its next moment in the future."""
    gathered = Gathered()
    for ticket in context.store.tickets.list_due(context.now, most):
        _attend(ticket, gathered, context)
    for question in context.store.questions.list_due(context.now, most):
        if question.state is QuestionState.PENDING:
            gathered.outgoing += registration.ask(question, context)
        else:
            context.store.questions.settle(question.id, QuestionState.DROPPED)
    for person, tickets in gathered.reminders.items():
        gathered.outgoing += _remind(person, tickets, context)
    for person, tickets in gathered.escalations.items():
        gathered.outgoing += _escalate(person, tickets, context)
    return gathered.outgoing


def _attend(ticket: Ticket, gathered: Gathered, context: Context) -> None:
    """One due ticket, still open in this transaction: everything that is due for it."""
    now, settings = context.now, context.settings
    if ticket.stage is Stage.CLOSED:
        context.store.tickets.reschedule(replace(ticket, next_action_at=None))
        return
    if ticket.gather_until is not None and ticket.gather_until <= now:
        ticket, outgoing = acknowledge(ticket, context)
        gathered.outgoing += outgoing
    if _is_due(silence_ends(ticket, settings), now):
        close_in_silence(ticket, context)
        return
    ticket = _with_present_assignee(ticket, context)
    if _is_due(next_reminder(ticket, settings), now):
        ticket = _note_reminder(ticket, gathered, context)
    ticket = _note_escalations(ticket, gathered, context)
    context.store.tickets.reschedule(touch(ticket, now, settings))


def _is_due(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _with_present_assignee(ticket: Ticket, context: Context) -> Ticket:
    """Whoever holds it is away, or nobody does: the one who is responsible today takes it."""
    holder = ticket.assignee
    if holder is not None and not is_away(context.store, holder, context.now, context.settings):
        return ticket
    if holder is None:
        against = complaint_in(context.store, ticket)
        person = responsible(context.store, ticket.unit, context.now, context.settings, against)
    else:
        person = stand_in(context.store, ticket, context.now, context.settings)
    if person is None or person.id == holder:
        return ticket
    context.store.history.add(ticket.number, context.now, f"转给{person.name}")
    return replace(ticket, assignee=person.id)


def _note_reminder(ticket: Ticket, gathered: Gathered, context: Context) -> Ticket:
    if is_unanswered_alarm(ticket):
        gathered.outgoing += _alarm_again(ticket, context)
    else:
        for person in _people_to_remind(ticket, context):
            gathered.reminders.setdefault(person, []).append(ticket)
    return _reminded(ticket, context.now)


def _reminded(ticket: Ticket, now: datetime) -> Ticket:
    due = due_now(ticket)
    has_ended = due is not None and due <= now
    sent = max(ticket.reminders_sent + 1, ENDED) if has_ended else WARNED
    return replace(ticket, reminders_sent=sent, last_reminded_at=now)


def _people_to_remind(ticket: Ticket, context: Context) -> Sequence[PersonId]:
    """The person responsible; after a reopening also the secretary one level higher."""
    people = [ticket.assignee]
    if ticket.level:
        over = secretary_for(context.store, ticket, ticket.level - 1, context.settings)
        people.append(over.id if over else None)
    found = tuple(dict.fromkeys(person for person in people if person is not None))
    return found or alarms.people_to_alarm(ticket, context)


def _alarm_again(ticket: Ticket, context: Context) -> list[Outgoing]:
    text = staff_replies.alarm_again(ticket, _minutes_since(ticket, context))
    told: list[Outgoing] = []
    for person in alarms.people_to_alarm(ticket, context):
        told += tell_person(person, text, OutgoingClass.ALARM, ticket, context)
    return told


def _note_escalations(ticket: Ticket, gathered: Gathered, context: Context) -> Ticket:
    """Every level that is due by now, in one go (after an outage several are)."""
    while _is_due(next_escalation(ticket, context.settings), context.now):
        level = ticket.escalations_sent
        secretary = secretary_for(context.store, ticket, level, context.settings)
        if secretary is not None and secretary.id not in _know_already(ticket, context):
            _note_escalation(ticket, secretary.id, gathered, context)
        ticket = replace(ticket, escalations_sent=level + 1)
    return ticket


def _note_escalation(
    ticket: Ticket, person: PersonId, gathered: Gathered, context: Context
) -> None:
    """Merged with the rest for this secretary; while life is in danger at once and alone."""
    if ticket.urgency is Urgency.CRITICAL:
        text = staff_replies.alarm_again(ticket, _minutes_since(ticket, context))
        gathered.outgoing += tell_person(person, text, OutgoingClass.ALARM, ticket, context)
        return
    waiting = gathered.escalations.setdefault(person, [])
    if ticket.number not in {one.number for one in waiting}:
        waiting.append(ticket)


def _minutes_since(ticket: Ticket, context: Context) -> int:
    return int((context.now - ticket.clock_started_at).total_seconds() // 60)


def _know_already(ticket: Ticket, context: Context) -> tuple[PersonId, ...]:
    """Whoever holds the ticket; of an unanswered alarm also whom it goes to."""
    if is_unanswered_alarm(ticket):
        return alarms.people_to_alarm(ticket, context)
    return () if ticket.assignee is None else (ticket.assignee,)


def _remind(person: PersonId, due: Sequence[Ticket], context: Context) -> list[Outgoing]:
    """One message with all that is due for the person now or within the slot."""
    tickets = [*due, *_due_soon(person, due, context)]
    holder = context.store.people.get(person)
    text = reminders.reminder(holder.name if holder else "", tickets, context.now, context.settings)
    is_danger = any(ticket.urgency is Urgency.CRITICAL for ticket in due)
    return [
        Outgoing(
            private_to(context.store, person),
            OutgoingClass.REMINDER,
            text,
            ticket=tickets[0].number,
            person=person,
            unit=tickets[0].unit,
            slot=_slot("remind", person, tickets),
            not_before=context.now if is_danger else None,
        )
    ]


def _due_soon(person: PersonId, due: Sequence[Ticket], context: Context) -> list[Ticket]:
    """What would be reminded of within the slot comes along, and is not said again."""
    until = context.now + context.settings.reminders.slot
    told = {ticket.number for ticket in due}
    soon = []
    for ticket in context.store.tickets.list_open_for_person(person):
        is_soon = _is_due(next_reminder(ticket, context.settings), until)
        if ticket.number in told or not is_soon or ticket.urgency is Urgency.CRITICAL:
            continue
        soon.append(ticket)
        after = _reminded(ticket, context.now)
        if ticket.reminders_sent == WARNED:
            after = replace(after, reminders_sent=ENDED)
        context.store.tickets.reschedule(touch(after, context.now, context.settings))
    return soon


def _escalate(person: PersonId, tickets: Sequence[Ticket], context: Context) -> list[Outgoing]:
    holder = context.store.people.get(person)
    items = [(ticket, whose_move(ticket, context)) for ticket in tickets]
    text = reminders.escalation(holder.name if holder else "", items, context.now, context.settings)
    return [
        Outgoing(
            private_to(context.store, person),
            OutgoingClass.ESCALATION,
            text,
            ticket=tickets[0].number,
            person=person,
            unit=tickets[0].unit,
            slot=_slot("escalate", person, tickets, is_escalation=True),
        )
    ]


def _slot(
    what: str, person: PersonId, tickets: Sequence[Ticket], *, is_escalation: bool = False
) -> str:
    """Named after which reminder of which clock it is, not after the time: none goes twice."""
    parts = [
        f"{ticket.number}.{ticket.reopened}.{running_clock(ticket)}."
        f"{ticket.escalations_sent if is_escalation else ticket.reminders_sent}"
        f".{int(ticket.clock_started_at.timestamp())}"
        for ticket in tickets
    ]
    return f"{what}:{person}:{'+'.join(parts)}"
