"""What is left of the backlog after an outage."""

from datetime import timedelta

from storage.models import OutgoingClass, OutgoingState
from tests.peers.platform import BEGIN, Desk

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
