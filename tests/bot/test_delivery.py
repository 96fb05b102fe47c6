import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot.adapters.port import Echo, Receipt, SendResult
from bot.clock import SimulatedClock
from handlers.messages import Incoming, Target
from storage.database import Database
from storage.models import Conversation, OutboxRow, OutgoingClass, OutgoingState, UnitId
from storage.store import Store
from tests.peers.platform import BEGIN, Desk, FakeAdapter, make_delivery

GROUP = Target("qq", "group:1")
TIMEOUT = Receipt(SendResult.TIMEOUT)
REFUSED = Receipt(SendResult.REFUSED, detail="1200")
OFFLINE = Receipt(SendResult.OFFLINE)
HOUR = 3600.0


def echo(text: str, at: datetime = BEGIN, message_id: str = "e1") -> Echo:
    return Echo(GROUP, message_id, text, at)


def line(at: datetime) -> Incoming:
    return Incoming("qq", "8000", "group:1", "m1", "20001", "老李", at, "吃了没")


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


async def test_a_refused_message_is_tried_again_and_then_given_up(desk: Desk) -> None:
    desk.adapter.results = [REFUSED] * 5
    number = await desk.queue("a", OutgoingClass.CARD)

    await desk.deliver_until(3 * HOUR)

    assert desk.texts == ["a"] * 5
    row = await desk.row(number)
    assert (row.state, row.error) == (OutgoingState.DEAD, "平台不让发(1200)")


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
    assert (row.state, row.error) == (OutgoingState.DEAD, "发出后没有回执,不知道送到没有")


@pytest.mark.parametrize("kind", [OutgoingClass.ANSWER, OutgoingClass.REPLY, OutgoingClass.ALARM])
async def test_an_unproved_answer_is_said_again_and_marked(desk: Desk, kind: OutgoingClass) -> None:
    desk.adapter.results = [TIMEOUT]
    number = await desk.queue("修好了", kind)

    await desk.deliver_until(HOUR)

    assert desk.texts == ["修好了", "(重发)修好了"]
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


async def test_after_an_outage_old_questions_and_acknowledgements_are_not_said(
    desk: Desk,
) -> None:
    desk.adapter.connected = ()
    question = await desk.queue("q", OutgoingClass.QUESTION)
    ack = await desk.queue("a", OutgoingClass.ACK)
    await desk.queue("answer", OutgoingClass.ANSWER)
    await desk.deliver(3 * HOUR)

    desk.adapter.connected = ("8000",)
    await desk.deliver_until(60)

    assert desk.texts == ["answer"]
    for number in (question, ack):
        row = await desk.row(number)
        assert (row.state, row.error) == (OutgoingState.DEAD, "过了时候没能发出")


async def test_after_an_outage_the_reminders_of_a_person_become_one(desk: Desk) -> None:
    desk.adapter.connected = ()
    for slot, text in (("r1", "您有:\n#1 停水"), ("r2", "您有:\n#1 停水\n#2 路灯")):
        await desk.queue(slot, OutgoingClass.REMINDER, conversation="private:9", text=text)
        await desk.deliver(2 * HOUR)

    desk.adapter.connected = ("8000",)
    await desk.deliver_until(60)

    assert desk.texts == ["您有:\n#1 停水\n#2 路灯"]


async def test_quiet_hours_do_not_make_a_message_old(desk: Desk) -> None:
    await desk.queue("a", OutgoingClass.ACK, not_before=BEGIN + timedelta(hours=8))

    await desk.deliver(8 * HOUR)

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
