"""What the board shows of tickets: the list behind a number, and one ticket's history.

No resident's name, no telephone; of a sensitive matter nothing but that it is there, no picture
either. Voice notes are named, not played.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from handlers.attachments import attached_to
from handlers.boards import Month, Viewer, log_look, numbers
from handlers.context import Context
from handlers.deadlines import done_of, due_now, due_of, is_overdue
from handlers.digests import whose_move
from handlers.errors import Refused
from handlers.privacy import mask, mask_names
from handlers.replies import boards as replies
from handlers.replies.wording import (
    CLOCK_NAME,
    URGENCY_NAME,
    at_local,
    attached,
    called,
    head,
    stamp,
)
from handlers.worktime import calendar_for
from storage.models import (
    Clock,
    Event,
    ListedTicket,
    PersonId,
    ResidentId,
    Stage,
    Ticket,
    TicketMessage,
    TicketNumber,
)
from storage.statistics import Figure

MOST = 200
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket in a list. `due` is empty where nothing is due; `late` in words, or empty."""

    number: TicketNumber
    matter: str
    unit: str
    people: int
    opened: str
    stage: str
    due: str
    late: str
    who: str
    is_sensitive: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """The tickets behind a figure: `total` is the number on the board, `rest` what is cut off."""

    unit: str
    figure: Figure
    title: str
    note: str
    total: int
    rows: Sequence[Row]
    rest: int


@dataclass(frozen=True, slots=True)
class Step:
    """One of the four clocks: when it ends, when it was done, and how that stands."""

    name: str
    due: str
    done: str
    verdict: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a ticket: its place among all that came (from 1), and words for it."""

    place: int
    alt: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a ticket's history or talk."""

    at: str
    who: str
    what: str
    text: str
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One ticket. Of a sensitive one `about`, `result`, `events` and `talk` are empty."""

    row: Row
    about: str
    steps: Sequence[Step]
    result: str
    events: Sequence[Entry]
    talk: Sequence[Entry]


def list_behind(figure: Figure, viewer: Viewer, month: Month, context: Context) -> Listing:
    total = numbers(viewer.unit, month, context)[figure]
    tickets = context.store.statistics.list_behind(
        figure, viewer.unit, month.since, month.until, context.now, MOST
    )
    counts_tickets = figure not in (Figure.PEOPLE, Figure.JOINERS)
    return Listing(
        unit=context.settings.units[viewer.unit].name,
        figure=figure,
        title=replies.TITLE[figure],
        note=replies.NOTE.get(figure, ""),
        total=total,
        rows=[_row(ticket, ticket.people, context) for ticket in tickets],
        rest=max(0, total - len(tickets)) if counts_tickets else 0,
    )


def look_at(number: TicketNumber, viewer: Viewer, context: Context) -> Page:
    """One ticket of the viewer's; that he looked is logged. Raises Refused for any other."""
    ticket = _ticket_of(number, viewer, context)
    log_look(viewer.person, "看板查看", number, context)
    names = _names_in(ticket, context)
    is_open = not ticket.is_sensitive
    return Page(
        row=_row(ticket, len(context.store.tickets.list_reports(number)), context),
        about=_about(ticket) if is_open else "",
        steps=[_step(ticket, clock, context) for clock in Clock],
        result=_hidden(ticket.result or "", names) if is_open else "",
        events=_events(ticket, names, context) if is_open else (),
        talk=_talk(ticket, names, context) if is_open else (),
    )


def picture_of(number: TicketNumber, place: int, viewer: Viewer, context: Context) -> str:
    """The stored name of one picture; that he looked is logged. Raises Refused where the ticket is
    not the viewer's, is delicate, or has no such picture (any more)."""
    ticket = _ticket_of(number, viewer, context)
    shown = {} if ticket.is_sensitive else _pictures(ticket, context)
    if place not in shown:
        raise Refused(replies.NO_PICTURE)
    log_look(viewer.person, "看板看图", number, context)
    return shown[place]


def _pictures(ticket: Ticket, context: Context) -> dict[int, str]:
    """Stored names by their places. What was taken back keeps its place and is left out."""
    messages = context.store.tickets.list_messages(ticket.number)
    images = [(one, image) for one in messages for image in one.images]
    return {place: image for place, (one, image) in enumerate(images, 1) if not one.is_recalled}


def _ticket_of(number: TicketNumber, viewer: Viewer, context: Context) -> Ticket:
    ticket = context.store.tickets.get(number)
    units = context.settings.units
    if ticket is None or ticket.unit not in units or not _is_his(ticket, viewer, context):
        raise Refused(replies.NO_TICKET)
    return ticket


