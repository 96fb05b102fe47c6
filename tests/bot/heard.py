"""A runtime with a database and a platform, to be spoken to; see the fixture `a_bot`."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.clock import SimulatedClock
from bot.runtime import Runtime
from handlers import intents
from handlers.dispatch import Dispatched
from handlers.messages import Incoming
from handlers.settings import Settings
from storage.database import Database
from storage.models import OutboxRow, Ticket
from tests.peers.platform import BEGIN, FakeAdapter, make_delivery

GROUP = "group:700108"
GAS = "3号楼2单元楼道里好大的煤气味,头都晕了"
PIPE = "光明巷3号楼停水一天了,没人管,能不能派人修"


def said(number: int, text: str, **changed: object) -> Incoming:
    incoming = Incoming(
        platform="qq",
        account="8000",
        conversation=GROUP,
        message_id=f"m{number}",
        sender="20001",
        sender_name="老李",
        at=BEGIN + timedelta(seconds=number),
        text=text,
    )
    return replace(incoming, **changed)  # type: ignore[arg-type]


@dataclass
class Bot:
    database: Database
    clock: SimulatedClock
    adapter: FakeAdapter
    settings: Settings
    runtime: Runtime = field(init=False)
    changes: int = 0

    def __post_init__(self) -> None:
        self.delivery = make_delivery(self.database, self.adapter, self.clock)
        self.runtime = Runtime(
            self.database,
            intents.load(None, self.settings),
            self.settings,
            self.clock,
            self.delivery,
            changed=self._changed,
        )

    def _changed(self) -> None:
        self.changes += 1

    async def hear(self, incoming: Incoming) -> Dispatched | None:
        self.clock.move_to(incoming.at)
        return await self.runtime.hear(incoming)

    async def tickets(self) -> list[Ticket]:
        return list(await self.database.read(lambda store: store.tickets.list_all()))

    async def rows(self) -> list[OutboxRow]:
        return list(await self.database.read(lambda store: store.outbox.list_new()))

    async def letters(self) -> list[str]:
        letters = await self.database.read(lambda store: store.reception.list_dead_letters())
        return [letter.key for letter in letters]
