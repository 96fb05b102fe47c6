"""Counts over a unit and all below it, between two moments (`since` included, `until` not)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.models import Outcome, Stage, UnitId
from storage.queries import Connection, Noun
from storage.rows import to_millis


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
