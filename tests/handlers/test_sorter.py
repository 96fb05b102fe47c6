"""A classifier trained from labelled texts."""

from datetime import UTC, datetime

import pytest

from handlers import model
from handlers.intents import Ear, shipped_model
from handlers.sorter import evaluate_sorter, grams, sort_text, train_sorter
from handlers.talk import NO_TALK, Line
from storage.models import Field

ROWS = [
    (f"{place}{what}", label)
    for place in ("东街", "西街", "南巷", "北巷", "河边", "学校门口")
    for what, label in (
        ("自来水停了三天没人管", "水"),
        ("水管漏水没人修", "水"),
        ("路灯不亮摸黑走路", "灯"),
        ("灯杆上的路灯坏了", "灯"),
    )
]


def test_it_sorts_what_it_was_taught() -> None:
    sorter = model.load(train_sorter(ROWS, "2026-11-24"))
    assert sort_text(sorter, "我们楼下水管又漏水了") == "水"
    assert sort_text(sorter, "村口路灯不亮") == "灯"


def test_the_file_tells_when_and_of_how_many_it_was_made() -> None:
    about = model.load(train_sorter(ROWS, "2026-11-24")).about
    assert about.trained_on == "2026-11-24"
    assert about.counts == {"水": 12, "灯": 12}


def test_a_report_counts_each_label() -> None:
    sorter = model.load(train_sorter(ROWS, "2026-11-24"))
    report = evaluate_sorter(sorter, [*ROWS, ("路灯不亮", "水")])
    assert report.labels["水"].recall == pytest.approx(12 / 13)
    assert report.labels["灯"].precision == pytest.approx(12 / 13)


def test_one_label_is_nothing_to_learn() -> None:
    with pytest.raises(ValueError, match="two labels"):
        train_sorter([("没水", "水")], "2026-11-24")


def test_what_is_said_more_often_counts_more() -> None:
    sorter = model.load(train_sorter(ROWS, "2026-11-24"))
    assert sort_text(sorter, "水管漏水，路灯不亮，路灯坏了，灯杆倒了") == "灯"
    assert sort_text(sorter, "路灯不亮，水管漏水，自来水停了，没水") == "水"


def test_the_first_words_of_a_long_text_count_twice() -> None:
    counted = grams(f"水管漏水{'，' * 80}路灯不亮")
    assert (counted["水"], counted["水管"], counted["灯"], counted["路灯"]) == (4, 2, 1, 1)


def test_a_rare_label_is_found_as_well_as_a_frequent_one() -> None:
    many = [*ROWS, *(row for row in ROWS if row[1] == "水")] * 8
    rare = [("垃圾堆在巷口没人清", "脏"), ("垃圾桶满了没人清", "脏")]
    sorter = model.load(train_sorter([*many, *rare], "2026-11-24"))
    assert sort_text(sorter, "楼后面的垃圾没人清") == "脏"


@pytest.mark.parametrize("text", ["", "水" * 100_000, "\ud800\u0000", "🙏😭", "abc def"])
def test_any_text_gets_a_label(text: str) -> None:
    sorter = model.load(train_sorter(ROWS, "2026-11-24"))
    assert sort_text(sorter, text) in {"水", "灯"}


FIELDS = [
    (f"{place}{what}", label)
    for place in ("东街", "西街", "南巷", "北巷", "河边", "学校门口")
    for what, label in (("烟囱倒了没人管", "住房物业"), ("灯笼坏了没人管", "水电气暖"))
]


def test_the_ear_takes_the_field_from_a_sorter_whose_labels_are_fields() -> None:
    sorter = model.load(train_sorter(FIELDS, "2026-11-24"))
    plain, taught = Ear(shipped_model()), Ear(shipped_model(), sorter=sorter)
    lamp = Line(
        "1", datetime(2026, 11, 24, tzinfo=UTC), "5001", "", "楼上烟囱倒了，自来水也停了三天"
    )
    assert plain.classify(lamp, NO_TALK).field is Field.UTILITIES
    assert taught.classify(lamp, NO_TALK).field is Field.HOUSING


def test_a_field_that_the_sorter_was_never_taught_is_left_to_the_ear() -> None:
    sorter = model.load(train_sorter(FIELDS, "2026-11-24"))
    ear = Ear(shipped_model(), sorter=sorter)
    road = Line("1", datetime(2026, 11, 24, tzinfo=UTC), "5001", "", "门口的路坑坑洼洼没人修")
    assert ear.classify(road, NO_TALK).field is Field.ROADS
