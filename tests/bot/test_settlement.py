"""What a receipt means: another try, an end, a pause of the group or of the account."""

from datetime import datetime

from bot.adapters.port import Receipt, SendResult
from bot.clock import SimulatedClock
from storage.database import Database
from storage.models import OutboxRow, OutgoingClass, OutgoingState
from storage.store import Store
from tests.peers.platform import Desk, FakeAdapter, make_delivery

REFUSED = Receipt(SendResult.REFUSED, detail="1200")
HOUR = 3600.0


async def test_a_refused_message_is_tried_again_and_then_given_up(desk: Desk) -> None:
    desk.adapter.results = [REFUSED] * 5
    number = await desk.queue("a", OutgoingClass.CARD)

    await desk.deliver_until(3 * HOUR)

    assert desk.texts == ["a"] * 5
    row = await desk.row(number)
    assert (row.state, row.error) == (OutgoingState.DEAD, "平台不让发")


async def test_after_a_refusal_the_next_try_can_succeed(desk: Desk) -> None:
    desk.adapter.results = [REFUSED]
    number = await desk.queue("a")

    await desk.deliver_until(29)
    assert desk.texts == ["a"]
    await desk.deliver_until(31)
    assert desk.texts == ["a", "a"]
    assert (await desk.row(number)).state is OutgoingState.SENT


async def test_a_muted_group_is_left_alone_for_ten_minutes_in_order(desk: Desk) -> None:
    desk.adapter.results = [Receipt(SendResult.MUTED)]
    await desk.queue("a", OutgoingClass.ANSWER)
    await desk.queue("b", OutgoingClass.ANSWER)

    await desk.deliver_until(599)
    assert desk.texts == ["a"]
    await desk.deliver_until(30)
    assert desk.texts == ["a", "a", "b"]


async def test_who_is_no_friend_is_not_tried_again(desk: Desk) -> None:
    desk.adapter.results = [Receipt(SendResult.NOT_FRIEND)]
    number = await desk.queue("a", OutgoingClass.ANSWER, conversation="private:20001")

    await desk.deliver_until(HOUR)

    assert len(desk.adapter.sent) == 1
    row = await desk.row(number)
    assert (row.state, row.error) == (OutgoingState.DEAD, "不是好友")


async def test_for_who_is_no_friend_something_else_may_be_said(
    memory_database: Database, clock: SimulatedClock, adapter: FakeAdapter
) -> None:
    def ask_in_group(store: Store, row: OutboxRow, now: datetime) -> None:
        store.outbox.queue(
            f"befriend:{row.id}", "qq", "group:1", row.unit, OutgoingClass.NOTICE,
            "请先给我发一条私信", (), (), None, None, now, now,
        )  # fmt: skip

    delivery = make_delivery(memory_database, adapter, clock, ask_in_group)
    desk = Desk(memory_database, clock, adapter, delivery)
    adapter.results = [Receipt(SendResult.NOT_FRIEND)]
    await desk.queue("secret", OutgoingClass.ANSWER, conversation="private:20001")

    await desk.deliver()

    assert adapter.sent[1:] == [("group:1", "请先给我发一条私信")]


async def test_after_three_failures_the_account_is_silent_for_ten_minutes(desk: Desk) -> None:
    desk.adapter.results = [REFUSED] * 3
    for group in range(3):
        await desk.queue(f"s{group}", OutgoingClass.CARD, conversation=f"group:{group}")
        await desk.deliver()
    await desk.queue("another", OutgoingClass.CARD, conversation="group:9")

    await desk.deliver_until(599)
    assert len(desk.adapter.sent) == 3
    await desk.deliver_until(120)
    assert "another" in desk.texts


async def test_a_success_in_between_keeps_the_breaker_closed(desk: Desk) -> None:
    desk.adapter.results = [REFUSED, REFUSED, Receipt(SendResult.SENT), REFUSED]
    for group in range(5):
        await desk.queue(f"s{group}", OutgoingClass.CARD, conversation=f"group:{group}")
        await desk.deliver()

    assert len(desk.adapter.sent) == 5


async def test_after_the_break_one_message_tries_for_all(desk: Desk) -> None:
    desk.adapter.results = [REFUSED, REFUSED, REFUSED, REFUSED]
    for group in range(3):
        await desk.queue(f"s{group}", OutgoingClass.CARD, conversation=f"group:{group}")
        await desk.deliver()
    for group in range(3, 6):
        await desk.queue(f"s{group}", OutgoingClass.CARD, conversation=f"group:{group}")
    assert len(desk.adapter.sent) == 3

    await desk.deliver(600)
    assert len(desk.adapter.sent) == 4, "the probe fails, so the others wait again"
    await desk.deliver(599)
    assert len(desk.adapter.sent) == 4
    await desk.deliver(1)
    await desk.deliver_until(120)
    assert len(desk.adapter.sent) == 4 + 6


async def test_an_alarm_tries_an_open_breaker_once_a_minute(desk: Desk) -> None:
    desk.adapter.results = [REFUSED] * 3
    for group in range(3):
        await desk.queue(f"s{group}", OutgoingClass.CARD, conversation=f"group:{group}")
        await desk.deliver()
    await desk.queue("alarm", OutgoingClass.ALARM, conversation="private:9")

    await desk.deliver(30)
    assert "alarm" not in desk.texts
    await desk.deliver(30)
    assert "alarm" in desk.texts
