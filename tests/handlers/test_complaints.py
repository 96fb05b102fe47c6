"""A complaint of the staff, said together with something else, goes past them and is not lost."""

import itertools

import pytest

from handlers import dispatch
from handlers.reading import Gate, Match
from handlers.sensitivity import against_in
from storage.models import Act, OutboxRow, Outcome, OutgoingClass, Stage, TicketNumber
from tests.handlers.town import (
    ADMINISTRATOR,
    CHATTER,
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    OVER_SECRETARY,
    RESIDENT,
    SECRETARY,
    TOWN_SECRETARY,
    Town,
    matter,
    of,
    private,
    to,
)

PASSING = "指导员李惠不管，打电话还骂人"
GATES = {
    Gate.NONE: CHATTER,
    Gate.ASK: matter("态度的事", gate=Gate.ASK, score=0.3),
    Gate.OPEN: matter("态度的事"),
}


def heard_by(user_id: str, rows: list[OutboxRow]) -> str:
    return "".join(to(rows, private(user_id)))


def kept_with(town: Town, number: int) -> str:
    """All that is kept with a ticket."""
    messages = town.store.tickets.list_messages(TicketNumber(number))
    events = [event.detail for event in town.events(number)]
    return "".join([town.ticket(number).body, *(one.text for one in messages), *events])


@pytest.mark.parametrize(
    "said",
    [
        "解决了，但是李惠态度差",
        "解决了,但是小李态度差",
        "解决了,但是小李收了我两百块钱",
        "修好了，就是收了我两百块钱",
        "好了 指导员骂人",
    ],
)
def test_a_complaint_with_the_word_that_closes_goes_past_the_worker(town: Town, said: str) -> None:
    town.answered()
    told = town.say(RESIDENT, said)
    assert town.ticket(1).outcome is Outcome.CONFIRMED
    assert said not in kept_with(town, 1)
    own = town.ticket(2)
    assert (own.body, own.is_sensitive, own.stage) == (said, True, Stage.REGISTERED)
    assert said in heard_by(SECRETARY, told)
    assert said not in heard_by(INSTRUCTOR, told)
    assert to(told, GROUP) == ["收到，已私下联系您。"]


def test_of_the_secretary_it_goes_further_up(town: Town) -> None:
    town.answered()
    told = town.say(RESIDENT, "解决了，可是鲍书记收了两千块钱")
    assert "两千" in heard_by(OVER_SECRETARY, told)
    assert "两千" not in heard_by(SECRETARY, told) + heard_by(INSTRUCTOR, told)


def test_behind_the_word_of_satisfaction_it_is_taken_apart_too(town: Town) -> None:
    town.answered()
    told = town.tell(RESIDENT, "满意 1 就是李惠收了我两百块钱")
    assert town.ticket(1).is_satisfied is True
    assert "两百" not in kept_with(town, 1) + heard_by(INSTRUCTOR, told)
    assert "两百" in heard_by(SECRETARY, told)


