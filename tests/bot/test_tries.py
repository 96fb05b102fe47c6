"""Five tries, then a dead letter that can be run again."""

import pytest

import bot.runtime
from handlers.context import Context
from handlers.dispatch import NOTHING, Dispatched
from handlers.messages import Incoming
from tests.bot.heard import GAS, GROUP, Bot, said


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
