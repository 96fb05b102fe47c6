"""A reverse WebSocket as OneBot implementations open it: events out, calls in, answers out."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed


class OneBotSocket:
    """Calls are answered side by side, each by `answer`."""

    def __init__(self) -> None:
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def answer(self, call: dict[str, Any]) -> dict[str, Any] | None:
        """What is answered; None for nothing at all."""
        raise NotImplementedError

    @property
    def is_connected(self) -> bool:
        return self._socket is not None and self._reading is not None and not self._reading.done()

    async def open(self, url: str, headers: Mapping[str, str]) -> None:
        """Raises what websockets raises when refused."""
        self._socket = await connect(
            url, additional_headers=headers, max_size=None, proxy=None, compression=None
        )
        self._reading = asyncio.create_task(self._read(self._socket))

    async def disconnect(self, *, abruptly: bool = False) -> None:
        """Close the socket; `abruptly` without a closing handshake, as a crash would."""
        socket, self._socket = self._socket, None
        if socket is None:
            return
        if abruptly:
            socket.transport.abort()
        await socket.close()
        for task in (self._reading, *self._tasks):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def send_raw(self, frame: str | bytes) -> None:
        """Send a frame as it is: malformed, forged, too long."""
        assert self._socket is not None, "not connected"
        await self._socket.send(frame)

    async def tell(self, event: Mapping[str, Any]) -> None:
        """Nothing is sent while disconnected."""
        if self._socket is not None:
            with contextlib.suppress(ConnectionClosed):
                await self._socket.send(orjson.dumps(event).decode())

    async def _read(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for frame in socket:
                task = asyncio.create_task(self._reply(socket, orjson.loads(frame)))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _reply(self, socket: ClientConnection, call: dict[str, Any]) -> None:
        result = await self.answer(call)
        if result is not None:
            with contextlib.suppress(ConnectionClosed):
                await socket.send(orjson.dumps(result | {"echo": call.get("echo")}).decode())
