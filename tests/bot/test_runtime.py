import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

import pytest

import bot.runtime
from bot.adapters.port import Echo, Notice
from bot.catchup import CatchUp
from bot.clock import SimulatedClock
from bot.runtime import Runtime
from handlers import digests, intents, roster
from handlers.context import Context
from handlers.dispatch import NOTHING, Dispatched
from handlers.messages import Incoming, Outgoing, Target
from handlers.settings import Settings
from storage.database import Database
from storage.models import OutboxRow, OutgoingClass, OutgoingState, Ticket
from storage.store import Store
from tests.peers.platform import BEGIN, FakeAdapter, make_delivery

GROUP = "group:700108"
GAS = "3号楼2单元楼道里好大的煤气味,头都晕了"
PIPE = "光明巷3号楼停水一天了,没人管,能不能派人修"


def said(number: int, text: str, **changed: object) -> Incoming:
    incoming = Incoming(
        platform="qq",
        account="8000",
        conversation=GROUP,
        message_id=f"m{number}",
        sender="20001",
        sender_name="老李",
        at=BEGIN + timedelta(seconds=number),
        text=text,
    )
    return replace(incoming, **changed)  # type: ignore[arg-type]


@dataclass
class Bot:
    database: Database
    clock: SimulatedClock
    adapter: FakeAdapter
    settings: Settings
    runtime: Runtime = field(init=False)
    changes: int = 0

    def __post_init__(self) -> None:
        self.delivery = make_delivery(self.database, self.adapter, self.clock)
        self.runtime = Runtime(
            self.database,
            intents.load(None, self.settings),
            self.settings,
            self.clock,
            self.delivery,
            changed=self._changed,
        )

    def _changed(self) -> None:
        self.changes += 1

    async def hear(self, incoming: Incoming) -> Dispatched | None:
        self.clock.move_to(incoming.at)
        return await self.runtime.hear(incoming)

    async def tickets(self) -> list[Ticket]:
        return list(await self.database.read(lambda store: store.tickets.list_all()))

    async def rows(self) -> list[OutboxRow]:
        return list(await self.database.read(lambda store: store.outbox.list_new()))

    async def letters(self) -> list[str]:
        letters = await self.database.read(lambda store: store.reception.list_dead_letters())
        return [letter.key for letter in letters]


@pytest.fixture
async def a_bot(
    memory_database: Database, clock: SimulatedClock, adapter: FakeAdapter, settings: Settings
) -> Bot:
    def sync(store: Store) -> None:
        roster.sync(Context(store, BEGIN, settings, Random(1)))

    await memory_database.write(sync)
    bot = Bot(memory_database, clock, adapter, settings)
    await bot.runtime.start()
    return bot


async def test_a_matter_becomes_a_ticket_and_words_in_one_transaction(a_bot: Bot) -> None:
    dispatched = await a_bot.hear(said(1, GAS))

    (ticket,) = await a_bot.tickets()
    assert dispatched is not None
    assert dispatched.ticket == ticket.number
    assert ticket.source_key == f"qq/{GROUP}/m1"
    assert {row.ticket for row in await a_bot.rows()} == {ticket.number}


