"""The running service at a real wechaty gateway: the town's people have WeChat accounts."""

import asyncio
import random
import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bot.adapters.wechat import WeChatAdapter
from bot.adapters.wechat_events import spoken
from bot.adapters.wechat_puppet import Address, Puppet
from bot.config import Config, load_config
from tests.bot.service import RunningService, shortened
from tests.bot.shipped import SHIPPED
from tests.peers.wechat_peer import WeChatPeer

ROOM = "700108@chatroom"
GROUP = f"group:{ROOM}"
TITLE = "城关一家亲"
ADMINISTRATOR = "21000002"


class WeChatService(RunningService):
    """At a gateway of its own, which stays while the service starts anew."""

    group = GROUP
    patience = 20.0
    peer: WeChatPeer

    def __init__(self, folder: Path, people: Sequence[str]) -> None:
        super().__init__(wechat_config(folder))
        self.peer = WeChatPeer(self.clock.now)
        self._people = people

    async def open(self) -> None:
        """Start the gateway and set the scene, then the service."""
        await self.peer.start()
        for person in self._people:
            await self.peer.add_contact(person, f"用户{person}")
        await self.peer.add_room(ROOM, TITLE, self._people)
        await self.start()

    async def start(self) -> None:
        await self.run(
            WeChatAdapter(
                partial(Puppet, Address("127.0.0.1", self.peer.port, self.peer.token)),
                media_folder=self.config.media_folder,
                now=self.clock.now,
                rng=random.Random(1),
            )
        )
        await self.is_connected()

    async def is_connected(self, *, is_so: bool = True) -> None:
        """Wait until an account is there (or none): 90 s at most."""
        async with asyncio.timeout(90):
            while bool(self.running.adapters["wechat"].accounts()) is not is_so:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        await self.stop()
        await self.peer.kill()

    async def say(self, conversation: str, sender: str, text: str, **more: Any) -> None:
        await self.peer.say(conversation, sender, text, **more)

    def doubled(self) -> Counter[tuple[str, str]]:
        """What the gateway was told oftener than it was queued."""
        told = Counter(
            (one.conversation, spoken(one.text).split("\n")[0])
            for one in self.peer.sent
            if one.text
        )
        path = self.config.data_folder / "lianxin.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            rows = database.execute("select conversation, text from outbox").fetchall()
        return told - Counter((place, text.strip().split("\n")[0]) for place, text in rows)


def wechat_config(folder: Path) -> Config:
    """The shipped file with everybody's account and the groups on WeChat, and short waits."""
    text = shortened(SHIPPED.read_text("utf-8"))
    text = re.sub(r'(?m)^qq = "', 'wechat = "', text)
    text = re.sub(
        r'(?m)^\[\[groups\]\]\nid = "(\d+)"',
        r'[[groups]]\nplatform = "wechat"\nid = "\1@chatroom"',
        text,
    )
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    config = load_config(path, {})
    return replace(config, logging=replace(config.logging, file=None))
