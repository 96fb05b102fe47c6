"""What is left of the backlog after an outage."""

from datetime import datetime, timedelta

from storage.models import OutboxRow, OutgoingClass, OutgoingState
from storage.store import Store
from tests.peers.platform import BEGIN, Desk, make_delivery

HOUR = 3600.0


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


async def test_a_reminder_is_worded_anew_when_it_goes(desk: Desk) -> None:
    def renew(store: Store, row: OutboxRow, now: datetime) -> bool:
        if row.slot == "nothing left":
            store.outbox.cancel(row.id, "")
            return False
        store.outbox.set_text(row.id, f"{row.text}, now", row.ticket)
        return True

    delivery = make_delivery(desk.database, desk.adapter, desk.clock, renew=renew)
    desk = Desk(desk.database, desk.clock, desk.adapter, delivery)
    for slot in ("nothing left", "still due"):
        await desk.queue(slot, OutgoingClass.REMINDER, conversation="private:9")

    await desk.deliver_until(60)

    assert desk.texts == ["still due, now"]


async def test_quiet_hours_do_not_make_a_message_old(desk: Desk) -> None:
    await desk.queue("a", OutgoingClass.ACK, not_before=BEGIN + timedelta(hours=8))

    await desk.deliver(8 * HOUR)

    assert desk.texts == ["a"]
