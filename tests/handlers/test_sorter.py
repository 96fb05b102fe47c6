"""A classifier trained from labelled texts."""

import pytest

from handlers import model
from handlers.sorter import evaluate_sorter, sort_text, train_sorter

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
