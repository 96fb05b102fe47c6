"""Where one period ends the next begins: nothing is counted in both or in neither."""

from datetime import timedelta

from handlers import boards, digests
from handlers.messages import Outgoing, Target
from storage.models import OutgoingClass, UnitId
from storage.statistics import Figure
from tests.handlers.conftest import TownMaker
from tests.handlers.office import at
from tests.handlers.town import GROUP, RESIDENT, SECRETARY, Town, matter, private, to


def digest(town: Town) -> str:
    return to(town.queue(digests.daily(town.context()), "digest"), private(SECRETARY))[0]


def test_what_happens_at_the_hour_of_the_digest_is_in_one_of_two(town_at: TownMaker) -> None:
    town = town_at("2026-11-24 17:30")
    town.say(RESIDENT, "停水了没人管", reading=matter())
    today = digest(town)
    town.wait_until(at("2026-11-25 17:30"))
    assert ["新收 1 件" in text for text in (today, digest(town))] == [False, True]


def test_what_comes_after_the_hour_is_left_to_the_next_though_the_digest_is_late(
    town_at: TownMaker,
) -> None:
    town = town_at("2026-11-24 18:00")
    town.say(RESIDENT, "停水了没人管", reading=matter())
    lost = town.queue([Outgoing(Target("qq", GROUP), OutgoingClass.REPLY, "好")], "lost")[0]
    town.store.outbox.mark_dead(lost.id, "平台不让发", town.now)
    town.now += timedelta(hours=1)
    today = digest(town)
    town.wait_until(at("2026-11-25 17:30"))
    tomorrow = digest(town)
    assert ["新收 1 件" in text for text in (today, tomorrow)] == [False, True]
    assert ["没送到" in text for text in (today, tomorrow)] == [False, True]


def test_the_digest_that_is_asked_for_and_the_statistics_count_this_very_moment(
    town_at: TownMaker,
) -> None:
    town = town_at("2026-11-24 18:00")
    town.say(RESIDENT, "停水了没人管", reading=matter())
    for word in ("统计", "日报"):
        assert "新收 1 件" in town.tell(SECRETARY, word)[0].text


def test_a_month_ends_where_the_next_begins(town_at: TownMaker) -> None:
    town = town_at("2026-12-01 00:00")
    town.say(RESIDENT, "停水了没人管", reading=matter())
    unit = UnitId("chengguan")
    months = [boards.month_named(key, town.context()) for key in ("2026-11", "2026-12")]
    counted = [boards.numbers(unit, month, town.context())[Figure.OPENED] for month in months]
    assert counted == [0, 1]
    assert "12月\n新收 1 件" in town.tell(SECRETARY, "统计")[0].text
