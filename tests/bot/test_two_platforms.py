"""A branch with a QQ and a WeChat group: one ledger, whichever platform speaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import pytest

from bot.adapters.port import Notice
from bot.clock import SimulatedClock
from bot.runtime import Runtime
from handlers import intents, roster
from handlers.context import Context
from handlers.messages import Incoming, Room
from handlers.settings import Settings
from storage.database import Database
from storage.models import Conversation, OutboxRow, Ticket, UnitId
from storage.store import Store
from tests.peers.platform import BEGIN, FakeAdapter, make_delivery

QQ = "group:700108"
WECHAT = "group:1@chatroom"
MOVED = "group:2@chatroom"
CHENGGUAN = UnitId("chengguan")
INSTRUCTOR_QQ, INSTRUCTOR_WECHAT = "21000802", "wxid_lihui"
ADMINISTRATOR = "21000002"


@dataclass
class Branch:
    database: Database
    clock: SimulatedClock
    runtime: Runtime
    count: int = 0

    async def says(self, platform: str, place: str, sender: str, text: str) -> None:
        self.count += 1
        self.clock.move_to(self.clock.now() + timedelta(seconds=5))
        await self.runtime.hear(
            Incoming(
                platform=platform,
                account="bot",
                conversation=place,
                message_id=f"m{self.count}",
                sender=sender,
                sender_name="老李",
                at=self.clock.now(),
                text=text,
                is_at_bot=True,
            )
        )

    async def sees_rooms(self, *rooms: Room) -> None:
        now = self.clock.now()
        await self.runtime.noticed(Notice("wechat", "bot", "rooms", None, "", now, rooms))

    async def tickets(self) -> Sequence[Ticket]:
        return list(await self.database.read(lambda store: store.tickets.list_all()))

    async def rows(self) -> Sequence[OutboxRow]:
        return list(await self.database.read(lambda store: store.outbox.list_new()))

    async def groups(self) -> Sequence[Conversation]:
        return list(await self.database.read(lambda store: store.conversations.list_all()))


@pytest.fixture
async def branch(
    memory_database: Database, clock: SimulatedClock, adapter: FakeAdapter, settings: Settings
) -> Branch:
    def prepare(store: Store) -> None:
        roster.sync(Context(store, BEGIN, settings, Random(1)))
        store.conversations.bind(
            Conversation("wechat", WECHAT, CHENGGUAN, "城关一家亲", is_paused=False)
        )
        instructor = store.people.by_account("qq", INSTRUCTOR_QQ)
        assert instructor is not None
        store.people.bind_account("wechat", INSTRUCTOR_WECHAT, instructor.id)

    await memory_database.write(prepare)
    delivery = make_delivery(memory_database, adapter, clock)
    ear = intents.load(None, settings)
    runtime = Runtime(memory_database, ear, settings, clock, delivery)
    await runtime.start()
    return Branch(memory_database, clock, runtime)


async def test_the_same_matter_in_both_groups_is_one_ticket(branch: Branch) -> None:
    await branch.says("wechat", WECHAT, "wxid_wang", "登记 光明巷3号楼停水一天了，没人管")
    await branch.says("qq", QQ, "30000002", "光明巷3号楼怎么停水了，我家也没水")
    (ticket,) = await branch.tickets()
    reports = await branch.database.read(lambda store: store.tickets.list_reports(ticket.number))
    assert {(one.platform, one.conversation) for one in reports} == {
        ("wechat", WECHAT), ("qq", QQ)
    }  # fmt: skip


async def test_an_answer_goes_to_each_group_in_which_it_was_raised(branch: Branch) -> None:
    await branch.says("wechat", WECHAT, "wxid_wang", "登记 光明巷3号楼停水一天了，没人管")
    await branch.says("qq", QQ, "30000002", "光明巷3号楼怎么停水了，我家也没水")
    await branch.says("qq", f"private:{INSTRUCTOR_QQ}", INSTRUCTOR_QQ, "1 办结 换了水管，来水了")
    told = [
        (row.platform, row.conversation) for row in await branch.rows() if "换了水管" in row.text
    ]
    assert sorted(told) == [("qq", QQ), ("wechat", WECHAT)]


@pytest.mark.parametrize(
    ("platform", "user"), [("qq", INSTRUCTOR_QQ), ("wechat", INSTRUCTOR_WECHAT)]
)
async def test_an_instructor_is_told_once_where_he_spoke_last(
    branch: Branch, platform: str, user: str
) -> None:
    for one, account in (("wechat", INSTRUCTOR_WECHAT), ("qq", INSTRUCTOR_QQ), (platform, user)):
        await branch.says(one, f"private:{account}", account, "待办")
    await branch.says("wechat", WECHAT, "wxid_wang", "登记 3号楼二单元停水了")
    branch.clock.move_to(branch.clock.now() + timedelta(minutes=2))
    await branch.runtime.sweep()
    cards = [row for row in await branch.rows() if "1 受理" in row.text]
    assert [(row.platform, row.conversation) for row in cards] == [(platform, f"private:{user}")]


async def test_a_room_that_seems_to_have_a_new_id_is_asked_about_once(branch: Branch) -> None:
    for _ in range(2):
        await branch.sees_rooms(Room(MOVED, "城关一家亲", (INSTRUCTOR_WECHAT, "wxid_wang")))
    (asked,) = [row for row in await branch.rows() if "找不到了" in row.text]
    assert asked.conversation == f"private:{ADMINISTRATOR}"
    assert "李惠" in asked.text
    assert WECHAT in {one.conversation for one in await branch.groups()}


async def test_a_strange_room_is_not_taken_for_one_of_ours(branch: Branch) -> None:
    await branch.sees_rooms(Room(MOVED, "城关麻将群", ("wxid_wang",)))
    assert [row for row in await branch.rows() if "找不到了" in row.text] == []


async def test_a_bound_room_that_is_there_is_known_by_its_title(branch: Branch) -> None:
    await branch.sees_rooms(Room(WECHAT, "城关大家庭", ()))
    titles = {one.conversation: one.title for one in await branch.groups()}
    assert titles[WECHAT] == "城关大家庭"


async def test_tickets_follow_their_room_to_its_new_id(branch: Branch) -> None:
    await branch.says("wechat", WECHAT, "wxid_wang", "登记 光明巷3号楼停水一天了，没人管")
    await branch.sees_rooms(Room(MOVED, "城关一家亲", ()))

    def has_wechat(store: Store) -> None:
        administrator = store.people.by_account("qq", ADMINISTRATOR)
        assert administrator is not None
        store.people.bind_account("wechat", "wxid_admin", administrator.id)

    await branch.database.write(has_wechat)
    await branch.runtime.refresh()
    await branch.says("wechat", MOVED, "wxid_admin", "绑定本群 城关")
    (ticket,) = await branch.tickets()
    assert ticket.conversation == MOVED
    assert WECHAT not in {one.conversation for one in await branch.groups()}
