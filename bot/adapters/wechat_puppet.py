"""A connection to a wechaty gateway: the only file that imports wechaty.

Of python-wechaty only PuppetService and its gRPC stubs are used, on a channel of our own: with
TLS, keepalive and the token where it belongs. Its `start()` stops the remote puppet first, its
reconnecting does not work, and importing the whole of it costs 45 MB and a ``.wechaty`` folder.
"""

import asyncio
import base64
import json
import logging
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from grpclib.client import Channel
from grpclib.config import Configuration
from grpclib.const import Cardinality, Status
from grpclib.exceptions import GRPCError, ProtocolError, StreamTerminatedError

from bot.adapters import wechat_shims
from bot.adapters.wechat_wire import (
    Contact,
    Event,
    EventKind,
    Lost,
    Refusal,
    RoomState,
    Said,
    Unreachable,
    WrongToken,
)

# Wechaty's loggers print every message, and the token, on handlers of their own.
_LOGGERS_BEFORE = frozenset(logging.root.manager.loggerDict)

wechat_shims.install()

from wechaty_grpc.wechaty import PuppetStub  # noqa: E402
from wechaty_grpc.wechaty.puppet import (  # noqa: E402
    FileBoxChunk,
    MessageSendFileStreamRequest,
    MessageSendFileStreamResponse,
)
from wechaty_puppet import PuppetOptions  # noqa: E402
from wechaty_puppet_service import PuppetService  # noqa: E402

CALL_SECONDS = 20.0
FILE_SECONDS = 60.0
KEEPALIVE_SECONDS = 10.0
STREAM_FROM = 2 * 1024 * 1024
"""Files from this size on go in chunks: a gateway takes messages of 4 MB."""
CHUNK = 512 * 1024

