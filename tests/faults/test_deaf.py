"""An account that is "online" but hears nothing; and the second channel by which that is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.adapters.port import Echo, Notice
from bot.alarms import AppriseNotifier
from bot.app import App, build
from bot.clock import SimulatedClock
from handlers.messages import Incoming, Target
from storage.models import OutgoingClass, UnitId
from storage.store import Store
from tests.bot.service import GROUP, quick_config
from tests.faults.conftest import ABOUT_ME, MARK, NUMBER, Leaks
from tests.peers.platform import BEGIN, FakeAdapter
from tests.tally import Tally

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Pager:
    """Keeps what an administrator would be told, and when."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self.told: list[tuple[datetime, str]] = []
        self.is_broken = False

    async def notify(self, title: str, text: str) -> bool:
        if not self.is_broken:
            self.told.append((self._clock.now(), text))
        return not self.is_broken

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.told]


class SleepyClock(SimulatedClock):
    """Moves only when the test moves it: what sleeps in the background sleeps for good."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()


class Town:
    def __init__(self, app: App, clock: SimulatedClock, adapter: FakeAdapter, pager: Pager) -> None:
        self.app, self.clock, self.adapter, self.pager = app, clock, adapter, pager
        self.said = 0

    async def chat(self, lines: int, every: timedelta) -> None:
        """Chatter as it comes in by itself."""
        for _ in range(lines):
            await self.wait(every)
            await self.app.runtime.receive(self.line(f"今天的菜真新鲜{ABOUT_ME}"))

    def line(self, text: str) -> Incoming:
        self.said += 1
        number = f"m{self.said}"
        return Incoming("qq", "8000", GROUP, number, "20001", "老李", self.clock.now(), text)

    async def wait(self, span: timedelta) -> None:
        """The watch looks every half minute, as it does in life."""
        end = self.clock.now() + span
        while self.clock.now() < end:
            self.clock.move_to(min(end, self.clock.now() + timedelta(seconds=30)))
            await self.app.runtime.keep_marks()
            await self.app.watch.look()


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    clock = SleepyClock(BEGIN)
    adapter, pager = FakeAdapter(clock), Pager(clock)
    app = build(quick_config(tmp_path), adapters=[adapter], clock=clock, notifier=pager)
    async with app:
        await app.runtime.noticed(Notice("qq", "8000", "online", None, "", BEGIN))
        yield Town(app, clock, adapter, pager)


async def test_an_account_that_falls_silent_is_told_of_within_five_minutes(
    town: Town, tally: Tally, leaks: Leaks
) -> None:
    """Neither events nor history come any more, while `accounts` says it is connected."""
    await town.chat(30, timedelta(seconds=20))
    silent_since = town.clock.now()
    await town.wait(10 * MINUTE)
    (at, text), *_ = town.pager.told
    assert at - silent_since <= 5 * MINUTE
    assert "QQ账号 8000" in text
    assert len(town.pager.told) == 1
    gap = await town.app.database.read(lambda store: store.reception.get_open_gap("qq", "8000"))
    assert gap is not None
    told = [one for one in town.pager.texts if MARK in one or NUMBER in one]
    tally("deaf though online", 1, 0, len(town.pager.told) - 1, len(told) + leaks.count())


async def test_what_a_deaf_account_misses_is_fetched_from_its_history(town: Town) -> None:
    await town.chat(30, timedelta(seconds=20))
    last = town.line("今天的菜真新鲜")
    await town.app.runtime.receive(last)
    await town.wait(MINUTE)
    unheard = town.line("光明巷3号楼停水一天了,没人管,能不能派人修")
    town.adapter.history_of = [last, unheard]
    await town.wait(5 * MINUTE)
    assert "没有推过来" in town.pager.texts[0]
    tickets = await town.app.database.read(lambda store: store.tickets.list_all())
    assert [ticket.source_key for ticket in tickets] == [unheard.key]


async def test_an_account_that_hears_again_is_told_of_too(town: Town) -> None:
    await town.chat(30, timedelta(seconds=20))
    await town.wait(10 * MINUTE)
    await town.chat(1, MINUTE)
    await town.wait(MINUTE)
    assert town.pager.texts[-1].startswith("已恢复")
    gap = await town.app.database.read(lambda store: store.reception.get_last_gap("qq", "8000"))
    assert gap is not None
    assert gap.ended_at is not None


async def test_a_lunch_break_is_no_silence(town: Town) -> None:
    await town.wait(2 * HOUR + 20 * MINUTE)
    town.pager.told.clear()
    await town.chat(30, timedelta(seconds=20))
    await town.wait(2 * HOUR)
    assert town.clock.now() - BEGIN > 4 * HOUR
    assert town.pager.texts == []


async def test_a_quiet_account_is_not_called_deaf(town: Town) -> None:
    """With its history at hand and nothing in it that was not heard."""
    await town.chat(30, timedelta(seconds=20))
    last = town.line("早")
    await town.app.runtime.receive(last)
    town.adapter.history_of = [last, Echo(Target("qq", GROUP), "e1", "好", town.clock.now())]
    await town.wait(5 * MINUTE)
    assert town.pager.texts == []


async def test_where_there_is_no_history_only_a_very_long_silence_is_told_of(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no gap is claimed: it may just be quiet."""
    monkeypatch.setattr("bot.hearing.WITHOUT_HISTORY", {"qq"})
    await town.chat(30, timedelta(seconds=20))
    await town.wait(5 * MINUTE)
    assert town.pager.texts == []
    await town.wait(10 * MINUTE)
    assert "安静得多" in town.pager.texts[0]
    gap = await town.app.database.read(lambda store: store.reception.get_open_gap("qq", "8000"))
    assert gap is None


