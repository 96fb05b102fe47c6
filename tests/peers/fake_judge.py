"""A language model's endpoint on loopback, over real HTTP: answers, dawdles and fails as told."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Lines = list[dict[str, str]]


@dataclass
class Asked:
    """One request: its path, its headers in lower case, the lines shown, the whole body."""

    path: str
    headers: dict[str, str]
    lines: Lines
    body: dict[str, Any]


@dataclass
class FakeJudge:
    """`answer` makes the words of the reply from the lines shown; `raw` replaces the whole body,
    `status` and `location` the head. It waits for `gate`, where there is one."""

    answer: Callable[[Lines], str] = lambda _: "是"
    status: str = "200 OK"
    location: str | None = None
    raw: bytes | None = None
    gate: asyncio.Event | None = None
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _serving: set[asyncio.Task[None]] = field(default_factory=set)
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Whoever still waits is answered first."""
        server, self._server = self._server, None
        if self.gate is not None:
            self.gate.set()
        if server is not None:
            server.close()
            await asyncio.gather(*self._serving, return_exceptions=True)
            await server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def shown(self) -> list[str]:
        """All that was ever shown, as one text a question."""
        return [json.dumps(one.lines, ensure_ascii=False) for one in self.asked]

    async def wait_for(self, count: int) -> None:
        """Until so many questions have come in."""
        async with asyncio.timeout(10), self._arrived:
            await self._arrived.wait_for(lambda: len(self.asked) >= count)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            asked = await _read(reader)
            async with self._arrived:
                self.asked.append(asked)
                self._arrived.notify_all()
            if self.gate is not None:
                await self.gate.wait()
            writer.write(self._reply(asked))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self._serving.discard(task)

    def _reply(self, asked: Asked) -> bytes:
        content = self.answer(asked.lines)
        made = {"choices": [{"index": 0, "message": {"role": "assistant", "content": content}}]}
        body = json.dumps(made).encode() if self.raw is None else self.raw
        head = [f"HTTP/1.1 {self.status}", f"Content-Length: {len(body)}", "Connection: close"]
        head += [] if self.location is None else [f"Location: {self.location}"]
        return "\r\n".join([*head, "", ""]).encode() + body


async def _read(reader: asyncio.StreamReader) -> Asked:
    first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}
    body = json.loads(await reader.readexactly(int(headers["content-length"])))
    return Asked(first.split(" ")[1], headers, json.loads(body["messages"][-1]["content"]), body)
