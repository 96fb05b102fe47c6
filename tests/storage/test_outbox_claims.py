"""Which rows are claimed to be sent, and which are given back."""

from datetime import datetime

from storage.models import (
    OutgoingClass,
    OutgoingState,
)
from storage.store import Store
from tests.storage.queued import MINUTE, Queue, slots, the


def test_a_claim_takes_the_oldest_of_each_conversation(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("a")
    queue("b")
    queue("c", conversation="group:2")

    assert slots(store.outbox.claim(now)) == ["a", "c"]


def test_a_claimed_row_is_sending_and_has_been_tried(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("a")

    (row,) = store.outbox.claim(now)

    assert (row.state, row.tries, row.claimed_at) == (OutgoingState.SENDING, 1, now)
    assert the(store.outbox.get(row.id)) == row


def test_a_conversation_with_a_row_in_flight_gives_no_other(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("a")
    queue("b")
    store.outbox.claim(now)

    assert store.outbox.claim(now) == []


def test_the_same_conversation_on_another_platform_is_another(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("a")
    queue("b", platform="wechat")

    assert slots(store.outbox.claim(now)) == ["a", "b"]


def test_an_alarm_jumps_the_queue(store: Store, queue: Queue, now: datetime) -> None:
    queue("a", conversation="group:2")
    queue("b")
    queue("alarm", kind=OutgoingClass.ALARM)

    assert slots(store.outbox.claim(now)) == ["alarm", "a"]


def test_a_row_is_not_claimed_before_its_time(store: Store, queue: Queue, now: datetime) -> None:
    queue("a", not_before=now + MINUTE)

    assert store.outbox.claim(now) == []
    assert slots(store.outbox.claim(now + MINUTE)) == ["a"]


def test_what_may_not_be_sent_stays_new(store: Store, queue: Queue, now: datetime) -> None:
    queue("a")
    queue("b", conversation="group:2")

    assert slots(store.outbox.claim(now, lambda row: row.slot == "b")) == ["b"]
    assert slots(store.outbox.list_new()) == ["a"]


def test_a_claim_takes_at_most_so_many(store: Store, queue: Queue, now: datetime) -> None:
    for group in range(5):
        queue(f"s{group}", conversation=f"group:{group}")

    assert slots(store.outbox.claim(now, most=3)) == ["s0", "s1", "s2"]


def test_a_released_row_is_claimed_again_later(store: Store, queue: Queue, now: datetime) -> None:
    queue("a")
    (row,) = store.outbox.claim(now)
    store.outbox.release(row.id, now + MINUTE, "refused")

    assert store.outbox.claim(now) == []
    (again,) = store.outbox.claim(now + MINUTE)
    assert (again.tries, again.error) == (2, "refused")


def test_a_release_without_a_try_does_not_count_one(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("a")
    (row,) = store.outbox.claim(now)
    store.outbox.release(row.id, now, is_tried=False)

    assert the(store.outbox.get(row.id)).tries == 0


def test_a_row_that_was_sent_is_not_released(store: Store, queue: Queue, now: datetime) -> None:
    queue("a")
    (row,) = store.outbox.claim(now)
    store.outbox.mark_sent(row.id, "m1", now)
    store.outbox.release(row.id, now)
    store.outbox.mark_unknown(row.id)
    store.outbox.mark_dead(row.id, "late word", now)

    assert the(store.outbox.get(row.id)).state is OutgoingState.SENT


def test_a_cancelled_row_is_never_claimed(store: Store, queue: Queue, now: datetime) -> None:
    row = queue("a")
    assert row is not None
    store.outbox.cancel(row, "并入了后一条")

    assert store.outbox.claim(now) == []
