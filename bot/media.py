"""Pictures and voice notes: fetched safely, checked, and kept under names of our own.

A link in a chat message is what a stranger wrote. So: only what bot/links.py lets through, no
redirects, a size and a time limit, the type by magic bytes, the picture's size by its header.
Local files are never read.
"""

import asyncio
import base64
import binascii
import hashlib
import logging
import os
import re
import shutil
import threading
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image

from bot.links import Links, Resolve, Unfetchable

log = logging.getLogger("lianxin.media")

DEFAULT_HOSTS = (
    "gchat.qpic.cn",
    "c2cpicdw.qpic.cn",
    "multimedia.nt.qq.com.cn",
    "grouptalk.c2c.qq.com",
)
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LEAST_FREE_BYTES = 200 * 1024 * 1024

_PICTURES = (
    (b"\xff\xd8\xff", "JPEG", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "PNG", "png"),
    (b"GIF87a", "GIF", "gif"),
    (b"GIF89a", "GIF", "gif"),
    (b"RIFF", "WEBP", "webp"),
)
_VOICES = (
    (b"\x02#!SILK_V3", "silk"),
    (b"#!SILK_V3", "silk"),
    (b"#!AMR", "amr"),
    (b"ID3", "mp3"),
    (b"\xff\xfb", "mp3"),
    (b"\xff\xf3", "mp3"),
    (b"OggS", "ogg"),
    (b"RIFF", "wav"),
)
_OWN_NAME = re.compile(r"[0-9a-f]{32}\.(?:jpg|png|gif|webp|silk|amr|mp3|ogg|wav)")
_BASE64 = "base64://"

Typer = Callable[[bytes], str]


class Media:
    """The folder of stored pictures and voice notes.

    `hosts`, `allow_loopback` and `resolve` are those of Links. `seconds` limits one fetch whole.
    `transport` stands in for the network in tests.
    """

    def __init__(
        self,
        folder: Path,
        *,
        hosts: Sequence[str] = DEFAULT_HOSTS,
        allow_loopback: bool = False,
        most_bytes: int = MOST_BYTES,
        seconds: float = 10.0,
        resolve: Resolve | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.folder = folder
        self._links = Links(hosts, allow_loopback=allow_loopback, resolve=resolve)
        self._most_bytes = most_bytes
        self._seconds = seconds
        self._transport = transport
        self._turns = asyncio.Semaphore(8)
        self._client: httpx.AsyncClient | None = None

    async def fetch_picture(self, source: str) -> str | None:
        """The stored name of a picture given by link or ``base64://``; None if not to be had."""
        return await self._fetch(source, picture_extension)

    async def fetch_voice(self, source: str) -> str | None:
        """The stored name of a voice note; None if not to be had."""
        return await self._fetch(source, voice_extension)

    async def keep_picture(self, data: bytes) -> str | None:
        """Store a picture that came as bytes; None if it is none or too big."""
        try:
            return await asyncio.to_thread(self._keep, data, picture_extension)
        except (Unfetchable, OSError) as error:
            log.warning("media refused: %s", _reason(error))
            return None

    async def read(self, name: str) -> bytes | None:
        """The bytes of a stored file; None where it is gone or the name is not one of ours."""
        try:
            return await asyncio.to_thread(self.path(name).read_bytes)
        except (ValueError, OSError):
            return None

    def path(self, name: str) -> Path:
        """Where a stored file lies. Raises ValueError for a name that was not given here."""
        if not is_own_name(name):
            raise ValueError("not the name of a stored file")
        return self.folder / name

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _fetch(self, source: str, extension_of: Typer) -> str | None:
        try:
            async with asyncio.timeout(self._seconds), self._turns:
                data = await self._load(source)
            return await asyncio.to_thread(self._keep, data, extension_of)
        except (Unfetchable, OSError, ValueError, httpx.HTTPError, httpx.InvalidURL) as error:
            log.warning("media not fetched: %s", _reason(error))
            return None

    async def _load(self, source: str) -> bytes:
        if source.startswith(_BASE64):
            return _decode(source[len(_BASE64) :], self._most_bytes)
        return await self._download(source)

    async def _download(self, link: str) -> bytes:
        url, name = await self._links.checked(link)
        headers = {"Host": url.netloc.decode(), "Accept-Encoding": "identity"}
        url_by_address = url.copy_with(host=name)
        extensions = {"sni_hostname": url.host}
        async with self._http().stream(
            "GET", url_by_address, headers=headers, extensions=extensions
        ) as response:
            if response.status_code != 200:
                raise Unfetchable(f"answer {response.status_code}")
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise Unfetchable("compressed answer")
            return await _bounded(response, self._most_bytes)

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            for name in ("httpx", "httpcore"):  # they log links, which carry keys
                logging.getLogger(name).setLevel(logging.WARNING)
            self._client = httpx.AsyncClient(
                follow_redirects=False,
                limits=httpx.Limits(max_keepalive_connections=0),
                trust_env=False,
                timeout=self._seconds,
                transport=self._transport,
            )
        return self._client

    def _keep(self, data: bytes, extension_of: Typer) -> str:
        """Check and store; the same content has the same name. Runs in a worker thread."""
        if len(data) > self._most_bytes:
            raise Unfetchable("too big")
        name = f"{hashlib.sha256(data).hexdigest()[:32]}.{extension_of(data)}"
        path = self.folder / name
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self.folder).free < LEAST_FREE_BYTES:
                raise Unfetchable("the disk is nearly full")
            _write_whole(path, data)
        return name


def picture_extension(data: bytes) -> str:
    """The file extension of a picture by its first bytes; raises Unfetchable if it is none."""
    for magic, kind, extension in _PICTURES:
        if data.startswith(magic) and (kind != "WEBP" or data[8:12] == b"WEBP"):
            _check_pixels(data, kind)
            return extension
    raise Unfetchable("not a picture")


def voice_extension(data: bytes) -> str:
    for magic, extension in _VOICES:
        if data.startswith(magic) and (extension != "wav" or data[8:12] == b"WAVE"):
            return extension
    raise Unfetchable("not a voice note")


def is_own_name(name: str) -> bool:
    """Whether a name is one that was given here."""
    return _OWN_NAME.fullmatch(name) is not None


def _check_pixels(data: bytes, kind: str) -> None:
    """Read the header only: nothing is decoded, so that a bomb stays folded."""
    try:
        with Image.open(BytesIO(data), formats=(kind,)) as picture:
            width, height = picture.size
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError) as error:
        raise Unfetchable("a broken picture") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unfetchable("too many pixels") from error
    if width * height > MOST_PIXELS:
        raise Unfetchable("too many pixels")


def _decode(encoded: str, most: int) -> bytes:
    if len(encoded) > most * 4 // 3 + 4:
        raise Unfetchable("too big")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unfetchable("broken base64") from error


async def _bounded(response: httpx.Response, most: int) -> bytes:
    chunks: list[bytes] = []
    total = 0
    async for chunk in response.aiter_raw():
        total += len(chunk)
        if total > most:
            raise Unfetchable("too big")
        chunks.append(chunk)
    return b"".join(chunks)


def _write_whole(path: Path, data: bytes) -> None:
    """A file is there whole or not at all, also after a power cut."""
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _reason(error: BaseException) -> str:
    return str(error) if isinstance(error, Unfetchable) else type(error).__name__
