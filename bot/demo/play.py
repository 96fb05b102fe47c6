"""The sample day through the real bot, at the tempo of somebody reading along."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from bot.config import Config
from bot.demo.view import Said, View
from bot.replay import Item, replay
from bot.replayed import Ended, Heard, Sent
from storage.models import OutgoingClass, Ticket

LEAST_PAUSE = 0.5
READING = 0.03
"""Seconds for a character."""
LONGEST_PAUSE = 3.5
LONG_GAP = timedelta(minutes=20)
GAP_PAUSE = 0.8
DAY, END = date(2026, 11, 24), time(17, 32)
"""The day of day.jsonl, and when it has been seen: just after the digests."""
QUIET_DAY = "没有新事项"


@dataclass(slots=True)
class Tempo:
    """Pauses before each message: for the one before to be read, and for the time between."""

    speed: float | None
    last: datetime | None = None
    unread: int = 0
    total: float = field(default=0.0)

    async def wait(self, said: Said) -> None:
        if self.speed is not None and self.last is not None:
            pause = min(LEAST_PAUSE + READING * self.unread, LONGEST_PAUSE)
            pause += GAP_PAUSE if said.at - self.last > LONG_GAP else 0.0
            self.total += pause / self.speed
            await asyncio.sleep(pause / self.speed)
        self.last, self.unread = said.at, len(said.text)


async def play(day: Path, config: Config, view: View, speed: float | None) -> None:
    """Show the whole day, then what became of its tickets. `speed` None makes no pauses."""
    tempo = Tempo(speed)
    view.title("连心 · 样例：城关党支部群的一天（人名和号码都是编的）")
    quiet = 0
    tickets: list[Ticket] = []
    async for item in _items(day, config):
        if isinstance(item, Ended):
            tickets.append(item.ticket)
        elif _is_quiet_digest(item):
            quiet += 1
        else:
            if isinstance(item, Heard):
                view.meet(item.incoming.sender, item.incoming.sender_name)
            said = to_said(item)
            await tempo.wait(said)
            view.show(said)
    if quiet:
        view.remark(f"（另有 {quiet} 位书记，各收到一行：今天没有新事项）")
    view.results(tickets)


async def _items(day: Path, config: Config) -> AsyncIterator[Item]:
    until = datetime.combine(DAY, END, config.settings.worktime.zone)
    async for item in replay([day], config, until=until):
        yield item


def _is_quiet_digest(item: Heard | Sent) -> bool:
    return (
        isinstance(item, Sent)
        and item.row.kind is OutgoingClass.DIGEST
        and QUIET_DAY in item.row.text
    )


def to_said(item: Heard | Sent) -> Said:
    if isinstance(item, Sent):
        row = item.row
        return Said(item.at, row.conversation, "", row.text, row.images, row.kind)
    one = item.incoming
    return Said(item.at, one.conversation, one.sender_name, one.words, one.images)
