"""One event, one transaction."""

import asyncio
from datetime import datetime, timedelta

import pytest

import bot.runtime
from bot.adapters.port import Echo
from handlers import digests
from handlers.characters import clean
from handlers.context import Context
from handlers.dispatch import NOTHING, Dispatched
from handlers.messages import Incoming, Outgoing, Target
from storage.models import OutgoingClass, OutgoingState
from tests.bot.heard import GAS, GROUP, PIPE, Bot, said
from tests.peers.platform import BEGIN


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


async def test_a_text_that_intake_cut_is_logged_without_its_words(
    a_bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await a_bot.hear(said(1, clean("绒线帽丢了。" * 10_000)))
    await a_bot.hear(said(2, "绒线帽丢了…"))

    assert [one.message for one in caplog.records if one.levelname == "WARNING"] == [
        f"cut qq/{GROUP}/m1 to 4000 characters"
    ]


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


@pytest.mark.parametrize(("is_waiting", "heard"), [(True, 2), (False, 1)])
async def test_while_a_doubt_is_open_what_others_say_is_looked_at(
    a_bot: Bot, monkeypatch: pytest.MonkeyPatch, is_waiting: bool, heard: int
) -> None:
    looked_at: list[str] = []

    def note(incoming: Incoming, _: Context) -> Dispatched:
        looked_at.append(incoming.text)
        return Dispatched(is_waiting=is_waiting)

    monkeypatch.setattr(bot.runtime, "dispatch", note)
    await a_bot.hear(said(1, GAS))
    await a_bot.hear(said(20, "我家也没水"))

    assert len(looked_at) == heard


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


async def test_an_echo_settles_what_was_unknown(a_bot: Bot) -> None:
    await a_bot.hear(said(1, GAS))
    (row, *_) = await a_bot.rows()
    await a_bot.database.write(lambda store: store.outbox.claim(a_bot.clock.now()))

    target = Target("qq", row.conversation)
    await a_bot.runtime.echoed(Echo(target, "e1", row.text, a_bot.clock.now()))

    settled = await a_bot.database.read(lambda store: store.outbox.get(row.id))
    assert settled is not None
    assert (settled.state, settled.message_id) == (OutgoingState.SENT, "e1")


async def test_a_thousand_lines_of_one_person_stay_bounded(a_bot: Bot) -> None:
    for number in range(1000):
        await a_bot.hear(said(number, "刷屏" * 10))

    talk = a_bot.runtime._window.talk(said(1001, "x"))
    assert len(talk.before) <= 60
