"""From a message id in the gateway's stream to the receiver: ask, read, fetch media, tell."""

import asyncio
import base64
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.adapters.onebot_lanes import Lanes
from bot.adapters.port import Echo, Notice, Receiver
from bot.adapters.wechat_events import Draft, conversation_of, is_id, read_said
from bot.adapters.wechat_lines import Lines
from bot.adapters.wechat_people import People
from bot.adapters.wechat_wire import Gateway, GatewayError, Refusal
from bot.media import MOST_BYTES, Media
from handlers.messages import Incoming

log = logging.getLogger("lianxin.wechat")

MOST_AT_ONCE = 64
MOST_MISSED = 1000

Heard = Draft | Echo | Notice


class Intake:
    """Tells one receiver, in order within each conversation.

    Several messages are asked for at once, and read in the order in which the stream named them.
    """

    def __init__(self, media: Media, now: Callable[[], datetime]) -> None:
        self.receiver: Receiver | None = None
        self.lines = Lines()
        self.people = People(now)
        self._media = media
        self._now = now
        self._lanes = Lanes()
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self._last: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._missed: dict[str, None] = {}

    async def take(self, gateway: Gateway, account: str, message_id: str) -> None:
        """Handle a message; waits where too many are being asked for."""
        if not is_id(message_id):
            return
        await self._places.acquire()
        task = asyncio.create_task(self._read(self._last, gateway, account, message_id))
        self._last = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def take_missed(self, gateway: Gateway, account: str) -> None:
        """Ask again for messages that the stream named before the connection broke."""
        missed, self._missed = self._missed, {}
        for message_id in missed:
            await self.take(gateway, account, message_id)

    async def tell(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            await self._lanes.put(
                notice.conversation or notice.account, 0, partial(self._tell, None, notice)
            )

    async def drain(self, seconds: float) -> None:
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._lanes.drain(seconds)

    async def _read(
        self,
        before: "asyncio.Task[None] | None",
        gateway: Gateway,
        account: str,
        message_id: str,
    ) -> None:
        try:
            said = await gateway.said(message_id)
            names = await self.people.names(gateway, said, account)
            if before is not None:
                await asyncio.wait([before])
            heard = read_said(said, account, names, self.lines, self._now())
            place = conversation_of(said, account)
            if heard is not None and place is not None:
                await self._lanes.put(place, len(said.text), partial(self._tell, gateway, heard))
        except GatewayError as error:
            log.warning("message not given by the gateway: %s", type(error).__name__)
            if not isinstance(error, Refusal) and len(self._missed) < MOST_MISSED:
                self._missed[message_id] = None
        except Exception as error:  # noqa: BLE001  one message must not cost the others
            log.error("message not understood: %s", type(error).__name__)
        finally:
            self._places.release()

    async def _tell(self, gateway: Gateway | None, heard: Heard) -> None:
        receiver = self.receiver
        if receiver is None:
            return
        match heard:
            case Draft(incoming=incoming):
                if incoming.is_private and incoming.recall is None:
                    self.people.note_private(incoming.sender)
                await receiver.receive(await self._complete(gateway, heard))
            case Echo():
                await receiver.echoed(heard)
            case Notice():
                await receiver.noticed(heard)

    async def _complete(self, gateway: Gateway | None, draft: Draft) -> Incoming:
        """The message with its picture, or its voice note kept as a file: WeChat's gateways turn
        none into words."""
        incoming = draft.incoming
        if not draft.has_media or gateway is None:
            return incoming
        content = await self._content(gateway, incoming.message_id)
        if draft.has_picture:
            name = await self._media.keep_picture(content) if content else None
            images = () if name is None else (name,)
            return replace(incoming, images=images, images_missing=int(name is None))
        encoded = "base64://" + base64.b64encode(content).decode()
        file = await self._media.fetch_voice(encoded) if content else None
        return replace(
            incoming, voice=replace(incoming.voice, file=file) if incoming.voice else None
        )

    async def _content(self, gateway: Gateway, message_id: str) -> bytes:
        """Empty where it is not to be had; asked for twice, as it may still be on its way."""
        for wait in (0.5, None):
            try:
                return await gateway.file(message_id, MOST_BYTES)
            except GatewayError as error:
                log.warning("file not given by the gateway: %s", type(error).__name__)
            if wait is not None:
                await asyncio.sleep(wait)
        return b""
