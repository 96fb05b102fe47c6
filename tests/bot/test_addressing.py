"""A person with accounts on two platforms is reached on the other one, once, where one is away."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

import pytest

from bot.adapters.port import Receipt, SendResult
from bot.addressing import PATIENCE
from bot.clock import SimulatedClock
from bot.delivery import Delivery
from storage.database import Database
from storage.models import OutgoingClass, OutgoingState, PersonId, UnitId
from storage.store import Store
from tests.peers.platform import PACE, FakeAdapter

QQ, WECHAT = "private:21000802", "private:wxid_lihui"
SECOND = timedelta(seconds=1)


@dataclass
class Office:
    """李惠 used WeChat last. `wechat` and `qq` are the platforms there are."""

    database: Database
    clock: SimulatedClock
    qq: FakeAdapter
    wechat: FakeAdapter
    person: PersonId

    async def queue(self, kind: OutgoingClass, person: PersonId | None) -> int:
        now = self.clock.now()

        def work(store: Store) -> int:
            row = store.outbox.queue(
                slot="slot", platform="wechat", conversation=WECHAT, unit=UnitId("chengguan"),
                kind=kind, text="2 件等您", at_users=(), images=(), ticket=None, person=person,
                queued_at=now, not_before=now,
            )  # fmt: skip
            assert row is not None
            return row

        return await self.database.write(work)

    async def deliver(self, *adapters: FakeAdapter) -> None:
        named = {one.platform: one for one in adapters}
        paces = {"qq": PACE, "wechat": PACE}
        delivery = Delivery(self.database, named, paces, self.clock, Random(1))
        await delivery.deliver_due(self.clock.now())

    @property
    def sent(self) -> list[str]:
        return [place for place, _ in (*self.qq.sent, *self.wechat.sent)]


@pytest.fixture
async def office(memory_database: Database, clock: SimulatedClock) -> Office:
    def work(store: Store) -> PersonId:
        person = store.people.upsert("chengguan/李惠", "李惠", None)
        store.people.bind_account("qq", "21000802", person)
        store.people.bind_account("wechat", "wxid_lihui", person)
        store.people.touch_account("qq", "21000802", clock.now() - SECOND)
        store.people.touch_account("wechat", "wxid_lihui", clock.now())
        return person

    person = await memory_database.write(work)
    qq, wechat = FakeAdapter(clock), FakeAdapter(clock, platform="wechat")
    return Office(memory_database, clock, qq, wechat, person)


async def test_where_the_platform_is_switched_off_the_other_account_is_told(
    office: Office,
) -> None:
    await office.queue(OutgoingClass.REMINDER, office.person)
    await office.deliver(office.qq)
    await office.deliver(office.qq, office.wechat)
    assert office.sent == [QQ]


async def test_a_platform_without_an_account_is_waited_for_a_while(office: Office) -> None:
    office.wechat.connected = ()
    await office.queue(OutgoingClass.REMINDER, office.person)
    await office.deliver(office.qq, office.wechat)
    office.clock.move_to(office.clock.now() + PATIENCE)
    await office.deliver(office.qq, office.wechat)
    assert office.sent == []
    office.clock.move_to(office.clock.now() + SECOND)
    await office.deliver(office.qq, office.wechat)
    office.wechat.connected = ("bot",)
    await office.deliver(office.qq, office.wechat)
    assert office.sent == [QQ]


async def test_an_alarm_does_not_wait(office: Office) -> None:
    office.wechat.connected = ()
    await office.queue(OutgoingClass.ALARM, office.person)
    await office.deliver(office.qq, office.wechat)
    assert office.sent == [QQ]


async def test_while_his_platform_is_there_it_stays_there(office: Office) -> None:
    await office.queue(OutgoingClass.ALARM, office.person)
    await office.deliver(office.qq, office.wechat)
    assert office.sent == [WECHAT]


async def test_where_no_platform_has_an_account_it_waits_for_his_own(office: Office) -> None:
    office.qq.connected = office.wechat.connected = ()
    await office.queue(OutgoingClass.ALARM, office.person)
    office.clock.move_to(office.clock.now() + 2 * PATIENCE)
    await office.deliver(office.qq, office.wechat)
    office.qq.connected = office.wechat.connected = ("bot",)
    await office.deliver(office.qq, office.wechat)
    assert office.sent == [WECHAT]


async def test_what_may_have_been_said_already_is_not_said_on_the_other_platform(
    office: Office,
) -> None:
    number = await office.queue(OutgoingClass.REMINDER, office.person)
    office.wechat.results = [Receipt(SendResult.TIMEOUT)]
    await office.deliver(office.qq, office.wechat)
    office.wechat.connected = ()
    office.clock.move_to(office.clock.now() + timedelta(hours=2))
    await office.deliver(office.qq, office.wechat)
    row = await office.database.read(lambda store: store.outbox.get(number))
    assert row is not None
    assert row.state is not OutgoingState.SENT
    assert office.sent == [WECHAT]


async def test_what_is_said_to_a_resident_stays_on_his_platform(office: Office) -> None:
    await office.queue(OutgoingClass.ANSWER, None)
    office.clock.move_to(office.clock.now() + 2 * PATIENCE)
    await office.deliver(office.qq)
    assert office.sent == []
