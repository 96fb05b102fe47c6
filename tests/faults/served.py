"""The whole service in a process that can be killed, on a clock that runs faster than the wall's.

``python -m tests.faults.served FOLDER PORT WALL_START SPEED``; says "ready" once it listens.
"""

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path

from bot.adapters.onebot import OneBotAdapter
from bot.app import build
from bot.clock import SystemClock
from tests.bot.service import TOKEN, TUESDAY_MORNING, quick_config


class FastClock(SystemClock):
    """Was at TUESDAY_MORNING when the wall's clock was at `wall_start` (POSIX seconds)."""

    def __init__(self, wall_start: float, speed: float) -> None:
        self._start = wall_start
        self._speed = speed

    def now(self) -> datetime:
        passed = super().now().timestamp() - self._start
        return TUESDAY_MORNING + timedelta(seconds=passed * self._speed)


async def main(folder: Path, port: int, wall_start: float, speed: float) -> None:
    config, clock = quick_config(folder), FastClock(wall_start, speed)
    adapter = OneBotAdapter(
        host="127.0.0.1",
        port=port,
        access_token=TOKEN,
        media_folder=config.media_folder,
        now=clock.now,
    )
    async with build(config, adapters=[adapter], clock=clock):
        print("ready", flush=True)
        await asyncio.sleep(3600)


if __name__ == "__main__":
    folder, port, wall_start, speed = sys.argv[1:]
    asyncio.run(main(Path(folder), int(port), float(wall_start), float(speed)))