_KEEPALIVE = Configuration(
    _keepalive_time=KEEPALIVE_SECONDS,
    _keepalive_timeout=KEEPALIVE_SECONDS,
    _keepalive_permit_without_calls=True,
    _http2_max_pings_without_data=0,
    _http2_min_sent_ping_interval_without_data=KEEPALIVE_SECONDS / 2,
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a gateway is. `ca_file` is whom to trust beside the usual ones, `tls_name` the name
    in the gateway's certificate where it is not that of the host."""

    host: str
    port: int
    token: str = field(repr=False)
    is_tls: bool = False
    ca_file: Path | None = None
    tls_name: str | None = None


def parse_endpoint(endpoint: str) -> tuple[str, int]:
    """``host:port``; raises ValueError."""
    parts = urlsplit(f"//{endpoint}")
    if not parts.hostname or parts.port is None:
        raise ValueError(f"{endpoint} is not host:port")
    return parts.hostname, parts.port


class Puppet:
    """Implements wechat_wire.Gateway. Must be made in a running event loop."""

    def __init__(self, address: Address) -> None:
        self._channel = Channel(
            host=address.host,
            port=address.port,
            ssl=_tls(address),
            config=_config(address),
        )
        self._metadata = {"authorization": f"Wechaty {address.token}"}
        self._stream = PuppetStub(self._channel, metadata=self._metadata)
        options = PuppetOptions()
        options.end_point = f"{address.host}:{address.port}"
        self._service = PuppetService(options)
        self._service.channel = self._channel
        self._service._puppet_stub = PuppetStub(
            self._channel, metadata=self._metadata, timeout=CALL_SECONDS
        )

    async def start(self) -> None:
        with _translated():
            await self._service.puppet_stub.start()

    async def events(self) -> AsyncIterator[Event]:
        """The gateway has one stream, for the one client."""
        with _translated():
            async for event in self._stream.event():
                yield Event(_event_kind(event.type), _fields(event.payload))

    async def said(self, message_id: str) -> Said:
        with _translated():
            message = await self._service.puppet_stub.message_payload(id=message_id)
        return Said(
            message_id=message.id or message_id,
            kind=int(message.type),
            sender=message.from_id,
            room=message.room_id,
            listener=message.to_id,
            text=message.text,
            timestamp=float(message.timestamp),
            mentions=tuple(message.mention_ids),
        )

    async def file(self, message_id: str, most_bytes: int) -> bytes:
        """A picture or voice note whole; Refusal if it is longer than `most_bytes`.

        Always as a stream: what is over 20 KB otherwise comes as a UUID that Python can not
        follow.
        """
        content = bytearray()
        with _translated():
            async with asyncio.timeout(FILE_SECONDS):
                async for part in self._stream.message_file_stream(id=message_id):
                    content += part.file_box_chunk.data
                    if len(content) > most_bytes:
                        raise Refusal("the file is too big")
        return bytes(content)

    async def contact(self, contact: str) -> Contact:
        with _translated():
            found = await self._service.contact_payload(contact)
        return Contact(found.name, found.friend)

    async def name_in(self, room: str, contact: str) -> str:
        """The name a member goes by in a room."""
        with _translated():
            found = await self._service.room_member_payload(room, contact)
        return str(found.room_alias or found.name)

    async def rooms(self) -> Sequence[str]:
        with _translated():
            return [str(room) for room in await self._service.room_list()]

    async def room(self, room: str) -> RoomState:
        with _translated():
            found = await self._service.room_payload(room)
        return RoomState(found.id or room, found.topic, tuple(found.member_ids))

    async def send_text(self, conversation: str, text: str, mentions: Sequence[str]) -> str:
        """The message id, "" where the puppet gives none."""
        with _translated():
            sent = await self._service.message_send_text(conversation, text, list(mentions))
        return str(sent or "")

    async def send_file(self, conversation: str, name: str, content: bytes) -> str:
        with _translated():
            if len(content) >= STREAM_FROM:
                return await self._send_in_chunks(conversation, name, content)
            sent = await self._service.puppet_stub.message_send_file(
                conversation_id=conversation, filebox=_file_box(name, content)
            )
        return str(sent.id or "")

    async def _send_in_chunks(self, conversation: str, name: str, content: bytes) -> str:
        """By hand: the stubs' betterproto 1 can not stream requests."""
        chunks = (content[begin : begin + CHUNK] for begin in range(0, len(content), CHUNK))
        async with self._channel.request(
            "/wechaty.Puppet/MessageSendFileStream",
            Cardinality.STREAM_UNARY,
            MessageSendFileStreamRequest,
            MessageSendFileStreamResponse,
            timeout=FILE_SECONDS,
            metadata=self._metadata,
        ) as stream:
            await stream.send_message(MessageSendFileStreamRequest(conversation_id=conversation))
            for part in (FileBoxChunk(name=name), *(FileBoxChunk(data=chunk) for chunk in chunks)):
                await stream.send_message(MessageSendFileStreamRequest(file_box_chunk=part))
            await stream.end()
            sent = await stream.recv_message()
        return str(sent.id or "") if sent is not None else ""

    def close(self) -> None:
        """Hang up. The remote puppet is left running, so that its login lives on."""
        self._channel.close()


@contextmanager
def _translated() -> Iterator[None]:
    """Failures of gRPC as ours. The words of UNAUTHENTICATED quote the token: left out."""
    try:
        yield
    except GRPCError as error:
        raise _meaning(error) from None
    except (TimeoutError, StreamTerminatedError, ProtocolError, AssertionError) as error:
        raise Lost(type(error).__name__) from None
    except OSError as error:
        raise Unreachable(type(error).__name__) from None


def _meaning(error: GRPCError) -> Exception:
    match error.status:
        case Status.UNAUTHENTICATED:
            return WrongToken("the gateway refused the token")
        case Status.UNAVAILABLE | Status.DEADLINE_EXCEEDED | Status.CANCELLED:
            return Lost(error.status.name)
        case _:
            return Refusal(f"{error.status.name} {error.message or ''}".strip()[:300])


def _event_kind(number: int) -> EventKind:
    return EventKind(number) if number in EventKind._value2member_map_ else EventKind.OTHER


def _fields(payload: str) -> dict[str, object]:
    try:
        fields = json.loads(payload)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _config(address: Address) -> Configuration:
    if address.tls_name is None:
        return _KEEPALIVE
    return replace(_KEEPALIVE, ssl_target_name_override=address.tls_name)


def _tls(address: Address) -> ssl.SSLContext | None:
    if not address.is_tls:
        return None
    context = ssl.create_default_context(cafile=address.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["h2"])
    return context


def _file_box(name: str, content: bytes) -> str:
    """As file-box of npm reads it; python's own FileBox warns of itself at every use."""
    encoded = base64.b64encode(content).decode()
    return json.dumps({"type": 1, "boxType": 1, "name": name, "base64": encoded, "metadata": {}})


def _silence() -> None:
    for name in frozenset(logging.root.manager.loggerDict) - _LOGGERS_BEFORE:
        logger = logging.getLogger(name)
        if not logger.propagate:
            logger.handlers.clear()
            logger.disabled = True


_silence()
