"""撤销: what was said is set right, what others did since stays."""

from storage.models import Outcome, OutgoingClass, Stage
from tests.handlers.town import GROUP, INSTRUCTOR, RESIDENT, Town, of, to


def test_undo_within_two_minutes_brings_the_ticket_back_unsaid(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 办结 通了")
    told = town.tell(INSTRUCTOR, "撤销")
    assert town.ticket(1).stage is Stage.REGISTERED
    assert to(told, GROUP) == []
    assert of(list(town.store.outbox.list_new()), OutgoingClass.ANSWER) == []


def test_undo_of_what_was_said_is_set_right_in_the_group(town: Town) -> None:
    town.open()
    for row in town.tell(INSTRUCTOR, "1 办结 通了"):
        town.mark_sent(row, f"bot{row.id}")
    told = town.tell(INSTRUCTOR, "撤销")
    assert "还在办" in to(told, GROUP)[0]


def test_undo_after_two_minutes_is_too_late(town: Town) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 受理")
    town.wait(minutes=3)
    town.tell(INSTRUCTOR, "撤销")
    assert town.ticket(1).stage is Stage.ACCEPTED


def test_undo_does_not_undo_what_others_did_since(town: Town) -> None:
    town.answered()
    town.say(RESIDENT, "好了")
    town.tell(INSTRUCTOR, "撤销")
    assert town.ticket(1).outcome is Outcome.CONFIRMED
