from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.models import MessageKey, Question, QuestionState, Resident, UnitId
from storage.store import Store

Raise = Callable[..., Question]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def raise_question(store: Store, resident: Resident, now: datetime) -> Raise:
    raised = 0

    def add(**changed: object) -> Question:
        nonlocal raised
        raised += 1
        values: dict[str, object] = {
            "source_key": MessageKey(f"qq/group:1/{raised}"),
            "platform": "qq",
            "conversation": "group:1",
            "resident": resident.id,
            "unit": UnitId("liuyuan"),
            "text": "楼道灯好像不太亮",
            "images": ("a.jpg", "b.jpg"),
            "gist": "楼道灯不亮",
            "raised_at": now,
            "due_at": now + MINUTE,
        }
        question = store.questions.add(**(values | changed))  # type: ignore[arg-type]
        assert question is not None
        return question

    return add


def test_a_question_is_pending_with_all_that_was_said(
    store: Store, raise_question: Raise, resident: Resident, now: datetime
) -> None:
    question = raise_question()
    assert question == Question(
        id=question.id,
        source_key=MessageKey("qq/group:1/1"),
        platform="qq",
        conversation="group:1",
        resident=resident.id,
        unit=UnitId("liuyuan"),
        text="楼道灯好像不太亮",
        images=("a.jpg", "b.jpg"),
        gist="楼道灯不亮",
        state=QuestionState.PENDING,
        raised_at=now,
        due_at=now + MINUTE,
        is_asked=False,
    )
    assert store.questions.get_by_source(question.source_key) == question


def test_a_line_raises_one_question_only(
    store: Store, raise_question: Raise, resident: Resident, now: datetime
) -> None:
    first = raise_question()
    again = store.questions.add(
        first.source_key, "qq", "group:1", resident.id, first.unit, "", (), "", now, None
    )
    assert again is None
    assert store.questions.get_by_source(first.source_key) == first


def test_an_unknown_source_is_none(store: Store) -> None:
    assert store.questions.get_by_source(MessageKey("qq/group:1/99")) is None


def test_the_newest_open_question_to_the_resident_is_given(
    store: Store, raise_question: Raise, resident: Resident
) -> None:
    older, newer, settled = raise_question(), raise_question(), raise_question()
    store.questions.mark_asked(older.id, None)
    store.questions.settle(settled.id, QuestionState.DROPPED)
    assert store.questions.get_open("qq", "group:1", resident.id) == newer
    store.questions.settle(newer.id, QuestionState.ANSWERED)
    found = store.questions.get_open("qq", "group:1", resident.id)
    assert found is not None
    assert (found.id, found.state) == (older.id, QuestionState.ASKED)


def test_a_question_elsewhere_or_to_another_is_not_open_here(
    store: Store, raise_question: Raise, resident: Resident
) -> None:
    other = store.residents.see("qq", "20002", "老赵", None)
    raise_question()
    assert store.questions.get_open("qq", "group:2", resident.id) is None
    assert store.questions.get_open("wechat", "group:1", resident.id) is None
    assert store.questions.get_open("qq", "group:1", other.id) is None


def test_due_questions_come_earliest_first_and_no_more_than_wanted(
    store: Store, raise_question: Raise, now: datetime
) -> None:
    late = raise_question(due_at=now + 2 * MINUTE)
    early = raise_question(due_at=now + MINUTE)
    raise_question(due_at=now + 3 * MINUTE)
    raise_question(due_at=None)
    assert store.questions.list_due(now + 2 * MINUTE, 10) == [early, late]
    assert store.questions.list_due(now + 2 * MINUTE, 1) == [early]


def test_the_next_due_moment_is_the_earliest(
    store: Store, raise_question: Raise, now: datetime
) -> None:
    assert store.questions.next_due() is None
    raise_question(due_at=now + 2 * MINUTE)
    raise_question(due_at=now + MINUTE)
    assert store.questions.next_due() == now + MINUTE


