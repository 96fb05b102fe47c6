"""When something must next be done for a ticket: one moment, computed from its state alone."""

from dataclasses import replace
from datetime import datetime, timedelta

from handlers.settings import Settings
from handlers.worktime import Calendar, calendar_for
from storage.models import Clock, Stage, Ticket, Urgency

RUNNING_CLOCK = {
    Stage.REGISTERED: Clock.CONTACT,
    Stage.CONTACTED: Clock.ACCEPTANCE,
    Stage.ACCEPTED: Clock.HANDLING,
    Stage.HANDLED: Clock.ANSWER,
}

WARNED = 1
"""`reminders_sent` once the warning before the end of the running clock has gone."""
ENDED = 2
"""`reminders_sent` once the reminder at the end of the running clock has gone."""


LONGEST_ALARM_PAUSE = timedelta(hours=1)
ALARMS_LAST = timedelta(hours=24)
"""After this an unanswered alarm comes once each working day: what rings for ever is switched off,
and would use up what the account may send."""
CRITICAL_STEP = timedelta(minutes=30)
"""Real time between the levels to which an unanswered critical matter climbs."""


def running_clock(ticket: Ticket) -> Clock | None:
    return RUNNING_CLOCK.get(ticket.stage)


def due_of(ticket: Ticket, clock: Clock) -> datetime:
    match clock:
        case Clock.CONTACT:
            return ticket.contact_due_at
        case Clock.ACCEPTANCE:
            return ticket.acceptance_due_at
        case Clock.HANDLING:
            return ticket.handling_due_at
        case Clock.ANSWER:
            return ticket.answer_due_at


def done_of(ticket: Ticket, clock: Clock) -> datetime | None:
    match clock:
        case Clock.CONTACT:
            return ticket.contact_done_at
        case Clock.ACCEPTANCE:
            return ticket.acceptance_done_at
        case Clock.HANDLING:
            return ticket.handling_done_at
        case Clock.ANSWER:
            return ticket.answer_done_at


def due_now(ticket: Ticket) -> datetime | None:
    """The end of the clock that is running, None when none is."""
    clock = running_clock(ticket)
    return None if clock is None else due_of(ticket, clock)


def is_overdue(ticket: Ticket, now: datetime) -> bool:
    due = due_now(ticket)
    return due is not None and due <= now


def next_action(ticket: Ticket, settings: Settings) -> datetime | None:
    """The earliest of acknowledgement, reminder, escalation and closing by silence."""
    if ticket.stage is Stage.CLOSED:
        return None
    moments = (
        ticket.gather_until,
        next_reminder(ticket, settings),
        next_escalation(ticket, settings),
        silence_ends(ticket, settings),
    )
    return min((moment for moment in moments if moment is not None), default=None)


def next_reminder(ticket: Ticket, settings: Settings) -> datetime | None:
    """At `warn_at` of the running clock, at its end, then each working day.

    A critical one has no warning before its end, and until somebody answers comes again after
    minutes; then it climbs (`next_escalation`), but nobody hears the same words all day.
    """
    clock = running_clock(ticket)
    if clock is None:
        return None
    due = due_of(ticket, clock)
    calendar = calendar_for(settings.worktime)
    if ticket.reminders_sent == 0:
        return _warning(ticket, clock, due, settings, calendar)
    if ticket.reminders_sent == WARNED:
        return due
    last = ticket.last_reminded_at or due
    if is_unanswered_alarm(ticket) and last - due < ALARMS_LAST:
        return last + _pause_between_alarms(ticket, settings)
    return calendar.next_day_at(last, settings.reminders.daily_at)


def is_unanswered_alarm(ticket: Ticket) -> bool:
    """Danger to life, and none of the staff has been heard yet."""
    return ticket.urgency is Urgency.CRITICAL and ticket.stage is Stage.REGISTERED


def _pause_between_alarms(ticket: Ticket, settings: Settings) -> timedelta:
    """Three times at the short distance, then twice as long each time, at most an hour."""
    doublings = max(ticket.reminders_sent - ENDED - 2, 0)
    return min(settings.reminders.critical_every * (1 << min(doublings, 6)), LONGEST_ALARM_PAUSE)


def _warning(
    ticket: Ticket, clock: Clock, due: datetime, settings: Settings, calendar: Calendar
) -> datetime:
    if ticket.urgency is Urgency.CRITICAL:
        return due
    start = ticket.clock_started_at
    if clock is Clock.ANSWER and ticket.handling_done_at is not None:
        start = ticket.handling_done_at
    span = settings.clocks[ticket.urgency][clock]
    return min(due, calendar.share(start, due, settings.reminders.warn_at, span))


def next_escalation(ticket: Ticket, settings: Settings) -> datetime | None:
    """When the next secretary up the tree is told; None when all are told or no clock runs."""
    due = due_now(ticket)
    steps = settings.reminders.escalate_after_days
    if due is None or ticket.escalations_sent >= len(steps):
        return None
    if ticket.urgency is Urgency.CRITICAL:
        return due + CRITICAL_STEP * ticket.escalations_sent
    days = steps[ticket.escalations_sent]
    if days == 0:
        return due
    calendar = calendar_for(settings.worktime)
    day = calendar.add_workdays(calendar.local(due).date(), days)
    return calendar.local(due).replace(year=day.year, month=day.month, day=day.day)


def silence_ends(ticket: Ticket, settings: Settings) -> datetime | None:
    """When an answered ticket closes without the resident's word."""
    if ticket.stage is not Stage.ANSWERED or ticket.answer_done_at is None:
        return None
    calendar = calendar_for(settings.worktime)
    answered = calendar.local(ticket.answer_done_at)
    day = calendar.add_workdays(answered.date(), settings.closing.silence_days)
    return answered.replace(year=day.year, month=day.month, day=day.day)


def reminders_past(ticket: Ticket, now: datetime, settings: Settings) -> int:
    """How many of the running clock's reminders lie behind: what a new stage starts with."""
    clock = running_clock(ticket)
    if clock is None:
        return 0
    due = due_of(ticket, clock)
    if due <= now:
        return ENDED
    calendar = calendar_for(settings.worktime)
    return WARNED if _warning(ticket, clock, due, settings, calendar) <= now else 0


def escalations_past(ticket: Ticket, now: datetime, settings: Settings) -> int:
    """How many levels the running clock has climbed by now: who has just acted is not told of."""
    ticket = replace(ticket, escalations_sent=0)
    while (moment := next_escalation(ticket, settings)) is not None and moment <= now:
        ticket = replace(ticket, escalations_sent=ticket.escalations_sent + 1)
    return ticket.escalations_sent
