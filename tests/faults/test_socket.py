"""The socket breaks, hangs or stays away: what was said meanwhile is fetched from the history."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from websockets.exceptions import WebSocketException

from bot.adapters import onebot_server
from handlers import digests
from storage.models import Gap
from tests.bot.service import GROUP_NUMBER, SECRETARY, Service, private
from tests.faults.conftest import Leaks, matter_at
from tests.tally import Size, Tally

RESIDENTS = 30_000_000


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    service = Service(tmp_path)
    await service.start()
    yield service
    await service.stop()


async def say(service: Service, number: int) -> str:
    """Another matter by another resident; its key."""
    text = matter_at(number + 1)
    line = await service.fake.say_in_group(GROUP_NUMBER, str(RESIDENTS + number), text, at_bot=True)
    return f"qq/group:{GROUP_NUMBER}/{line}"


def said_by(service: Service) -> list[tuple[str, str]]:
    return [(one.conversation, one.text) for one in service.fake.sent]


async def reconnect(service: Service) -> None:
    """As implementations do, until the service takes it."""
    async with asyncio.timeout(30):
        while not service.fake.is_connected:
            with suppress(WebSocketException, OSError):
                await service.fake.connect()
                return
            await asyncio.sleep(0.02)


async def missing(service: Service, keys: list[str]) -> list[str]:
    return await service.read(
        lambda store: [key for key in keys if store.tickets.get_message(key) is None]
    )


async def all_stored(service: Service, keys: list[str], within: float = 20.0) -> int:
    """How many are still missing when the time is over."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            while await missing(service, keys):
                await asyncio.sleep(0.05)
    return len(await missing(service, keys))


async def gap_with(service: Service, recovered: int, unfilled: int = 0) -> Gap:
    """The last gap, once so much is counted in it."""
    for _ in range(500):
        gap = await service.read(
            lambda store: store.reception.get_last_gap("qq", service.fake.account)
        )
        if gap is not None and (gap.recovered, gap.unfilled) == (recovered, unfilled):
            return gap
        await asyncio.sleep(0.02)
    raise AssertionError(gap)


async def test_a_socket_that_drops_in_the_stream_loses_nothing(
    service: Service, size: Size, tally: Tally, leaks: Leaks
) -> None:
    drops, chance, keys = size(10, 100), Random(3), []
    for _ in range(drops):
        for _ in range(3):
            keys.append(await say(service, len(keys)))
        for _ in range(chance.randrange(4)):
            await asyncio.sleep(0)
        await service.fake.disconnect(abruptly=True)
        keys.append(await say(service, len(keys)))
        await reconnect(service)
    lost = await all_stored(service, keys)
    sources = Counter(ticket.source_key for ticket in await service.tickets())
    doubled = len([n for n in sources.values() if n > 1])
    tally("socket dropped in the stream", drops, lost, doubled, leaks.count(said_by(service)))


async def test_what_napcat_kept_for_hours_is_caught_up_with_and_named(
    service: Service, tally: Tally, leaks: Leaks
) -> None:
    await say(service, 0)
    await service.fake.wait_for_sent("#1", within=10.0)
    await service.stop()
    keys = [await say(service, number) for number in range(1, 8)]
    await service.fake.say_in_group(GROUP_NUMBER, "30000099", "今天的菜真新鲜，三块一斤")
    service.clock.move_to(service.clock.now() + timedelta(hours=2))
    await service.start()
    lost = await all_stored(service, keys)
    assert (await gap_with(service, recovered=8)).opened == 7
    await service.running.runtime.run("digest", digests.daily)
    told = await service.fake.wait_for_sent("城关党支部", conversation=private(SECRETARY))
    assert "掉线，补收 8 条，立案 7" in told.text
    leaked = leaks.count(said_by(service))
    tally("implementation away for hours (NapCat)", len(keys), lost, leaked=leaked)


async def test_lagrange_tells_what_was_missed_once_there_is_a_line_to_count_back_from(
    service: Service, tally: Tally, leaks: Leaks
) -> None:
    service.fake.history_style = "lagrange"
    await say(service, 0)
    await service.fake.wait_for_sent("#1", within=10.0)
    await service.stop()
    keys = [await say(service, number) for number in range(1, 5)]
    service.clock.move_to(service.clock.now() + timedelta(hours=2))
    await service.start()
    keys.append(await say(service, 5))
    lost = await all_stored(service, keys)
    assert (await gap_with(service, recovered=4)).opened == 4
    leaked = leaks.count(said_by(service))
    tally("implementation away for hours (Lagrange)", len(keys), lost, leaked=leaked)


async def test_what_can_not_be_fetched_is_a_gap_and_named(service: Service) -> None:
    service.fake.history_style = "none"
    await say(service, 0)
    await service.fake.wait_for_sent("#1", within=10.0)
    await service.stop()
    await say(service, 1)
    service.clock.move_to(service.clock.now() + timedelta(hours=2))
    await service.start()
    await gap_with(service, recovered=0, unfilled=1)
    await service.running.runtime.run("digest", digests.daily)
    told = await service.fake.wait_for_sent("城关党支部", conversation=private(SECRETARY))
    assert "掉线，没有补收到，1 个会话查不到记录" in told.text


async def test_a_group_that_was_never_heard_in_is_asked_too(service: Service) -> None:
    await service.stop()
    line = await service.fake.say_in_group("700101", "30000001", "登记 河东巷停水了", at_bot=True)
    await service.start()
    assert await all_stored(service, [f"qq/group:700101/{line}"]) == 0


async def test_a_half_open_socket_gives_way_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally, leaks: Leaks
) -> None:
    """The peer is gone without a word, as after a power cut: nothing comes, no close either."""
    monkeypatch.setattr(onebot_server, "PING_SECONDS", 0.3)
    service = Service(tmp_path)
    await service.start()
    key = await say(service, 0)
    assert await all_stored(service, [key]) == 0
    stale, service.fake._socket = service.fake._socket, None
    assert stale is not None
    stale.transport.pause_reading()
    keys = [await say(service, 1), await say(service, 2)]
    await asyncio.sleep(0)
    await reconnect_anew(service)
    lost = await all_stored(service, keys)
    stale.transport.abort()
    await service.stop()
    tally("half-open socket", len(keys), lost, leaked=leaks.count(said_by(service)))


async def reconnect_anew(service: Service) -> None:
    """While the old connection lives, a second one of the same account is refused."""
    async with asyncio.timeout(20):
        while True:
            with suppress(WebSocketException, OSError):
                await service.fake.connect()
                return
            await asyncio.sleep(0.1)
