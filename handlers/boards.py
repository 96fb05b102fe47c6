"""The board: a secretary's numbers for a month, the list behind each, and each ticket's history.

Read by web pages, but decided here: who may see what, and what is left out for everybody.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.context import Context
from handlers.errors import Refused
from handlers.periods import month_from, next_month
from handlers.rates import Rates
from handlers.replies import boards as replies
from handlers.settings import UnitKind
from handlers.supervision import token_hash
from handlers.worktime import calendar_for
from storage.models import BoardLink, MessageKey, PersonId, Role, TicketNumber, UnitId
from storage.rows import to_millis
from storage.statistics import Counts, Figure

_MONTH = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Viewer:
    """A secretary and the unit he looks at: one of his own or one below them."""

    person: PersonId
    unit: UnitId
    own: tuple[UnitId, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """``2026-11`` in local time, `until` not included; the months beside it, None in the future."""

    key: str
    since: datetime
    until: datetime
    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class Board:
    """The numbers of a unit and all below it."""

    unit: str
    month: Month
    numbers: Mapping[Figure, int]
    own: Sequence[tuple[UnitId, str]]
    below: Sequence[tuple[UnitId, str]]


def find_link(token: str, context: Context) -> BoardLink | None:
    """The link, used or not, so that a page can be shown without using it up."""
    return context.store.boards.get_link(token_hash(token))


def is_spent(link: BoardLink, now: datetime) -> bool:
    return link.used_at is not None or link.expires_at <= now


def use_link(token: str, context: Context) -> BoardLink | None:
    """Use a link up, once; it is logged like a command. None if it opens nothing any more."""
    link = context.store.boards.use_link(token_hash(token), context.now)
    if link is None:
        return None
    log_look(link.person, "打开看板", None, context)
    return link


def log_look(person: PersonId, what: str, number: TicketNumber | None, context: Context) -> None:
    """Who looked is kept with the commands: an event would stand in the way of 撤销."""
    key = MessageKey(f"board/{person}/{to_millis(context.now)}/{number or 0}")
    context.store.history.log_command(key, context.now, person, None, what, number, "")


def viewer_of(person: PersonId, unit: UnitId, context: Context) -> Viewer:
    """Raises Refused for a unit the person is not, or is no longer, secretary over."""
    settings = context.settings
    own = tuple(
        post.unit
        for post in context.store.people.list_posts(person)
        if post.role is Role.SECRETARY and post.unit in settings.units
    )
    if unit not in settings.units or not any(settings.is_within(unit, one) for one in own):
        raise Refused(replies.NO_UNIT)
    return Viewer(person, unit, own)


def month_named(key: str | None, context: Context) -> Month:
    """This month where no key is given. Raises Refused for what is no month or has not begun."""
    local = calendar_for(context.settings.worktime).local(context.now)
    this = f"{local:%Y-%m}"
    key = key or this
    if _MONTH.fullmatch(key) is None or key > this:
        raise Refused(replies.NO_MONTH)
    since = datetime(int(key[:4]), int(key[5:]), 1, tzinfo=local.tzinfo)
    period, following = month_from(since, context.now), next_month(since)
    return Month(
        key=key,
        since=period.since,
        until=period.until,
        before=f"{since - timedelta(days=1):%Y-%m}",
        after=f"{following:%Y-%m}" if key < this else None,
    )


def board(viewer: Viewer, month: Month, context: Context) -> Board:
    units = context.settings.units
    below = [
        (unit.id, unit.name)
        for unit in units.values()
        if unit.parent == viewer.unit and unit.kind is not UnitKind.DEPARTMENT
    ]
    return Board(
        unit=units[viewer.unit].name,
        month=month,
        numbers=numbers(viewer.unit, month, context),
        own=[(unit, units[unit].name) for unit in viewer.own],
        below=below,
    )


def numbers(unit: UnitId, month: Month, context: Context) -> Mapping[Figure, int]:
    """Every figure. A past month's response is judged by what is known now."""
    statistics = context.store.statistics
    counts = statistics.counts(unit, month.since, month.until)
    solution, satisfaction = statistics.solution(unit, month.since, month.until)
    response = statistics.response(unit, month.since, month.until, context.now)
    return {
        Figure.OPENED: counts.opened,
        Figure.PEOPLE: counts.people,
        Figure.JOINERS: counts.joined,
        **_closed(counts),
        **_open(counts),
        Figure.OVERDUE: statistics.count_overdue(unit, context.now),
        **_rates(Rates(response, solution, satisfaction), counts),
    }


def _closed(counts: Counts) -> dict[Figure, int]:
    found = dict.fromkeys((*replies.CLOSED_HOW, *replies.NOT_COUNTED), 0)
    found |= {Figure(outcome): count for outcome, count in counts.closed.items()}
    return {Figure.CLOSED: sum(found[how] for how in replies.CLOSED_HOW), **found}


def _open(counts: Counts) -> dict[Figure, int]:
    found = dict.fromkeys(replies.OPEN_STAGES, 0)
    found |= {Figure(stage): count for stage, count in counts.open.items()}
    return {Figure.OPEN: sum(found.values()), **found}


def _rates(rates: Rates, counts: Counts) -> dict[Figure, int]:
    closed = _closed(counts)
    return {
        Figure.IN_TIME: rates.response.part,
        Figure.RESPONSE: rates.response.whole,
        Figure.LATE: rates.response.whole - rates.response.part,
        Figure.NOT_TIMED: counts.opened - rates.response.whole,
        Figure.SOLVED: rates.solution.part,
        Figure.SOLUTION: rates.solution.whole,
        Figure.UNSOLVED: rates.solution.whole - rates.solution.part,
        Figure.NOT_ANSWERED: closed[Figure.DECLINED] + closed[Figure.WITHDRAWN],
        Figure.SATISFIED: rates.satisfaction.part,
        Figure.SATISFACTION: rates.satisfaction.whole,
        Figure.UNSATISFIED: rates.satisfaction.whole - rates.satisfaction.part,
        Figure.SILENT: rates.silent,
    }