def test_what_is_taken_for_thanks_is_taken_apart_too(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess = Match(TicketNumber(1), Act.THANKS, 0.9)
    monkeypatch.setattr(dispatch, "match", lambda *_: guess)
    town.open("停水")
    said = "下午总算是通水了，娃能洗上脸了，不过指导员李惠在电话里态度差得很，骂人"
    told = town.say(RESIDENT, said)
    assert town.ticket(1).outcome is Outcome.CONFIRMED
    assert said not in kept_with(town, 1) + heard_by(INSTRUCTOR, told)
    assert said in heard_by(SECRETARY, told)


def test_delivered_twice_it_is_one_matter(town: Town) -> None:
    town.answered()
    for _ in range(2):
        town.say(RESIDENT, "解决了，但是李惠态度差", message_id="twice")
    assert len(town.tickets()) == 2


@pytest.mark.parametrize(
    "said",
    ["解决了，指导员态度很好", "满意，小李态度真好", "好了，李惠没收一分钱", "修好了，态度不错"],
)
def test_praise_is_no_complaint(town: Town, said: str) -> None:
    town.answered()
    assert town.say(RESIDENT, said) == []
    assert town.ticket(1).outcome is Outcome.CONFIRMED
    assert len(town.tickets()) == 1


@pytest.mark.parametrize(
    "said", ["指导员态度不好", "指导员态度好差", "指导员不收钱不办事", "指导员态度好一点行不行"]
)
def test_what_sounds_near_praise_is_a_complaint(said: str) -> None:
    assert against_in(said) is not None


def test_the_worker_does_not_hear_what_is_said_of_whoever_came(town: Town) -> None:
    town.answered()
    told = town.say(RESIDENT, "还没好，还收了我两百块钱")
    assert "两百" not in heard_by(INSTRUCTOR, told)
    assert "两百" in heard_by(SECRETARY, told)


def ask_about_another(town: Town) -> None:
    """The resident is put a question of the bot's about some other line."""
    town.say(RESIDENT, "楼道里那个", reading=GATES[Gate.ASK])
    assert of(town.wait(minutes=11), OutgoingClass.QUESTION)


def ask_a_neighbour(town: Town) -> None:
    town.say(NEIGHBOUR, "门口那个", reading=GATES[Gate.ASK])
    assert of(town.wait(minutes=3), OutgoingClass.QUESTION)


@pytest.mark.parametrize(
    ("gate", "act", "was_asked", "is_late"),
    list(itertools.product(Gate, (Act.ADD, Act.JOIN, Act.REOPEN, Act.THANKS), (0, 1), (0, 1))),
)
def test_what_is_taken_apart_is_never_lost(
    town: Town, monkeypatch: pytest.MonkeyPatch, gate: Gate, act: Act, was_asked: int, is_late: int
) -> None:
    if was_asked:
        ask_about_another(town)
    town.open("停水", text="2号楼二单元停水")
    guess = Match(TicketNumber(1), act, 0.95)
    monkeypatch.setattr(dispatch, "match", lambda *_: guess)
    told = town.say(RESIDENT, PASSING, reading=GATES[gate], is_late=bool(is_late))
    told += town.wait(minutes=5)
    monkeypatch.undo()
    if of(told, OutgoingClass.QUESTION):
        assert PASSING not in kept_with(town, 1)
        told += town.tell(RESIDENT, "登记")
    assert PASSING in heard_by(SECRETARY, told)
    assert PASSING not in heard_by(INSTRUCTOR, told) + kept_with(town, 1)
    assert "指导员李惠" not in "".join(to(told, GROUP))


def test_a_question_in_the_air_for_a_neighbour_loses_no_complaint(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_a_neighbour(town)
    town.open("停水")
    guess = Match(TicketNumber(1), Act.ADD, 0.95)
    monkeypatch.setattr(dispatch, "match", lambda *_: guess)
    told = town.say(RESIDENT, PASSING, reading=CHATTER) + town.wait(minutes=5)
    monkeypatch.undo()
    if of(told, OutgoingClass.QUESTION):
        told += town.tell(RESIDENT, "登记")
    assert PASSING in heard_by(SECRETARY, told)


def test_another_matter_said_meanwhile_does_not_take_the_question_along(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.open("停水")
    guess = Match(TicketNumber(1), Act.ADD, 0.95)
    monkeypatch.setattr(dispatch, "match", lambda *_: guess)
    told = town.say(RESIDENT, PASSING, reading=CHATTER)
    monkeypatch.setattr(dispatch, "match", lambda *_: None)
    told += town.tell(RESIDENT, "3号楼楼道灯坏了", reading=matter("楼道灯坏了"))
    told += town.wait(minutes=5)
    told += town.tell(RESIDENT, "登记")
    assert PASSING in heard_by(SECRETARY, told)


def test_what_is_asked_about_is_not_opened_by_a_second_delivery(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.open("停水")
    guess = Match(TicketNumber(1), Act.ADD, 0.95)
    monkeypatch.setattr(dispatch, "match", lambda *_: guess)
    for _ in range(2):
        town.say(RESIDENT, PASSING, reading=CHATTER, message_id="twice")
        town.wait(minutes=5)
    assert len(town.tickets()) == 1


def test_in_the_word_that_it_is_not_solved_a_complaint_nobody_may_hear_is_opened(
    town: Town,
) -> None:
    town.open()
    town.tell(INSTRUCTOR, "1 转 柳园镇")
    town.tell(TOWN_SECRETARY, "1 办结 修好了")
    said = "还没好，书记收了我两百块钱"
    told = town.tell(RESIDENT, said)
    assert (town.ticket(1).stage, town.ticket(1).reopened) == (Stage.REGISTERED, 1)
    assert (town.ticket(2).body, town.ticket(2).assignee) == (said, None)
    assert "反映书记" in heard_by(ADMINISTRATOR, told)
    assert "两百" not in heard_by(TOWN_SECRETARY, told)
    assert said not in kept_with(town, 1)
