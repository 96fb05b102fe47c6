"""How a ticket moves through its stages. Pure: each step needs the message that proves it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from handlers.deadlines import done_of, escalations_past, next_action, reminders_past
from handlers.settings import Settings
from handlers.worktime import calendar_for
from storage.models import Clock, MessageKey, Outcome, Stage, Ticket, Urgency

ORDER = tuple(Stage)


def due_times(start: datetime, urgency: Urgency, settings: Settings) -> dict[Clock, datetime]:
    """The ends of the four clocks; the answer's runs from the end of the handling."""
    calendar = calendar_for(settings.worktime)
    spans = settings.clocks[urgency]
    ends = {
        clock: calendar.due(start, spans[clock])
        for clock in (Clock.CONTACT, Clock.ACCEPTANCE, Clock.HANDLING)
    }
    # Raised just before closing time: "the same day" would end before the hour to accept it.
    ends[Clock.HANDLING] = max(ends[Clock.HANDLING], ends[Clock.ACCEPTANCE])
    ends[Clock.ANSWER] = calendar.due(ends[Clock.HANDLING], spans[Clock.ANSWER])
    return ends


def opening_times(now: datetime, urgency: Urgency, settings: Settings) -> dict[str, datetime]:
    """When a new ticket was opened and the ends of its clocks, as `Tickets.add` takes them."""
    ends = due_times(now, urgency, settings)
    return {
        "opened_at": now,
        "contact_due_at": ends[Clock.CONTACT],
        "acceptance_due_at": ends[Clock.ACCEPTANCE],
        "handling_due_at": ends[Clock.HANDLING],
        "answer_due_at": ends[Clock.ANSWER],
    }


def with_ends(ticket: Ticket, ends: Mapping[Clock, datetime]) -> Ticket:
    """The ticket with other ends of its four clocks."""
    return replace(
        ticket,
        contact_due_at=ends[Clock.CONTACT],
        acceptance_due_at=ends[Clock.ACCEPTANCE],
        handling_due_at=ends[Clock.HANDLING],
        answer_due_at=ends[Clock.ANSWER],
    )


def has_reached(ticket: Ticket, stage: Stage) -> bool:
    return ORDER.index(ticket.stage) >= ORDER.index(stage)


def stage_by_clocks(ticket: Ticket) -> Stage:
    """Where an open ticket stands by the clocks that have been stopped."""
    steps = [step for step, clock in enumerate(Clock, 1) if done_of(ticket, clock) is not None]
    return ORDER[max(steps, default=0)]


def advance(
    ticket: Ticket, stage: Stage, now: datetime, proof: MessageKey, settings: Settings
) -> Ticket:
    """Enter `stage`, closing every earlier clock that still runs with the same evidence."""
    if has_reached(ticket, stage):
        return ticket
    steps = ORDER.index(stage)
    if steps >= 1 and ticket.contact_done_at is None:
        ticket = replace(ticket, contact_done_at=now, contact_proof=proof)
    if steps >= 2 and ticket.acceptance_done_at is None:
        ticket = replace(ticket, acceptance_done_at=now, acceptance_proof=proof)
    if steps >= 3 and ticket.handling_done_at is None:
        ticket = replace(ticket, handling_done_at=now, handling_proof=proof)
        span = settings.clocks[ticket.urgency][Clock.ANSWER]
        due = calendar_for(settings.worktime).due(now, span)
        ticket = replace(ticket, answer_due_at=due)
    if steps >= 4 and ticket.answer_done_at is None:
        ticket = replace(ticket, answer_done_at=now, answer_proof=proof)
    return settle(replace(ticket, stage=stage), now, settings)


def close(
    ticket: Ticket,
    outcome: Outcome,
    now: datetime,
    proof: MessageKey | None,
    settings: Settings,
    *,
    is_satisfied: bool | None = None,
) -> Ticket:
    """End a ticket. The resident's own word also ends the clocks that were still running."""
    if outcome is Outcome.CONFIRMED and proof is not None:
        ticket = advance(ticket, Stage.ANSWERED, now, proof, settings)
        ticket = replace(ticket, is_solved=True, is_satisfied=is_satisfied)
    return replace(
        ticket,
        stage=Stage.CLOSED,
        outcome=outcome,
        closed_at=now,
        closed_proof=proof,
        next_action_at=None,
        gather_until=None,
        updated_at=now,
    )


def reopen(ticket: Ticket, now: datetime, settings: Settings) -> Ticket:
    """Start over one level higher."""
    ticket = replace(
        ticket,
        outcome=None,
        level=ticket.level + 1,
        reopened=ticket.reopened + 1,
        closed_at=None,
        closed_proof=None,
        is_solved=False,
        is_satisfied=False,
    )
    return start_over(ticket, now, settings)


def start_over(ticket: Ticket, now: datetime, settings: Settings) -> Ticket:
    """All four clocks anew, and nobody has been heard yet; the history keeps the old times."""
    ticket = replace(
        with_ends(ticket, due_times(now, ticket.urgency, settings)),
        stage=Stage.REGISTERED,
        clock_started_at=now,
        contact_done_at=None,
        contact_proof=None,
        acceptance_done_at=None,
        acceptance_proof=None,
        handling_done_at=None,
        handling_proof=None,
        answer_done_at=None,
        answer_proof=None,
        result=None,
    )
    return settle(ticket, now, settings)


def step_back(
    ticket: Ticket, before: Ticket, corrected: str | None, now: datetime, settings: Settings
) -> Ticket:
    """The ticket as it is, but for what a step of staff changed: that as it was `before`.

    `corrected`: which of a ticket's words the step put right, "field" or "place". What residents
    have said since stays, and that one wants no name.
    """
    if corrected == "field":
        ticket = replace(ticket, field=before.field)
    if corrected == "place":
        ticket = replace(ticket, place=before.place, place_key=before.place_key)
    if ticket.stage is not before.stage:
        ticket = _at_stage_of(before, ticket)
    ticket = replace(ticket, unit=before.unit, assignee=before.assignee, result=before.result)
    return touch(ticket, now, settings)


def _at_stage_of(before: Ticket, ticket: Ticket) -> Ticket:
    was_closed = ticket.stage is Stage.CLOSED
    return replace(
        ticket,
        stage=before.stage,
        outcome=before.outcome,
        closed_at=before.closed_at,
        closed_proof=before.closed_proof,
        contact_done_at=before.contact_done_at,
        contact_proof=before.contact_proof,
        acceptance_done_at=before.acceptance_done_at,
        acceptance_proof=before.acceptance_proof,
        handling_done_at=before.handling_done_at,
        handling_proof=before.handling_proof,
        answer_due_at=before.answer_due_at,
        answer_done_at=before.answer_done_at,
        answer_proof=before.answer_proof,
        gather_until=before.gather_until if was_closed else ticket.gather_until,
        reminders_sent=before.reminders_sent,
        escalations_sent=before.escalations_sent,
        last_reminded_at=before.last_reminded_at,
    )


def settle(ticket: Ticket, now: datetime, settings: Settings) -> Ticket:
    """After a change of stage or of clocks: count no reminder twice and set the next action."""
    ticket = replace(
        ticket,
        reminders_sent=reminders_past(ticket, now, settings),
        escalations_sent=escalations_past(ticket, now, settings),
        last_reminded_at=now,
    )
    return touch(ticket, now, settings)


def touch(ticket: Ticket, now: datetime, settings: Settings) -> Ticket:
    return replace(ticket, updated_at=now, next_action_at=next_action(ticket, settings))