def _is_his(ticket: Ticket, viewer: Viewer, context: Context) -> bool:
    return any(context.settings.is_within(ticket.unit, unit) for unit in viewer.own)


def _row(ticket: Ticket | ListedTicket, people: int, context: Context) -> Row:
    is_open = ticket.stage is not Stage.CLOSED
    units = context.settings.units
    return Row(
        number=ticket.number,
        matter=_matter(ticket),
        unit=units[ticket.unit].name if ticket.unit in units else ticket.unit,
        people=people,
        opened=_stamp(ticket.opened_at, context),
        stage=replies.stage_of(ticket),
        due=_due(ticket, context),
        late=_late(ticket, context),
        who=_who(ticket, context) if is_open else "",
        is_sensitive=ticket.is_sensitive,
    )


def _matter(ticket: Ticket) -> str:
    if ticket.is_sensitive:
        return replies.PRIVATE_MATTER
    return mask_names(head(ticket).removeprefix(f"#{ticket.number} "))


def _who(ticket: Ticket, context: Context) -> str:
    if ticket.stage is Stage.ANSWERED and not ticket.is_sensitive:
        return replies.RESIDENT
    return whose_move(ticket, context)


def _due(ticket: Ticket, context: Context) -> str:
    """The end of the clock that runs; of a closed ticket, when it was closed."""
    if ticket.closed_at is not None:
        return replies.closed_on(_stamp(ticket.closed_at, context))
    due = due_now(ticket)
    return "" if due is None else at_local(due, context.now, context.settings)


def _late(ticket: Ticket, context: Context) -> str:
    due = due_now(ticket)
    if due is None or not is_overdue(ticket, context.now):
        return ""
    calendar = calendar_for(context.settings.worktime)
    return replies.over_by(calendar.workdays_overdue(due, context.now))


def _about(ticket: Ticket) -> str:
    words = (URGENCY_NAME[ticket.urgency], ticket.kind, ticket.field)
    return " · ".join(str(word) for word in words if word)


def _step(ticket: Ticket, clock: Clock, context: Context) -> Step:
    due, done = due_of(ticket, clock), done_of(ticket, clock)
    is_over = ticket.stage is Stage.CLOSED
    is_late = due < done if done is not None else due <= context.now and not is_over
    verdict = replies.step_verdict(is_done=done is not None, is_over=is_over, is_late=is_late)
    shown = _stamp(due, context) if done is not None or not is_over else ""
    return Step(CLOCK_NAME[clock], shown, _stamp(done, context), verdict, is_late)


def _stamp(moment: datetime | None, context: Context) -> str:
    return stamp(moment, context.now, context.settings)


def _names_in(ticket: Ticket, context: Context) -> frozenset[str]:
    """What the residents of a ticket are called, to be hidden wherever it stands."""
    found: set[str] = set()
    for report in context.store.tickets.list_reports(ticket.number):
        resident = context.store.residents.get(report.resident)
        if resident is not None:
            found |= {resident.name, called(resident.name)}
    return frozenset(found)


def _hidden(text: str, names: frozenset[str]) -> str:
    shown = mask_names(mask(text), names)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def _events(ticket: Ticket, names: frozenset[str], context: Context) -> list[Entry]:
    def entry(event: Event) -> Entry:
        who = _speaker(event.person, event.resident, ticket, context)
        if event.action.startswith(who):
            who = ""
        text = _hidden(event.detail, names)
        return Entry(_stamp(event.at, context), who, event.action, text)

    return [entry(event) for event in context.store.history.list_for_ticket(ticket.number)]


def _talk(ticket: Ticket, names: frozenset[str], context: Context) -> list[Entry]:
    places = count(1)

    def entry(message: TicketMessage) -> Entry:
        who = _speaker(message.person, message.resident, ticket, context)
        at = _stamp(message.at, context)
        taken = [next(places) for _ in message.images]
        if message.is_recalled:
            return Entry(at, who, replies.RECALLED, "")
        shown = [Picture(place, replies.picture_by(who, place)) for place in taken]
        came, said = attached(attached_to([message])), _hidden(message.text, names)
        return Entry(at, who, came, said, shown)

    return [entry(message) for message in context.store.tickets.list_messages(ticket.number)]


def _speaker(
    person: PersonId | None, resident: ResidentId | None, ticket: Ticket, context: Context
) -> str:
    """Staff by name, residents never."""
    found = context.store.people.get(person) if person is not None else None
    if found is not None:
        return found.name
    if resident is None:
        return replies.BOT
    return replies.RESIDENT if resident == ticket.resident else replies.ANOTHER_RESIDENT
