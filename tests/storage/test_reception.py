from datetime import datetime, timedelta

from storage.models import Conversation, DeadLetter, Flood, UnitId
from storage.store import Store

HOUR = timedelta(hours=1)


def test_a_gap_lasts_from_the_loss_to_the_return(store: Store, now: datetime) -> None:
    store.reception.open_gap("qq", "1", now)
    closed = store.reception.close_gap("qq", "1", now + HOUR)

    assert closed is not None
    (gap,) = store.reception.list_gaps_between(now, now + 2 * HOUR)
    assert (gap.began_at, gap.ended_at) == (now, now + HOUR)


def test_an_open_gap_is_not_opened_twice(store: Store, now: datetime) -> None:
    first = store.reception.open_gap("qq", "1", now)

    assert store.reception.open_gap("qq", "1", now + HOUR) == first
    gap = store.reception.get_open_gap("qq", "1")
    assert gap is not None
    assert gap.began_at == now


def test_accounts_have_gaps_of_their_own(store: Store, now: datetime) -> None:
    store.reception.open_gap("qq", "1", now)

    assert store.reception.close_gap("qq", "2", now) is None
    assert store.reception.get_open_gap("qq", "1") is not None


def test_a_gap_that_goes_on_touches_every_later_stretch(store: Store, now: datetime) -> None:
    store.reception.open_gap("qq", "1", now)

    assert len(store.reception.list_gaps_between(now + HOUR, now + 2 * HOUR)) == 1
    assert store.reception.list_gaps_between(now - HOUR, now) == []


def test_lines_that_came_in_afterwards_are_counted_up(store: Store, now: datetime) -> None:
    gap = store.reception.open_gap("qq", "1", now)
    store.reception.add_recovered(gap, 10, 1)
    store.reception.add_recovered(gap, 7, 1)

    last = store.reception.get_last_gap("qq", "1")
    assert last is not None
    assert (last.recovered, last.opened) == (17, 2)


def test_a_watermark_moves_forward_only(store: Store, now: datetime) -> None:
    store.reception.move_watermark("qq", "group:1", "m2", now)
    store.reception.move_watermark("qq", "group:1", "m1", now - HOUR)
    mark = store.reception.get_watermark("qq", "group:1")
    assert mark is not None
    assert (mark.message_id, mark.at) == ("m2", now)

    store.reception.move_watermark("qq", "group:1", "m3", now + HOUR)
    mark = store.reception.get_watermark("qq", "group:1")
    assert mark is not None
    assert mark.message_id == "m3"


def test_the_watermarks_of_a_platform_are_listed(store: Store, now: datetime) -> None:
    for platform, conversation in (("qq", "group:2"), ("qq", "group:1"), ("wechat", "group:3")):
        store.reception.move_watermark(platform, conversation, "m", now)

    marks = store.reception.list_watermarks("qq")
    assert [mark.conversation for mark in marks] == ["group:1", "group:2"]


def test_a_dead_letter_is_kept_until_it_is_removed(store: Store, now: datetime) -> None:
    letter = store.reception.add_dead_letter("qq/group:1/m1", now, "{}", "ValueError", 5)

    kept = DeadLetter(letter, "qq/group:1/m1", now, "{}", "ValueError", 5)
    assert store.reception.list_dead_letters() == [kept]
    assert store.reception.get_dead_letter(letter) == kept
    store.reception.remove_dead_letter(letter)
    assert store.reception.list_dead_letters() == []


def test_a_message_that_dies_again_stays_one_letter(store: Store, now: datetime) -> None:
    first = store.reception.add_dead_letter("k", now, "{}", "ValueError", 5)
    second = store.reception.add_dead_letter("k", now + HOUR, "{}", "KeyError", 5)

    assert first == second
    (letter,) = store.reception.list_dead_letters()
    assert (letter.error, letter.tries, letter.at) == ("KeyError", 10, now)


def test_one_flood_is_counted_on(store: Store, now: datetime) -> None:
    store.reception.add_flood(Flood("qq", "group:1", "7", now, now + HOUR, 900))
    store.reception.add_flood(Flood("qq", "group:1", "7", now, now + 2 * HOUR, 50))

    (flood,) = store.reception.list_floods_since(now + 2 * HOUR)
    assert (flood.dropped, flood.ended_at) == (950, now + 2 * HOUR)


def test_a_flood_is_known_to_the_unit_of_its_group_and_above(store: Store, now: datetime) -> None:
    town, branch, other = UnitId("town"), UnitId("branch"), UnitId("other")
    store.conversations.set_scope([(town, town), (town, branch), (branch, branch), (other, other)])
    store.conversations.bind(Conversation("qq", "group:1", branch, "", is_paused=False))
    store.reception.add_flood(Flood("qq", "group:1", "7", now, now, 900))

    found = [len(store.reception.list_floods_in_scope(one, now)) for one in (town, branch, other)]
    assert found == [1, 1, 0]
