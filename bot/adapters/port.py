"""The protocol every chat adapter fulfils. Foreign objects stop behind it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from handlers.messages import Incoming, Room, Target


class SendResult(StrEnum):
    """What is known after a send. TIMEOUT may have arrived; REFUSED and OFFLINE have not."""

    SENT = "sent"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    MUTED = "muted"
    NOT_FRIEND = "not_friend"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The result of one send. `message_id` is set where the platform gave one."""

    result: SendResult
    message_id: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Echo:
    """An own message seen in a conversation: the proof that a send arrived."""

    target: Target
    message_id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened to an account or a group, not said by anybody.

    kind: ``online`` ``offline`` ``joined`` ``left`` ``renamed`` ``muted``; `detail` is the new
    title, the reason, the seconds of a mute, the member's user id: `account` where it is the bot
    itself. ``rooms`` tells all groups the account is in, where their ids may change.
    """

    platform: str
    account: str
    kind: str
    conversation: str | None
    detail: str
    at: datetime
    rooms: tuple[Room, ...] = ()


class Receiver(Protocol):
    """What an adapter tells: implemented by bot/runtime.py."""

    async def receive(self, incoming: Incoming) -> None: ...
    async def echoed(self, echo: Echo) -> None: ...
    async def noticed(self, notice: Notice) -> None: ...


@dataclass(frozen=True, slots=True)
class Known:
    """A line that was said before this run. `sender` is empty where it was the bot's own."""

    conversation: str
    message_id: str
    sender: str
    text: str


@runtime_checkable
class Remembering(Protocol):
    """A platform that names a quoted line by its text alone: it is told what was said before."""

    platform: str

    def remember(self, known: Iterable[Known]) -> None:
        """Oldest first; to be called before `start`."""


class Adapter(Protocol):
    """A chat platform. `send` never raises for what the platform does: it returns a Receipt."""

    platform: str

    async def start(self, receiver: Receiver) -> None: ...
    async def stop(self) -> None: ...
    def accounts(self) -> Sequence[str]:
        """The accounts connected now; empty means nothing can be sent."""
        ...

    async def send(
        self,
        target: Target,
        text: str,
        *,
        at_users: Sequence[str] = (),
        images: Sequence[str] = (),
        reply_to: str | None = None,
    ) -> Receipt: ...

    async def history(
        self, target: Target, since: datetime, count: int
    ) -> Sequence[Incoming | Echo]:
        """What was said in a conversation since a moment, own messages as echoes, oldest first."""
        ...


Sleep = Callable[[float], Awaitable[None]]
