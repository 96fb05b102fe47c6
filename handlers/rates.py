"""三率: response, solution and satisfaction, always with numerator, denominator, exclusions."""

from dataclasses import dataclass
from datetime import datetime

from handlers.periods import Period
from storage.models import UnitId
from storage.statistics import Share
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Rates:
    """`silent`: closed without a word of satisfaction or its contrary, not in its numbers."""

    response: Share
    solution: Share
    satisfaction: Share

    @property
    def silent(self) -> int:
        return self.solution.whole - self.satisfaction.whole


def rates_in(store: Store, unit: UnitId, period: Period, now: datetime) -> Rates:
    """Of what was opened or closed in the period; what is late by `now` has had no response."""
    since, until = period.since, period.until
    response = store.statistics.response(unit, since, until, now)
    solution, satisfaction = store.statistics.solution(unit, since, until)
    return Rates(response, solution, satisfaction)
