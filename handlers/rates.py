"""三率: response, solution and satisfaction, always with numerator, denominator, exclusions."""

from dataclasses import dataclass
from datetime import datetime

from handlers.settings import Settings
from handlers.worktime import calendar_for
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


def rates_in(store: Store, unit: UnitId, since: datetime, until: datetime) -> Rates:
    response = store.statistics.response(unit, since, until, until)
    solution, satisfaction = store.statistics.solution(unit, since, until)
    return Rates(response, solution, satisfaction)


def month_of(now: datetime, settings: Settings) -> tuple[datetime, datetime]:
    """From the first of this month, local time, until now."""
    local = calendar_for(settings.worktime).local(now)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0), now
