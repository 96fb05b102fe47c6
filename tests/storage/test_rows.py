from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.models import (
    Act,
    Leave,
    MessageKey,
    PersonId,
    Question,
    QuestionState,
    ResidentId,
    TicketMessage,
    TicketNumber,
    UnitId,
)
from storage.rows import (
    from_json,
    from_millis,
    row_reader,
    to_json,
    to_millis,
    to_row,
    to_value,
)

MOMENT = datetime(2026, 11, 24, 1, 30, 0, 250_000, tzinfo=UTC)
MESSAGE = TicketMessage(
    key=MessageKey("qq/group:1/7"),
    ticket=TicketNumber(12),
    resident=ResidentId(3),
    person=None,
    act=Act.OPEN,
    at=MOMENT,
    text="停水了",
    images=("a.jpg", "图.png"),
    is_recalled=True,
)


def test_a_moment_is_kept_in_milliseconds_since_1970() -> None:
    assert to_millis(datetime(1970, 1, 2, tzinfo=UTC)) == 86_400_000
    assert from_millis(86_400_000) == datetime(1970, 1, 2, tzinfo=UTC)


def test_a_moment_in_another_zone_comes_back_in_utc() -> None:
    beijing = timezone(timedelta(hours=8))
    found = from_millis(to_millis(datetime(2026, 11, 24, 9, 30, tzinfo=beijing)))
    assert (found, found.tzinfo) == (datetime(2026, 11, 24, 1, 30, tzinfo=UTC), UTC)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        to_millis(datetime(2026, 11, 24))


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_no_millisecond_is_lost(millis: int) -> None:
    assert to_millis(from_millis(millis)) == millis


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (None, None),
        ("", ""),
        ("停水", "停水"),
        (Act.OPEN, "open"),
        (0, 0),
        (7, 7),
        (True, 1),
        (False, 0),
        (MOMENT, 1795483800250),
        (date(2026, 11, 25), "2026-11-25"),
        ((), "[]"),
        (("a.jpg", "图.png"), '["a.jpg","图.png"]'),
    ],
)
def test_each_kind_of_value_has_its_column(value: object, stored: object) -> None:
    assert to_value(value) == stored


def test_an_enum_is_stored_as_a_plain_string() -> None:
    assert type(to_value(Act.OPEN)) is str


def test_a_flag_is_stored_as_a_plain_number() -> None:
    assert type(to_value(True)) is int


@pytest.mark.parametrize("value", [1.5, {"a": 1}, ["a"], b"a"])
def test_what_no_column_holds_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=type(value).__name__):
        to_value(value)


def test_a_row_holds_every_field_of_the_model() -> None:
    assert to_row(MESSAGE) == {
        "key": "qq/group:1/7",
        "ticket": 12,
        "resident": 3,
        "person": None,
        "act": "open",
        "at": 1795483800250,
        "text": "停水了",
        "images": '["a.jpg","图.png"]',
        "images_missing": 0,
        "voice": None,
        "is_recalled": 1,
    }


def test_a_row_read_back_is_the_model() -> None:
    assert row_reader(TicketMessage)(**to_row(MESSAGE)) == MESSAGE


def test_what_is_read_has_the_fields_types_again() -> None:
    found = row_reader(TicketMessage)(**to_row(MESSAGE))
    assert found.act is Act.OPEN
    assert found.is_recalled is True
    assert type(found.images) is tuple


def test_an_empty_optional_column_stays_none() -> None:
    question = Question(
        id=1,
        source_key=MessageKey("qq/group:1/7"),
        platform="qq",
        conversation="group:1",
        resident=ResidentId(3),
        unit=UnitId("liuyuan"),
        text="",
        images=(),
        gist="",
        state=QuestionState.PENDING,
        raised_at=MOMENT,
        due_at=None,
    )
    assert row_reader(Question)(**to_row(question)) == question


def test_a_day_is_read_as_a_day() -> None:
    leave = Leave(1, PersonId(2), date(2026, 11, 25), date(2026, 11, 27))
    assert row_reader(Leave)(**to_row(leave)) == leave


def test_a_value_the_enum_does_not_know_is_an_error() -> None:
    row = to_row(MESSAGE) | {"act": "shout"}
    with pytest.raises(ValueError, match="shout"):
        row_reader(TicketMessage)(**row)


def test_a_model_comes_back_from_json() -> None:
    quoting = replace(MESSAGE, text='他说"停水"\n\\ 100% 🚰')
    assert from_json(TicketMessage, to_json(quoting)) == quoting
