"""The fake implementation against an independent application side, PyPI's aiocqhttp."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiocqhttp import CQHttp, Event, Message, MessageSegment

from tests.peers.fake_onebot import FakeOneBot

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


class Application:
    """An aiocqhttp bot that keeps the events it hears."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.heard: asyncio.Queue[Event] = asyncio.Queue()
        self.bot = CQHttp(access_token="secret")
        self.bot.on("message", "notice")(self.heard.put)

    async def next(self) -> Event:
        async with asyncio.timeout(5):
            return await self.heard.get()


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    application = Application(port)
    stop = asyncio.Event()
    task = asyncio.create_task(
        application.bot.run_task("127.0.0.1", port, shutdown_trigger=stop.wait)
    )
    await _wait_until_listening(port)
    yield application
    stop.set()
    await task


@pytest.fixture
async def fake(application: Application) -> AsyncIterator[FakeOneBot]:
    url = f"ws://127.0.0.1:{application.port}/ws/"
    async with FakeOneBot(url, lambda: NOW, token="secret") as fake:
        yield fake


async def _wait_until_listening(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        return
    raise AssertionError("the application did not start")


async def test_a_line_in_a_group_arrives_with_its_segments(
    application: Application, fake: FakeOneBot
) -> None:
    await fake.say_in_group("700101", "20001", "路灯坏了", card="张三", at_bot=True)
    event = await application.next()
    assert (event.detail_type, event.group_id, event.user_id) == ("group", 700101, 20001)
    assert event.sender["card"] == "张三"
    assert Message(event.message).extract_plain_text() == "路灯坏了"
    assert event.message[0] == {"type": "at", "data": {"qq": "10001"}}


async def test_the_application_sends_and_gets_the_message_id(
    application: Application, fake: FakeOneBot
) -> None:
    await fake.say_in_private("20001", "你好")
    await application.next()
    message = Message([MessageSegment.reply(5), MessageSegment.text("收到 [CQ:at,qq=all]")])
    answer = await application.bot.send_private_msg(user_id=20001, message=message)
    sent = await fake.wait_for_sent("收到")
    assert answer["message_id"] == sent.message_id
    assert sent.reply_to == "5"
    assert sent.text == "收到 [CQ:at,qq=all]"


async def test_a_recall_arrives_as_a_notice(application: Application, fake: FakeOneBot) -> None:
    said = await fake.say_in_group("700101", "20001", "说错了")
    await fake.recall_in_group("700101", "20001", said)
    await application.next()
    event = await application.next()
    assert (event.name, event.message_id) == ("notice.group_recall", said)


async def test_the_history_holds_what_both_sides_said(
    application: Application, fake: FakeOneBot
) -> None:
    await fake.say_in_group("700101", "20001", "停水了")
    await application.next()
    await application.bot.send_group_msg(group_id=700101, message="已登记")
    history = await application.bot.get_group_msg_history(group_id=700101, count=10)
    assert [Message(one["message"]).extract_plain_text() for one in history["messages"]] == [
        "停水了",
        "已登记",
    ]
