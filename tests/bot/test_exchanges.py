from datetime import datetime, timedelta

from bot.exchanges import Exchanges
from handlers.messages import Incoming
from tests.peers.platform import BEGIN


def said(sender: str = "other bot", conversation: str = "group:1") -> Incoming:
    return Incoming("qq", "8000", conversation, "m1", sender, "小助手", BEGIN, "您好")


def answer(exchanges: Exchanges, times: int, incoming: Incoming, every: float = 5) -> datetime:
    now = BEGIN
    for _ in range(times):
        exchanges.note(incoming, now)
        now += timedelta(seconds=every)
    return now


def test_three_answers_within_a_minute_are_enough() -> None:
    exchanges = Exchanges()
    now = answer(exchanges, 2, said())
    assert not exchanges.is_broken(said(), now)

    now = answer(exchanges, 1, said())
    assert exchanges.is_broken(said(), now)


def test_answers_over_a_longer_time_break_nothing() -> None:
    exchanges = Exchanges()
    now = answer(exchanges, 10, said(), every=31)

    assert not exchanges.is_broken(said(), now)


def test_others_in_the_group_are_still_answered() -> None:
    exchanges = Exchanges()
    now = answer(exchanges, 3, said())

    assert not exchanges.is_broken(said("a resident"), now)
    assert not exchanges.is_broken(said(conversation="group:2"), now)


def test_after_ten_minutes_it_is_answered_again() -> None:
    exchanges = Exchanges()
    now = answer(exchanges, 3, said())

    assert exchanges.is_broken(said(), now + timedelta(minutes=9))
    assert not exchanges.is_broken(said(), now + timedelta(minutes=10))


def test_in_private_more_is_allowed() -> None:
    exchanges = Exchanges()
    private = said("a resident", "private:a resident")
    now = answer(exchanges, 9, private)
    assert not exchanges.is_broken(private, now)

    now = answer(exchanges, 1, private)
    assert exchanges.is_broken(private, now)


def test_a_bot_in_a_crowd_is_still_found() -> None:
    exchanges = Exchanges()
    for round_ in range(3):
        exchanges.note(said(), BEGIN)
        for number in range(2000):
            exchanges.note(said(f"resident {round_}/{number}"), BEGIN)

    assert exchanges.is_broken(said(), BEGIN)


def test_of_more_people_than_are_kept_the_last_are_known() -> None:
    exchanges = Exchanges()
    for number in range(6000):
        for _ in range(3):
            exchanges.note(said(f"bot {number}"), BEGIN)

    assert exchanges.is_broken(said("bot 5999"), BEGIN)
    assert not exchanges.is_broken(said("bot 0"), BEGIN)
