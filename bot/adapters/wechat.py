"""WeChat by a wechaty gateway: rooms and private chats of the one account it is logged in with.

wechat_puppet.py is the only file that imports wechaty; this one knows a gateway by what it does.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from bot.adapters.port import Echo, Known, Notice, Receipt, Receiver, SendResult
from bot.adapters.wechat_events import PLATFORM, is_id, read_notices, short_name, spoken
from bot.adapters.wechat_intake import Intake
from bot.adapters.wechat_sending import render, send_all, wechat_id
from bot.adapters.wechat_supervisor import Backoff, Connect, Sleep, supervise
from bot.adapters.wechat_wire import Event, EventKind, Gateway, GatewayError
from bot.media import Media
from handlers.messages import Incoming, Room, Target

log = logging.getLogger("lianxin.wechat")

DRAIN_SECONDS = 10.0
UNNOTICED = timedelta(seconds=20)
"""So long a dead line can go unnoticed: keepalive's interval and its patience."""


class WeChatAdapter:
    """`connect` makes a connection to the gateway, which is not yet used. `now` gives aware UTC.

    The gateway's stream names messages while somebody listens, and keeps none: what is said
    while the line is down is lost, and the notices ``offline`` and ``online`` say when that was.
    """

    platform = PLATFORM

    def __init__(
        self,
        connect: Connect,
        *,
        media_folder: Path,
        now: Callable[[], datetime],
        rng: Random,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.media = Media(media_folder, hosts=())
        self._connect = connect
        self._now = now
        self._sleep = sleep
        self._backoff = Backoff(rng)
        self._intake = Intake(self.media, now)
        self._gateway: Gateway | None = None
        self._account: str | None = None
        self._last_account: str | None = None
        self._heard_at = now()
        self._supervisor: asyncio.Task[None] | None = None
        self._syncing: asyncio.Task[None] | None = None

    def remember(self, known: Iterable[Known]) -> None:
        """Quotes come as text: after a restart they are looked up among what is kept on disk."""
        for one in known:
            self._intake.lines.note(one.conversation, one.message_id, one.sender, spoken(one.text))

    async def start(self, receiver: Receiver) -> None:
        """Returns at once; the connection is made, and made again, in the background."""
        self._intake.receiver = receiver
        self._supervisor = asyncio.create_task(
            supervise(self._connect, self._serve, self._ended, self._sleep, self._backoff)
        )

    async def stop(self) -> None:
        """Hang up, finish what was heard, and end. The puppet keeps its login."""
        tasks = [task for task in (self._supervisor, self._syncing) if task is not None]
        self._gateway = None
        await self._intake.drain(DRAIN_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.media.close()

    def accounts(self) -> Sequence[str]:
        is_usable = self._gateway is not None and self._account is not None
        return [self._account] if is_usable and self._account is not None else []

    async def send(
        self,
        target: Target,
        text: str,
        *,
        at_users: Sequence[str] = (),
        images: Sequence[str] = (),
        reply_to: str | None = None,
    ) -> Receipt:
        """`reply_to` is dropped: no gateway can quote. Stored pictures that are gone are left
        out."""
        gateway, account = self._gateway, self._account
        if gateway is None or account is None:
            return Receipt(SendResult.OFFLINE, detail="no gateway, or nobody logged in")
        place = wechat_id(target)
        if place is None:
            return Receipt(SendResult.REFUSED, detail="no such conversation")
        people = self._intake.people
        if target.is_private and not await people.is_reachable(gateway, place):
            return Receipt(SendResult.NOT_FRIEND, detail="no contact of this account")
        mentioned = [] if target.is_private else [user for user in at_users if is_id(user)]
        names = [short_name(await people.name(gateway, place, user)) for user in mentioned]
        pictures = [(name, data) for name in images if (data := await self.media.read(name))]
        words = render(text, names)
        receipt = await send_all(gateway, target, place, words, mentioned, pictures)
        if receipt.message_id is not None:
            known = spoken(words, names)
            self._intake.lines.note(target.conversation, receipt.message_id, account, known)
        return receipt

    async def history(
        self, target: Target, since: datetime, count: int
    ) -> Sequence[Incoming | Echo]:
        """Nothing: a gateway keeps no history."""
        return ()

    async def _serve(self, gateway: Gateway, event: Event) -> None:
        self._heard_at = self._now()
        match event.kind:
            case EventKind.LOGIN:
                await self._logged_in(gateway, event.fields.get("contactId"))
            case EventKind.LOGOUT:
                await self._gone("logged out of WeChat")
            case EventKind.SCAN:
                log.warning("the gateway waits for a QR code to be scanned: nobody is logged in")
            case EventKind.MESSAGE if self._account is not None:
                message_id = event.fields.get("messageId")
                await self._intake.take(gateway, self._account, str(message_id))
            case EventKind.ROOM_JOIN | EventKind.ROOM_LEAVE | EventKind.ROOM_TOPIC:
                await self._intake.tell(read_notices(event, self._account or "", self._now()))
                self._sync_rooms(gateway)
            case EventKind.READY:
                self._sync_rooms(gateway)
            case _:
                pass

    async def _logged_in(self, gateway: Gateway, contact: object) -> None:
        if not isinstance(contact, str) or not is_id(contact):
            return
        if contact != self._last_account:
            self._intake.people.forget()
        is_new = self._account != contact or self._gateway is not gateway
        self._gateway, self._account, self._last_account = gateway, contact, contact
        if is_new:
            log.info("account %s is online", contact)
            notice = Notice(PLATFORM, contact, "online", None, "logged in", self._now())
            await self._intake.tell([notice])
            await self._intake.take_missed(gateway, contact)
            self._sync_rooms(gateway)

    async def _ended(self, reason: str) -> None:
        await self._gone(reason)

    async def _gone(self, reason: str) -> None:
        """Told once; it may have been some seconds ago."""
        account, self._account, self._gateway = self._account, None, None
        if account is None:
            return
        at = max(self._heard_at, self._now() - UNNOTICED)
        log.warning("account %s is offline: %s", account, reason)
        await self._intake.tell([Notice(PLATFORM, account, "offline", None, reason[:200], at)])

    def _sync_rooms(self, gateway: Gateway) -> None:
        """Tell which rooms there are, in a task: their ids may be new ones after a login."""
        if self._syncing is None or self._syncing.done():
            self._syncing = asyncio.create_task(self._tell_rooms(gateway))

    async def _tell_rooms(self, gateway: Gateway) -> None:
        account = self._account
        try:
            states = [await gateway.room(room) for room in await gateway.rooms() if is_id(room)]
        except GatewayError as error:
            log.warning("the rooms are not to be had: %s", type(error).__name__)
            return
        if account is None or account != self._account:
            return
        rooms = tuple(
            Room(f"group:{one.room}", short_name(one.topic), one.members) for one in states
        )
        notice = Notice(PLATFORM, account, "rooms", None, str(len(rooms)), self._now(), rooms)
        await self._intake.tell([notice])
