"""The daily digest: to each secretary in private, for his unit and all below it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from handlers.assignment import is_away, lowest_level, private_to
from handlers.context import Context
from handlers.deadlines import due_now, is_overdue
from handlers.messages import Outgoing
from handlers.periods import Period, month_of, so_far
from handlers.rates import rates_in
from handlers.replies import digests as replies
from handlers.replies import staff as staff_replies
from handlers.replies.wording import ON_DUTY, called, head
from handlers.unnaming import name_shown
from handlers.worktime import calendar_for
from storage.models import (
    Flood,
    OutboxRow,
    OutgoingClass,
    Person,
    Resident,
    Role,
    Ticket,
    TicketNumber,
    UnitId,
)

CALENDAR_WARNING = timedelta(days=60)
WHOLE = 100_000
DAY = timedelta(days=1)
LONGEST_PAUSE = 15
"""Days: longer than any holiday."""


def daily(context: Context) -> list[Outgoing]:
    """Today's digests. The slot of each is unique, so that no restart sends one twice."""
    day = calendar_for(context.settings.worktime).local(context.now).date()
    if not _is_wanted(day, context):
        return []
    return [
        digest_for(person, unit, day, context)
        for unit in context.settings.units
        for person in context.store.people.list_in_post(unit, Role.SECRETARY)
    ]


def _is_wanted(day: date, context: Context) -> bool:
    digest = context.settings.digest
    if calendar_for(context.settings.worktime).is_workday(day):
        return digest.workdays
    return digest.holidays


def digest_for(person: Person, unit: UnitId, day: date, context: Context) -> Outgoing:
    """Until the hour of the digest, however late it is made: there the next one begins."""
    period = so_far(_since(day, context), context.now, _hour_of(day, context))
    return Outgoing(
        private_to(context.store, person.id),
        OutgoingClass.DIGEST,
        replies.daily(_digest(unit, day, period, context)),
        person=person.id,
        unit=unit,
        slot=f"digest:{person.id}:{unit}:{day.isoformat()}",
    )


def whole_digest(unit: UnitId, context: Context) -> str:
    """日报 全: nothing left out."""
    return replies.daily(_digest_so_far(unit, context), most=WHOLE)


def short_digest(unit: UnitId, context: Context) -> str:
    return replies.daily(_digest_so_far(unit, context))


def _digest_so_far(unit: UnitId, context: Context) -> replies.Digest:
    day = calendar_for(context.settings.worktime).local(context.now).date()
    return _digest(unit, day, so_far(_since(day, context), context.now), context)


def _digest(unit: UnitId, day: date, period: Period, context: Context) -> replies.Digest:
    store, settings, now = context.store, context.settings, context.now
    since, until = period.since, period.until
    return replies.Digest(
        unit=settings.units[unit].name,
        day=day,
        counts=store.statistics.counts(unit, since, until),
        joined_later=store.statistics.count_joined_later(unit, since, until),
        rates=rates_in(store, unit, month_of(now, settings), now),
        overdue=_overdue(unit, context),
        waiting=_waiting(unit, context),
        gaps=_gaps(period, context),
        floods=_floods(unit, period, context),
        undelivered=_undelivered(unit, period, context),
        dead_letters=len(store.reception.list_dead_letters()) if unit == settings.town else 0,
        notes=_notes(unit, day, context),
        has_board=settings.board_url is not None,
    )


def _since(day: date, context: Context) -> datetime:
    """The time of the last digest that was wanted: a matter of a weekend is in Monday's."""
    pause = next(
        (days * DAY for days in range(1, LONGEST_PAUSE) if _is_wanted(day - days * DAY, context)),
        DAY,
    )
    return min(_hour_of(day - pause, context), context.now - pause)


def _hour_of(day: date, context: Context) -> datetime:
    settings = context.settings
    return datetime.combine(day, settings.digest.at, settings.worktime.zone)


def _overdue(unit: UnitId, context: Context) -> Sequence[replies.Overdue]:
    """The longest overdue first."""
    late = [
        ticket
        for ticket in context.store.tickets.list_open_in_scope(unit)
        if is_overdue(ticket, context.now) and _may_be_told(ticket, unit, context)
    ]
    late.sort(key=lambda ticket: (due_now(ticket) or context.now, ticket.number))
    calendar = calendar_for(context.settings.worktime)
    return [
        replies.Overdue(
            head(ticket),
            calendar.workdays_overdue(due_now(ticket) or context.now, context.now),
            whose_move(ticket, context),
        )
        for ticket in late
    ]


