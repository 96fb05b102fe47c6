import asyncio
import base64
import struct
import zlib
from collections.abc import AsyncIterator, Sequence
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from bot.media import Media
from tests.peers.picture_server import Page, PictureServer


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    data = BytesIO()
    Image.new("RGB", size, "red").save(data, kind)
    return data.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises width x height pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


@pytest.fixture
async def server() -> AsyncIterator[PictureServer]:
    server = PictureServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def media(tmp_path: Path) -> AsyncIterator[Media]:
    """Takes pictures from loopback, at most 100,000 bytes."""
    media = Media(tmp_path / "media", allow_loopback=True, most_bytes=100_000, seconds=10)
    yield media
    await media.close()


def stored(media: Media) -> list[str]:
    return sorted(path.name for path in media.folder.glob("*")) if media.folder.exists() else []


@pytest.mark.parametrize(
    ("kind", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif"), ("WEBP", "webp")]
)
async def test_each_kind_of_picture_is_kept_under_a_name_of_our_own(
    kind: str, extension: str, media: Media, server: PictureServer
) -> None:
    name = await media.fetch_picture(server.put(picture(kind), "..%2Fetc%2F12.exe"))
    assert name is not None
    assert name.endswith(f".{extension}")
    assert stored(media) == [name]
    assert await media.read(name) == picture(kind)


async def test_the_same_picture_is_kept_once(media: Media, server: PictureServer) -> None:
    names = {await media.fetch_picture(server.put(picture())) for _ in range(3)}
    assert stored(media) == list(names)


async def test_a_picture_in_base64_is_kept(media: Media) -> None:
    encoded = base64.b64encode(picture()).decode()
    assert await media.fetch_picture(f"base64://{encoded}") is not None


@pytest.mark.parametrize("encoded", ["", "!!!!", "QUJD", "A" * 200_000, "图"])
async def test_base64_that_is_no_picture_is_refused(encoded: str, media: Media) -> None:
    assert await media.fetch_picture(f"base64://{encoded}") is None


@pytest.mark.parametrize(
    "page",
    [
        Page(b"", "404 Not Found"),
        Page(picture(), "500 Internal Server Error"),
        Page(b"<html>login</html>"),
        Page(b"\x89PNG\r\n\x1a\n" + b"\0" * 50),
        Page(b"\xff\xd8\xff"),
        Page(b"RIFF\0\0\0\0WAVEfmt "),
        Page(picture() + b"\0" * 100_000),
        Page(picture(), headers=("Content-Encoding: gzip",)),
        Page(bomb(8_000, 7_000)),
        Page(bomb(12_000, 12_000)),
        Page(bomb(40_000, 40_000)),
    ],
    ids=[
        "gone", "error", "page", "broken png", "broken jpeg", "wav", "too big", "compressed",
        "56 megapixels", "144 megapixels", "1600 megapixels",
    ],
)  # fmt: skip
async def test_what_is_no_fit_picture_is_not_kept(
    page: Page, media: Media, server: PictureServer
) -> None:
    assert await media.fetch_picture(server.put(page)) is None
    assert stored(media) == []


async def test_a_slow_picture_is_given_up(tmp_path: Path, server: PictureServer) -> None:
    media = Media(tmp_path, allow_loopback=True, seconds=0.1)
    gate = asyncio.Event()
    assert await media.fetch_picture(server.put(Page(picture(), gate=gate))) is None
    gate.set()
    await media.close()


async def test_a_redirect_is_not_followed(media: Media, server: PictureServer) -> None:
    inside = server.put(picture(), "inside")
    outside = server.put(Page(b"", "302 Found", location=inside), "outside")
    assert await media.fetch_picture(outside) is None
    assert server.requests == ["/outside"]


@pytest.mark.parametrize(
    "source",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "C:\\Windows\\win.ini",
        "ftp://gchat.qpic.cn/1",
        "https://example.org/1.png",
        "https://gchat.qpic.cn.example.org/1.png",
        "https://gchat.qpic.cn@example.org/1.png",
        "https://user@gchat.qpic.cn/1.png",
        "https://gchat.qpic.cn:8443/1.png",
        "https://gchat.qpic.cn:99999/1.png",
        "https://127.0.0.1/1.png",
        "https://[::1]/1.png",
        "https://[broken/1.png",
        "http://localhost/1.png",
        "https://2130706433/1.png",
        "https:///1.png",
        "data:image/png;base64,AAAA",
        "https://gchat.qpic.cn/\ud800",
        "",
    ],
)
async def test_only_the_platforms_own_hosts_are_asked(source: str, tmp_path: Path) -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return []

    media = Media(tmp_path, resolve=resolve)
    assert await media.fetch_picture(source) is None
    assert set(asked) <= {"gchat.qpic.cn"}
    assert stored(media) == []


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.0.0.5"], ["169.254.169.254"], ["::1"], ["1.2.3.4", "192.168.1.1"], []],
)
async def test_a_platform_name_that_leads_inside_is_not_asked(
    addresses: list[str], tmp_path: Path
) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(picture()))

    media = Media(tmp_path, resolve=resolve, transport=httpx.MockTransport(answer))
    assert await media.fetch_picture("https://gchat.qpic.cn/1.png") is None
    assert requests == []


