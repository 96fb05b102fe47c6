from datetime import timedelta
from random import Random

import pytest

from bot.pace import Throttle
from handlers.messages import Target
from storage.models import OutgoingClass
from tests.peers.platform import BEGIN, PACE

ACCOUNT = ("qq", "8000")
GROUP = Target("qq", "group:1")
ACK, ALARM = OutgoingClass.ACK, OutgoingClass.ALARM


@pytest.fixture
def throttle() -> Throttle:
    return Throttle(PACE, Random(1))


def test_the_first_message_goes_at_once(throttle: Throttle) -> None:
    assert throttle.earliest(GROUP, ACCOUNT, ACK, BEGIN) == BEGIN


def test_messages_planned_for_now_count_against_the_minute(throttle: Throttle) -> None:
    assert throttle.earliest(GROUP, ACCOUNT, ACK, BEGIN, planned=11) == BEGIN
    assert throttle.earliest(GROUP, ACCOUNT, ACK, BEGIN, planned=12) > BEGIN


def test_the_budget_is_each_accounts_own(throttle: Throttle) -> None:
    for group in range(12):
        throttle.begin(Target("qq", f"group:{group + 10}"), ACCOUNT, ACK, BEGIN)

    assert throttle.earliest(GROUP, ACCOUNT, ACK, BEGIN) == BEGIN + timedelta(minutes=1)
    assert throttle.earliest(GROUP, ("qq", "8001"), ACK, BEGIN) == BEGIN


def test_an_alarm_minds_neither_pause_nor_budget(throttle: Throttle) -> None:
    for _ in range(12):
        throttle.begin(GROUP, ACCOUNT, ACK, BEGIN)

    assert throttle.earliest(GROUP, ACCOUNT, ALARM, BEGIN) == BEGIN


def test_alarms_do_not_use_up_the_day(throttle: Throttle) -> None:
    for minute in range(400):
        throttle.begin(GROUP, ACCOUNT, ALARM, BEGIN + timedelta(minutes=minute))

    later = BEGIN + timedelta(minutes=401)
    assert throttle.earliest(GROUP, ACCOUNT, ACK, later) == later


def test_the_day_has_its_own_limit(throttle: Throttle) -> None:
    for minute in range(300):
        throttle.begin(GROUP, ACCOUNT, ACK, BEGIN + timedelta(minutes=minute))

    later = BEGIN + timedelta(minutes=301)
    assert throttle.earliest(GROUP, ACCOUNT, ACK, later) == BEGIN + timedelta(days=1)


def test_what_was_sent_before_a_restart_still_counts(throttle: Throttle) -> None:
    throttle.remember(GROUP, ACCOUNT, [BEGIN - timedelta(seconds=1)])

    assert throttle.earliest(GROUP, ACCOUNT, ACK, BEGIN) == BEGIN + timedelta(seconds=2)


def test_a_breaker_closes_when_the_probe_arrives(throttle: Throttle) -> None:
    for _ in range(3):
        throttle.fail(ACCOUNT, BEGIN)
    later = BEGIN + timedelta(minutes=10)
    assert throttle.earliest(GROUP, ACCOUNT, ACK, BEGIN) == later
    throttle.begin(GROUP, ACCOUNT, ACK, later)
    assert throttle.earliest(Target("qq", "group:2"), ACCOUNT, ACK, later) > later

    throttle.succeed(ACCOUNT)
    assert throttle.earliest(Target("qq", "group:2"), ACCOUNT, ACK, later) == later


def test_a_failed_probe_opens_the_breaker_again(throttle: Throttle) -> None:
    for _ in range(3):
        throttle.fail(ACCOUNT, BEGIN)
    later = BEGIN + timedelta(minutes=10)
    throttle.begin(GROUP, ACCOUNT, ACK, later)

    assert throttle.fail(ACCOUNT, later)
    other = Target("qq", "group:2")
    assert throttle.earliest(other, ACCOUNT, ACK, later) == later + timedelta(minutes=10)
