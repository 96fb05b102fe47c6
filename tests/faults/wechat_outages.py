"""The gateway killed again and again, and stopped once, while residents raise matters.

    python -m tests.faults.wechat_outages [--kills 20] [--stop 30]

Not a test of the suite: it takes minutes. Prints what was measured; exit code 1 where a promise
does not hold: connected again within 90 s, nothing doubled, nothing lost but what was said while
the line was down, and each outage a gap that the digest names.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from handlers import digests
from tests.bot.service import INSTRUCTOR, SECRETARY, private
from tests.bot.wechat_service import GROUP, WeChatService
from tests.peers.wechat_peer import why_missing

LONGEST_SECONDS = 90.0
EVERY_SECONDS = 0.15


@dataclass
class Tally:
    """`said` holds each matter and whether the line was up while it was said."""

    said: list[tuple[str, bool]] = field(default_factory=list)
    back_after: list[float] = field(default_factory=list)
    down_for: float = 0.0


async def talk(service: WeChatService, tally: Tally, number: int) -> None:
    """One matter. It counts as said on an open line where that is open before and after."""
    text = f"登记 {number}号楼二单元停水了"
    adapter = service.running.adapters["wechat"]
    was_up = bool(adapter.accounts())
    try:
        await service.peer.say(GROUP, f"wxid_{number}", text, at_bot=True)
    except (AssertionError, OSError, TimeoutError):
        return  # nobody could say anything: the gateway is WeChat here
    await asyncio.sleep(0.05)
    tally.said.append((text, was_up and bool(adapter.accounts())))


async def talk_on(service: WeChatService, tally: Tally, until: asyncio.Event) -> None:
    number = len(tally.said) + 1
    while not until.is_set():
        await talk(service, tally, number)
        number += 1
        await asyncio.sleep(EVERY_SECONDS)


async def kill_once(service: WeChatService, tally: Tally, rng: random.Random) -> None:
    done = asyncio.Event()
    talking = asyncio.create_task(talk_on(service, tally, done))
    await asyncio.sleep(rng.uniform(0.3, 1.5))
    done.set()
    await talking
    began = time.monotonic()
    await service.peer.kill()
    await service.is_connected(is_so=False)
    await asyncio.sleep(rng.uniform(0.0, 1.0))
    await service.peer.start()
    up = time.monotonic()
    await service.is_connected()
    tally.back_after.append(time.monotonic() - up)
    tally.down_for += time.monotonic() - began


async def stop_once(service: WeChatService, tally: Tally, seconds: float) -> None:
    began = time.monotonic()
    await service.peer.pause()
    await asyncio.sleep(seconds)
    await service.peer.resume()
    up = time.monotonic()
    await service.is_connected()
    tally.back_after.append(time.monotonic() - up)
    tally.down_for += time.monotonic() - began


async def run(kills: int, stop: float) -> int:
    with tempfile.TemporaryDirectory(prefix="lianxin-outages-") as folder:
        service = WeChatService(Path(folder), (INSTRUCTOR, SECRETARY))
        await service.open()
        tally = Tally()
        try:
            for _ in range(kills):
                await kill_once(service, tally, random.Random(len(tally.said)))
            await stop_once(service, tally, stop)
            await asyncio.sleep(3)
            return await report(service, tally)
        finally:
            await service.close()


async def report(service: WeChatService, tally: Tally) -> int:
    await service.running.runtime.run("digest", digests.daily)
    digest = await service.peer.wait_for_sent("城关", conversation=private(SECRETARY), within=60)
    named = sum("掉线" in line for line in digest.text.splitlines())
    tickets = await service.read(lambda store: store.tickets.list_all())
    heard = {f"登记 {ticket.body}" for ticket in tickets}
    lost = [text for text, is_up in tally.said if is_up and text not in heard]
    doubled = sum(service.doubled().values())
    slowest = max(tally.back_after)
    print(f"outages {len(tally.back_after)}, down {tally.down_for:.0f} s in all")
    print(f"connected again after {slowest:.1f} s at most (goal {LONGEST_SECONDS:.0f})")
    print(f"matters said {len(tally.said)}, registered {len(heard)}")
    print(f"lost though the line was up: {len(lost)}; doubled: {doubled}; gaps named: {named}")
    is_kept = slowest <= LONGEST_SECONDS and not lost and not doubled and named > 0
    return 0 if is_kept else 1


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
