"""Every way a send can end: what becomes of each class of message, and of the intake meanwhile.

What DESIGN 5 promises a class is also held by tests/bot/test_delivery.py, over a platform that
does as it is told; here the account answers over its socket.
"""

import asyncio
import time
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.onebot import OneBotAdapter
from bot.runtime import Runtime
from handlers.messages import Incoming
from storage.models import OutboxRow, OutgoingClass, OutgoingState, UnitId
from storage.store import Store
from tests.bot.service import Service
from tests.faults.conftest import ABOUT_ME, Leaks, matter_at
from tests.peers.fake_onebot import SendMode
from tests.peers.onebot_sends import DELIVERED
from tests.tally import Size, Tally

GROUPS = [str(number) for number in range(700101, 700111)]
AT_LEAST_ONCE = (OutgoingClass.ANSWER, OutgoingClass.REPLY)
AT_MOST_ONCE = (OutgoingClass.ACK, OutgoingClass.REMINDER, OutgoingClass.DIGEST)
UNKNOWN = (
    SendMode.TIMEOUT_SENT,
    SendMode.TIMEOUT_LOST,
    SendMode.WORDING_SENT,
    SendMode.WORDING_LOST,
)


@pytest.fixture
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    """Its sends give up after a fifth of a second."""
    started = OneBotAdapter.__init__

    def impatient(self: OneBotAdapter, **given: object) -> None:
        started(self, **given, send_seconds=0.2)  # type: ignore[arg-type]

    monkeypatch.setattr(OneBotAdapter, "__init__", impatient)
    service = Service(tmp_path)
    await service.start()
    yield service
    await service.stop()


async def queue(service: Service, kind: OutgoingClass, text: str, to: str = "") -> int:
    """Into a conversation of its own; the row's number."""
    now, slot = service.clock.now(), f"{text} {to or text}"
    talk = f"private:{100_000_000 + zlib.crc32((to or text).encode()) % 10**8}"

    def work(store: Store) -> int:
        row = store.outbox.queue(
            slot=slot, platform="qq", conversation=talk,
            unit=UnitId("chengguan"), kind=kind, text=f"{ABOUT_ME} 话 {text}", at_users=(), images=(),
            ticket=None, person=None, queued_at=now, not_before=now,
        )  # fmt: skip
        assert row is not None
        return row

    number = await service.running.database.write(work)
    service.running.delivery.wake()
    return number


async def row_in(service: Service, number: int, *states: OutgoingState) -> OutboxRow:
    for _ in range(1000):
        row = await service.read(lambda store: store.outbox.get(number))
        if row is not None and row.state in states:
            return row
        await asyncio.sleep(0.01)
    raise AssertionError(row)


def times_said(service: Service, text: str) -> int:
    return len([one for one in service.fake.sent if one.text.endswith(f"话 {text}")])


def said_by(service: Service) -> list[tuple[str, str]]:
    return [(one.conversation, one.text) for one in service.fake.sent]


async def look_again(service: Service) -> None:
    """Time passes until the delivery looks for what is unknown."""
    service.clock.move_to(service.clock.now() + timedelta(minutes=12))
    service.running.delivery.wake()


@pytest.mark.parametrize("mode", UNKNOWN)
async def test_without_proof_nothing_is_said_twice_that_may_be_said_once(
    service: Service, mode: SendMode, tally: Tally, leaks: Leaks
) -> None:
    """Neither echo nor history tell: the row ends dead, and the digest names it."""
    service.fake.mode, service.fake.report_self, service.fake.history_style = mode, False, "none"
    rows = [await queue(service, kind, kind) for kind in AT_MOST_ONCE]
    for row in rows:
        await row_in(service, row, OutgoingState.UNKNOWN)
    service.fake.mode = SendMode.OK
    for _ in range(4):
        await look_again(service)
        await asyncio.sleep(0.05)
    for row in rows:
        await row_in(service, row, OutgoingState.DEAD)
    most = mode in (SendMode.TIMEOUT_SENT, SendMode.WORDING_SENT)
    doubled = sum(max(0, times_said(service, kind) - most) for kind in AT_MOST_ONCE)
    tally(f"send {mode}, no proof", len(rows), 0, doubled, leaks.count(said_by(service)))


@pytest.mark.parametrize("mode", UNKNOWN)
async def test_the_history_settles_what_is_unknown(
    service: Service, mode: SendMode, tally: Tally, leaks: Leaks
) -> None:
    """Said once in the end, whether the first one arrived or not."""
    kinds = (*AT_MOST_ONCE, *AT_LEAST_ONCE)
    for kind in kinds:  # so that the history shows own words
        first = await queue(service, OutgoingClass.REPLY, "first", to=kind)
        await row_in(service, first, OutgoingState.SENT)
    service.clock.move_to(service.clock.now() + timedelta(seconds=5))
    service.fake.mode, service.fake.report_self = mode, False
    rows = [await queue(service, kind, kind) for kind in kinds]
    for row in rows:
        await row_in(service, row, OutgoingState.UNKNOWN, OutgoingState.NEW)
    service.fake.mode = SendMode.OK
    for row in rows:
        await look_again(service)
        await row_in(service, row, OutgoingState.SENT)
    said = [times_said(service, kind) for kind in kinds]
    lost, doubled = said.count(0), sum(max(0, times - 1) for times in said)
    leaked = leaks.count(said_by(service))
    tally(f"send {mode}, settled by history", len(rows), lost, doubled, leaked)


