"""What a reminder that had to wait says when it goes: what is still to be done by then, once."""

import re
from collections.abc import Iterator, Sequence

from handlers.context import Context
from handlers.deadlines import is_overdue, running_clock
from handlers.digests import whose_move
from handlers.replies import reminders
from storage.models import OutboxRow, OutgoingClass, Ticket, TicketNumber

MERGED = (OutgoingClass.REMINDER, OutgoingClass.ESCALATION)
DONE_MEANWHILE = "已经不用提醒了"
MERGED_INTO_ANOTHER = "并入了另一条"
_NAMED = re.compile(r"(?<=[:+])(\d+)\.(\d+)\.(\w+)\.\d+\.\d+(?=\+|$)")


def renew(row: OutboxRow, context: Context) -> bool:
    """Word a row anew before it is first sent, together with what waits beside it; False if
    nothing of it is left to be said. What is no reminder of tickets stays as it is."""
    if row.kind not in MERGED or row.tries or not _NAMED.search(row.slot):
        return True
    outbox = context.store.outbox
    beside = outbox.list_waiting(row.platform, row.conversation, row.kind, context.now)
    others = [one for one in beside if one.id != row.id and _NAMED.search(one.slot)]
    tickets = list(dict.fromkeys(_still_due([row, *others], context)))
    for one in others:
        outbox.cancel(one.id, MERGED_INTO_ANOTHER)
    if not tickets:
        outbox.cancel(row.id, DONE_MEANWHILE)
        return False
    outbox.set_text(row.id, _text(row, tickets, context), tickets[0].number)
    return True


def _still_due(rows: Sequence[OutboxRow], context: Context) -> Iterator[Ticket]:
    """On the same clock as when the row was queued, and still this person's."""
    for row in rows:
        for number, reopened, clock in _NAMED.findall(row.slot):
            ticket = context.store.tickets.get(TicketNumber(int(number)))
            if ticket is None or (str(ticket.reopened), running_clock(ticket)) != (reopened, clock):
                continue
            if _is_for(row, ticket, context):
                yield ticket


def _is_for(row: OutboxRow, ticket: Ticket, context: Context) -> bool:
    if row.kind is OutgoingClass.ESCALATION:
        return is_overdue(ticket, context.now)
    return bool(ticket.level) or ticket.assignee in (row.person, None)


def _text(row: OutboxRow, tickets: Sequence[Ticket], context: Context) -> str:
    holder = context.store.people.get(row.person) if row.person is not None else None
    name, now, settings = holder.name if holder else "", context.now, context.settings
    if row.kind is OutgoingClass.REMINDER:
        return reminders.reminder(name, tickets, now, settings)
    items = [(ticket, whose_move(ticket, context)) for ticket in tickets]
    return reminders.escalation(name, items, now, settings)
