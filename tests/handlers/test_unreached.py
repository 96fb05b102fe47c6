"""What is said to who can not be written to in private."""

from handlers.unreached import call_from_group
from storage.models import OutboxRow, Urgency
from tests.handlers.town import GROUP, INSTRUCTOR, RESIDENT, Town, matter, private

WISH_TO_DIE = matter("想不开", urgency=Urgency.CRITICAL, danger="self_harm", is_sensitive=True)
DELICATE = matter("低保的事", is_sensitive=True)


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
