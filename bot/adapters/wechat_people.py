"""Names and friendships, asked of the gateway once and remembered for an hour."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.adapters.wechat_events import Names
from bot.adapters.wechat_wire import Contact, Gateway, GatewayError, Refusal, Said

REMEMBER = timedelta(hours=1)
MOST = 5000
MOST_MENTIONS = 20

Key = tuple[str, str]
Value = TypeVar("Value")


class Memory(Generic[Value]):
    """Bounded and short-lived; what is asked for twice at once is asked of the gateway once."""

    def __init__(self, now: Callable[[], datetime], most: int = MOST) -> None:
        self._now = now
        self._most = most
        self._kept: OrderedDict[Key, tuple[datetime, Value]] = OrderedDict()
        self._asked: dict[Key, asyncio.Future[Value]] = {}

    async def get(self, key: Key, ask: Callable[[], Awaitable[Value]]) -> Value:
        """Raises what `ask` raises."""
        kept = self._kept.get(key)
        if kept is not None and timedelta(0) <= self._now() - kept[0] < REMEMBER:
            return kept[1]
        asked = self._asked.get(key)
        if asked is None:
            asked = self._asked[key] = asyncio.ensure_future(ask())
            asked.add_done_callback(lambda _: self._asked.pop(key, None))
        value = await asyncio.shield(asked)
        self._kept[key] = (self._now(), value)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return value

    def forget(self, key: Key) -> None:
        self._kept.pop(key, None)

    def clear(self) -> None:
        self._kept.clear()


class People:
    """Whom the bot sees, by the ids of one login."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._names: Memory[str] = Memory(now)
        self._contacts: Memory[Contact] = Memory(now)
        self._wrote: OrderedDict[str, None] = OrderedDict()

    def note_private(self, contact: str) -> None:
        """He has written in private, so he can be answered there."""
        self._wrote[contact] = None
        self._wrote.move_to_end(contact)
        if len(self._wrote) > MOST:
            self._wrote.popitem(last=False)

    def forget(self) -> None:
        """After another login ids mean other people."""
        self._names.clear()
        self._contacts.clear()
        self._wrote.clear()

    async def names(self, gateway: Gateway, said: Said, account: str) -> Names:
        """The names that matter to a message; those not to be had are ""."""
        sender = await self.name(gateway, said.room, said.sender)
        if not said.room or ("@" not in said.text and "「" not in said.text):
            return Names(sender)
        own = (
            await self.name(gateway, said.room, account),
            await self.name(gateway, "", account),
        )
        mentioned = [one for one in said.mentions[:MOST_MENTIONS] if one != account]
        names = [await self.name(gateway, said.room, one) for one in mentioned]
        return Names(sender, tuple(filter(None, own)), tuple(filter(None, names)))

    async def name(self, gateway: Gateway, room: str, contact: str) -> str:
        """What somebody is called in a room, or in his own profile where `room` is ""."""
        try:
            if not room:
                return (await self._contact(gateway, contact)).name
            return await self._names.get((room, contact), lambda: gateway.name_in(room, contact))
        except GatewayError:
            return ""

    async def is_reachable(self, gateway: Gateway, contact: str) -> bool:
        """Whether he can be written to in private: a contact, or one who wrote himself.

        True where the gateway can not tell just now: the send itself will.
        """
        if contact in self._wrote:
            return True
        try:
            found = await self._contact(gateway, contact)
        except Refusal:
            return False
        except GatewayError:
            return True
        if not found.is_friend:
            self._contacts.forget(("", contact))  # he may become one any minute
        return found.is_friend

    async def _contact(self, gateway: Gateway, contact: str) -> Contact:
        return await self._contacts.get(("", contact), lambda: gateway.contact(contact))
