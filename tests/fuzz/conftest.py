"""The profile of `make fuzz`, and the table at its end."""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings

BATCH = 100
settings.register_profile(
    "fuzz", deadline=None, max_examples=BATCH, suppress_health_check=list(HealthCheck)
)
MINUTES = 10
SHORT_SECONDS = 3.0


@dataclass
class Campaign:
    """How long each target is fed, how often it was, and how often it crashed."""

    tries: dict[str, int] = field(default_factory=dict)
    crashes: dict[str, int] = field(default_factory=dict)

    def seconds(self, targets: int) -> float:
        is_long = settings.get_current_profile_name() == "fuzz"
        return MINUTES * 60 / targets if is_long else SHORT_SECONDS


CAMPAIGN = Campaign()


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    return CAMPAIGN


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if settings.get_current_profile_name() != "fuzz":
        return
    terminalreporter.write_line(f"\n{'what':<14}{'tries':>12}{'crashes':>9}")
    for name, tries in CAMPAIGN.tries.items():
        terminalreporter.write_line(f"{name:<14}{tries:>12,}{CAMPAIGN.crashes.get(name, 0):>9}")
