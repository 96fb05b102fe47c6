"""One service between a QQ implementation and a real wechaty gateway: one branch, two groups."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.adapters.onebot import OneBotAdapter
from bot.adapters.wechat import WeChatAdapter
from bot.adapters.wechat_puppet import Address, Puppet
from bot.app import build
from bot.config import load_config
from storage.models import Report, TicketNumber
from storage.store import Store
from tests.bot.service import (
    GROUP,
    GROUP_NUMBER,
    INSTRUCTOR,
    TOKEN,
    RunningService,
    private,
    shortened,
)
from tests.bot.shipped import SHIPPED
from tests.peers.fake_onebot import FakeOneBot
from tests.peers.wechat_peer import WeChatPeer, need_gateway

need_gateway()

ROOM = "1@chatroom"
WECHAT = f"group:{ROOM}"
ON_WECHAT = "wxid_lihui"
RESIDENT, NEIGHBOUR = "wxid_wang", "30000002"
MATTER = "登记 光明巷3号楼停水一天了，没人管"
SAME = "光明巷3号楼怎么停水了，我家也没水"


class TwoPlatforms(RunningService):
    """`qq` and `wechat` are the two sides; 李惠 has an account on each."""

    def __init__(self, folder: Path) -> None:
        text = shortened(SHIPPED.read_text("utf-8"))
        text = text.replace(f'qq = "{INSTRUCTOR}"', f'qq = "{INSTRUCTOR}"\nwechat = "{ON_WECHAT}"')
        text += f'\n[[groups]]\nplatform = "wechat"\nid = "{ROOM}"\nunit = "chengguan"\n'
        path = folder / "config.toml"
        path.write_text(text.replace('file = "lianxin.log"', 'file = ""'), "utf-8")
        super().__init__(load_config(path, {"LIANXIN_ONEBOT_TOKEN": TOKEN}))
        self.qq = FakeOneBot("", self.clock.now, token=TOKEN)
        self.wechat = WeChatPeer(self.clock.now)

    async def start(self) -> None:
        await self.wechat.start()
        await self.wechat.add_contact(ON_WECHAT, "李惠")
        await self.wechat.add_room(ROOM, "城关一家亲", [ON_WECHAT])
        onebot = OneBotAdapter(
            host="127.0.0.1", port=0, access_token=TOKEN,
            media_folder=self.config.media_folder, now=self.clock.now,
        )  # fmt: skip
        wechat = WeChatAdapter(
            partial(Puppet, Address("127.0.0.1", self.wechat.port, self.wechat.token)),
            media_folder=self.config.media_folder, now=self.clock.now, rng=random.Random(1),
        )  # fmt: skip
        self.app = build(self.config, adapters=[onebot, wechat], clock=self.clock)
        await self.app.start()
        self.qq.url = f"ws://127.0.0.1:{onebot.port}/onebot/v11/ws"
        await self.qq.connect()
        await self.is_there("wechat")

    async def stop(self) -> None:
        await super().stop()
        await self.qq.disconnect()
        await self.wechat.kill()

    async def is_there(self, platform: str, *, is_so: bool = True) -> None:
        async with asyncio.timeout(90):
            while bool(self.running.adapters[platform].accounts()) is not is_so:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def settled(self, part: str, count: int = 1) -> None:
        """Until he was told so often, and nothing is left to be sent."""
        async with asyncio.timeout(30):
            while len(self.told(part)) < count or await self.read(_is_busy):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def reports(self) -> Sequence[Report]:
        return list(await self.read(lambda store: store.tickets.list_reports(TicketNumber(1))))

    async def wait(self, span: timedelta) -> None:
        """Time passes, and what is due is done."""
        self.clock.move_to(self.clock.now() + span)
        await self.running.runtime.sweep()
        self.running.delivery.wake()

    async def raise_matter(self) -> None:
        await self.wechat.say(WECHAT, RESIDENT, MATTER, at_bot=True, card="王桂兰")
        await self.wechat.wait_for_sent("#1", conversation=WECHAT)

    async def greets(self, platform: str) -> None:
        """李惠 asks something on one of his accounts, and is answered there."""
        if platform == "qq":
            before = len(self.qq.sent)
            await self.qq.say_in_private(INSTRUCTOR, "待办")
            await self.qq.wait_for_sent(conversation=private(INSTRUCTOR), after=before)
        else:
            before = len(self.wechat.sent)
            await self.wechat.say(private(ON_WECHAT), ON_WECHAT, "待办")
            await self.wechat.wait_for_sent(conversation=private(ON_WECHAT), after=before)

    def told(self, part: str) -> list[str]:
        """Where 李惠 was told something: "qq" or "wechat", once a message."""
        sides = (("qq", self.qq.sent, INSTRUCTOR), ("wechat", self.wechat.sent, ON_WECHAT))
        return [
            platform
            for platform, sent, user in sides
            for one in sent
            if one.conversation == private(user) and part in one.text
        ]


def _is_busy(store: Store) -> bool:
    due = store.connection.execute(
        "select count(*) from outbox where state = 'sending'"
        " or (state = 'new' and not_before <= queued_at)"
    ).fetchone()
    return bool(due[0])


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[TwoPlatforms]:
    service = TwoPlatforms(tmp_path)
    await service.start()
    yield service
    await service.stop()


async def test_the_same_matter_in_both_groups_is_one_ticket_and_answered_in_both(
    service: TwoPlatforms,
) -> None:
    await service.raise_matter()
    await service.qq.say_in_group(GROUP_NUMBER, NEIGHBOUR, SAME)
    await service.qq.wait_for_sent("#1", conversation=GROUP, within=15.0)

    assert len(await service.tickets()) == 1
    assert {(one.platform, one.conversation) for one in await service.reports()} == {
        ("wechat", WECHAT),
        ("qq", GROUP),
    }

    await service.qq.say_in_private(INSTRUCTOR, "1 办结 换了水管，来水了")
    await service.qq.wait_for_sent("换了水管", conversation=GROUP, within=15.0)
    await service.wechat.wait_for_sent("换了水管", conversation=WECHAT)


@pytest.mark.parametrize(("first", "last"), [("qq", "wechat"), ("wechat", "qq")])
async def test_an_instructor_on_both_is_told_and_reminded_once_where_he_spoke_last(
    service: TwoPlatforms, first: str, last: str
) -> None:
    await service.greets(first)
    await service.greets(last)
    await service.raise_matter()
    await service.settled("1 受理")
    assert service.told("1 受理") == [last]

    await service.wait(timedelta(hours=1, minutes=45))
    await service.settled("件等您")
    assert service.told("件等您") == [last]


async def test_the_next_reminder_follows_him_to_his_other_account(service: TwoPlatforms) -> None:
    await service.greets("wechat")
    await service.raise_matter()
    await service.wait(timedelta(hours=1, minutes=45))
    await service.settled("件等您")
    await service.greets("qq")
    before = Counter(service.told("件等您"))

    await service.wait(timedelta(hours=21, minutes=20))
    await service.settled("件等您", before.total() + 1)
    assert Counter(service.told("件等您")) - before == {"qq": 1}


async def test_while_wechat_is_away_he_is_reminded_on_qq(service: TwoPlatforms) -> None:
    await service.greets("qq")
    await service.greets("wechat")
    await service.raise_matter()
    await service.settled("1 受理")
    await service.wechat.kill()
    await service.is_there("wechat", is_so=False)

    await service.wait(timedelta(hours=1, minutes=45))
    await service.wait(timedelta(minutes=11))
    await service.settled("件等您")
    assert service.told("件等您") == ["qq"]
