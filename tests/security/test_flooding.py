"""Promise: one person who floods is bounded, hurts nobody else, and what is left out is named."""

import logging
from random import Random

import pytest

from bot.checkup import check_failures
from bot.config import load_config
from bot.exchanges import MOST_IN_GROUP
from bot.flood import MOST_MATTERS_A_DAY, Floods
from handlers import digests
from handlers.context import Context
from handlers.dispatch import dispatch
from handlers.settings import Settings
from storage.models import Flood, OutgoingClass
from storage.store import Store
from tests.handlers.town import CONFIG, GROUP, SECRETARY, TOWN_SECRETARY, private
from tests.peers.platform import BEGIN
from tests.security.conftest import Street
from tests.tally import Tally

FLOODER = "66001"
PIPE = "光明巷{}号楼停水一天了,没人管,能不能派人修"
SPEAKERS = 200


class Counted:
    """How many lines of each person came to the handlers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.by_sender: dict[str, int] = {}
        monkeypatch.setattr("bot.runtime.dispatch", self._dispatch)

    def _dispatch(self, incoming, context):  # type: ignore[no-untyped-def]
        self.by_sender[incoming.sender] = self.by_sender.get(incoming.sender, 0) + 1
        return dispatch(incoming, context)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


async def floods(street: Street) -> list[Flood]:
    await street.runtime.keep_marks()
    begin = street.clock.now().replace(year=2000)
    return list(await street.database.read(lambda s: s.reception.list_floods_since(begin)))


async def test_a_thousand_lines_of_one_person_in_a_minute_are_left_out_and_counted(
    street: Street, counted: Counted, caplog: pytest.LogCaptureFixture, tally: Tally
) -> None:
    caplog.set_level(logging.WARNING)
    for number in range(1000):
        await street.hear(FLOODER, PIPE.format(number), after=0.06)

    handled = counted.by_sender[FLOODER]
    assert handled <= 20
    (flood,) = await floods(street)
    assert (flood.user_id, flood.conversation, flood.dropped) == (FLOODER, GROUP, 1000 - handled)
    assert "flood in qq/group:700108" in caplog.text
    tally("1,000 lines of one person in a minute", 1000, leaked=caplog.text.count("光明巷"))


async def test_a_slow_flooder_opens_no_more_than_so_many_matters_a_day(street: Street) -> None:
    for number in range(60):
        await street.hear(FLOODER, f"/登记 {number}号院的路灯不亮", after=300)
    assert len(await street.tickets()) == MOST_MATTERS_A_DAY
    assert sum(flood.dropped for flood in await floods(street)) == 60 - MOST_MATTERS_A_DAY
    await street.hear(FLOODER, "/我的", after=300)
    assert sum(flood.dropped for flood in await floods(street)) == 60 - MOST_MATTERS_A_DAY


async def test_two_hundred_people_at_once_are_all_heard(
    street: Street, counted: Counted, tally: Tally
) -> None:
    for number in range(SPEAKERS):
        await street.hear(str(70_000 + number), f"{number}号院停水了没人管", after=0.3)
    assert await floods(street) == []
    tally("lines of 200 people in a minute", SPEAKERS, lost=SPEAKERS - len(counted.by_sender))


async def test_others_are_heard_in_the_middle_of_a_flood(
    street: Street, counted: Counted, tally: Tally
) -> None:
    for number in range(300):
        await street.hear(FLOODER, PIPE.format(number), after=0.1)
    await street.hear("70001", "3号楼二单元一滴水都没有,能不能派人来修")
    assert "70001" not in {flood.user_id for flood in await floods(street)}
    tally("another in the middle of a flood", 1, lost=1 - counted.by_sender["70001"])


async def test_a_cry_for_help_is_heard_in_the_middle_of_ones_own_flood(
    street: Street, counted: Counted
) -> None:
    for _ in range(100):
        await street.hear(FLOODER, "/帮助", after=0.1)
    await street.hear(FLOODER, "3号楼2单元楼道里好大的煤气味,头都晕了")
    alarms = [row for row in await street.queued() if row.kind is OutgoingClass.ALARM]
    assert alarms != []


async def test_a_recall_is_heard_in_the_middle_of_ones_own_flood(
    street: Street, counted: Counted
) -> None:
    for _ in range(100):
        await street.hear(FLOODER, "/帮助", after=0.1)
    before = counted.by_sender[FLOODER]
    await street.hear(FLOODER, "", recall="m1")
    assert counted.by_sender[FLOODER] == before + 1


async def test_a_flooder_is_answered_three_times(street: Street) -> None:
    for _ in range(100):
        await street.hear(FLOODER, "/帮助", after=0.1)
    assert len(await street.queued()) <= MOST_IN_GROUP


async def test_after_an_hour_one_is_heard_again(street: Street, counted: Counted) -> None:
    for _ in range(100):
        await street.hear(FLOODER, "/帮助", after=0.1)
    before = counted.by_sender[FLOODER]
    await street.hear(FLOODER, "/帮助", after=3700)
    assert counted.by_sender[FLOODER] == before + 1


async def test_staff_may_work_quickly(street: Street, counted: Counted) -> None:
    for number in range(50):
        await street.hear(SECRETARY, f"{number} 受理", after=1, where=private(SECRETARY))
    assert counted.by_sender[SECRETARY] == 50


async def test_memory_is_bounded_whoever_speaks(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.flood.MOST_SPEAKERS", 100)
    for number in range(400):
        await street.hear(str(80_000 + number), "/帮助", after=0.01)
    kept: Floods = street.runtime._floods
    assert len(kept._heard) <= 100


async def test_what_was_left_out_stands_in_the_digests_of_its_units(
    street: Street, settings: Settings
) -> None:
    for number in range(100):
        await street.hear(FLOODER, PIPE.format(number), after=0.1)
    (flood,) = await floods(street)

    def told(store: Store) -> dict[str, str]:
        context = Context(store, street.clock.now(), settings, Random(1))
        return {one.target.conversation: one.text for one in digests.daily(context)}

    texts = await street.database.read(told)
    line = f"城关党支部群里 09:30 起有人刷屏，{flood.dropped} 条没有处理"
    saying = {where for where, text in texts.items() if line in text}
    assert {private(SECRETARY), private(TOWN_SECRETARY)} <= saying
    assert len(saying) == 3
    assert all(FLOODER not in text for text in texts.values())


def test_the_check_names_who_flooded_where(memory_store: Store) -> None:
    config = load_config(CONFIG, {})
    memory_store.reception.add_flood(Flood("qq", GROUP, FLOODER, BEGIN, BEGIN, 970))
    told = [one.text for one in check_failures(config, memory_store, BEGIN)]
    assert told == [f"11-24 09:30 {FLOODER} 在 {GROUP} 刷屏，970 条没有处理"]