async def test_chatter_touches_no_store(a_bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_write(work: object) -> None:
        raise AssertionError("chatter was written")

    monkeypatch.setattr(a_bot.database, "write", no_write)
    monkeypatch.setattr(a_bot.database, "read", no_write)

    assert await a_bot.hear(said(1, "哈哈哈哈")) is None


async def test_a_message_delivered_again_opens_nothing_and_says_nothing(a_bot: Bot) -> None:
    await a_bot.hear(said(1, GAS))
    before = len(await a_bot.rows())

    await a_bot.hear(said(1, GAS))

    assert len(await a_bot.tickets()) == 1
    assert len(await a_bot.rows()) == before


async def test_a_message_delivered_again_after_a_restart_is_harmless(a_bot: Bot) -> None:
    await a_bot.hear(said(1, GAS))
    before = len(await a_bot.rows())
    restarted = Bot(a_bot.database, a_bot.clock, a_bot.adapter, a_bot.settings)
    await restarted.runtime.start()

    await restarted.hear(said(1, GAS))

    assert len(await a_bot.tickets()) == 1
    assert len(await a_bot.rows()) == before


async def test_messages_of_one_conversation_are_handled_in_order(
    a_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled: list[str] = []

    def noting(incoming: Incoming, context: Context) -> Dispatched:
        handled.append(incoming.message_id)
        return NOTHING

    monkeypatch.setattr(bot.runtime, "dispatch", noting)
    write = a_bot.database.write
    delays = iter((0.05, 0.0, 0.02, 0.0, 0.0))

    async def slow_write(work: object) -> object:
        await asyncio.sleep(next(delays))
        return await write(work)  # type: ignore[arg-type]

    monkeypatch.setattr(a_bot.database, "write", slow_write)
    await asyncio.gather(*(a_bot.runtime.hear(said(n, f"/{n}")) for n in range(1, 6)))

    assert handled == ["m1", "m2", "m3", "m4", "m5"]


async def test_a_handler_that_recovers_loses_nothing(
    a_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter((True, True, True, True, False))

    def shaky(incoming: Incoming, context: Context) -> Dispatched:
        if next(failures):
            raise ValueError("shaky")
        return NOTHING

    monkeypatch.setattr(bot.runtime, "dispatch", shaky)
    handled = await a_bot.hear(said(1, GAS))

    assert handled is NOTHING
    assert await a_bot.letters() == []


async def test_a_handler_that_raises_five_times_leaves_a_dead_letter(
    a_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def broken(incoming: Incoming, context: Context) -> Dispatched:
        tries.append(incoming.message_id)
        raise ValueError("broken")

    monkeypatch.setattr(bot.runtime, "dispatch", broken)
    assert await a_bot.hear(said(1, GAS)) is None

    assert len(tries) == 5
    assert await a_bot.letters() == [f"qq/{GROUP}/m1"]


async def test_what_failed_leaves_nothing_half_done(
    a_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = bot.runtime.dispatch

    def late_failure(incoming: Incoming, context: Context) -> Dispatched:
        real(incoming, context)
        raise ValueError("after the ticket")

    monkeypatch.setattr(bot.runtime, "dispatch", late_failure)
    await a_bot.hear(said(1, GAS))

    assert await a_bot.tickets() == []
    assert await a_bot.rows() == []


async def test_a_dead_letter_can_be_run_again(a_bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(incoming: Incoming, context: Context) -> Dispatched:
        raise ValueError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(bot.runtime, "dispatch", broken)
        await a_bot.hear(said(1, GAS, images=("a.jpg",)))
    (letter,) = await a_bot.database.read(lambda store: store.reception.list_dead_letters())

    assert await a_bot.runtime.run_again(letter.id)
    (ticket,) = await a_bot.tickets()
    assert ticket.source_key == letter.key
    assert await a_bot.letters() == []


async def test_a_dead_letter_that_fails_again_stays(
    a_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(incoming: Incoming, context: Context) -> Dispatched:
        raise ValueError("broken")

    monkeypatch.setattr(bot.runtime, "dispatch", broken)
    await a_bot.hear(said(1, GAS))
    (letter,) = await a_bot.database.read(lambda store: store.reception.list_dead_letters())

    assert not await a_bot.runtime.run_again(letter.id)
    assert len(await a_bot.letters()) == 1


async def test_while_the_database_is_away_a_message_waits(
    a_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = a_bot.database.write
    failures = iter([True] * 13 + [False] * 100)

    async def away(work: object) -> object:
        if next(failures):
            raise OSError("disk full")
        return await write(work)  # type: ignore[arg-type]

    monkeypatch.setattr(a_bot.database, "write", away)
    dispatched = await a_bot.hear(said(1, GAS))

    assert dispatched is not None
    assert len(await a_bot.tickets()) == 1
    assert await a_bot.letters() == []


async def test_to_an_old_message_nothing_is_said_in_the_group(a_bot: Bot) -> None:
    a_bot.clock.move_to(BEGIN + timedelta(hours=3))

    await a_bot.hear(said(1, GAS))

    (ticket,) = await a_bot.tickets()
    rows = await a_bot.rows()
    assert rows, "the person responsible is told all the same"
    assert all(row.conversation != GROUP for row in rows)
    assert {row.ticket for row in rows} == {ticket.number}


async def test_another_bot_is_answered_three_times_and_no_more(
    a_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def polite(incoming: Incoming, context: Context) -> Dispatched:
        return Dispatched((Outgoing(incoming.target, OutgoingClass.REPLY, "您好"),))

    monkeypatch.setattr(bot.runtime, "dispatch", polite)
    for number in range(1, 9):
        await a_bot.hear(said(number, "您好", is_at_bot=True))

    assert len(await a_bot.rows()) == 3


async def test_staff_are_answered_as_often_as_they_ask(
    a_bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def polite(incoming: Incoming, context: Context) -> Dispatched:
        return Dispatched((Outgoing(incoming.target, OutgoingClass.REPLY, "好"),))

    monkeypatch.setattr(bot.runtime, "dispatch", polite)
    platform, sender = a_bot.settings.staff[0].accounts[0]
    for number in range(1, 9):
        await a_bot.hear(said(number, "/待办", sender=sender, platform=platform))

    assert len(await a_bot.rows()) == 8


async def test_a_line_after_a_ticket_is_read_with_it_in_mind(a_bot: Bot) -> None:
    opened = await a_bot.hear(said(1, GAS))
    added = await a_bot.hear(said(20, "就在三楼和四楼中间,味道越来越大了"))

    assert opened is not None
    assert added is not None
    assert added.ticket == opened.ticket


async def test_after_a_restart_a_group_with_a_ticket_is_still_listened_to(a_bot: Bot) -> None:
    opened = await a_bot.hear(said(1, GAS))
    restarted = Bot(a_bot.database, a_bot.clock, a_bot.adapter, a_bot.settings)
    await restarted.runtime.start()

    added = await restarted.hear(said(20, "就在三楼和四楼中间,味道越来越大了"))

    assert opened is not None
    assert added is not None
    assert added.ticket == opened.ticket


async def test_a_sweep_says_what_is_due_and_when_more_is(a_bot: Bot) -> None:
    await a_bot.hear(said(1, PIPE))
    (ticket,) = await a_bot.tickets()
    assert ticket.gather_until is not None

    assert await a_bot.runtime.sweep() == ticket.gather_until
    a_bot.clock.move_to(ticket.gather_until)
    following = await a_bot.runtime.sweep()

    assert following is not None
    assert following > ticket.gather_until
    assert OutgoingClass.ACK in {row.kind for row in await a_bot.rows()}


async def test_a_sweep_that_is_repeated_says_nothing_twice(a_bot: Bot) -> None:
    await a_bot.hear(said(1, PIPE))
    a_bot.clock.move_to(BEGIN + timedelta(hours=2))
    await a_bot.runtime.sweep()
    before = len(await a_bot.rows())

    await a_bot.runtime.sweep()

    assert len(await a_bot.rows()) == before


async def test_a_job_queues_what_it_returns_once_for_each_slot(a_bot: Bot) -> None:
    first = await a_bot.runtime.run("digest", digests.daily)
    assert first > 0

    assert await a_bot.runtime.run("digest", digests.daily) == 0


async def test_a_missed_job_runs_for_its_own_moment(a_bot: Bot) -> None:
    yesterday = BEGIN - timedelta(days=1)
    seen: list[datetime] = []

    def job(context: Context) -> list[Outgoing]:
        seen.append(context.now)
        return []

    await a_bot.runtime.run("digest", job, yesterday)

    assert seen == [yesterday]


async def test_what_is_written_wakes_the_sweeper(a_bot: Bot) -> None:
    await a_bot.hear(said(1, "哈哈哈哈"))
    assert a_bot.changes == 0

    await a_bot.hear(said(2, GAS))
    assert a_bot.changes == 1


async def test_after_the_commit_it_is_sent(a_bot: Bot) -> None:
    await a_bot.hear(said(1, GAS))
    await a_bot.delivery.deliver_due(a_bot.clock.now())

    assert GROUP in {conversation for conversation, _ in a_bot.adapter.sent}


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


async def test_an_echo_settles_what_was_unknown(a_bot: Bot) -> None:
    await a_bot.hear(said(1, GAS))
    (row, *_) = await a_bot.rows()
    await a_bot.database.write(lambda store: store.outbox.claim(a_bot.clock.now()))

    target = Target("qq", row.conversation)
    await a_bot.runtime.echoed(Echo(target, "e1", row.text, a_bot.clock.now()))

    settled = await a_bot.database.read(lambda store: store.outbox.get(row.id))
    assert settled is not None
    assert (settled.state, settled.message_id) == (OutgoingState.SENT, "e1")


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


async def test_a_thousand_lines_of_one_person_stay_bounded(a_bot: Bot) -> None:
    for number in range(1000):
        await a_bot.hear(said(number, "刷屏" * 10))

    talk = a_bot.runtime._window.talk(said(1001, "x"))
    assert len(talk.before) <= 60
