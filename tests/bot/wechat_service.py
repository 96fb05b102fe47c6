"""The running service at a real wechaty gateway: the town's people have WeChat accounts."""

import asyncio
import random
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.adapters.wechat import WeChatAdapter
from bot.adapters.wechat_events import spoken
from bot.adapters.wechat_puppet import Address, Puppet
from bot.app import App, build
from bot.config import Config, load_config
from storage.models import Ticket, TicketNumber
from storage.store import Store
from tests.bot.service import SHIPPED, TUESDAY_MORNING, MovableClock, shortened
from tests.peers.wechat_peer import Sent, WeChatPeer

ROOM = "700108@chatroom"
GROUP = f"group:{ROOM}"
TITLE = "城关一家亲"
ADMINISTRATOR = "21000002"

T = TypeVar("T")


class WeChatService:
    """Starts, stops and starts again, on the same data; `peer` is the gateway, which stays."""

    def __init__(self, folder: Path, people: Sequence[str]) -> None:
        self.config = wechat_config(folder)
        self.clock = MovableClock(TUESDAY_MORNING)
        self.peer = WeChatPeer(self.clock.now)
        self.app: App | None = None
        self._people = people

    async def open(self) -> None:
        """Start the gateway and set the scene, then the service."""
        await self.peer.start()
        for person in self._people:
            await self.peer.add_contact(person, f"用户{person}")
        await self.peer.add_room(ROOM, TITLE, self._people)
        await self.start()

    async def start(self) -> None:
        adapter = WeChatAdapter(
            partial(Puppet, Address("127.0.0.1", self.peer.port, self.peer.token)),
            media_folder=self.config.media_folder,
            now=self.clock.now,
            rng=random.Random(1),
        )
        self.app = build(self.config, adapters=[adapter], clock=self.clock)
        await self.app.start()
        await self.is_connected()

    async def is_connected(self, *, is_so: bool = True) -> None:
        """Wait until an account is there (or none): 90 s at most."""
        async with asyncio.timeout(90):
            while bool(self.running.adapters["wechat"].accounts()) is not is_so:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        app, self.app = self.app, None
        if app is not None:
            await app.stop()

    async def close(self) -> None:
        await self.stop()
        await self.peer.kill()

    @property
    def running(self) -> App:
        assert self.app is not None, "not started"
        return self.app

    async def read(self, work: Callable[[Store], T]) -> T:
        return await self.running.database.read(work)

    async def ticket(self, number: int = 1) -> Ticket:
        ticket = await self.read(lambda store: store.tickets.get(TicketNumber(number)))
        assert ticket is not None
        return ticket

    async def in_group(
        self,
        sender: str,
        text: str,
        *awaited: tuple[str, str],
        at_bot: bool = False,
        quote: Sent | None = None,
        images: Sequence[bytes] = (),
        card: str = "",
    ) -> None:
        """Say something in the room, and wait for what it must lead to."""
        before = len(self.peer.sent)
        await self.peer.say(
            GROUP, sender, text, at_bot=at_bot, quote=quote, images=images, card=card
        )
        await self.expect(before, *awaited)

    async def in_private(
        self,
        sender: str,
        text: str,
        *awaited: tuple[str, str],
        quote: Sent | None = None,
        images: Sequence[bytes] = (),
    ) -> None:
        before = len(self.peer.sent)
        await self.peer.say(f"private:{sender}", sender, text, quote=quote, images=images)
        await self.expect(before, *awaited)

    async def expect(self, after: int, *awaited: tuple[str, str]) -> None:
        """Each (conversation, part of the text) is sent, later than the first `after` sends."""
        for conversation, part in awaited:
            await self.peer.wait_for_sent(part, conversation=conversation, after=after, within=20.0)

    def last(self, conversation: str) -> Sent:
        return [one for one in self.peer.sent if one.conversation == conversation][-1]

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