async def test_the_checked_address_is_the_one_connected_to(tmp_path: Path) -> None:
    """So that a name which leads elsewhere when asked again (rebinding) gains nothing."""
    requests: list[httpx.Request] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["8.8.8.8"]

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(picture()))

    media = Media(tmp_path, resolve=resolve, transport=httpx.MockTransport(answer))
    assert await media.fetch_picture("http://GCHAT.qpic.cn/a/1?rkey=K") is not None
    (request,) = requests
    assert str(request.url) == "https://8.8.8.8/a/1?rkey=K"
    assert request.headers["Host"] == "gchat.qpic.cn"
    assert request.extensions["sni_hostname"] == "gchat.qpic.cn"
    await media.close()


class Endless(httpx.AsyncByteStream):
    """A megabyte that says nothing of its length; counts what was taken."""

    taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.taken < 1_000_000:
            self.taken += 1000
            yield b"\xff\xd8\xff" + b"\0" * 997


async def test_a_picture_of_unknown_length_is_left_at_the_limit(tmp_path: Path) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["8.8.8.8"]

    endless = Endless()
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=endless))
    media = Media(tmp_path, resolve=resolve, transport=transport, most_bytes=50_000)
    assert await media.fetch_picture("https://gchat.qpic.cn/1.jpg") is None
    assert endless.taken <= 51_000
    await media.close()


async def test_hosts_may_be_named_by_their_ending(tmp_path: Path) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["8.8.8.8"]

    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, stream=httpx.ByteStream(picture()))
    )
    media = Media(tmp_path, hosts=[".qpic.cn"], resolve=resolve, transport=transport)
    assert await media.fetch_picture("https://p.qpic.cn/1") is not None
    assert await media.fetch_picture("https://evilqpic.cn/1") is None
    await media.close()


@pytest.mark.parametrize(
    ("data", "extension"),
    [
        (b"\x02#!SILK_V3abc", "silk"),
        (b"#!AMR\nabc", "amr"),
        (b"RIFF\0\0\0\0WAVEfmt ", "wav"),
        (b"ID3abc", "mp3"),
    ],
)
async def test_voice_notes_are_kept(
    data: bytes, extension: str, media: Media, server: PictureServer
) -> None:
    name = await media.fetch_voice(server.put(data))
    assert name is not None
    assert name.endswith(f".{extension}")


async def test_a_picture_is_no_voice_note(media: Media, server: PictureServer) -> None:
    assert await media.fetch_voice(server.put(picture())) is None


@pytest.mark.parametrize("name", ["../media.py", "/etc/passwd", "a.png", "", "0" * 32 + ".py"])
async def test_only_names_of_our_own_are_read(name: str, media: Media) -> None:
    assert await media.read(name) is None


async def test_a_full_disk_costs_the_picture_only(
    media: Media, server: PictureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.media.LEAST_FREE_BYTES", 1 << 62)
    assert await media.fetch_picture(server.put(picture())) is None
    assert stored(media) == []


async def test_links_are_not_logged(
    media: Media, server: PictureServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await media.fetch_picture(server.put(Page(b"", "404 Not Found"), "1?rkey=SECRET"))
    assert "media not fetched" in caplog.text
    assert "SECRET" not in caplog.text
