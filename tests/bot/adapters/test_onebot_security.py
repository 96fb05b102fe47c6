import asyncio
import contextlib
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bot.adapters.onebot import OneBotAdapter
from tests.bot.adapters.conftest import NOW
from tests.peers.fake_onebot import FakeOneBot
from tests.peers.listener import Listener

EVENT: dict[str, Any] = {
    "post_type": "message",
    "message_type": "group",
    "sub_type": "normal",
    "self_id": 10001,
    "user_id": 20001,
    "group_id": 700101,
    "message_id": 5,
    "time": int(NOW.timestamp()),
    "sender": {"nickname": "甲"},
    "message": [{"type": "text", "data": {"text": "停水"}}],
}


@pytest.mark.parametrize("path", ["/onebot/v11/", "/onebot/v11/http", "/onebot/v11/http/"])
async def test_events_by_http_are_refused(
    path: str, adapter: OneBotAdapter, listener: Listener
) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            f"http://127.0.0.1:{adapter.port}{path}",
            json=EVENT,
            headers={"X-Self-ID": "10001", "Authorization": "Bearer secret"},
        )
    assert answer.status_code == 404
    assert listener.lines == []


async def test_events_by_http_on_the_socket_path_are_refused(adapter: OneBotAdapter) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"http://127.0.0.1:{adapter.port}/onebot/v11/ws", json=EVENT)
    assert answer.status_code in (404, 405)


@pytest.mark.parametrize("token", ["", "wrong", "secre", "secret2", "sécret"])
async def test_a_wrong_token_is_refused(
    token: str, adapter: OneBotAdapter, new_fake: FakeOneBot
) -> None:
    new_fake.token = token
    with pytest.raises(InvalidStatus):
        await new_fake.connect()
    assert adapter.accounts() == []


async def test_a_second_socket_of_the_same_account_is_refused(
    adapter: OneBotAdapter, fake: FakeOneBot, listener: Listener
) -> None:
    second = FakeOneBot(fake.url, fake.now, token="secret")
    with pytest.raises(InvalidStatus):
        await second.connect()
    await fake.say_in_private("20001", "还在")
    assert (await listener.line()).text == "还在"


@pytest.mark.parametrize("self_id", ["", "abc", "all", "../1", "0", "1" * 30])
async def test_a_malformed_account_is_refused(self_id: str, new_fake: FakeOneBot) -> None:
    with pytest.raises(InvalidStatus):
        await new_fake.connect(X_Self_ID=self_id)


async def test_only_allowed_accounts_come_in(listener: Listener, tmp_path: Path) -> None:
    adapter = OneBotAdapter(
        host="127.0.0.1",
        port=0,
        access_token="secret",
        media_folder=tmp_path,
        now=lambda: NOW,
        accounts_allowed=["10002"],
    )
    await adapter.start(listener)
    url = f"ws://127.0.0.1:{adapter.port}/onebot/v11/ws"
    with pytest.raises(InvalidStatus):
        await FakeOneBot(url, lambda: NOW, token="secret").connect()
    async with FakeOneBot(url, lambda: NOW, account="10002", token="secret"):
        await listener.notice("online")
    await adapter.stop()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])
def test_an_empty_token_is_refused_where_others_can_reach_it(host: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="token"):
        OneBotAdapter(host=host, port=0, access_token="", media_folder=tmp_path, now=lambda: NOW)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_an_empty_token_is_let_in_on_loopback(host: str, tmp_path: Path) -> None:
    OneBotAdapter(host=host, port=0, access_token="", media_folder=tmp_path, now=lambda: NOW)


@pytest.mark.parametrize("self_id", [10002, "10002", None, [10001], True])
async def test_events_of_another_account_are_dropped(
    self_id: object, fake: FakeOneBot, listener: Listener
) -> None:
    await fake.send_raw(orjson.dumps(EVENT | {"self_id": self_id}).decode())
    await fake.say_in_private("20001", "后面")
    assert (await listener.line()).text == "后面"


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "null",
        "[1, 2]",
        '"停水 13800138000"',
        '{"post_type": ["message"]}',
        '{"echo": {"a": 1}, "status": "ok"}',
        "[" * 5000,
        b"\xff\xfe\x00",
        "1" * 5000,
    ],
)
async def test_malformed_frames_are_survived_and_not_repeated_in_the_log(
    frame: str | bytes, fake: FakeOneBot, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    await fake.send_raw(frame)
    await fake.say_in_private("20001", "后面")
    assert (await listener.line()).text == "后面"
    assert "13800138000" not in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        {"message": None},
        {"message": 7},
        {"message": [1, None, {"type": 3}, {"type": "image"}, {"type": "at", "data": [1]}]},
        {"sender": "甲"},
        {"time": "gestern"},
        {"time": 1e300},
        {"time": -1},
        {"time": float("nan")},
    ],
)
async def test_malformed_events_are_told_as_far_as_they_go(
    change: dict[str, Any], fake: FakeOneBot, listener: Listener
) -> None:
    await fake.send_raw(orjson.dumps(EVENT | change).decode())
    assert (await listener.line()).sender == "20001"


@pytest.mark.parametrize(
    "change",
    [{"message_id": None}, {"message_id": "x"}, {"user_id": "all"}, {"group_id": -5}],
)
async def test_events_without_an_id_or_a_place_are_dropped(
    change: dict[str, Any], fake: FakeOneBot, listener: Listener
) -> None:
    await fake.send_raw(orjson.dumps(EVENT | change).decode())
    await fake.say_in_private("20001", "后面")
    assert (await listener.line()).text == "后面"


async def test_lone_surrogates_are_let_in_and_cleaned(fake: FakeOneBot, listener: Listener) -> None:
    frame = orjson.dumps(EVENT).decode().replace("停水", "停\\ud800水")
    await fake.send_raw(frame)
    line = await listener.line()
    line.text.encode()
    assert line.text.startswith("停")


async def test_a_frame_over_the_limit_closes_the_socket_and_it_may_come_back(
    fake: FakeOneBot, listener: Listener
) -> None:
    with contextlib.suppress(ConnectionClosed):
        await fake.send_raw("[" + "1," * 600_000 + "1]")
    await listener.notice("offline")
    await fake.disconnect()
    await fake.connect()
    await fake.say_in_private("20001", "后面")
    assert (await listener.line()).text == "后面"


@pytest.mark.parametrize("adapter", [0.5], indirect=True)
async def test_an_answer_of_one_account_is_not_taken_from_another(
    adapter: OneBotAdapter, fake: FakeOneBot, listener: Listener
) -> None:
    fake.silent = True
    url = fake.url
    async with FakeOneBot(url, lambda: NOW, account="10002", token="secret") as other:
        await listener.notice("online", count=2)
        await fake.say_in_private("20001", "在吗")
        line = await listener.line()
        sending = asyncio.create_task(adapter.send(line.target, "在的"))
        forged = {"status": "ok", "retcode": 0, "data": {"message_id": 1}}
        for number in range(1, 5):
            echo = {"echo": f"send_private_msg:{number}"}
            await other.send_raw(orjson.dumps(forged | echo).decode())
        assert (await sending).message_id is None


async def test_no_message_body_is_logged(
    fake: FakeOneBot, listener: Listener, adapter: OneBotAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await fake.say_in_group("700101", "20001", "我家在3号楼", name="张三")
    await adapter.send((await listener.line()).target, "已登记3号楼")
    ours = [record for record in caplog.records if not record.name.startswith("websockets")]
    assert "3号楼" not in "".join(record.getMessage() for record in ours)
