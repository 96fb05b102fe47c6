"""Promise: no picture link reaches into the own network or the own disk, and no file is a bomb.

tests/bot/test_media.py holds hosts, addresses, redirects, sizes and types one by one.
"""

import gzip
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from bot.media import Media, is_own_name
from tests.tally import Tally

INWARD = "requests inside: links, redirects, changing names"

INSIDE = (
    "file:///etc/passwd", "FILE:///etc/passwd", "/etc/passwd", "C:\\Windows\\win.ini",
    "//127.0.0.1/",
    "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/",
    "http://192.168.1.1/", "https://gchat.qpic.cn@127.0.0.1/", "https://127.0.0.1#gchat.qpic.cn",
    "https://gchat.qpic.cn:8080/", "https://gchat.qpic.cn.evil.example/", "https://evilqpic.cn/",
    "https://gchat.qpic.cn\\@127.0.0.1/", "https://gchat.qpic.cn%2f@127.0.0.1/",
    "ftp://gchat.qpic.cn/",
    "gopher://gchat.qpic.cn/", "data:image/png;base64,AA==",
    "https://gchat.qpic.cn\r\nHost: a/",
    "https://ｇchat.qpic.cn/", "https://gchat.qpic.cn./", "https:///gchat.qpic.cn", "javascript:1",
    "http://127.0.0.1:8080/onebot/v11/ws", "https://[::ffff:127.0.0.1]/",
)  # fmt: skip


class Wire:
    """Notes every request that would leave, and every name that was asked for."""

    def __init__(self, answer: httpx.Response, addresses: Sequence[Sequence[str]]) -> None:
        self.requests: list[httpx.Request] = []
        self._answer = answer
        self._addresses = list(addresses)

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        return self._addresses.pop(0) if self._addresses else ["127.0.0.1"]

    def respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer

    def media(self, folder: Path, **more: int) -> Media:
        return Media(
            folder, resolve=self.resolve, transport=httpx.MockTransport(self.respond), **more
        )


def png(width: int, height: int, data: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def answer(data: bytes, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(
        status, headers={name.replace("_", "-"): value for name, value in headers.items()},
        stream=httpx.ByteStream(data),
    )  # fmt: skip


def kept(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("link", INSIDE)
async def test_no_request_goes_inside(link: str, tmp_path: Path, tally: Tally) -> None:
    wire = Wire(answer(png(8, 8)), [])
    assert await wire.media(tmp_path).fetch_picture(link) is None
    assert kept(tmp_path) == []
    tally(INWARD, 1, leaked=wire.requests)


@pytest.mark.parametrize("target", ["http://127.0.0.1/", "file:///etc/passwd", "https://10.0.0.1/"])
async def test_a_redirect_is_not_followed(target: str, tmp_path: Path, tally: Tally) -> None:
    wire = Wire(answer(b"", 302, location=target), [["8.8.8.8"], ["127.0.0.1"]])
    assert await wire.media(tmp_path).fetch_picture("https://gchat.qpic.cn/1") is None
    hosts = [request.url.host for request in wire.requests]
    tally(INWARD, 1, leaked=[host for host in hosts if host != "8.8.8.8"])
    assert hosts == ["8.8.8.8"]


async def test_a_name_that_leads_inside_the_second_time_is_asked_once(
    tmp_path: Path, tally: Tally
) -> None:
    wire = Wire(answer(png(8, 8)), [["8.8.8.8"], ["127.0.0.1"]])
    assert await wire.media(tmp_path).fetch_picture("https://gchat.qpic.cn/1") is not None
    hosts = [request.url.host for request in wire.requests]
    tally(INWARD, 1, leaked=[host for host in hosts if host != "8.8.8.8"])
    assert hosts == ["8.8.8.8"]


@pytest.mark.parametrize(
    "data",
    [
        png(7100, 7100),
        png(60_000, 60_000, zlib.compress(bytes(1_000_000))),
        png(2**31 - 1, 2**31 - 1),
        b"GIF89a" + struct.pack("<HH", 65535, 65535) + bytes(10),
        b"RIFF" + bytes(4) + b"WEBPVP8 " + bytes(3),
        b"\xff\xd8\xff" + bytes(100),
        b"\x89PNG\r\n\x1a\n",
    ],
)
async def test_a_bomb_is_not_unfolded_and_not_kept(
    data: bytes, tmp_path: Path, tally: Tally
) -> None:
    wire = Wire(answer(data), [["8.8.8.8"]])
    assert await wire.media(tmp_path).fetch_picture("https://gchat.qpic.cn/1") is None
    tally("pictures that unfold, lie or break", 1, leaked=kept(tmp_path))


async def test_a_folded_answer_is_refused_unread(tmp_path: Path) -> None:
    folded = gzip.compress(bytes(50_000_000))
    wire = Wire(answer(folded, content_encoding="gzip"), [["8.8.8.8"]])
    assert await wire.media(tmp_path).fetch_picture("https://gchat.qpic.cn/1") is None


async def test_names_are_our_own_whatever_the_link_says(tmp_path: Path) -> None:
    wire = Wire(answer(png(8, 8)), [["8.8.8.8"]])
    name = await wire.media(tmp_path).fetch_picture(
        "https://gchat.qpic.cn/../../etc/cron.d/x.sh?name=..%2f..%2fx"
    )
    assert name is not None
    assert is_own_name(name)
    assert kept(tmp_path) == [name]
