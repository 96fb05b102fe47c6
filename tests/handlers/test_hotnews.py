"""What many raise is told to the secretary once."""

from handlers import hotnews
from storage.models import Field
from tests.handlers.town import OVER_SECRETARY, SECRETARY, Town, matter, private, to


def raise_by(town: Town, people: int, *, group: str = "group:700108", start: int = 0) -> None:
    for index in range(start, start + people):
        town.say(
            f"9{index:03}",
            f"第{index}家门口的路灯坏了",
            where=group,
            reading=matter(f"路灯坏{index}", field=Field.ROADS, place=f"{index}巷"),
        )


def news(town: Town, secretary: str) -> list[str]:
    return to(town.queue(hotnews.tell_hot_spots(town.context()), "hot"), private(secretary))


def test_five_people_of_one_branch_are_news_for_its_secretary(town: Town) -> None:
    raise_by(town, 5)
    told = news(town, SECRETARY)
    assert len(told) == 1
    assert "道路市政" in told[0]
    assert "5 人" in told[0]


def test_four_are_not(town: Town) -> None:
    raise_by(town, 4)
    assert news(town, SECRETARY) == []


def test_three_units_are_news_for_the_secretary_above_them(town: Town) -> None:
    for place, group in enumerate(("group:700101", "group:700102", "group:700103")):
        raise_by(town, 1, group=group, start=place)
    assert "3 个支部" in news(town, OVER_SECRETARY)[0]


def test_it_is_told_once_within_a_fortnight(town: Town) -> None:
    raise_by(town, 5)
    assert news(town, SECRETARY) != []
    town.now = town.now.replace(day=28)
    raise_by(town, 1, start=7)
    assert news(town, SECRETARY) == []


def test_what_is_told_in_confidence_is_no_news(town: Town) -> None:
    for index in range(6):
        reading = matter("低保的事", field=Field.WELFARE, is_sensitive=True)
        town.say(f"9{index:03}", f"我家低保{index}", reading=reading)
    assert news(town, SECRETARY) == []
