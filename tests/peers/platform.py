"""A platform that does as it is told, and a desk from which messages are sent to it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from bot.adapters.port import Echo, Receipt, Receiver, SendResult
from bot.clock import SimulatedClock
from bot.configuration.model import Pace
from bot.delivery import Delivery
from handlers.messages import Incoming, Target
from storage.database import Database
from storage.models import OutboxRow, OutgoingClass, UnitId
from storage.store import Store

BEGIN = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
PACE = Pace(
    seconds=3.0,
    jitter=2.0,
    per_minute=12,
    per_day=300,
    breaker_failures=3,
    breaker_seconds=600.0,
)


@dataclass
class FakeAdapter:
    """A platform that answers each send with the next of `results`, then with SENT.

    `history_of` is what it shows of its past.
    """

    clock: SimulatedClock
    platform: str = "qq"
    connected: tuple[str, ...] = ("8000",)
    results: list[Receipt | Exception] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)
    sent_at: list[datetime] = field(default_factory=list)
    history_of: list[Incoming | Echo] = field(default_factory=list)
    asked_history: int = 0
    _spoke: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self, receiver: Receiver) -> None: ...

    async def stop(self) -> None: ...

    def accounts(self) -> Sequence[str]:
        return self.connected

    async def send(
        self,
        target: Target,
        text: str,
        *,
        at_users: Sequence[str] = (),
        images: Sequence[str] = (),
        reply_to: str | None = None,
    ) -> Receipt:
        self.sent.append((target.conversation, text))
        self.sent_at.append(self.clock.now())
        self._spoke.set()
        result = self.results.pop(0) if self.results else Receipt(SendResult.SENT)
        if isinstance(result, Exception):
            raise result
        return result

    async def has_sent(self, count: int) -> None:
        """Wait until so many messages have been sent."""
        while len(self.sent) < count:
            self._spoke.clear()
            await self._spoke.wait()

    async def history(
        self, target: Target, since: datetime, count: int
    ) -> Sequence[Incoming | Echo]:
        self.asked_history += 1
        return self.history_of


@dataclass
class Desk:
    """Queues messages and lets them be delivered at moments of the test's own choosing."""

    database: Database
    clock: SimulatedClock
    adapter: FakeAdapter
    delivery: Delivery

    async def queue(
        self,
        slot: str,
        kind: OutgoingClass = OutgoingClass.ACK,
        conversation: str = "group:1",
        **changed: object,
    ) -> int:
        now = self.clock.now()
        values: dict[str, object] = {
            "platform": "qq",
            "unit": UnitId("hedong"),
            "text": slot,
            "at_users": (),
            "images": (),
            "ticket": None,
            "person": None,
            "queued_at": now,
            "not_before": now,
        }

        def work(store: Store) -> int:
            row = store.outbox.queue(
                slot, conversation=conversation, kind=kind, **(values | changed)
            )  # type: ignore[arg-type]
            assert row is not None
            return row

        return await self.database.write(work)

    async def row(self, number: int) -> OutboxRow:
        row = await self.database.read(lambda store: store.outbox.get(number))
        assert row is not None
        return row

    async def deliver(self, after: float = 0.0) -> datetime | None:
        """Deliver what is due so many seconds later, and nothing in between."""
        self.clock.move_to(self.clock.now() + timedelta(seconds=after))
        return await self.delivery.deliver_due(self.clock.now())

    async def deliver_until(self, seconds: float) -> None:
        """Deliver as a live bot would, each thing at its moment, for so many seconds."""
        end = self.clock.now() + timedelta(seconds=seconds)
        following = await self.delivery.deliver_due(self.clock.now())
        while following is not None and following <= end:
            self.clock.move_to(following)
            following = await self.delivery.deliver_due(self.clock.now())
        self.clock.move_to(end)

    def restarted(self) -> "Desk":
        """The same outbox under a new process."""
        delivery = make_delivery(self.database, self.adapter, self.clock)
        return Desk(self.database, self.clock, self.adapter, delivery)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.adapter.sent]


def make_delivery(
    database: Database,
    adapter: FakeAdapter,
    clock: SimulatedClock,
    not_friend: Callable[[Store, OutboxRow, datetime], None] | None = None,
    renew: Callable[[Store, OutboxRow, datetime], bool] | None = None,
) -> Delivery:
    return Delivery(
        database,
        {adapter.platform: adapter},
        {adapter.platform: PACE},
        clock,
        Random(1),
        not_friend=not_friend,
        renew=renew,
    )
