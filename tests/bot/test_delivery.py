"""From the outbox to a platform: order, pace, moments, who is reached."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.adapters.port import Receipt, SendResult
from bot.clock import SimulatedClock
from handlers.messages import Target
from storage.database import Database
from storage.models import Conversation, OutgoingClass, OutgoingState, UnitId
from storage.store import Store
from tests.peers.platform import BEGIN, Desk, FakeAdapter, make_delivery

OFFLINE = Receipt(SendResult.OFFLINE)
HOUR = 3600.0


async def test_what_is_queued_is_sent_and_noted(desk: Desk) -> None:
    desk.adapter.results = [Receipt(SendResult.SENT, "m9")]
    number = await desk.queue("ack:1", text="已登记 #1")

    await desk.deliver()

    assert desk.adapter.sent == [("group:1", "已登记 #1")]
    row = await desk.row(number)
    assert (row.state, row.message_id, row.sent_at) == (OutgoingState.SENT, "m9", BEGIN)


async def test_a_row_is_sending_while_the_platform_is_called(desk: Desk) -> None:
    states: list[OutgoingState] = []
    number = await desk.queue("ack:1")
    send = desk.adapter.send

    async def looking(*arguments: object, **more: object) -> Receipt:
        states.append((await desk.row(number)).state)
        return await send(*arguments, **more)  # type: ignore[arg-type]

    desk.adapter.send = looking  # type: ignore[method-assign]
    await desk.deliver()

    assert states == [OutgoingState.SENDING]


async def test_messages_of_one_conversation_keep_their_order(desk: Desk) -> None:
    for text in ("a", "b", "c"):
        await desk.queue(text)

    await desk.deliver_until(60)

    assert desk.texts == ["a", "b", "c"]


async def test_between_two_messages_of_a_conversation_lie_three_to_five_seconds(
    desk: Desk,
) -> None:
    for text in "abcdef":
        await desk.queue(text)

    await desk.deliver_until(60)

    pauses = [(b - a).total_seconds() for a, b in pairwise(desk.adapter.sent_at)]
    assert len(pauses) == 5
    assert all(3.0 <= pause <= 5.1 for pause in pauses)


async def test_two_conversations_do_not_wait_for_each_other(desk: Desk) -> None:
    await desk.queue("a")
    await desk.queue("b", conversation="group:2")

    await desk.deliver()

    assert desk.texts == ["a", "b"]


async def test_an_account_says_at_most_twelve_things_a_minute(desk: Desk) -> None:
    for group in range(30):
        await desk.queue(f"s{group}", conversation=f"group:{group}")

    await desk.deliver_until(59)
    assert len(desk.adapter.sent) == 12
    await desk.deliver_until(60)
    assert len(desk.adapter.sent) == 24


async def test_the_budget_of_the_day_holds_over_a_restart(
    memory_database: Database, clock: SimulatedClock, adapter: FakeAdapter
) -> None:
    def fill(store: Store) -> None:
        for number in range(300):
            row = store.outbox.queue(
                f"old:{number}", "qq", f"group:{number}", None, OutgoingClass.ACK, "x",
                (), (), None, None, BEGIN, BEGIN,
            )  # fmt: skip
            assert row is not None
            store.outbox.mark_sent(row, None, BEGIN)

    await memory_database.write(fill)
    desk = Desk(memory_database, clock, adapter, make_delivery(memory_database, adapter, clock))
    await desk.delivery.start()
    await desk.queue("one more", OutgoingClass.CARD)

    await desk.deliver(HOUR)
    assert desk.adapter.sent == []
    await desk.deliver(23 * HOUR)
    assert desk.texts == ["one more"]


async def test_an_alarm_goes_first_and_waits_for_nothing(desk: Desk) -> None:
    await desk.queue("a")
    await desk.queue("b")
    await desk.deliver()
    await desk.queue("alarm", OutgoingClass.ALARM)

    await desk.deliver()

    assert desk.texts == ["a", "alarm"]


async def test_nothing_is_sent_before_its_moment(desk: Desk) -> None:
    later = BEGIN + timedelta(hours=1)
    await desk.queue("a", not_before=later)

    assert await desk.deliver() == later
    assert desk.adapter.sent == []
    await desk.deliver(HOUR)
    assert desk.texts == ["a"]


async def test_a_person_without_an_account_is_named_as_such(desk: Desk) -> None:
    person = await desk.database.write(lambda store: store.people.upsert("h/w", "王", None))
    number = await desk.queue(
        "a", OutgoingClass.REMINDER, platform="", conversation=f"person:{person}", person=person
    )

    await desk.deliver()

    row = await desk.row(number)
    assert (row.state, row.error) == (OutgoingState.DEAD, "没有绑定账号")


async def test_a_person_who_has_bound_an_account_meanwhile_is_reached(desk: Desk) -> None:
    def bind(store: Store) -> int:
        person = store.people.upsert("h/w", "王", None)
        store.people.bind_account("qq", "777", person)
        return person

    person = await desk.database.write(bind)
    await desk.queue(
        "a", OutgoingClass.REMINDER, platform="", conversation=f"person:{person}", person=person
    )

    await desk.deliver()

    assert desk.adapter.sent == [("private:777", "a")]


async def test_while_no_account_is_connected_nothing_is_tried(desk: Desk) -> None:
    desk.adapter.connected = ()
    await desk.queue("a")
    await desk.deliver_until(600)
    assert desk.adapter.sent == []

    desk.adapter.connected = ("8000",)
    await desk.deliver_until(30)
    assert desk.texts == ["a"]


async def test_a_connection_lost_in_the_middle_costs_no_try(desk: Desk) -> None:
    desk.adapter.results = [OFFLINE] * 8
    number = await desk.queue("a")

    await desk.deliver_until(600)

    row = await desk.row(number)
    assert (row.state, row.tries) == (OutgoingState.SENT, 1)


async def test_a_paused_group_hears_nothing_until_it_is_resumed(desk: Desk) -> None:
    def bind(store: Store, *, is_paused: bool) -> None:
        group = Conversation("qq", "group:1", UnitId("hedong"), "", is_paused=is_paused)
        store.conversations.bind(group)

    await desk.database.write(lambda store: bind(store, is_paused=True))
    await desk.queue("a")
    await desk.deliver_until(600)
    assert desk.adapter.sent == []

    await desk.database.write(lambda store: bind(store, is_paused=False))
    await desk.deliver_until(60)
    assert desk.texts == ["a"]


async def test_a_live_delivery_sends_what_is_queued_while_it_runs(desk: Desk) -> None:
    running = asyncio.create_task(desk.delivery.run())
    await desk.queue("a", OutgoingClass.ALARM)
    await desk.queue("b", OutgoingClass.ALARM, conversation="group:2")
    desk.delivery.wake()
    async with asyncio.timeout(10):
        await desk.adapter.has_sent(2)
    running.cancel()
    await desk.delivery.stop()

    assert sorted(desk.texts) == ["a", "b"]


async def test_a_slow_group_holds_up_no_other(desk: Desk) -> None:
    is_open = asyncio.Event()
    send = desk.adapter.send

    async def slow(target: Target, text: str, **more: object) -> Receipt:
        if target.conversation == "group:1":
            await is_open.wait()
        return await send(target, text, **more)  # type: ignore[arg-type]

    desk.adapter.send = slow  # type: ignore[method-assign]
    running = asyncio.create_task(desk.delivery.run())
    await desk.queue("slow")
    await desk.queue("quick", conversation="group:2")
    desk.delivery.wake()
    async with asyncio.timeout(10):
        await desk.adapter.has_sent(1)
    assert desk.texts == ["quick"]

    is_open.set()
    running.cancel()
    await desk.delivery.stop()
    assert desk.texts == ["quick", "slow"]


@pytest.mark.parametrize("steps", range(5))
async def test_a_stop_that_comes_with_a_wake_is_heard(desk: Desk, steps: int) -> None:
    for _ in range(20):
        running = asyncio.create_task(desk.delivery.run())
        await asyncio.sleep(0.002)
        desk.delivery.wake()
        for _ in range(steps):
            await asyncio.sleep(0)
        running.cancel()
        done, _ = await asyncio.wait([running], timeout=10)
        assert done


@pytest.mark.parametrize("steps", range(1, 9))
async def test_a_stop_leaves_no_message_between_claim_and_call(desk: Desk, steps: int) -> None:
    number = await desk.queue("a", OutgoingClass.ALARM)
    running = asyncio.create_task(desk.delivery.run())
    for _ in range(steps):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await desk.delivery.stop()

    state = (await desk.row(number)).state
    assert state is (OutgoingState.SENT if desk.adapter.sent else OutgoingState.NEW)
