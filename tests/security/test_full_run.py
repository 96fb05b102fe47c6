"""Promise: forged events change nothing, and no secret, number or word of anybody is in the log.

The program itself, as a process of its own, with every secret that it can be given.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import orjson
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from storage.database import connect_sync
from tests.bot.service import GROUP_NUMBER, INSTRUCTOR, SHIPPED, free_port, shortened
from tests.peers.fake_onebot import FakeOneBot
from tests.tally import Tally

TOKEN = "onebot-token-5f1c9e"
SECRETS = {
    "LIANXIN_ONEBOT_TOKEN": TOKEN,
    "LIANXIN_ALARM_URLS": "json://a:alarm-key-77aa01@127.0.0.1:9/x json://b:alarm-key-77bb02@127.0.0.1:9/",
    "LIANXIN_WECHAT_TOKEN": "puppet_workpro_0c1d2e3f",
    "LIANXIN_JUDGE_KEY": "sk-judge-4d5e6f",
}
SAID = ("绒线帽", "13912345678", "62090219870605123X", "6222021234567890128", "向日葵", "媳妇")
WRONG = "not-the-token-31337"
NAME = "向日葵13912345678"


class Service:
    """`lianxin run` with all its log on disk; `said` is what it wrote to the screen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"ws://127.0.0.1:{self.port}/onebot/v11/ws"
        text = shortened(SHIPPED.read_text("utf-8"), port=str(self.port))
        text = text.replace('level = "INFO"', 'level = "DEBUG"')
        (folder / "config.toml").write_text(text, "utf-8")
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run", "--config", str(self.folder / "config.toml")),
            cwd=SHIPPED.parent,
            env=os.environ | SECRETS,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(60):
            while not await self._is_up():
                assert self.process.returncode is None, "it ended by itself"
                await asyncio.sleep(0.1)

    async def stop(self) -> str:
        """The end, and all that was logged: on the screen and in the file."""
        assert self.process is not None
        self.process.terminate()
        screen, _ = await self.process.communicate()
        return screen.decode() + (self.folder / "data" / "lianxin.log").read_text("utf-8")

    def count(self, table: str) -> int:
        with connect_sync(f"sqlite:///{self.folder / 'data' / 'lianxin.db'}") as store:
            (count,) = store.connection.execute(f'select count(*) from "{table}"').fetchone()
            return int(count)

    async def _is_up(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    service = Service(tmp_path)
    await service.start()
    yield service
    if service.process is not None and service.process.returncode is None:
        service.process.kill()
        await service.process.communicate()


def event(self_id: object, text: str, number: int) -> dict[str, object]:
    return {
        "post_type": "message", "message_type": "group", "sub_type": "normal",
        "self_id": self_id, "user_id": int(INSTRUCTOR), "group_id": int(GROUP_NUMBER),
        "message_id": number, "time": number, "sender": {"nickname": "李惠"},
        "message": [{"type": "text", "data": {"text": text}}],
    }  # fmt: skip


async def forge(service: Service, own: FakeOneBot) -> tuple[int, int]:
    """Every way in that is none: how many were tried and how many let in."""
    tried = let_in = 0
    base = f"http://127.0.0.1:{service.port}"
    async with httpx.AsyncClient(trust_env=False) as client:
        for path in ("/", "/onebot/v11/", "/onebot/v11/http", "/onebot/v11/ws", "/onebot/v11"):
            for headers in ({}, {"Authorization": f"Bearer {TOKEN}"}, {"X-Signature": "sha1=0"}):
                answer = await client.post(
                    base + path,
                    json=event(10001, "/登记 伪造的停水", 7),
                    headers=headers | {"X-Self-ID": "10001"},
                )
                tried += 1
                let_in += answer.status_code < 400
    for token, account in (("", "10002"), (WRONG, "10002"), (TOKEN, "10001"), (TOKEN, "0")):
        tried += 1
        other = FakeOneBot(service.url, own.now, account=account, token=token)
        try:
            await other.connect()
        except (InvalidStatus, ConnectionClosed):
            continue
        let_in += 1
        await other.disconnect()
    for number, self_id in enumerate((10002, "10002", None, 0, [10001], True)):
        tried += 1
        forged = event(self_id, "/登记 伪造的停水", 900 + number)
        await own.send_raw(orjson.dumps(forged).decode())
    return tried, let_in


async def live(fake: FakeOneBot) -> None:
    for text in (
        "3号楼停水了,绒线帽家打我电话13912345678,没人管能不能派人修",
        "隔壁打媳妇,身份证62090219870605123X",
        "/登记 绒线帽丢了,卡号6222021234567890128",
        "/办洁 13912345678",
        "[CQ:at,qq=all]绒线帽",
    ):
        await fake.say_in_group(GROUP_NUMBER, "30000001", text, name=NAME, card=NAME)
    await fake.say_in_private("30000001", "我是向日葵,绒线帽的事", name=NAME)
    await fake.say_in_private(INSTRUCTOR, "1 受理 给13912345678打过电话,绒线帽找到了")
    link = "https://gchat.qpic.cn.evil.example/1?rkey=绒线帽&term=13912345678"
    await fake.say_in_group(GROUP_NUMBER, "30000001", "看图", images=[link])
    await fake.send_raw('{"post_type": "message", "raw_message": "绒线帽 13912345678"')
    await fake.send_raw(orjson.dumps(event(10001, "绒线帽", 901) | {"message_id": None}).decode())


async def test_nothing_forged_comes_in_and_nothing_secret_goes_out(
    service: Service, tally: Tally
) -> None:
    fake = FakeOneBot(service.url, lambda: datetime.now(UTC), token=TOKEN)  # noqa: TID251
    await fake.connect()
    tried, let_in = await forge(service, fake)
    done = service.count("ticket") + service.count("command_log")
    tally("forged events and sockets", tried, leaked=let_in + done)
    await live(fake)
    async with asyncio.timeout(30):
        while service.count("ticket") < 1 or service.count("command_log") < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    await fake.disconnect()
    log = await service.stop()

    assert "ready" in log
    assert "handled qq/" in log
    assert "event of another account refused" in log
    secrets = [*SECRETS.values(), *SECRETS["LIANXIN_ALARM_URLS"].split(), WRONG, TOKEN[7:]]
    searched = (*secrets, *SAID, "alarm-key", "rkey=")
    found = [one for one in searched if one in log]
    tally("secrets and residents' words in a full log", len(searched), leaked=found)
    for other in (tmp for tmp in service.folder.rglob("*") if tmp.suffix in (".log", ".json")):
        assert TOKEN not in other.read_text("utf-8")
