"""What was heard how far, and the gaps."""

import logging
from datetime import datetime, timedelta

import pytest

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


async def test_administrators_are_told_that_the_account_was_taken_out_of_a_group(
    a_bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "lianxin.runtime")
    await a_bot.runtime.noticed(notice("left", BEGIN, GROUP, "20001"))
    assert await a_bot.rows() == []

    await a_bot.runtime.noticed(notice("left", BEGIN, GROUP, "8000"))
    assert ["听不见" in row.text for row in await a_bot.rows()] == [True]
    assert f"notice left qq/8000 {GROUP}" in caplog.messages


@pytest.mark.parametrize(
    ("kind", "place", "detail", "rows"),
    [
        ("joined", "group:999", "8000", 1),
        ("joined", "group:999", "20001", 0),
        ("muted", GROUP, "600", 1),
        ("muted", GROUP, "0", 0),
        ("muted", GROUP, "-1", 0),
    ],
)
async def test_what_happens_to_the_account_in_a_group_is_told(
    kind: str, place: str, detail: str, rows: int, a_bot: Bot
) -> None:
    await a_bot.runtime.noticed(notice(kind, BEGIN, place, detail))
    assert len(await a_bot.rows()) == rows


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
