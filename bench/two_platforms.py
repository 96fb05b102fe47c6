"""One process that serves a QQ and a WeChat account: its memory, and how long a message takes.

    python -m bench.two_platforms [--quick]

The peers are those of the tests: a WebSocket as NapCat opens it, and the real wechaty gateway.
Memory is that of `lianxin run` with both accounts connected and matters heard on both. The time
is taken in this process, which runs the peers too, from an adapter's handing over of a message
to its commit, while both sides say 50 matters a second.
"""

import argparse
import asyncio
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from bench.report import print_figures
from bench.storage import Figure
from bot.adapters.onebot import OneBotAdapter
from bot.adapters.port import Adapter, Echo, Notice, Receiver
from bot.adapters.wechat import WeChatAdapter
from bot.adapters.wechat_puppet import Address, Puppet
from bot.app import build
from bot.clock import SystemClock
from bot.config import load_config
from handlers.messages import Incoming
from tests.bot.service import SHIPPED, TOKEN, free_port, shortened
from tests.peers.fake_onebot import FakeOneBot
from tests.peers.wechat_peer import WeChatPeer, why_missing

QQ_GROUP = "700107"
ROOM = "1@chatroom"
RATE = 50
MEMORY_MB = 220.0
LATENCY_MS = 200.0


@dataclass
class Timed:
    """A receiver that takes the time of each message that is handed over."""

    inner: Receiver
    seconds: list[float] = field(default_factory=list)

    async def receive(self, incoming: Incoming) -> None:
        began = time.perf_counter()
        await self.inner.receive(incoming)
        self.seconds.append(time.perf_counter() - began)

    async def echoed(self, echo: Echo) -> None:
        await self.inner.echoed(echo)

    async def noticed(self, notice: Notice) -> None:
        await self.inner.noticed(notice)


def timed(adapter: Adapter, taken: dict[str, Timed]) -> Adapter:
    start = adapter.start

    async def start_timed(receiver: Receiver) -> None:
        taken[adapter.platform] = Timed(receiver)
        await start(taken[adapter.platform])

    adapter.start = start_timed  # type: ignore[method-assign]
    return adapter


def write_config(folder: Path, qq_port: int, endpoint: str) -> Path:
    text = shortened(SHIPPED.read_text("utf-8"), port=str(qq_port))
    text = text.replace(
        'enabled = false\nendpoint = ""', f'enabled = true\nendpoint = "{endpoint}"'
    )
    text += f'\n[[groups]]\nplatform = "wechat"\nid = "{ROOM}"\nunit = "chengguan"\n'
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def secrets(peer: WeChatPeer) -> dict[str, str]:
    return {"LIANXIN_ONEBOT_TOKEN": TOKEN, "LIANXIN_WECHAT_TOKEN": peer.token}


def matter(number: int) -> str:
    return f"登记 {number}号楼二单元停水了"


async def say_all(fake: FakeOneBot, peer: WeChatPeer, seconds: int) -> None:
    """Both sides at 50 a second, each matter by another resident of another house."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in range(seconds * RATE):
        await asyncio.sleep(max(0.0, began + number / RATE - loop.time()))
        await asyncio.gather(
            fake.say_in_group(QQ_GROUP, str(40_000_000 + number), matter(number), at_bot=True),
            peer.say(f"group:{ROOM}", f"wxid_{number}", matter(number), at_bot=True),
        )


async def measure_time(folder: Path, peer: WeChatPeer, seconds: int) -> list[Figure]:
    clock = SystemClock()
    path = write_config(folder, free_port(), peer.endpoint)
    config = load_config(path, secrets(peer))
    config = replace(config, logging=replace(config.logging, file=None))
    taken: dict[str, Timed] = {}
    onebot = OneBotAdapter(
        host="127.0.0.1",
        port=0,
        access_token=TOKEN,
        media_folder=config.media_folder,
        now=clock.now,
    )
    wechat = WeChatAdapter(
        partial(Puppet, Address("127.0.0.1", peer.port, peer.token)),
        media_folder=config.media_folder,
        now=clock.now,
        rng=random.Random(1),
    )
    async with build(config, adapters=[timed(onebot, taken), timed(wechat, taken)], clock=clock):
        fake = FakeOneBot(f"ws://127.0.0.1:{onebot.port}/onebot/v11/ws", clock.now, token=TOKEN)
        async with fake:
            while not wechat.accounts():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            await say_all(fake, peer, seconds)
            while min(len(one.seconds) for one in taken.values()) < seconds * RATE:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    return [figure for name, one in taken.items() for figure in figures_of(name, one.seconds)]


def figures_of(platform: str, seconds: Sequence[float]) -> list[Figure]:
    ordered = sorted(seconds)
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return [
        Figure(f"{platform}: receive to commit, median", middle * 1000, "ms"),
        Figure(f"{platform}: receive to commit, p99", late * 1000, "ms", most=LATENCY_MS),
    ]


async def measure_memory(folder: Path, peer: WeChatPeer) -> list[Figure]:
    port = free_port()
    path = write_config(folder, port, peer.endpoint)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--config", str(path)),
        cwd=SHIPPED.parent,
        env=os.environ | secrets(peer),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        fake = FakeOneBot(f"ws://127.0.0.1:{port}/onebot/v11/ws", SystemClock().now, token=TOKEN)
        await connect(fake)
        before = len(peer.sent)
        for number in range(100):
            await fake.say_in_group(QQ_GROUP, str(50_000_000 + number), matter(number), at_bot=True)
            await peer.say(f"group:{ROOM}", f"wxid_m{number}", matter(number), at_bot=True)
        await peer.wait_for_sent("99号楼", conversation=f"group:{ROOM}", after=before, within=120)
        await asyncio.sleep(2)
        megabytes = resident_memory(process.pid)
        await fake.disconnect()
    finally:
        process.terminate()
        await process.wait()
    return [Figure("resident memory, both accounts", megabytes, "MB", most=MEMORY_MB)]


async def connect(fake: FakeOneBot) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                return await fake.connect()
            except OSError:
                await asyncio.sleep(0.2)


def resident_memory(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text("ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


async def measure(seconds: int) -> list[Figure]:
    peer = WeChatPeer(SystemClock().now)
    await peer.start()
    await peer.add_room(ROOM, "城关一家亲", [])
    try:
        with tempfile.TemporaryDirectory(prefix="lianxin-two-") as one:
            figures = await measure_memory(Path(one), peer)
        with tempfile.TemporaryDirectory(prefix="lianxin-two-") as other:
            return figures + await measure_time(Path(other), peer, seconds)
    finally:
        await peer.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    seconds = 5 if parser.parse_args().quick else 20
    reason = why_missing()
    if reason is not None:
        print(reason)
        return
    print_figures({"one process, QQ and WeChat": asyncio.run(measure(seconds))})


if __name__ == "__main__":
    main()
