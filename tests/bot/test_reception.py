"""What was heard how far, and the gaps."""

from datetime import datetime, timedelta

from bot.adapters.port import Notice
from bot.catchup import CatchUp
from tests.bot.heard import GAS, GROUP, Bot, said
from tests.peers.platform import BEGIN


async def test_marks_are_written_only_when_asked(a_bot: Bot) -> None:
    await a_bot.hear(said(1, "哈哈哈哈"))
    marks = await a_bot.database.read(lambda store: store.reception.list_watermarks("qq"))
    assert marks == []

    await a_bot.runtime.keep_marks()
    marks = await a_bot.database.read(lambda store: store.reception.list_watermarks("qq"))
    assert [(mark.conversation, mark.message_id) for mark in marks] == [(GROUP, "m1")]


def notice(kind: str, at: datetime, conversation: str | None = None, detail: str = "") -> Notice:
    return Notice("qq", "8000", kind, conversation, detail, at)


async def test_an_account_that_goes_and_comes_leaves_a_gap(a_bot: Bot) -> None:
    await a_bot.runtime.noticed(notice("online", BEGIN))
    await a_bot.runtime.noticed(notice("offline", BEGIN + timedelta(minutes=1)))
    await a_bot.runtime.noticed(notice("online", BEGIN + timedelta(minutes=9)))

    gaps = await a_bot.database.read(
        lambda store: store.reception.list_gaps_between(BEGIN, BEGIN + timedelta(hours=1))
    )
    assert [(gap.began_at, gap.ended_at) for gap in gaps] == [
        (BEGIN + timedelta(minutes=1), BEGIN + timedelta(minutes=9))
    ]


async def test_the_time_the_bot_was_down_is_a_gap(a_bot: Bot) -> None:
    await a_bot.runtime.noticed(notice("online", BEGIN))
    await a_bot.runtime.keep_marks()
    a_bot.clock.move_to(BEGIN + timedelta(hours=2))
    restarted = Bot(a_bot.database, a_bot.clock, a_bot.adapter, a_bot.settings)
    await restarted.runtime.noticed(notice("online", a_bot.clock.now()))

    (gap,) = await a_bot.database.read(
        lambda store: store.reception.list_gaps_between(BEGIN, BEGIN + timedelta(days=1))
    )
    assert (gap.began_at, gap.ended_at) == (BEGIN, BEGIN + timedelta(hours=2))


async def test_a_group_that_gets_another_name_is_known_by_it(a_bot: Bot) -> None:
    await a_bot.runtime.noticed(notice("renamed", BEGIN, GROUP, "城关大家庭"))

    group = await a_bot.database.read(lambda store: store.conversations.get("qq", GROUP))
    assert group is not None
    assert group.title == "城关大家庭"


async def test_what_was_missed_is_caught_up_with(a_bot: Bot) -> None:
    await a_bot.runtime.noticed(notice("online", BEGIN))
    await a_bot.hear(said(1, "早"))
    await a_bot.runtime.keep_marks()
    await a_bot.runtime.noticed(notice("offline", BEGIN + timedelta(minutes=1)))
    a_bot.adapter.history_of = [said(1, "早"), said(200, "今天真冷"), said(300, GAS)]
    catch_up = CatchUp(a_bot.database, {"qq": a_bot.adapter}, a_bot.runtime)
    a_bot.clock.move_to(BEGIN + timedelta(hours=1))
    await a_bot.runtime.noticed(notice("online", a_bot.clock.now()))
    gap = await a_bot.database.read(lambda store: store.reception.get_last_gap("qq", "8000"))
    assert gap is not None

    found = await catch_up.fill("qq", gap)

    assert (found.recovered, found.opened) == (2, 1)
    filled = await a_bot.database.read(lambda store: store.reception.get_last_gap("qq", "8000"))
    assert filled is not None
    assert (filled.recovered, filled.opened) == (2, 1)
    assert len(await a_bot.tickets()) == 1