def test_an_asked_question_is_due_at_its_expiry(
    store: Store, raise_question: Raise, now: datetime
) -> None:
    question = raise_question()
    expiry = now + timedelta(days=1)
    store.questions.mark_asked(question.id, expiry)
    assert store.questions.get_by_source(question.source_key) == replace(
        question, state=QuestionState.ASKED, due_at=expiry, is_asked=True
    )


def test_a_settled_question_is_not_asked_any_more(
    store: Store, raise_question: Raise, now: datetime
) -> None:
    question = raise_question()
    store.questions.settle(question.id, QuestionState.DROPPED)
    store.questions.mark_asked(question.id, now)
    found = store.questions.get_by_source(question.source_key)
    assert found is not None
    assert (found.state, found.is_asked) == (QuestionState.DROPPED, False)


def test_a_settled_question_forgets_what_was_said(store: Store, raise_question: Raise) -> None:
    question = raise_question()
    store.questions.settle(question.id, QuestionState.ANSWERED)
    assert store.questions.get_by_source(question.source_key) == replace(
        question, state=QuestionState.ANSWERED, text="", images=(), gist="", due_at=None
    )


def test_only_questions_really_asked_here_are_counted(
    store: Store, raise_question: Raise, now: datetime
) -> None:
    answered, unasked, elsewhere, earlier = (
        raise_question(),
        raise_question(),
        raise_question(conversation="group:2"),
        raise_question(raised_at=now - MINUTE),
    )
    for question in (answered, elsewhere, earlier):
        store.questions.mark_asked(question.id, None)
    store.questions.settle(answered.id, QuestionState.ANSWERED)
    store.questions.settle(unasked.id, QuestionState.DROPPED)
    assert store.questions.count_asked_since("qq", "group:1", now) == 1


def test_a_resident_was_asked_in_any_group_since_the_moment(
    store: Store, raise_question: Raise, resident: Resident, now: datetime
) -> None:
    other = store.residents.see("qq", "20002", "老赵", None)
    question = raise_question(conversation="group:2")
    assert not store.questions.was_asked(resident.id, now)
    store.questions.mark_asked(question.id, None)
    assert store.questions.was_asked(resident.id, now)
    assert not store.questions.was_asked(resident.id, now + MINUTE)
    assert not store.questions.was_asked(other.id, now)


def test_the_open_questions_of_a_conversation_are_listed_oldest_first(
    store: Store, raise_question: Raise, now: datetime
) -> None:
    old = raise_question(raised_at=now - 2 * MINUTE)
    settled, asked, pending = raise_question(), raise_question(), raise_question()
    raise_question(conversation="group:2")
    store.questions.settle(settled.id, QuestionState.DROPPED)
    store.questions.mark_asked(asked.id, now + MINUTE)
    found = store.questions.list_open_here("qq", "group:1", now - MINUTE)
    assert [one.id for one in found] == [asked.id, pending.id]
    assert old.id not in {one.id for one in found}


def test_who_wants_no_name_wants_none_in_what_he_is_asked_about(
    store: Store, raise_question: Raise
) -> None:
    named, unnamed = raise_question(), raise_question(is_anonymous=True)
    assert (named.is_anonymous, unnamed.is_anonymous) == (False, True)
    store.questions.make_anonymous(named.id)
    found = store.questions.get_by_source(named.source_key)
    assert found is not None
    assert found.is_anonymous


def test_the_newest_open_question_of_a_resident_is_found_wherever_it_is(
    store: Store, raise_question: Raise, resident: Resident
) -> None:
    here, settled = raise_question(conversation="private:20001"), raise_question()
    store.questions.settle(settled.id, QuestionState.ANSWERED)
    assert store.questions.get_open_of(resident.id) == here
    store.questions.settle(here.id, QuestionState.DROPPED)
    assert store.questions.get_open_of(resident.id) is None