def _may_be_told(ticket: Ticket, unit: UnitId, context: Context) -> bool:
    """To the secretary of `unit`: a sensitive one may be about those below whoever holds it."""
    chain = context.settings.ancestors(ticket.unit)
    lowest = lowest_level(context.store, ticket, context.settings)
    return unit in chain[lowest:]


def _may_name(number: TicketNumber | None, unit: UnitId, context: Context) -> bool:
    ticket = context.store.tickets.get(number) if number is not None else None
    return ticket is None or _may_be_told(ticket, unit, context)


def whose_move(ticket: Ticket, context: Context) -> str:
    """The name beside a ticket: who must act now, who is away, which department helps.

    Of a sensitive one no name: it might tell whom it is about.
    """
    if ticket.is_sensitive:
        return ON_DUTY
    person = context.store.people.get(ticket.assignee) if ticket.assignee else None
    if person is None:
        return replies.NOBODY
    assists = context.store.approvals.list_assists(ticket.number)
    helpers = [context.settings.units[one.unit].name for one in assists[:1]]
    away = is_away(context.store, person.id, context.now, context.settings)
    return replies.whose_move(person.name, helpers, is_away=away)


def _waiting(unit: UnitId, context: Context) -> list[str]:
    return [
        replies.decision_wanted(approval, tells_why=not _is_sensitive(approval.ticket, context))
        for approval in context.store.approvals.list_waiting_in_scope(unit)
        if _may_name(approval.ticket, unit, context)
    ]


def _is_sensitive(number: TicketNumber, context: Context) -> bool:
    ticket = context.store.tickets.get(number)
    return ticket is not None and ticket.is_sensitive


def _gaps(period: Period, context: Context) -> list[replies.Gap]:
    calendar = calendar_for(context.settings.worktime)
    return [
        replies.Gap(
            calendar.local(gap.began_at),
            calendar.local(gap.ended_at) if gap.ended_at else None,
            calendar.local(context.now),
            gap.recovered,
            gap.opened,
            gap.unfilled,
        )
        for gap in context.store.reception.list_gaps_between(period.since, period.until)
    ]


def _floods(unit: UnitId, period: Period, context: Context) -> list[str]:
    """Where lines were left out; who said them stays unsaid."""
    reception = context.store.reception
    found = list(reception.list_floods_in_scope(unit, period.since))
    if unit == context.settings.town:
        found += [one for one in reception.list_floods_since(period.since) if _is_private(one)]
    calendar = calendar_for(context.settings.worktime)
    return [
        replies.flood(
            _place_of(one, context), calendar.local(one.began_at).strftime("%H:%M"), one.dropped
        )
        for one in found
        if one.ended_at in period
    ]


def _is_private(flood: Flood) -> bool:
    return flood.conversation.startswith("private:")


def _place_of(flood: Flood, context: Context) -> str:
    if _is_private(flood):
        return replies.IN_PRIVATE
    group = context.store.conversations.get(flood.platform, flood.conversation)
    unit = context.settings.units.get(group.unit) if group else None
    return replies.in_group_of(unit.name if unit else "")


def _undelivered(unit: UnitId, period: Period, context: Context) -> list[str]:
    """What was given up in the period."""
    dead = context.store.outbox.list_dead_since(unit, period.since)
    lines = [
        _undelivered_line(row, context)
        for row in dead
        if row.kind is not OutgoingClass.DIGEST
        and _is_before(row.claimed_at, period.until)
        and _may_name(row.ticket, unit, context)
    ]
    return list(dict.fromkeys(lines))


def _is_before(moment: datetime | None, end: datetime) -> bool:
    return moment is None or moment < end


def _undelivered_line(row: OutboxRow, context: Context) -> str:
    person = context.store.people.get(row.person) if row.person else None
    if person is not None:
        who = person.name
    elif row.conversation.startswith("private:"):
        resident = context.store.residents.find(row.platform, row.conversation.split(":", 1)[1])
        who = _called(resident, row.ticket, context) if resident else replies.RESIDENT
    else:
        who = replies.in_group_of("")
    return replies.undelivered(who, row.ticket, row.error)


def _called(resident: Resident, number: TicketNumber | None, context: Context) -> str:
    ticket = context.store.tickets.get(number) if number is not None else None
    return called(resident.name) if ticket is None else name_shown(ticket, resident, context)


def _notes(unit: UnitId, day: date, context: Context) -> list[str]:
    """The end of the known holidays, to the town only."""
    until = calendar_for(context.settings.worktime).covered_until()
    if unit != context.settings.town or until - day > CALENDAR_WARNING:
        return []
    return [staff_replies.calendar_ends(until)]
