"""What a wechaty gateway tells, as our own values, and how a call to it may fail."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol


class EventKind(IntEnum):
    """Events of the gateway's one stream, by their numbers on the wire."""

    HEARTBEAT = 1
    MESSAGE = 2
    ERROR = 16
    ROOM_JOIN = 19
    ROOM_LEAVE = 20
    ROOM_TOPIC = 21
    SCAN = 22
    READY = 23
    LOGIN = 25
    LOGOUT = 26
    OTHER = 0


class Kind(IntEnum):
    """Types of messages as wechaty-puppet numbers them (wechaty-grpc's own enum differs)."""

    UNKNOWN = 0
    ATTACHMENT = 1
    AUDIO = 2
    CONTACT = 3
    CHAT_HISTORY = 4
    EMOTICON = 5
    IMAGE = 6
    TEXT = 7
    LOCATION = 8
    MINI_PROGRAM = 9
    GROUP_NOTE = 10
    TRANSFER = 11
    RED_ENVELOPE = 12
    RECALLED = 13
    URL = 14
    VIDEO = 15
    POST = 16


Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Event:
    kind: EventKind
    fields: Fields


@dataclass(frozen=True, slots=True)
class Said:
    """A message as the gateway gives it. `room` is "" in private, `listener` "" in a room.

    `timestamp` is in seconds or milliseconds, as the puppet likes.
    """

    message_id: str
    kind: int
    sender: str
    room: str
    listener: str
    text: str
    timestamp: float
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    is_friend: bool


@dataclass(frozen=True, slots=True)
class RoomState:
    room: str
    topic: str
    members: tuple[str, ...]


class GatewayError(Exception):
    """A call to the gateway failed. Its words never hold the token."""


class WrongToken(GatewayError):
    """The gateway does not know us."""


class Unreachable(GatewayError):
    """Nothing listens there: the call was not made."""


class Lost(GatewayError):
    """No answer came: the call may have been carried out or not."""


class Refusal(GatewayError):
    """The gateway or WeChat said no, in these words."""


class Gateway(Protocol):
    """One connection to a gateway; every call raises GatewayError and nothing else."""

    async def start(self) -> None:
        """Let the puppet run, which does nothing where it runs already."""
        ...

    def events(self) -> AsyncIterator[Event]: ...
    async def said(self, message_id: str) -> Said: ...
    async def file(self, message_id: str, most_bytes: int) -> bytes: ...
    async def contact(self, contact: str) -> Contact: ...
    async def name_in(self, room: str, contact: str) -> str: ...
    async def rooms(self) -> Sequence[str]: ...
    async def room(self, room: str) -> RoomState: ...
    async def send_text(self, conversation: str, text: str, mentions: Sequence[str]) -> str: ...
    async def send_file(self, conversation: str, name: str, content: bytes) -> str: ...
    def close(self) -> None: ...
