"""Serves an ASGI application inside a running event loop: no signal handlers, no log set-up."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

log = logging.getLogger("lianxin.onebot")

FRAME_LIMIT = 16 * 1024 * 1024
PING_SECONDS = 15.0


class Server:
    """One listening socket. A half-open peer is noticed after two `PING_SECONDS`."""

    def __init__(self, app: FastAPI, host: str, port: int, frame_limit: int = FRAME_LIMIT) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._frame_limit = frame_limit
        self._server: _QuietServer | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The real port once started, also where 0 was asked for."""
        return self._port

    async def start(self) -> None:
        """Listen. Raises OSError where the address is taken or not ours."""
        listener = _bind(self._host, self._port)
        self._port = listener.getsockname()[1]
        self._server = _QuietServer(self._config())
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started:
            if self._task.done():
                listener.close()
                await self._task
                raise OSError("the web server did not start")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Close every connection and wait until the server has ended."""
        server, task = self._server, self._task
        self._server = self._task = None
        if server is None or task is None:
            return
        server.should_exit = True
        await task

    def _config(self) -> uvicorn.Config:
        for name in ("uvicorn", "uvicorn.error", "uvicorn.asgi"):
            # At DEBUG these log whole frames, that is, what people say.
            logging.getLogger(name).setLevel(logging.WARNING)
        return uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            lifespan="on",
            ws_max_size=self._frame_limit,
            ws_ping_interval=PING_SECONDS,
            ws_ping_timeout=PING_SECONDS,
            ws_per_message_deflate=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=5,
        )


class _QuietServer(uvicorn.Server):
    """The signals belong to the program around it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _bind(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError:
        with contextlib.suppress(OSError):
            listener.close()
        raise
    return listener
