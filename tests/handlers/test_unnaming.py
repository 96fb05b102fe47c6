"""Who wants no name has none, whoever else raised the same matter."""

import pytest

from storage.models import Urgency
from tests.handlers.town import (
    INSTRUCTOR,
    RESIDENT,
    Town,
    matter,
    private,
    to,
)


@pytest.mark.parametrize(
    "said",
    ["匿名 会计贪钱", "匿名，会计贪钱", "匿名：会计贪钱", "/匿名 会计贪钱", "匿名\n会计贪钱"],
)
def test_the_word_itself_is_no_part_of_the_matter(town: Town, said: str) -> None:
    told = town.tell(RESIDENT, said)
    assert (town.ticket(1).body, town.ticket(1).is_anonymous) == ("会计贪钱", True)
    cards = [row.text for row in told if row.person is not None]
    assert "匿名居民：会计贪钱" in cards[0]


def test_the_word_before_a_line_in_the_group_is_no_part_of_it_either(town: Town) -> None:
    town.say(RESIDENT, "匿名，会计贪钱", reading=matter("贪钱", is_sensitive=True))
    assert (town.ticket(1).body, town.ticket(1).is_anonymous) == ("会计贪钱", True)


@pytest.mark.parametrize("said", ["匿名举报会计贪钱", "匿名"])
def test_what_only_begins_like_the_word_is_kept(town: Town, said: str) -> None:
    town.say(RESIDENT, said, reading=matter("贪钱", is_sensitive=True))
    assert town.ticket(1).body == said


def test_danger_behind_the_word_alarms_without_it(town: Town) -> None:
    told = town.tell(RESIDENT, "匿名 楼道里一股煤气味，头都晕")
    assert town.ticket(1).urgency is Urgency.CRITICAL
    assert "匿名居民：楼道里" in to(told, private(INSTRUCTOR))[0]
