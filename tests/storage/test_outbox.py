"""What is to be said, and what became of it."""

from datetime import datetime

from storage.models import OutgoingClass, OutgoingState, PersonId, TicketNumber, UnitId
from storage.store import Store
from tests.storage.queued import MINUTE, Queue, slots, the


def test_a_slot_is_queued_once_even_after_it_was_sent(
    store: Store, queue: Queue, now: datetime
) -> None:
    first = queue("ack:12")
    assert first is not None
    store.outbox.claim(now)
    store.outbox.mark_sent(first, "m1", now)

    assert queue("ack:12") is None


def test_a_row_keeps_all_that_was_queued(store: Store, queue: Queue, now: datetime) -> None:
    queue("card:1", person=PersonId(3), kind=OutgoingClass.CARD, not_before=now + MINUTE)

    row = the(store.outbox.get_by_slot("card:1"))

    assert (row.platform, row.conversation, row.unit) == ("qq", "group:1", "hedong")
    assert (row.kind, row.text) == (OutgoingClass.CARD, "text of card:1")
    assert (row.at_users, row.images) == (("20001",), ("a.jpg",))
    assert (row.ticket, row.person) == (12, 3)
    assert (row.state, row.tries) == (OutgoingState.NEW, 0)
    assert (row.queued_at, row.not_before) == (now, now + MINUTE)


def test_the_last_acknowledgement_of_a_conversation_is_known(store: Store, queue: Queue) -> None:
    queue("a", kind=OutgoingClass.ACK)
    queue("b", kind=OutgoingClass.ACK)
    queue("c", kind=OutgoingClass.ANSWER)
    queue("d", kind=OutgoingClass.ACK, conversation="group:2")

    assert store.outbox.last_acknowledgement("qq", "group:1") == "text of b"
    assert store.outbox.last_acknowledgement("qq", "group:1", most=1) is None


