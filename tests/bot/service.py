"""The running service on whichever platform, at a moment of the test's choice."""

import asyncio
import io
import os
import re
import socket
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from bot.adapters.onebot import OneBotAdapter
from bot.adapters.port import Adapter
from bot.app import App, build
from bot.clock import SystemClock
from bot.config import Config, load_config
from storage.database import connect_sync
from storage.models import OutboxRow, Ticket, TicketNumber
from storage.store import Store
from tests.bot.shipped import SHIPPED
from tests.peers.delivered import Delivered
from tests.peers.fake_onebot import FakeOneBot, Sent

TOKEN = "a-token-for-tests"
GROUP_NUMBER = "700108"
GROUP = f"group:{GROUP_NUMBER}"
INSTRUCTOR = "21000802"
SECRETARY = "21000801"
WATERWORKS = "21000902"
RESIDENT = "30000001"
NEIGHBOUR = "30000002"
TUESDAY_MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""10:00 local: working time, and no quiet hour."""

_QUICK = {
    "gather_seconds": "1",
    "seconds": "0.0",
    "jitter": "0.0",
    "per_minute": "100000",
    "per_day": "100000",
}
"""What is changed in the shipped file, so that nothing waits for minutes."""

T = TypeVar("T")


class MovableClock(SystemClock):
    """Runs as the machine's clock does, from `begin` on, and can be set forward."""

    def __init__(self, begin: datetime) -> None:
        self._shift = begin - super().now()

    def now(self) -> datetime:
        return super().now() + self._shift

    def move_to(self, moment: datetime) -> None:
        self._shift += max(moment - self.now(), timedelta(0))


class RunningService:
    """Starts, stops and starts again, on the same data; `peer` stays there in between.

    `group` is the conversation in which residents speak; `patience` is in seconds.
    """

    group = GROUP
    patience = 15.0
    peer: Delivered[Any]

    def __init__(self, config: Config) -> None:
        self.config = config
        self.clock = MovableClock(TUESDAY_MORNING)
        self.app: App | None = None

    async def start(self) -> None:
        raise NotImplementedError

    async def stop(self) -> None:
        app, self.app = self.app, None
        if app is not None:
            await app.stop()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def run(self, adapter: Adapter) -> None:
        self.app = build(self.config, adapters=[adapter], clock=self.clock)
        await self.app.start()

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

    async def tickets(self) -> list[Ticket]:
        return list(await self.read(lambda store: store.tickets.list_all()))

    async def say(self, conversation: str, sender: str, text: str, **more: Any) -> None:
        """See the peer for `more`; `quote` is a message of the bot's."""
        raise NotImplementedError

    async def in_group(
        self, sender: str, text: str, *awaited: tuple[str, str], **more: Any
    ) -> None:
        """Say something in the group, and wait for what it must lead to."""
        before = len(self.peer.sent)
        await self.say(self.group, sender, text, **more)
        await self.expect(before, *awaited)

    async def in_private(
        self, sender: str, text: str, *awaited: tuple[str, str], **more: Any
    ) -> None:
        before = len(self.peer.sent)
        await self.say(private(sender), sender, text, **more)
        await self.expect(before, *awaited)

    async def expect(self, after: int, *awaited: tuple[str, str]) -> None:
        """Each (conversation, part of the text) is sent, later than the first `after` sends."""
        for conversation, part in awaited:
            await self.peer.wait_for_sent(
                part, conversation=conversation, after=after, within=self.patience
            )

    async def has_nothing_to_send(self) -> None:
        """Wait until no message is queued or in flight."""
        async with asyncio.timeout(self.patience):
            while await self.read(is_anything_to_send):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    def last(self, conversation: str) -> Any:
        return [one for one in self.peer.sent if one.conversation == conversation][-1]

    def told(self) -> Counter[str]:
        """How many messages each conversation was sent."""
        return Counter(one.conversation for one in self.peer.sent)


class Service(RunningService):
    """Behind a fake OneBot implementation."""

    def __init__(self, folder: Path) -> None:
        super().__init__(quick_config(folder))
        self.fake = FakeOneBot("", self.clock.now, token=TOKEN)
        self.peer = self.fake

    async def start(self) -> None:
        adapter = OneBotAdapter(
            host="127.0.0.1",
            port=0,
            access_token=TOKEN,
            media_folder=self.config.media_folder,
            now=self.clock.now,
            allow_loopback_media=True,
        )
        await self.run(adapter)
        self.fake.url = f"ws://127.0.0.1:{adapter.port}/onebot/v11/ws"
        await self.fake.connect()

    async def stop(self) -> None:
        await super().stop()
        await self.fake.disconnect()

    async def say(
        self, conversation: str, sender: str, text: str, quote: Sent | None = None, **more: Any
    ) -> None:
        if quote is not None:
            more["reply_to"] = quote.message_id
        if conversation == self.group:
            await self.fake.say_in_group(GROUP_NUMBER, sender, text, **more)
        else:
            await self.fake.say_in_private(sender, text, **more)


def private(user_id: str) -> str:
    return f"private:{user_id}"


def quick_config(folder: Path) -> Config:
    """The shipped file with its waits shortened by its own values; all data in `folder`."""
    path = folder / "config.toml"
    path.write_text(shortened(SHIPPED.read_text("utf-8")), "utf-8")
    config = load_config(path, {"LIANXIN_ONEBOT_TOKEN": TOKEN})
    return replace(config, logging=replace(config.logging, file=None))


def shortened(text: str, **more: str) -> str:
    """Values of a config.toml replaced wherever their key stands at the beginning of a line."""
    for key, value in (_QUICK | more).items():
        text, found = re.subn(rf"(?m)^{key} = \S+", f"{key} = {value}", text)
        assert found, key
    return text


def picture(colour: str) -> bytes:
    """A small PNG of one colour."""
    data = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(data, "PNG")
    return data.getvalue()


class Process:
    """`lianxin run` as a process of its own, on the machine's clock; it can be killed."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"ws://127.0.0.1:{self.port}/onebot/v11/ws"
        self.database_url = f"sqlite:///{folder / 'data' / 'lianxin.db'}"
        self._config = folder / "config.toml"
        text = shortened(SHIPPED.read_text("utf-8"), port=str(self.port))
        self._config.write_text(text, "utf-8")
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Returns once it listens."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run", "--config", str(self._config)),
            cwd=SHIPPED.parent,
            env=os.environ | {"LIANXIN_ONEBOT_TOKEN": TOKEN},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(60):
            while not await _is_listening(self.port):
                assert self._process.returncode is None, "it ended by itself"
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """At once, with no chance to write anything down."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()


def is_anything_to_send(store: Store) -> bool:
    return bool(store.outbox.list_sending()) or store.outbox.next_due() is not None


def queued(database_url: str, number: int = 1) -> list[OutboxRow]:
    """All that was ever queued for a ticket, as it stands in the file."""
    with connect_sync(database_url) as store:
        return list(store.outbox.list_for_ticket(TicketNumber(number)))


async def _is_listening(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
