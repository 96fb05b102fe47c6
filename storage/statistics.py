"""Counts over a unit and all below it, between two moments (`since` included, `until` not)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.models import ListedTicket, Outcome, Stage, UnitId
from storage.queries import Connection, Noun
from storage.rows import to_millis


class Figure(StrEnum):
    """A number of the board. `list_behind` has the tickets that each one counts."""

    OPENED = "opened"
    PEOPLE = "people"
    JOINERS = "joiners"
    CLOSED = "closed"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"
    MISTAKEN = "mistaken"
    OPEN = "open"
    REGISTERED = "registered"
    CONTACTED = "contacted"
    ACCEPTED = "accepted"
    HANDLED = "handled"
    ANSWERED = "answered"
    OVERDUE = "overdue"
    RESPONSE = "response"
    IN_TIME = "in_time"
    LATE = "late"
    NOT_TIMED = "not_timed"
    SOLUTION = "solution"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    NOT_ANSWERED = "not_answered"
    SATISFACTION = "satisfaction"
    SATISFIED = "satisfied"
    UNSATISFIED = "unsatisfied"
    SILENT = "silent"


_QUERY = {
    Figure.PEOPLE: "list_opened",
    Figure.SOLVED: "list_solution",
    Figure.UNSOLVED: "list_solution",
    Figure.SATISFIED: "list_satisfaction",
    Figure.UNSATISFIED: "list_satisfaction",
    **{Figure(outcome): "list_by_outcome" for outcome in Outcome},
    **{Figure(stage): "list_by_stage" for stage in Stage if stage is not Stage.CLOSED},
}
"""The query behind a figure, where it is not simply ``list_<figure>``."""


@dataclass(frozen=True, slots=True)
class Share:
    """A rate as it must be shown: numerator and denominator."""

    part: int
    whole: int


@dataclass(frozen=True, slots=True)
class Counts:
    """件 and 人 apart; `closed` by how; `open` by stage."""

    opened: int
    people: int
    joined: int
    closed: Mapping[Outcome, int]
    open: Mapping[Stage, int]


class Statistics:
    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def counts(self, unit: UnitId, since: datetime, until: datetime) -> Counts:
        """Matters taken for one by mistake, and those joined into others, are not counted."""
        span = {"unit": unit, "since": to_millis(since), "until": to_millis(until)}
        run, connection = self._queries, self._connection
        return Counts(
            opened=run.count_opened(connection, **span),
            people=run.count_people(connection, **span),
            joined=run.count_joined(connection, **span),
            closed={
                Outcome(outcome): count
                for outcome, count in run.count_by_outcome(connection, **span)
            },
            open={
                Stage(stage): count for stage, count in run.count_by_stage(connection, unit=unit)
            },
        )

    def count_joined_later(self, unit: UnitId, since: datetime, until: datetime) -> int:
        """Who joined, between two moments, tickets that are older than both."""
        count: int = self._queries.count_joined_later(
            self._connection, unit=unit, since=to_millis(since), until=to_millis(until)
        )
        return count

    def response(self, unit: UnitId, since: datetime, until: datetime, now: datetime) -> Share:
        """Contacted in time, of those opened whose contact is done or has fallen due."""
        part, whole = self._queries.count_response(
            self._connection,
            unit=unit,
            since=to_millis(since),
            until=to_millis(until),
            now=to_millis(now),
        )
        return Share(part, whole)

    def solution(self, unit: UnitId, since: datetime, until: datetime) -> tuple[Share, Share]:
        """(solved by the resident's word of those closed after an answer, satisfied of those
        who said so or the contrary)."""
        closed, solved, spoke, satisfied = self._queries.count_solution(
            self._connection, unit=unit, since=to_millis(since), until=to_millis(until)
        )
        return Share(solved, closed), Share(satisfied, spoke)

    def count_overdue(self, unit: UnitId, now: datetime) -> int:
        """Open tickets whose running clock has ended."""
        count: int = self._queries.count_overdue(self._connection, unit=unit, now=to_millis(now))
        return count

    def list_behind(
        self,
        figure: Figure,
        unit: UnitId,
        since: datetime,
        until: datetime,
        now: datetime,
        most: int,
    ) -> Sequence[ListedTicket]:
        """At most so many of the tickets a figure counts; for PEOPLE and JOINERS those raised by
        the residents who are counted. Overdue and open: oldest first; else newest first."""
        query = getattr(self._queries, _QUERY.get(figure, f"list_{figure}"))
        return list(
            query(
                self._connection,
                unit=unit,
                since=to_millis(since),
                until=to_millis(until),
                now=to_millis(now),
                stage=figure,
                outcome=figure,
                is_solved=_flag(figure, Figure.SOLVED, Figure.UNSOLVED),
                is_satisfied=_flag(figure, Figure.SATISFIED, Figure.UNSATISFIED),
                most=most,
            )
        )


def _flag(figure: Figure, yes: Figure, no: Figure) -> int:
    """1 or 0 for one of two figures, -1 for all others: both."""
    return {yes: 1, no: 0}.get(figure, -1)
