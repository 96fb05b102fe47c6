"""kill -9 of the running service while lines come in over its WebSocket."""

import asyncio
import re
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random

from bot.clock import SystemClock
from storage.database import connect_sync
from storage.models import OutboxRow, OutgoingState, Ticket
from tests.bot.service import GROUP_NUMBER, TOKEN, free_port
from tests.faults.conftest import NUMBER, matter_at
from tests.faults.programs import start_program
from tests.faults.served import FastClock
from tests.peers.fake_onebot import FakeOneBot
from tests.tally import Size, Tally

SPEED = 60.0
WAITING = (OutgoingState.NEW, OutgoingState.SENDING)
GROUPS = (GROUP_NUMBER, "700101", "700103")


class Service:
    """The service, the account connected to it, and the lines that were said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.start = SystemClock().now().timestamp()
        self.fake = FakeOneBot(
            f"ws://127.0.0.1:{self.port}/onebot/v11/ws",
            FastClock(self.start, SPEED).now,
            token=TOKEN,
        )
        self.said: list[str] = []

    async def up(self) -> asyncio.subprocess.Process:
        process = await start_program(
            "tests.faults.served", str(self.folder), str(self.port), str(self.start), str(SPEED)
        )
        assert process.stdout is not None
        async with asyncio.timeout(60):
            ready = await process.stdout.readline()
        assert ready == b"ready\n", await process.stderr.read() if process.stderr else b""
        await self.fake.connect()
        return process

    async def down(self, process: asyncio.subprocess.Process) -> None:
        process.kill()
        await process.communicate()
        await self.fake.disconnect()

    async def talk(self) -> None:
        """Another matter every fifth of a second, each by another resident."""
        while True:
            number = len(self.said)
            sender = str(30_000_000 + number)
            text = matter_at(number + 1)
            group = GROUPS[number % len(GROUPS)]
            line = await self.fake.say_in_group(group, sender, text, at_bot=True)
            self.said.append(f"qq/group:{group}/{line}")
            await asyncio.sleep(0.2)

    def stored(self) -> tuple[list[Ticket], list[OutboxRow], list[str]]:
        """Tickets, rows of the outbox, and the keys of what belongs to no ticket."""
        with connect_sync(f"sqlite:///{self.folder / 'data' / 'lianxin.db'}") as store:
            slots = store.connection.execute("select slot from outbox").fetchall()
            rows = [store.outbox.get_by_slot(slot) for (slot,) in slots]
            lost = [key for key in self.said if store.tickets.get_message(key) is None]
            return list(store.tickets.list_all()), [row for row in rows if row], lost

    async def is_settled(self) -> None:
        """Everything said is stored, and nothing that may go waits to be sent."""
        async with asyncio.timeout(90):
            while True:
                _, rows, lost = self.stored()
                if not lost and not any(map(self._is_waiting, rows)):
                    return
                await asyncio.sleep(0.5)

    def _is_waiting(self, row: OutboxRow) -> bool:
        return row.state in WAITING and row.not_before < self.fake.now()


async def test_a_service_killed_again_and_again_loses_and_doubles_nothing(
    tmp_path: Path, size: Size, tally: Tally
) -> None:
    service, kills, chance = Service(tmp_path), size(5, 50), Random(11)
    talking = None
    for _ in range(kills):
        process = await service.up()
        talking = talking or asyncio.create_task(service.talk())
        await asyncio.sleep(chance.uniform(0.3, 2.0))
        await service.down(process)
    process = await service.up()
    assert talking is not None
    talking.cancel()
    with suppress(TimeoutError):
        await service.is_settled()
    await service.down(process)
    tickets, rows, lost = service.stored()
    sent = Counter((one.conversation, one.text) for one in service.fake.sent)
    queued = Counter((row.conversation, row.text) for row in rows)
    doubled = [one for one, times in sent.items() if times > queued[one] and "重发" not in one[1]]
    false = [
        one for one in service.fake.sent
        if {int(n) for n in re.findall(r"#(\d+)", one.text)} - {int(t.number) for t in tickets}
    ]  # fmt: skip
    leaked = [
        one for one in service.fake.sent if NUMBER in one.text and "group" in one.conversation
    ]
    twice = Counter(ticket.source_key for ticket in tickets)
    print(f"{len(service.said)} lines, {Counter(row.kind.value for row in rows)}")
    tally(
        "kill -9 of the service under load",
        kills,
        len(lost) + len(false),
        len(doubled) + sum(times - 1 for times in twice.values()),
        len(leaked),
    )
