"""Whatever comes in, nothing crashes. Some seconds each here, ten minutes by `make fuzz`."""

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.conftest import BATCH, Campaign
from tests.fuzz.targets import TARGETS, Target


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_nothing_crashes(target: Target, campaign: Campaign) -> None:
    run = target.make()
    end = time.monotonic() + campaign.seconds(len(TARGETS))
    campaign.tries[target.name] = 0

    def once(value: Any) -> None:
        campaign.tries[target.name] += 1
        run(value)

    fed = settings(deadline=None, max_examples=BATCH, suppress_health_check=list(HealthCheck))
    attempt = fed(given(target.values)(once))
    try:
        while time.monotonic() < end:
            attempt()
    except BaseException:
        campaign.crashes[target.name] = 1
        raise
    finally:
        getattr(run, "close", lambda: None)()
    assert campaign.tries[target.name] > 0