async def test_an_account_that_is_disconnected_for_minutes_is_told_of(town: Town) -> None:
    town.adapter.connected = ()
    await town.wait(5 * MINUTE)
    assert "QQ账号断开了" in town.pager.texts[0]
    town.adapter.connected = ("8000",)
    await town.wait(MINUTE)
    assert town.pager.texts[1].startswith("已恢复")


async def test_an_alarm_that_reaches_nobody_is_tried_again(town: Town) -> None:
    town.adapter.connected = ()
    town.pager.is_broken = True
    await town.wait(10 * MINUTE)
    town.pager.is_broken = False
    await town.wait(MINUTE)
    assert len(town.pager.told) == 1


async def test_an_alarm_that_lasts_is_repeated_every_four_hours(town: Town) -> None:
    town.adapter.connected = ()
    await town.wait(9 * HOUR)
    assert len([text for text in town.pager.texts if "断开" in text]) == 3


async def test_a_dead_letter_is_told_of(town: Town) -> None:
    def bury(store: Store) -> None:
        store.reception.add_dead_letter("qq/g/1", BEGIN, "{}", "ValueError", 5)

    await town.app.database.write(bury)
    await town.wait(MINUTE)
    assert "lianxin dead" in town.pager.texts[0]


async def test_an_alarm_to_people_that_was_not_delivered_is_told_of(town: Town) -> None:
    def fail(store: Store) -> None:
        row = store.outbox.queue(
            slot="s", platform="qq", conversation="private:1", unit=UnitId("chengguan"),
            kind=OutgoingClass.ALARM, text="光明巷煤气味", at_users=(), images=(), ticket=None,
            person=None, queued_at=BEGIN, not_before=BEGIN,
        )  # fmt: skip
        assert row is not None
        store.outbox.mark_dead(row, "不是好友", BEGIN)

    await town.app.database.write(fail)
    await town.wait(MINUTE)
    assert "没有送到" in town.pager.texts[0]
    assert "煤气" not in town.pager.texts[0]


async def test_a_database_that_can_not_be_written_is_told_of(town: Town) -> None:
    await town.app.runtime.keep_marks()
    town.clock.move_to(town.clock.now() + 5 * MINUTE)
    await town.app.watch.look()
    assert "写不进去" in town.pager.texts[0]


async def test_a_full_disk_is_told_of(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.symptoms.LEAST_FREE", 1 << 62)
    await town.wait(MINUTE)
    assert "磁盘快满了" in town.pager.texts[0]


async def test_apprise_carries_an_alarm_out_of_the_house() -> None:
    """Over its json:// service to a server of the test's own."""
    bodies: list[dict[str, object]] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        bodies.append(json.loads(await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        notifier = AppriseNotifier([SecretStr(f"json://127.0.0.1:{port}")])
        assert await notifier.notify("连心告警", "QQ账号断开了")
    assert bodies[0]["title"] == "连心告警"
    assert bodies[0]["message"] == "QQ账号断开了"


async def test_where_nobody_listens_the_alarm_has_not_been_told() -> None:
    notifier = AppriseNotifier([SecretStr("json://127.0.0.1:9")])
    assert not await notifier.notify("连心告警", "QQ账号断开了")
