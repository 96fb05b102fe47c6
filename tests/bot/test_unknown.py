"""Messages of which nobody knows whether they arrived."""

from datetime import datetime, timedelta

import pytest

from bot.adapters.port import Echo, Receipt, SendResult
from handlers.messages import Incoming, Target
from storage.models import OutgoingClass, OutgoingState
from tests.peers.platform import BEGIN, Desk

GROUP = Target("qq", "group:1")
TIMEOUT = Receipt(SendResult.TIMEOUT)
HOUR = 3600.0


def echo(text: str, at: datetime = BEGIN, message_id: str = "e1") -> Echo:
    return Echo(GROUP, message_id, text, at)


def line(at: datetime) -> Incoming:
    return Incoming("qq", "8000", "group:1", "m1", "20001", "老李", at, "吃了没")


async def test_a_timeout_that_was_sent_is_proved_by_the_echo(desk: Desk) -> None:
    desk.adapter.results = [TIMEOUT]
    number = await desk.queue("a", OutgoingClass.ANSWER)
    await desk.deliver()
    assert (await desk.row(number)).state is OutgoingState.UNKNOWN

    await desk.delivery.echoed(echo("a"))
    await desk.deliver_until(HOUR)

    row = await desk.row(number)
    assert (row.state, row.message_id) == (OutgoingState.SENT, "e1")
    assert desk.texts == ["a"]


async def test_a_timeout_that_was_sent_is_proved_by_the_history(desk: Desk) -> None:
    desk.adapter.results = [TIMEOUT]
    desk.adapter.history_of = [echo("a", BEGIN + timedelta(seconds=1))]
    number = await desk.queue("a", OutgoingClass.ANSWER)

    await desk.deliver_until(HOUR)

    assert (await desk.row(number)).state is OutgoingState.SENT
    assert desk.texts == ["a"]


async def test_a_timeout_that_was_not_sent_is_sent_again_where_the_history_shows_it(
    desk: Desk,
) -> None:
    desk.adapter.results = [TIMEOUT]
    desk.adapter.history_of = [
        echo("an older one", BEGIN - timedelta(minutes=5), "e0"),
        line(BEGIN + timedelta(seconds=3)),
    ]
    number = await desk.queue("a")

    await desk.deliver_until(60)

    assert desk.texts == ["a", "a"]
    assert (await desk.row(number)).state is OutgoingState.SENT


async def test_an_unproved_acknowledgement_is_never_said_twice(desk: Desk) -> None:
    desk.adapter.results = [TIMEOUT]
    number = await desk.queue("a", OutgoingClass.ACK)

    await desk.deliver_until(HOUR)

    assert desk.texts == ["a"]
    row = await desk.row(number)
    assert (row.state, row.error) == (OutgoingState.DEAD, "发出后没有回执，不知道送到没有")


@pytest.mark.parametrize("kind", [OutgoingClass.ANSWER, OutgoingClass.REPLY, OutgoingClass.ALARM])
async def test_an_unproved_answer_is_said_again_and_marked(desk: Desk, kind: OutgoingClass) -> None:
    desk.adapter.results = [TIMEOUT]
    number = await desk.queue("修好了", kind)

    await desk.deliver_until(HOUR)

    assert desk.texts == ["修好了", "（重发）修好了"]
    assert (await desk.row(number)).state is OutgoingState.SENT


async def test_an_answer_that_never_gets_a_receipt_is_given_up(desk: Desk) -> None:
    desk.adapter.results = [TIMEOUT] * 50
    number = await desk.queue("a", OutgoingClass.ANSWER)

    await desk.deliver_until(12 * HOUR)

    assert len(desk.adapter.sent) == 4
    assert (await desk.row(number)).state is OutgoingState.DEAD


async def test_an_unknown_message_is_not_judged_while_the_account_is_away(desk: Desk) -> None:
    desk.adapter.results = [TIMEOUT]
    number = await desk.queue("a")
    await desk.deliver()
    desk.adapter.connected = ()

    await desk.deliver_until(2 * HOUR)
    assert desk.adapter.asked_history == 0
    assert (await desk.row(number)).state is OutgoingState.UNKNOWN

    desk.adapter.connected = ("8000",)
    desk.adapter.history_of = [echo("a", BEGIN)]
    await desk.deliver_until(120)
    assert (await desk.row(number)).state is OutgoingState.SENT


async def test_an_adapter_that_raises_leaves_the_message_unknown(desk: Desk) -> None:
    desk.adapter.results = [ValueError("broken")]
    number = await desk.queue("a")

    await desk.deliver()

    row = await desk.row(number)
    assert (row.state, row.error) == (OutgoingState.UNKNOWN, "ValueError")


async def test_what_was_in_flight_at_a_restart_is_looked_for_not_repeated(desk: Desk) -> None:
    number = await desk.queue("a")
    await desk.database.write(lambda store: store.outbox.claim(BEGIN))
    desk.adapter.history_of = [echo("a", BEGIN + timedelta(seconds=1))]
    restarted = desk.restarted()
    await restarted.delivery.start()
    assert (await desk.row(number)).state is OutgoingState.UNKNOWN

    await restarted.deliver_until(HOUR)

    assert desk.adapter.sent == []
    assert (await desk.row(number)).state is OutgoingState.SENT
