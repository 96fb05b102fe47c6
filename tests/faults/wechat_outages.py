"""The gateway killed again and again, and stopped once, while residents raise matters.

    python -m tests.faults.wechat_outages [--kills 20] [--stop 30]

Not a test of the suite: it takes minutes. Prints what was measured; exit code 1 where a promise
does not hold: connected again within 90 s, nothing doubled, nothing lost that was said on an open
line, and each gap named in the digest. What is said while the line is down, or in the moment in
which it breaks, no gateway keeps: that is counted.
"""

import argparse
import asyncio
import random
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from handlers import digests
from tests.bot.service import INSTRUCTOR, SECRETARY, TUESDAY_MORNING, private
from tests.bot.wechat_service import GROUP, WeChatService
from tests.peers.wechat_peer import why_missing

LONGEST_SECONDS = 90.0
EVERY_SECONDS = 0.15
FETCHED_WITHIN = 2.0


class Line(StrEnum):
    """Where the line to the gateway stood when a matter was said."""

    OPEN = "open"
    """And for two seconds after, in which the bot fetches what it was told of."""
    BREAKING = "breaking"
    DOWN = "down"


@dataclass
class Tally:
    """What was said in the group while there was no gateway never reaches one."""

    said: dict[Line, list[str]] = field(default_factory=lambda: {line: [] for line in Line})
    back_after: list[float] = field(default_factory=list)
    down_for: float = 0.0


class Talk:
    """A matter every 150 ms, through all that happens. Each is said in a task of its own: the
    words of a stopped gateway wait."""

    def __init__(self, service: WeChatService, tally: Tally) -> None:
        self.has_gateway = True
        self.outages = 0
        self.is_out = False
        self._service = service
        self._tally = tally
        self._tasks: list[asyncio.Task[None]] = []
        self._talking = asyncio.create_task(self._talk())

    async def stop(self) -> None:
        self._talking.cancel()
        await asyncio.gather(*self._tasks)

    async def _talk(self) -> None:
        while True:
            self._tasks.append(asyncio.create_task(self._say(len(self._tasks) + 1)))
            await asyncio.sleep(EVERY_SECONDS)

    async def _say(self, number: int) -> None:
        text = f"登记 {number}号楼二单元停水了"
        outages, is_down = self.outages, self.is_out
        if self.has_gateway:
            try:
                await self._service.peer.say(GROUP, f"wxid_{number}", text, at_bot=True)
            except (AssertionError, OSError, TimeoutError, RuntimeError):
                is_down = True
            await asyncio.sleep(FETCHED_WITHIN)
        line = Line.OPEN if outages == self.outages else Line.BREAKING
        self._tally.said[Line.DOWN if is_down else line].append(text)


@asynccontextmanager
async def outage(service: WeChatService, talk: Talk, tally: Tally) -> AsyncIterator[None]:
    """From the fault to the bot's being connected again."""
    began = time.monotonic()
    talk.outages, talk.is_out = talk.outages + 1, True
    yield
    up = time.monotonic()
    await service.is_connected()
    talk.is_out = False
    tally.back_after.append(time.monotonic() - up)
    tally.down_for += time.monotonic() - began


async def kill_once(service: WeChatService, talk: Talk, tally: Tally, rng: random.Random) -> None:
    await asyncio.sleep(rng.uniform(3.0, 6.0))
    async with outage(service, talk, tally):
        talk.has_gateway = False
        await service.peer.kill()
        await service.is_connected(is_so=False)
        await asyncio.sleep(rng.uniform(0.0, 1.0))
        await service.peer.start()
        talk.has_gateway = True


async def stop_once(service: WeChatService, talk: Talk, tally: Tally, seconds: float) -> None:
    async with outage(service, talk, tally):
        await service.peer.pause()
        await asyncio.sleep(seconds)
        await service.peer.resume()


async def run(kills: int, stop: float) -> int:
    with tempfile.TemporaryDirectory(prefix="lianxin-outages-") as folder:
        service = WeChatService(Path(folder), (INSTRUCTOR, SECRETARY))
        await service.open()
        tally, rng = Tally(), random.Random(5)
        talk = Talk(service, tally)
        try:
            for _ in range(kills):
                await kill_once(service, talk, tally, rng)
            await stop_once(service, talk, tally, stop)
            await asyncio.sleep(3)
            await talk.stop()
            await asyncio.sleep(3)
            return await report(service, tally)
        finally:
            await service.close()


async def report(service: WeChatService, tally: Tally) -> int:
    await service.running.runtime.run("digest", digests.daily)
    digest = await service.peer.wait_for_sent("城关", conversation=private(SECRETARY), within=60)
    named = gaps_in(digest.text)
    tickets = await service.read(lambda store: store.tickets.list_all())
    heard = {f"登记 {ticket.body}" for ticket in tickets}
    gaps = await service.read(
        lambda store: store.reception.list_gaps_between(TUESDAY_MORNING, service.clock.now())
    )
    lost = {line: [text for text in said if text not in heard] for line, said in tally.said.items()}
    doubled = sum(service.doubled().values())
    slowest = max(tally.back_after)
    print(f"outages {len(tally.back_after)}, down {tally.down_for:.0f} s in all")
    print(f"connected again after {slowest:.1f} s at most (goal {LONGEST_SECONDS:.0f})")
    print(f"doubled: {doubled}")
    for line, said in tally.said.items():
        print(f"line {line}: {len(said)} matters said, {len(lost[line])} lost")
    print(f"gaps: {len(gaps)} on record, {named} in the digest")
    is_kept = slowest <= LONGEST_SECONDS and not lost[Line.OPEN] and not doubled
    return 0 if is_kept and named == len(gaps) > 0 else 1


def gaps_in(digest: str) -> int:
    """Those with a line of their own, and those that are counted together."""
    lines = [line for line in digest.splitlines() if "掉线" in line]
    together = [re.search(r"另掉线 (\d+) 次", line) for line in lines]
    return sum(int(found[1]) if found else 1 for found in together)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--stop", type=float, default=30.0)
    chosen = parser.parse_args()
    reason = why_missing()
    if reason is not None:
        print(reason)
        return
    sys.exit(asyncio.run(run(chosen.kills, chosen.stop)))


if __name__ == "__main__":
    main()