@pytest.mark.parametrize("mode", [SendMode.REFUSE, SendMode.MUTE, SendMode.NOT_FRIEND])
async def test_what_is_refused_ends_dead_and_is_never_claimed_to_be_said(
    service: Service, mode: SendMode, tally: Tally, leaks: Leaks
) -> None:
    service.fake.mode = mode
    number = await queue(service, OutgoingClass.REPLY, "refused")
    for _ in range(60):
        service.clock.move_to(service.clock.now() + timedelta(minutes=31))
        service.running.delivery.wake()
        await asyncio.sleep(0.02)
        row = await service.read(lambda store: store.outbox.get(number))
        if row is not None and row.state is OutgoingState.DEAD:
            break
    row = await row_in(service, number, OutgoingState.DEAD)
    assert row.error
    leaked = leaks.count(said_by(service))
    tally(f"send {mode}", row.tries, 0, times_said(service, "refused"), leaked)


LASTING = (
    SendMode.OK,
    SendMode.SLOW,
    SendMode.REFUSE,
    SendMode.MUTE,
    *UNKNOWN,
)
EVERY = 0.02


@dataclass
class Stopwatch:
    """When each line was put on the wire and when it was committed, by its sender."""

    said: dict[str, float] = field(default_factory=dict)
    stored: dict[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> list[float]:
        return [at - self.said[sender] for sender, at in self.stored.items()]


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Stopwatch:
    watch, receive = Stopwatch(), Runtime.receive

    async def timed(self: Runtime, incoming: Incoming) -> None:
        await receive(self, incoming)
        watch.stored[incoming.sender] = time.perf_counter()

    monkeypatch.setattr(Runtime, "receive", timed)
    return watch


@pytest.fixture
async def speaking(tmp_path: Path, watch: Stopwatch) -> AsyncIterator[Service]:
    """Its account is never left alone by the breaker: the fault lasts as long as the test."""
    service = Service(tmp_path)
    paces = {
        platform: replace(pace, breaker_failures=10**6)
        for platform, pace in service.config.delivery.items()
    }
    service.config = replace(service.config, delivery=paces)
    await service.start()
    yield service
    await service.stop()


async def say_all(service: Service, watch: Stopwatch, lines: int) -> list[str]:
    """Fifty a second, each by another resident, ten groups in turn; their keys."""
    loop, keys = asyncio.get_running_loop(), []
    began = loop.time()
    for number in range(lines):
        await asyncio.sleep(max(0.0, began + number * EVERY - loop.time()))
        sender, group = str(30_000_000 + number), GROUPS[number % len(GROUPS)]
        text = matter_at(number + 1)
        watch.said[sender] = time.perf_counter()
        line = await service.fake.say_in_group(group, sender, text, at_bot=True)
        keys.append(f"qq/group:{group}/{line}")
    return keys


async def all_stored(service: Service, keys: Sequence[str]) -> int:
    """How many are still missing when ten seconds are over."""
    for _ in range(1000):
        missing = await service.read(
            lambda store: [one for one in keys if store.tickets.get_message(one) is None]
        )
        if not missing:
            break
        await asyncio.sleep(0.01)
    return len(missing)


@pytest.mark.parametrize("mode", [*LASTING, "silent"])
async def test_the_intake_goes_on_whatever_becomes_of_the_sends(
    speaking: Service, watch: Stopwatch, mode: str, size: Size, tally: Tally, leaks: Leaks
) -> None:
    """The time is from the wire to the commit. `ok` is there to compare with."""
    fake = speaking.fake
    fake.silent = mode == "silent"
    fake.mode = SendMode.OK if fake.silent else SendMode(mode)
    for number in range(10):
        await queue(speaking, OutgoingClass.REPLY, f"before {number}")
    async with asyncio.timeout(10):
        while not any(action.startswith("send") for action, _ in fake.calls):
            await asyncio.sleep(0.01)

    keys = await say_all(speaking, watch, size(20, 1000))

    missing = await all_stored(speaking, keys)
    said = said_by(speaking)
    if fake.mode not in DELIVERED or fake.silent:
        assert said == []
    tally(
        f"intake while sends are: {mode}",
        len(keys),
        missing,
        leaked=leaks.count(said),
        seconds=watch.seconds,
    )
