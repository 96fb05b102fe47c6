"""What a reminder that had to wait says when it goes."""

from dataclasses import replace

from handlers.retelling import renew
from storage.models import Field, OutboxRow, OutgoingClass, OutgoingState
from tests.handlers.town import INSTRUCTOR, NEIGHBOUR, RESIDENT, THIRD, Town, of


def three_matters(town: Town) -> None:
    for sender, gist in ((RESIDENT, "停水"), (NEIGHBOUR, "路灯不亮"), (THIRD, "垃圾没人收")):
        town.open(gist, sender=sender, field=Field.ROADS)


def waiting(town: Town, kind: OutgoingClass) -> list[OutboxRow]:
    """What waits to be said to the first who is to hear of this class."""
    rows = of(list(town.store.outbox.list_new()), kind)
    return [row for row in rows if row.conversation == rows[0].conversation]


def said(town: Town, row: OutboxRow) -> str | None:
    """What the row says when it goes, None if it does not."""
    is_said = renew(row, town.context())
    now = town.store.outbox.get(row.id)
    assert now is not None
    assert is_said == (now.state is OutgoingState.NEW)
    return now.text if is_said else None


def test_a_matter_taken_back_takes_no_other_out_of_a_reminder(town: Town) -> None:
    three_matters(town)
    town.wait(hours=2)
    for kind in (OutgoingClass.REMINDER, OutgoingClass.ESCALATION):
        assert "#1" in waiting(town, kind)[0].text
    town.tell(RESIDENT, "撤销 1")
    for kind in (OutgoingClass.REMINDER, OutgoingClass.ESCALATION):
        row = waiting(town, kind)[0]
        text = said(town, row)
        assert text is not None
        assert "2 件" in text
        assert "#1" not in text
        assert "#2" in text
        assert "#3" in text
        renewed = town.store.outbox.get(row.id)
        assert renewed is not None
        assert renewed.ticket == 2


def test_a_reminder_of_nothing_that_is_left_is_not_said(town: Town) -> None:
    town.open("停水")
    town.wait(hours=2)
    town.tell(INSTRUCTOR, "1 不受理 不归我们管")
    assert [said(town, row) for row in waiting(town, OutgoingClass.REMINDER)] == [None, None]
    assert [said(town, row) for row in waiting(town, OutgoingClass.ESCALATION)] == [None]


def test_what_was_done_meanwhile_is_not_reminded_of(town: Town) -> None:
    three_matters(town)
    town.wait(hours=2)
    town.tell(INSTRUCTOR, "2 受理 明天来修")
    text = said(town, waiting(town, OutgoingClass.REMINDER)[0])
    assert text is not None
    assert "#2" not in text


def test_reminders_that_waited_are_one_with_one_greeting(town: Town) -> None:
    town.open("停水")
    town.wait(hours=1)
    town.open("路灯不亮", sender=NEIGHBOUR, field=Field.ROADS)
    town.wait(hours=5)
    rows = waiting(town, OutgoingClass.REMINDER)
    assert len(rows) > 1
    text = said(town, rows[0])
    assert text is not None
    assert text.count("李惠，") == 1
    assert text.count("#1 ") == text.count("#2 ") == 1
    assert text.endswith("“待办”看全部。")
    assert waiting(town, OutgoingClass.REMINDER) == [town.store.outbox.get(rows[0].id)]


def test_what_went_out_once_is_not_worded_anew(town: Town) -> None:
    town.open("停水")
    town.wait(hours=2)
    row = replace(waiting(town, OutgoingClass.REMINDER)[0], tries=1)
    town.tell(RESIDENT, "撤销 1")
    assert renew(row, town.context())
