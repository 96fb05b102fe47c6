"""Walks labelled days with tickets opened by the labels or by the ear's own gate."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta

from bench.matching_days import Day, Said
from handlers.messages import message_key
from handlers.reading import Candidate, Match
from handlers.talk import Line, Talk
from storage.models import (
    Act,
    Field,
    Kind,
    ResidentId,
    Stage,
    Ticket,
    TicketMessage,
    TicketNumber,
    UnitId,
    Urgency,
)

UNIT = UnitId("unit")
Decide = Callable[[Line, Talk, list[Candidate]], Match | None]
IsMatter = Callable[[Said, Talk], bool]


@dataclass(frozen=True, slots=True)
class View:
    """What may be looked at in the talk: at most so many lines and minutes back."""

    minutes: float = 30
    lines: int = 60


RUNTIME = View()
"""What the runtime keeps in memory."""


@dataclass
class Walk:
    """The state of one day: talk by conversation, tickets, and which line opened which."""

    view: View
    talks: dict[str, list[Line]] = field(default_factory=dict)
    candidates: dict[TicketNumber, Candidate] = field(default_factory=dict)
    opened_by: dict[TicketNumber, str] = field(default_factory=dict)
    numbers: dict[str, TicketNumber] = field(default_factory=dict)

    def talk(self, said: Said) -> Talk:
        lines = self.talks.get(said.conversation, [])
        since = said.line.at - timedelta(minutes=self.view.minutes)
        before = tuple(line for line in lines[-self.view.lines :] if line.at >= since)
        is_private = said.conversation.startswith("private:")
        return Talk(before, said.line.is_staff, is_private, UNIT)

    def newest_first(self) -> list[Candidate]:
        return list(reversed(self.candidates.values()))

    def open(self, said: Said) -> None:
        number = TicketNumber(len(self.candidates) + 1)
        self.opened_by[number] = said.line.message_id
        self.numbers[said.line.message_id] = number
        ticket = _ticket(number, said)
        message = _message(number, Act.OPEN, said)
        self.candidates[number] = Candidate(ticket, (message,), (), (said.line.sender,))
        self.remember(said, number, Act.OPEN)

    def follow(self, said: Said, number: TicketNumber, act: Act) -> None:
        before = self.candidates[number]
        users = before.user_ids
        if act is Act.JOIN and said.line.sender not in users:
            users = (*users, said.line.sender)
        stage = {Act.THANKS: Stage.CLOSED, Act.REOPEN: Stage.ACCEPTED}.get(act, before.ticket.stage)
        self.candidates[number] = replace(
            before,
            ticket=replace(before.ticket, stage=stage),
            messages=(*before.messages, _message(number, act, said)),
            user_ids=users,
        )
        self.remember(said, number, act)

    def remember(
        self, said: Said, number: TicketNumber | None = None, act: Act | None = None
    ) -> None:
        line = replace(said.line, ticket=number, act=act)
        self.talks.setdefault(said.conversation, []).append(line)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A resident's line with what it should have done and what was made of it.

    `of` and `found_of` are the opening lines; `found_of` is that of the matter the ticket's
    opening line belongs to.
    """

    day: str
    said: Said
    act: Act | None
    found_of: str | None


def walk_day(
    day: Day, decide: Decide, view: View = RUNTIME, is_matter: IsMatter | None = None
) -> Iterator[Outcome]:
    """Decides each resident's line. `is_matter` None: tickets are opened where labels say so."""
    walk = Walk(view)
    matter = {one.line.message_id: one.of or one.line.message_id for one in day.lines if one.act}
    for said in day.lines:
        if said.line.is_staff:
            walk.remember(said)
            continue
        talk = walk.talk(said)
        found = decide(said.line, talk, walk.newest_first())
        act = found.act if found else None
        of = matter.get(walk.opened_by[found.ticket]) if found else None
        opens = said.act is Act.OPEN if is_matter is None else is_matter(said, talk)
        if found is not None and not (is_matter is None and opens):
            walk.follow(said, found.ticket, found.act)
        elif opens:
            walk.open(said)
            act, of = act or Act.OPEN, of or matter.get(said.line.message_id)
        else:
            walk.remember(said)
        yield Outcome(day.name, said, act, of)


def teach_day(
    day: Day, view: View = RUNTIME
) -> Iterator[tuple[Said, Talk, list[Candidate], TicketNumber | None]]:
    """The residents' lines with what stood before them by the labels, for training."""
    walk = Walk(view)
    for said in day.lines:
        number = walk.numbers.get(said.of) if said.of else None
        if not said.line.is_staff and walk.candidates:
            yield said, walk.talk(said), walk.newest_first(), number
        if said.act is Act.OPEN:
            walk.open(said)
        elif number is not None and said.act is not None:
            walk.follow(said, number, said.act)
        else:
            walk.remember(said)


def _message(number: TicketNumber, act: Act, said: Said) -> TicketMessage:
    key = message_key("qq", said.conversation, said.line.message_id)
    line = said.line
    return TicketMessage(key, number, None, None, act, line.at, line.text, line.images)


def _ticket(number: TicketNumber, said: Said) -> Ticket:
    at = said.line.at
    known = {
        "number": number,
        "source_key": message_key("qq", said.conversation, said.line.message_id),
        "unit": UNIT,
        "platform": "qq",
        "conversation": said.conversation,
        "resident": ResidentId(0),
        "kind": Kind(said.kind),
        "field": Field(said.field),
        "urgency": Urgency(said.urgency),
        "gist": "",
        "body": said.line.text,
        "stage": Stage.REGISTERED,
        "opened_at": at,
    }
    return Ticket(**{one.name: known.get(one.name) for one in fields(Ticket)})  # type: ignore[arg-type]
