"""The four clocks of a ticket beside each other."""

from datetime import datetime

import pytest

from handlers.lifecycle import due_times
from handlers.settings import Settings
from storage.models import Clock, Urgency


@pytest.mark.parametrize("urgency", Urgency)
@pytest.mark.parametrize("hour", ["08:00", "11:59", "13:00", "17:15", "17:59", "23:00"])
def test_no_clock_ends_before_an_earlier_one(
    urgency: Urgency, hour: str, settings: Settings
) -> None:
    start = datetime.fromisoformat(f"2026-11-24 {hour}").replace(tzinfo=settings.worktime.zone)
    ends = due_times(start, urgency, settings)
    in_order = [ends[clock] for clock in Clock]
    assert in_order == sorted(in_order)
