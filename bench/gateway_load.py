"""The other side of the gateway bench: a OneBot connection that says lines and answers calls."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.onebot_echo import PATH

Call = dict[str, Any]
IsReply = Callable[[Call], bool]


def any_send(call: Call) -> bool:
    return True


def to_resident(call: Call) -> bool:
    """A private message to somebody who is not staff: staff's numbers begin with 21."""
    return not str(call["params"].get("user_id", "21")).startswith("21")


def to_group(call: Call) -> bool:
    return "group_id" in call["params"]


class Peer:
    """Every call is answered at once; `sends` counts those that send."""

    def __init__(self, port: int, token: str = "") -> None:
        self._url = f"ws://127.0.0.1:{port}{PATH}"
        self._headers = {"X-Self-ID": "10001", "X-Client-Role": "Universal"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._socket: ClientConnection
        self._reading: asyncio.Task[None]
        self._changed = asyncio.Condition()
        self._is_reply: IsReply = any_send
        self._room = asyncio.Semaphore()
        self.replies = 0
        self.sends = 0

    async def __aenter__(self) -> Self:
        self._socket = await connect(
            self._url,
            additional_headers=self._headers,
            max_size=None,
            proxy=None,
            compression=None,
        )
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._socket.close()
        await self._reading

    async def drive(
        self,
        frames: Sequence[str],
        replies: int,
        *,
        window: int | None = None,
        is_reply: IsReply = any_send,
        within: float = 180.0,
    ) -> float:
        """Seconds from the first frame to the `replies`th reply; at most `window` unanswered."""
        self._is_reply, self.replies = is_reply, 0
        self._room = asyncio.Semaphore(window or len(frames))
        began = time.perf_counter()
        async with asyncio.timeout(within):
            for frame in frames:
                await self._room.acquire()
                await self._socket.send(frame)
            async with self._changed:
                await self._changed.wait_for(lambda: self.replies >= replies)
        return time.perf_counter() - began

    async def settle(self, sends: int, within: float = 180.0) -> None:
        """Wait until so many messages have been sent since the connection began."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(lambda: self.sends >= sends)

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for frame in self._socket:
                call = orjson.loads(frame)
                is_send = call["action"].startswith("send_")
                data: Call = {"message_id": 1_000_000 + self.sends} if is_send else {"messages": []}
                answer = {"status": "ok", "retcode": 0, "data": data, "echo": call["echo"]}
                await self._socket.send(orjson.dumps(answer).decode())
                if is_send:
                    await self._count(call)

    async def _count(self, call: Call) -> None:
        self.sends += 1
        if self._is_reply(call):
            self.replies += 1
            self._room.release()
        async with self._changed:
            self._changed.notify_all()


class Lines:
    """Makes frames; every message has an id of its own and is said just now."""

    def __init__(self) -> None:
        self._id = 0

    def in_group(self, text: str, sender: int, group: int, *, is_at_bot: bool = False) -> str:
        place = {"message_type": "group", "sub_type": "normal", "group_id": group}
        return self._frame(text, sender, place, is_at_bot)

    def in_private(self, text: str, sender: int) -> str:
        return self._frame(text, sender, {"message_type": "private", "sub_type": "friend"}, False)

    def _frame(self, text: str, sender: int, place: dict[str, object], is_at_bot: bool) -> str:
        self._id += 1
        at = [{"type": "at", "data": {"qq": "10001"}}] if is_at_bot else []
        event = {
            "time": int(time.time()),
            "self_id": 10001,
            "post_type": "message",
            "message_id": self._id,
            "message_seq": self._id,
            "real_seq": str(self._id),
            "user_id": sender,
            "raw_message": text,
            "font": 14,
            "sender": {
                "user_id": sender,
                "nickname": f"居民{sender}",
                "card": "",
                "role": "member",
            },
            "message": [*at, {"type": "text", "data": {"text": text}}],
            "message_format": "array",
            **place,
        }
        return orjson.dumps(event).decode()


def chatter(count: int) -> Iterator[str]:
    """Lines that are no matter, no two alike."""
    kinds = (
        "今天的菜真新鲜,{}块一斤",
        "谁家的猫在我门口,第{}回了",
        "晚上{}点跳广场舞",
        "孙子考了{}分",
    )
    return (kinds[i % len(kinds)].format(i) for i in range(count))
