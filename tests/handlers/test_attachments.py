"""Pictures of residents: who gets to see them, and what is said of those that are missing."""

from collections.abc import Sequence

import pytest

from storage.models import OutboxRow, Stage, Urgency
from tests.handlers.town import (
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    OTHER_INSTRUCTOR,
    RESIDENT,
    SECRETARY,
    THIRD,
    Town,
    matter,
    private,
    to,
)

WANTED = "图没收到，麻烦再发一次。"
WATERWORKS = "21000902"


def last_to(rows: Sequence[OutboxRow], user_id: str) -> OutboxRow:
    return [row for row in rows if row.conversation == private(user_id)][-1]


def opened(town: Town, *images: str, **changed: object) -> list[OutboxRow]:
    """A matter with pictures, and all that is said of it in the end."""
    told = town.say(RESIDENT, "井盖没了", reading=matter("井盖没了", **changed), images=images)
    return told + town.wait(seconds=100)


def test_the_card_brings_the_pictures_along(town: Town) -> None:
    card = last_to(opened(town, "a.jpg", "b.jpg"), INSTRUCTOR)
    assert card.images == ("a.jpg", "b.jpg")
    assert "井盖没了\n图 2 张\n" in card.text


def test_pictures_are_never_shown_in_the_group(town: Town) -> None:
    assert [row.images for row in opened(town, "a.jpg") if row.conversation == GROUP] == [()]


def test_a_picture_of_a_neighbour_who_joins_is_on_the_card_too(town: Town) -> None:
    town.say(RESIDENT, "又没水", reading=matter("停水"), images=("a.jpg",))
    town.say(NEIGHBOUR, "我家也没水", quote="m1", images=("b.jpg",))
    assert last_to(town.wait(seconds=100), INSTRUCTOR).images == ("a.jpg", "b.jpg")


def test_a_picture_of_a_neighbour_who_joins_later_goes_to_the_instructor(town: Town) -> None:
    town.open("停水")
    assert to(town.say(NEIGHBOUR, "我家也没水", quote="m1"), private(INSTRUCTOR)) == []
    card = last_to(town.say(THIRD, "我家也没水", quote="m1", images=("b.jpg",)), INSTRUCTOR)
    assert card.text == "#1 又补充——老丁：我家也没水\n图 1 张"
    assert card.images == ("b.jpg",)


def test_a_picture_whose_line_was_taken_back_is_not_shown(town: Town) -> None:
    town.say(RESIDENT, "又没水", reading=matter("停水"))
    town.say(RESIDENT, "就这样", quote="m1", images=("a.jpg",))
    town.say(RESIDENT, recall="m2")
    assert last_to(town.wait(seconds=100), INSTRUCTOR).images == ()


def test_a_picture_alone_that_comes_later_goes_to_the_instructor(town: Town) -> None:
    town.open("停水")
    told = town.say(RESIDENT, "", quote="m1", images=("a.jpg",))
    card = last_to(told, INSTRUCTOR)
    assert to(told, GROUP) == []
    assert card.text == "#1 又补充——小何妈妈：图 1 张"
    assert card.images == ("a.jpg",)


def test_a_picture_in_private_goes_to_the_instructor(town: Town) -> None:
    town.tell(RESIDENT, "3号楼又停水了没人管", reading=matter("停水"))
    town.wait(seconds=100)
    assert last_to(town.tell(RESIDENT, "", images=("a.jpg",)), INSTRUCTOR).images == ("a.jpg",)


def test_more_words_with_a_picture_come_together(town: Town) -> None:
    town.open("停水")
    card = last_to(town.say(RESIDENT, "三单元也停了", quote="m1", images=("a.jpg",)), INSTRUCTOR)
    assert card.text == "#1 又补充——小何妈妈：三单元也停了\n图 1 张"
    assert card.images == ("a.jpg",)


def test_what_is_still_not_solved_is_shown(town: Town) -> None:
    town.answered()
    told = town.say(RESIDENT, "还没好", images=("a.jpg",))
    assert town.ticket(1).stage is Stage.REGISTERED
    for person in (SECRETARY, INSTRUCTOR):
        assert last_to(told, person).images == ("a.jpg",)


