"""A neighbour's word settles what the ear was not sure of."""

import pytest

from handlers.reading import Gate
from storage.models import Act, Stage
from tests.handlers.town import (
    CHATTER,
    GROUP,
    NEIGHBOUR,
    RESIDENT,
    THIRD,
    Town,
    matter,
    private,
    to,
)

UNSURE = matter("没水", gate=Gate.ASK, score=0.4)
LINE = "三号楼的水龙头怕是在睡觉，一滴水都没有"


@pytest.fixture
def doubted(town: Town) -> Town:
    """A line has been said that is asked about after the pause."""
    town.say(RESIDENT, LINE, reading=UNSURE)
    return town


def acts(town: Town) -> list[tuple[Act, str]]:
    messages = town.store.tickets.list_messages(town.ticket(1).number)
    return [(message.act, message.key.rsplit("/", 1)[-1]) for message in messages]


def test_a_neighbour_who_has_the_same_opens_it_and_joins(doubted: Town) -> None:
    doubted.say(NEIGHBOUR, "我家也没水", reading=CHATTER)
    assert acts(doubted) == [(Act.OPEN, "m1"), (Act.JOIN, "m2")]
    assert doubted.ticket(1).body == LINE


def test_the_ticket_is_his_who_said_it_first(doubted: Town) -> None:
    doubted.say(NEIGHBOUR, "我家也没水", reading=CHATTER)
    first = doubted.store.residents.get(doubted.ticket(1).resident)
    assert first is not None
    assert first.user_id == RESIDENT


def test_nothing_is_asked_any_more(doubted: Town) -> None:
    doubted.say(NEIGHBOUR, "我家也没水", reading=CHATTER)
    assert all("要登记吗" not in text for text in to(doubted.wait(hours=1), GROUP))


def test_it_may_have_been_asked_already(doubted: Town) -> None:
    doubted.wait(minutes=3)
    doubted.say(NEIGHBOUR, "我家也没水", reading=CHATTER)
    assert doubted.ticket(1).stage is Stage.REGISTERED


def test_both_are_told_of_one_ticket(doubted: Town) -> None:
    doubted.say(NEIGHBOUR, "我家也没水", reading=CHATTER)
    doubted.wait(minutes=5)
    reporters = doubted.store.tickets.list_reporters(doubted.ticket(1).number)
    assert [user_id for _, user_id in reporters] == [RESIDENT, NEIGHBOUR]
    assert len(doubted.tickets()) == 1


def test_a_third_joins_the_same(doubted: Town) -> None:
    doubted.say(NEIGHBOUR, "我家也没水", reading=CHATTER)
    doubted.say(THIRD, "我家也没水", reading=CHATTER)
    assert acts(doubted)[2] == (Act.JOIN, "m3")


def test_what_he_says_himself_settles_nothing(doubted: Town) -> None:
    doubted.say(RESIDENT, "我家也没水", reading=CHATTER)
    assert doubted.tickets() == []


@pytest.mark.parametrize("text", ["哈哈哈", "晚上三缺一，来不来", "我家水大得很"])
def test_who_says_something_else_settles_nothing(doubted: Town, text: str) -> None:
    doubted.say(NEIGHBOUR, text, reading=CHATTER)
    assert doubted.tickets() == []


def test_an_hour_later_it_is_too_late(doubted: Town) -> None:
    doubted.wait(hours=1)
    doubted.say(NEIGHBOUR, "我家也没水", reading=CHATTER)
    assert doubted.tickets() == []


def test_in_another_group_it_settles_nothing(doubted: Town) -> None:
    doubted.say(NEIGHBOUR, "我家也没水", where=private(NEIGHBOUR), reading=CHATTER)
    assert doubted.tickets() == []


def test_a_line_that_waits_for_a_second_keeps_the_group_listened_to(town: Town) -> None:
    town.say(RESIDENT, LINE, reading=UNSURE)
    assert town.last.is_waiting
