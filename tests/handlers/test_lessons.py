"""What a deployment teaches, and how far one person can turn it."""

from datetime import UTC, datetime

from handlers.examples import CHATTER, Example
from handlers.lessons import MOST_A_PERSON, Lessons, gather, is_held_back
from storage.models import Correction, Field, Lesson, PersonId, ResidentId, TicketNumber

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def correction(
    number: int, text: str, act: str = "none", person: int = 1, field: str | None = None
) -> Correction:
    return Correction(number, NOW, PersonId(person), None, act, field, None, text)


def settled(number: int, text: str, resident: int = 1, field: str = Field.UTILITIES) -> Lesson:
    return Lesson(TicketNumber(number), ResidentId(resident), field, text)


def said(number: int) -> str:
    """Another line for each number: digits alone make no other words."""
    return f"{chr(97 + number // 26)}{chr(97 + number % 26)}坏了"


def all_of(lessons: Lessons) -> set[tuple[str, str, str | None]]:
    return {(one.text, one.act, one.field) for one in (*lessons.learned, *lessons.held_back)}


def test_settled_tickets_are_matters_of_their_field() -> None:
    assert all_of(gather([settled(1, "又没水了")], [])) == {("又没水了", "open", "水电气暖")}


def test_a_line_that_was_no_matter_is_chatter() -> None:
    assert all_of(gather([], [correction(1, "红包呢")])) == {("红包呢", CHATTER, None)}


def test_a_field_that_was_put_right_goes_before_that_of_the_ticket() -> None:
    put_right = correction(1, "巷子黑得很", "open", field=Field.ROADS)
    lessons = gather([settled(1, "巷子黑得很")], [put_right])
    assert all_of(lessons) == {("巷子黑得很", "open", "道路市政")}
    assert (lessons.corrections, lessons.tickets) == (1, 0)


def test_a_correction_that_says_nothing_of_the_field_leaves_that_of_the_ticket() -> None:
    lessons = gather([settled(1, "巷子黑得很")], [correction(1, "巷子黑得很", "open")])
    assert all_of(lessons) == {("巷子黑得很", "open", "水电气暖")}


def test_a_field_that_is_none_of_the_sixteen_is_not_learned() -> None:
    lessons = gather([], [correction(1, "巷子黑得很", "open", field="路灯")])
    assert all_of(lessons) == {("巷子黑得很", "open", None)}


def test_words_of_tickets_are_masked() -> None:
    lessons = gather([settled(1, "没水，电话13912345678")], [])
    assert all_of(lessons) == {("没水，电话139****5678", "open", "水电气暖")}


def test_of_one_person_only_the_newest_lines_are_learned() -> None:
    lessons = gather([], [correction(number, said(number)) for number in range(100)])
    texts = {text for text, _, _ in all_of(lessons)}
    assert texts == {said(number) for number in range(100 - MOST_A_PERSON, 100)}
    assert lessons.over == 100 - MOST_A_PERSON


def test_many_people_are_all_heard() -> None:
    given = [correction(number, said(number), person=number % 10) for number in range(100)]
    lessons = gather([], given)
    assert len(all_of(lessons)) == 100
    assert (lessons.people, lessons.over) == (10, 0)


def test_of_one_resident_only_so_many_tickets_are_learned() -> None:
    lessons = gather([settled(number, said(number)) for number in range(100)], [])
    assert len(all_of(lessons)) == MOST_A_PERSON


def test_the_same_words_are_learned_once() -> None:
    lessons = gather(
        [settled(1, "没水了", 1), settled(2, "没水了！", 2), settled(3, "没水了", 3)], []
    )
    assert len(all_of(lessons)) == 2


def test_what_people_contradict_each_other_in_is_not_learned() -> None:
    both = [correction(1, "路灯呢", "open", person=1), correction(2, "路灯呢", "none", person=2)]
    lessons = gather([], both)
    assert all_of(lessons) == set()
    assert lessons.disputed == 1


def test_one_person_may_change_his_mind() -> None:
    lessons = gather([], [correction(1, "路灯呢", "none"), correction(2, "路灯呢", "open")])
    assert all_of(lessons) == {("路灯呢", "open", None)}


def test_one_line_in_five_is_held_back_and_always_the_same() -> None:
    given = [correction(number, said(number), person=number) for number in range(500)]
    lessons = gather([], given)
    assert 70 <= len(lessons.held_back) <= 130
    assert all(is_held_back(one.text) for one in lessons.held_back)
    assert not any(is_held_back(one.text) for one in lessons.learned)


def test_an_empty_line_teaches_nothing() -> None:
    assert gather([], [correction(1, "  ")]).learned == ()


def test_an_example_has_no_talk_around_it() -> None:
    lessons = gather([], [correction(1, "红包呢")])
    assert Example("红包呢", CHATTER, is_lesson=True) in (*lessons.learned, *lessons.held_back)