def test_whoever_takes_over_sees_the_pictures(town: Town) -> None:
    opened(town, "a.jpg")
    card = last_to(town.tell(INSTRUCTOR, "1 转 河东"), OTHER_INSTRUCTOR)
    assert card.images == ("a.jpg",)
    assert "图 1 张" in card.text


def test_a_department_that_assists_sees_the_pictures(town: Town) -> None:
    opened(town, "a.jpg")
    card = last_to(town.tell(INSTRUCTOR, "1 协办 水厂"), WATERWORKS)
    assert card.images == ("a.jpg",)
    assert "图 1 张" in card.text


def test_pictures_of_a_sensitive_matter_stay_with_its_owner(town: Town) -> None:
    assert last_to(opened(town, "a.jpg", is_sensitive=True), INSTRUCTOR).images == ("a.jpg",)
    card = last_to(town.tell(INSTRUCTOR, "1 协办 水厂 上门看看"), WATERWORKS)
    assert card.images == ()
    assert "图" not in card.text


def test_pictures_of_danger_follow_the_words_of_the_alarm(town: Town) -> None:
    told = opened(town, "a.jpg", urgency=Urgency.CRITICAL, danger="gas")
    for person in (INSTRUCTOR, SECRETARY):
        alarm, pictures = (row for row in told if row.conversation == private(person))
        assert "图 1 张" in alarm.text
        assert alarm.images == ()
        assert pictures.images == ("a.jpg",)


def test_missing_pictures_are_counted_on_the_card_and_asked_for(town: Town) -> None:
    reading = matter("井盖没了")
    town.say(RESIDENT, "井盖没了", reading=reading, images=("a.jpg",), images_missing=2)
    told = town.wait(seconds=100)
    assert "图 1 张、图 2 张未取到" in last_to(told, INSTRUCTOR).text
    assert [text.endswith(WANTED) for text in to(told, GROUP)] == [True]


def test_a_picture_sent_again_in_time_is_not_asked_for(town: Town) -> None:
    town.say(RESIDENT, "井盖没了", reading=matter("井盖没了"), images_missing=1)
    town.say(RESIDENT, "", quote="m1", images=("a.jpg",))
    assert WANTED not in "".join(to(town.wait(seconds=100), GROUP))


def test_a_picture_that_is_missing_later_is_asked_for_once(town: Town) -> None:
    town.open("停水")
    first = town.say(RESIDENT, "", quote="m1", images_missing=1)
    assert last_to(first, INSTRUCTOR).text == "#1 又补充——小何妈妈：图 1 张未取到"
    assert [(row.text, row.at_users) for row in first if row.conversation == GROUP] == [
        (WANTED, (RESIDENT,))
    ]
    assert to(town.say(RESIDENT, "", quote="m1", images_missing=1), GROUP) == []


def test_a_missing_picture_of_a_sensitive_matter_is_asked_for_in_private(town: Town) -> None:
    told = town.say(
        RESIDENT, "低保的事", reading=matter("低保", is_sensitive=True), images_missing=1
    )
    assert to(told, private(RESIDENT))[0].endswith(WANTED)
    assert WANTED not in "".join(to(told, GROUP))


def test_an_old_line_asks_for_no_picture_in_the_group(town: Town) -> None:
    town.open("停水")
    assert to(town.say(RESIDENT, "", quote="m1", images_missing=1, is_late=True), GROUP) == []


@pytest.mark.parametrize("where", [GROUP, private(RESIDENT)])
def test_a_matter_of_a_picture_alone_is_shown(town: Town, where: str) -> None:
    town.say(RESIDENT, "@连心 登记", where=where, is_at_bot=True, images=("a.jpg",))
    card = last_to(town.wait(seconds=100), INSTRUCTOR)
    assert "小何妈妈：图 1 张\n" in card.text
    assert card.images == ("a.jpg",)
