"""A tiny HTTP server on loopback that serves pictures and voice notes, and misbehaves on demand."""

import asyncio
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Page:
    """What one path answers. It waits `delay` seconds, then for `gate`; `location` redirects."""

    body: bytes
    status: str = "200 OK"
    location: str | None = None
    delay: float = 0.0
    gate: asyncio.Event | None = None
    headers: tuple[str, ...] = ()


@dataclass
class PictureServer:
    """`requests` are the paths asked for, in order."""

    pages: dict[str, Page] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def put(self, page: Page | bytes, name: str | None = None) -> str:
        """Serve a page; returns its link."""
        path = f"/{name or len(self.pages)}"
        self.pages[path] = Page(page) if isinstance(page, bytes) else page
        return f"http://127.0.0.1:{self.port}{path}"

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            path = request.split(b" ")[1].decode()
            self.requests.append(path)
            page = self.pages.get(path, Page(b"", "404 Not Found"))
            await asyncio.sleep(page.delay)
            if page.gate is not None:
                await page.gate.wait()
            writer.write(_head(page) + page.body)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def _head(page: Page) -> bytes:
    lines = [f"HTTP/1.1 {page.status}", f"Content-Length: {len(page.body)}", "Connection: close"]
    if page.location is not None:
        lines.append(f"Location: {page.location}")
    return "\r\n".join([*lines, *page.headers, "", ""]).encode()
