"""A plain NoneBot echo as the baseline, and a OneBot load that drives any application side.

Run alone it compares the echo with this project's adapter in front of a receiver that does
nothing, in one interleaved run: `python -m bench.onebot_echo [messages] [rounds]`.
"""

import asyncio
import contextlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import orjson
from uvicorn.loops.auto import auto_loop_factory
from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).parents[1]
PATH = "/onebot/v11/ws"
FENCE = "帮助"
WINDOW = 64


def run_echo_server(port: int) -> None:
    """Serve a NoneBot that sends every message back; its log has a real level. Never returns."""
    import nonebot
    from nonebot.adapters.onebot import v11
    from nonebot.log import logger

    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    nonebot.init(
        _env_file=None, driver="~fastapi", host="127.0.0.1", port=port, log_level="WARNING"
    )
    nonebot.get_driver().register_adapter(v11.Adapter)

    async def echo(bot: v11.Bot, event: v11.MessageEvent) -> None:
        await bot.send(event, v11.MessageSegment.text(event.get_plaintext()))

    nonebot.on_message().append_handler(echo)
    nonebot.run(log_level="warning")


def run_adapter_server(port: int) -> None:
    """Serve this project's adapter with a receiver that only answers the fence. Never returns."""
    from bot.adapters.onebot import OneBotAdapter
    from bot.adapters.port import Echo, Notice
    from handlers.messages import Incoming

    class Quiet:
        async def receive(self, incoming: Incoming) -> None:
            if incoming.text == FENCE:
                await adapter.send(incoming.target, FENCE)

        async def echoed(self, echo: Echo) -> None: ...

        async def noticed(self, notice: Notice) -> None: ...

    async def serve() -> None:
        await adapter.start(Quiet())
        await asyncio.Event().wait()

    adapter = OneBotAdapter(
        host="127.0.0.1",
        port=port,
        access_token="",
        media_folder=Path(tempfile.gettempdir()) / "lianxin-bench-media",
        now=lambda: datetime.now(UTC),
    )
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(serve())


def group_frames(
    texts: Sequence[str],
    *,
    account: str = "10001",
    group: str = "700101",
    senders: int = 50,
    first_id: int = 1,
) -> list[str]:
    """One frame for each text: a line in a group, of `senders` people in turn, said just now."""
    return [
        _frame(text, first_id + i, account, group, str(20001 + i % senders))
        for i, text in enumerate(texts)
    ]


def _frame(text: str, message_id: int, account: str, group: str, sender: str) -> str:
    event = {
        "time": int(time.time()),
        "self_id": int(account),
        "post_type": "message",
        "message_type": "group",
        "sub_type": "normal",
        "message_id": message_id,
        "message_seq": message_id,
        "real_seq": str(message_id),
        "group_id": int(group),
        "user_id": int(sender),
        "raw_message": text,
        "font": 14,
        "sender": {
            "user_id": int(sender),
            "nickname": f"居民{sender}",
            "card": "",
            "role": "member",
        },
        "message": [{"type": "text", "data": {"text": text}}],
        "message_format": "array",
    }
    return orjson.dumps(event).decode()


def _connection(port: int, account: str, token: str) -> connect:
    headers = {"X-Self-ID": account, "X-Client-Role": "Universal"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    url = f"ws://127.0.0.1:{port}{PATH}"
    return connect(url, additional_headers=headers, max_size=None, proxy=None, compression=None)


async def drive(
    port: int,
    frames: Sequence[str],
    *,
    replies: int,
    account: str = "10001",
    token: str = "",
    window: int | None = None,
    within: float = 120.0,
) -> float:
    """Messages a second, from the first frame to the `replies`th send of the application.

    Frames are written as fast as the socket takes them, or, where every one is replied to, with
    at most `window` not yet replied to. Every call is answered at once. Raises TimeoutError when
    the sends do not come `within` seconds.
    """
    async with _connection(port, account, token) as socket_:
        began = time.perf_counter()
        room = asyncio.Semaphore(window or len(frames))
        answering = asyncio.create_task(_answer(socket_, replies, room))
        for frame in frames:
            await room.acquire()
            await socket_.send(frame)
        async with asyncio.timeout(within):
            await answering
        return len(frames) / (time.perf_counter() - began)


async def _answer(socket_: ClientConnection, replies: int, room: asyncio.Semaphore) -> None:
    done = 0
    while done < replies:
        call = orjson.loads(await socket_.recv())
        is_send = call["action"].startswith("send_")
        data = {"message_id": 1_000_000 + done} if is_send else {}
        answer = {"status": "ok", "retcode": 0, "data": data, "echo": call["echo"]}
        await socket_.send(orjson.dumps(answer).decode())
        if is_send:
            done += 1
            room.release()


@contextmanager
def served(what: str) -> Iterator[int]:
    """A server of this file in a process of its own; yields its port once it listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.onebot_echo", what, str(port)], cwd=ROOT
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(port: int) -> None:
    for _ in range(400):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
            return
        time.sleep(0.025)
    raise TimeoutError(f"nothing listens on port {port}")


def compare(messages: int, rounds: int) -> tuple[float, float]:
    """Messages a second of the echo and of the adapter alone, each the median of the rounds."""
    chatter = [f"今天的菜真新鲜,{i}块一斤" for i in range(messages)]
    echo_rates: list[float] = []
    own_rates: list[float] = []
    with served("echo") as echo_port, served("adapter") as own_port:
        for number in range(rounds):
            first_id = 1 + number * (messages + 1)
            frames = group_frames(chatter, first_id=first_id)
            echo_rates.append(
                asyncio.run(drive(echo_port, frames, replies=messages, window=WINDOW))
            )
            fence = group_frames([FENCE], first_id=first_id + messages)
            own_rates.append(asyncio.run(drive(own_port, frames + fence, replies=1)))
    return statistics.median(echo_rates), statistics.median(own_rates)


def main(messages: int = 3000, rounds: int = 3) -> None:
    echo, own = compare(messages, rounds)
    print(
        f"NoneBot echo {echo:,.0f} msg/s · adapter alone {own:,.0f} msg/s · ratio {own / echo:.2f}"
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["echo", number]:
            run_echo_server(int(number))
        case ["adapter", number]:
            run_adapter_server(int(number))
        case numbers:
            main(*map(int, numbers))