def test_what_was_in_flight_is_listed_after_a_restart(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("a")
    store.outbox.claim(now)

    assert slots(store.outbox.list_sending()) == ["a"]


def test_unknown_rows_are_listed(store: Store, queue: Queue, now: datetime) -> None:
    queue("a")
    (row,) = store.outbox.claim(now)
    store.outbox.mark_unknown(row.id, "timeout")

    (unknown,) = store.outbox.list_unknown()
    assert (unknown.id, unknown.error) == (row.id, "timeout")


def test_the_next_due_row_is_the_earliest_one_past_a_moment(
    store: Store, queue: Queue, now: datetime
) -> None:
    assert store.outbox.next_due() is None
    queue("a")
    queue("b", not_before=now + 2 * MINUTE)
    queue("c", not_before=now + MINUTE)

    assert store.outbox.next_due() == now
    assert store.outbox.next_due(now) == now + MINUTE


def test_an_echo_proves_the_oldest_open_row_with_its_text(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("a", text="已登记 #12")
    (row,) = store.outbox.claim(now)
    store.outbox.mark_unknown(row.id)

    proved = store.outbox.record_echo("qq", "group:1", "@老李 已登记  #12", "m7", now)

    assert proved is not None
    row = the(store.outbox.get(row.id))
    assert (row.state, row.message_id, row.sent_at) == (OutgoingState.SENT, "m7", now)


def test_an_echo_of_a_message_that_is_known_proves_nothing_else(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("a", text="same")
    (row,) = store.outbox.claim(now)
    store.outbox.mark_sent(row.id, "m7", now)
    queue("b", text="same")
    (second,) = store.outbox.claim(now)

    assert store.outbox.record_echo("qq", "group:1", "same", "m7", now) is None
    assert the(store.outbox.get(second.id)).state is OutgoingState.SENDING


def test_an_echo_does_not_prove_what_was_never_tried(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("a", text="same")

    assert store.outbox.record_echo("qq", "group:1", "same", "m7", now) is None


def test_a_later_receipt_keeps_the_message_id_of_the_echo(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("a", text="same")
    (row,) = store.outbox.claim(now)
    store.outbox.record_echo("qq", "group:1", "same", "m7", now)
    store.outbox.mark_sent(row.id, None, now)

    assert the(store.outbox.get(row.id)).message_id == "m7"


def test_a_quoted_card_leads_to_its_ticket(store: Store, queue: Queue, now: datetime) -> None:
    queue("a")
    (row,) = store.outbox.claim(now)
    store.outbox.mark_sent(row.id, "m7", now)

    assert the(store.outbox.by_message("qq", "group:1", "m7")).ticket == 12
    assert store.outbox.by_message("qq", "group:2", "m7") is None


def test_what_was_given_up_is_listed_for_the_unit_and_those_above(
    store: Store, queue: Queue, now: datetime
) -> None:
    store.conversations.set_scope([(UnitId("town"), UnitId("hedong"))])
    queue("a")
    (row,) = store.outbox.claim(now)
    store.outbox.mark_dead(row.id, "不是好友", now + MINUTE)

    (dead,) = store.outbox.list_dead_since(UnitId("town"), now)
    assert (dead.state, dead.error) == (OutgoingState.DEAD, "不是好友")
    assert store.outbox.list_dead_since(UnitId("town"), now + 2 * MINUTE) == []
    assert store.outbox.list_dead_since(UnitId("elsewhere"), now) == []


def test_what_was_never_tried_can_be_taken_back_by_ticket(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("a")
    queue("b", ticket=TicketNumber(13))

    assert store.outbox.cancel_unsent(ticket=TicketNumber(12)) == 1
    assert slots(store.outbox.list_new()) == ["b"]


def test_what_was_taken_back_for_a_reason_can_be_restored(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("a")
    store.outbox.cancel_unsent(ticket=TicketNumber(12))
    queue("b")
    store.outbox.cancel_unsent(ticket=TicketNumber(12), reason="mistaken")

    store.outbox.restore(TicketNumber(12), "mistaken")
    (row,) = store.outbox.list_new()
    assert (row.slot, row.error) == ("b", None)


def test_a_reminder_that_may_name_others_too_is_not_taken_back(store: Store, queue: Queue) -> None:
    queue("a", kind=OutgoingClass.REMINDER)
    queue("b", kind=OutgoingClass.ESCALATION)

    assert store.outbox.cancel_unsent(ticket=TicketNumber(12)) == 0


def test_what_waits_beside_is_of_one_class_and_due(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("a", kind=OutgoingClass.REMINDER)
    queue("b", kind=OutgoingClass.CARD)
    queue("c", kind=OutgoingClass.REMINDER, not_before=now + MINUTE)
    queue("d", kind=OutgoingClass.REMINDER, conversation="group:2")

    waiting = store.outbox.list_waiting("qq", "group:1", OutgoingClass.REMINDER, now)

    assert slots(waiting) == ["a"]


def test_slots_are_taken_back_by_their_beginning_to_the_letter(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("remind:1%:a")
    queue("remind:12:b")

    assert store.outbox.cancel_unsent(slot_prefix="remind:1%") == 1
    assert slots(store.outbox.list_new()) == ["remind:12:b"]


def test_what_is_in_flight_is_not_taken_back(store: Store, queue: Queue, now: datetime) -> None:
    queue("a")
    store.outbox.claim(now)

    assert store.outbox.cancel_unsent(ticket=TicketNumber(12)) == 0


def test_what_was_sent_lately_is_listed_in_order(store: Store, queue: Queue, now: datetime) -> None:
    for place, group in enumerate(("group:2", "group:1")):
        row = queue(f"s{place}", conversation=group)
        assert row is not None
        store.outbox.mark_sent(row, None, now + place * MINUTE)

    assert store.outbox.list_sent_lately(now) == [
        ("qq", "group:2", now),
        ("qq", "group:1", now + MINUTE),
    ]
    assert len(store.outbox.list_sent_lately(now + MINUTE)) == 1


def test_a_row_can_be_sent_elsewhere(store: Store, queue: Queue, now: datetime) -> None:
    row = queue("a", platform="", conversation="person:3")
    assert row is not None
    store.outbox.retarget(row, "qq", "private:9")

    (claimed,) = store.outbox.claim(now)
    assert (claimed.platform, claimed.conversation) == ("qq", "private:9")


def test_the_rows_of_a_ticket_are_listed(store: Store, queue: Queue) -> None:
    queue("a")
    queue("b", ticket=None)

    assert slots(store.outbox.list_for_ticket(TicketNumber(12))) == ["a"]


def test_the_backlog_is_what_should_have_gone_before(
    store: Store, queue: Queue, now: datetime
) -> None:
    queue("a", not_before=now - MINUTE)
    queue("b", not_before=now)

    assert slots(store.outbox.list_due_before(now)) == ["a"]
