"""What is said to who can not be written to in private."""

from handlers import digests
from handlers.reading import Gate
from handlers.unreached import call_from_group
from storage.models import OutboxRow, OutgoingClass, Urgency
from tests.handlers.town import (
    CHATTER,
    GROUP,
    INSTRUCTOR,
    RESIDENT,
    SECRETARY,
    Town,
    matter,
    of,
    private,
    to,
)

WISH_TO_DIE = matter("想不开", urgency=Urgency.CRITICAL, danger="self_harm", is_sensitive=True)
DELICATE = matter("低保的事", is_sensitive=True)
UNSURE = matter("低保的事", gate=Gate.ASK, score=0.3, is_sensitive=True)


def undelivered(rows: list[OutboxRow], user_id: str = RESIDENT) -> OutboxRow:
    return next(row for row in rows if row.conversation == private(user_id))


def called(town: Town, row: OutboxRow) -> list[OutboxRow]:
    return town.queue(call_from_group(row, town.context()), f"dead:{row.id}")


def test_who_gives_up_and_is_no_friend_is_told_of_help_in_the_group(town: Town) -> None:
    row = undelivered(town.say(RESIDENT, "我不想活了", reading=WISH_TO_DIE))
    (told,) = called(town, row)
    assert (told.conversation, told.at_users) == (GROUP, (RESIDENT,))
    assert "12356" in told.text
    assert "好友" in told.text
    assert "不想活" not in told.text
    assert told.not_before == town.now


def test_of_a_delicate_matter_only_friendship_is_asked_for(town: Town) -> None:
    row = undelivered(town.say(RESIDENT, "我家低保咋停了", reading=DELICATE))
    (told,) = called(town, row)
    assert (told.conversation, told.at_users) == (GROUP, (RESIDENT,))
    assert "好友" in told.text
    assert "低保" not in told.text


def test_it_is_said_once_a_matter(town: Town) -> None:
    row = undelivered(town.say(RESIDENT, "我家低保咋停了", reading=DELICATE))
    assert len(called(town, row)) == 1
    assert called(town, row) == []


def test_what_was_raised_in_private_is_not_spoken_of_in_a_group(town: Town) -> None:
    row = undelivered(town.tell(RESIDENT, "我家低保咋停了", reading=DELICATE))
    assert called(town, row) == []


def test_staff_are_not_called_in_a_group(town: Town) -> None:
    rows = town.say(RESIDENT, "我家低保咋停了", reading=DELICATE)
    assert called(town, undelivered(rows, INSTRUCTOR)) == []


def asked_in_vain(town: Town, text: str = "我家低保咋停了", where: str = GROUP) -> OutboxRow:
    """The question about a delicate line, which found no friend."""
    town.say(RESIDENT, text, where=where, reading=UNSURE)
    (row,) = of(town.wait(minutes=5), OutgoingClass.QUESTION)
    assert row.conversation == private(RESIDENT)
    town.store.outbox.mark_dead(row.id, "不是好友", town.now)
    return row


def test_who_could_not_be_asked_in_private_is_called_where_he_spoke(town: Town) -> None:
    (told,) = called(town, asked_in_vain(town))
    assert (told.conversation, told.at_users) == (GROUP, (RESIDENT,))
    assert "好友" in told.text
    assert "低保" not in told.text


def test_he_is_asked_anew_once_he_writes(town: Town) -> None:
    asked_in_vain(town)
    told = to(town.tell(RESIDENT, "加上了", reading=CHATTER), private(RESIDENT))
    assert len(told) == 1
    assert "登记" in told[0]
    assert "登记" not in "".join(row.text for row in town.tell(RESIDENT, "嗯嗯", reading=CHATTER))
    town.tell(RESIDENT, "登记", reading=CHATTER)
    assert [ticket.body for ticket in town.tickets()] == ["我家低保咋停了"]


def test_a_question_that_came_through_is_not_put_again(town: Town) -> None:
    town.say(RESIDENT, "我家低保咋停了", reading=UNSURE)
    town.wait(minutes=5)
    told = town.tell(RESIDENT, "加上了", reading=CHATTER)
    assert "登记吗" not in "".join(row.text for row in told)


def test_of_what_was_said_in_private_the_instructor_hears_that_he_should_ask(town: Town) -> None:
    (told,) = called(town, asked_in_vain(town, where=private(RESIDENT)))
    assert told.conversation == private(INSTRUCTOR)
    assert "小何妈妈" in told.text
    assert "低保" not in told.text


def test_a_lost_question_stands_in_the_digest_of_the_unit(town: Town) -> None:
    asked_in_vain(town)
    (told,) = to(town.queue(digests.daily(town.context()), "digest"), private(SECRETARY))
    assert "没送到：小何妈妈的消息（不是好友）" in told
