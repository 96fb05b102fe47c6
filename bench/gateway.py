"""This bot and a plain NoneBot echo behind the same WebSocket load, in one interleaved run.

    python -m bench.gateway [--quick]

The bot is `lianxin run` in a process of its own with the shipped config.toml: the real ear, an
SQLite file with synchronous=FULL, the real delivery. Only waits are taken out, by the file's own
values: the pace of sending, and the pause for which a speaker's lines are gathered, which can not
be less than a second. So the ticket that is compared is one that is acknowledged at once: a
delicate matter told in private, which is answered there and carded to the instructor.
"""

import argparse
import asyncio
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.gateway_load import Lines, Peer, chatter, to_group, to_resident
from bench.onebot_echo import served
from bench.report import print_figures
from bench.storage import Figure

ROOT = Path(__file__).parents[1]
TOKEN = "bench"
WINDOW = 64
GROUPS = tuple(range(700101, 700111))
STAFF = 21000102
TALKERS = 1500
"""So many that none of them says more than one person may."""
LIFTED = {
    "seconds": "0.0",
    "jitter": "0.0",
    "per_minute": "1000000",
    "per_day": "1000000",
    "gather_seconds": "1",
    "quiet": '"03:00-03:01"',
}


@dataclass(frozen=True, slots=True)
class Sizes:
    rounds: int
    chatter: int
    tickets: int
    starts: int


FULL = Sizes(rounds=5, chatter=3000, tickets=1000, starts=5)
QUICK = Sizes(rounds=2, chatter=600, tickets=150, starts=1)


@dataclass(frozen=True, slots=True)
class Bot:
    """A running service. `ready` is in seconds from the start of its process."""

    port: int
    process: int
    ready: float

    def memory(self) -> float:
        """Resident MB now, or nothing to say where the system has no /proc."""
        with suppress(OSError):
            status = Path(f"/proc/{self.process}/status").read_text("ascii")
            found = re.search(r"VmRSS:\s+(\d+) kB", status)
            return int(found[1]) / 1024 if found else 0.0
        return 0.0


@contextmanager
def running(folder: Path) -> Iterator[Bot]:
    """`lianxin run` on the data of a folder; yields once it listens."""
    port = _free_port()
    config = folder / "config.toml"
    config.write_text(_config(port), "utf-8")
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run", "--config", str(config)],
        cwd=ROOT,
        env=_environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield Bot(port, process.pid, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _environment(folder: Path) -> dict[str, str]:
    """Compiled modules are kept, as on any installed machine; the first start compiles them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHONDONT")}
    return kept | {"LIANXIN_ONEBOT_TOKEN": TOKEN, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def _config(port: int) -> str:
    text = (ROOT / "config.toml").read_text("utf-8")
    for key, value in (LIFTED | {"port": str(port)}).items():
        text, found = re.subn(rf"(?m)^{key} = \S+", f"{key} = {value}", text)
        if not found:
            raise ValueError(f"config.toml has no {key}")
    return text


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
            return
        time.sleep(0.01)
    raise TimeoutError("the service did not start")


class Race:
    """Rounds in turn of the echo and of the bot; each ratio is of one round."""

    def __init__(self, echo: Peer, bot: Peer, sizes: Sizes) -> None:
        self._echo, self._bot, self._sizes = echo, bot, sizes
        self._lines = Lines()
        self._residents = iter(range(40_000_000, 49_000_000))
        self.quiet: list[float] = []
        self.lively: list[float] = []
        self.tickets: list[float] = []
        self.rates: dict[str, list[float]] = {}

    async def run(self) -> None:
        """Groups are quiet until something was said to the bot in them: those go first."""
        for group in GROUPS[: self._sizes.rounds]:
            self.quiet.append(await self._chat("chatter, quiet group", group))
        for _ in range(self._sizes.rounds):
            self.tickets.append(await self._open())
        for group in GROUPS[: self._sizes.rounds]:
            self.lively.append(await self._chat("chatter, group with open tickets", group))

    async def routine(self) -> float:
        """Tickets a second in ten groups through the gathering pause, which counts."""
        count = self._sizes.tickets
        frames = [
            self._lines.in_group(
                f"登记 {i}号楼的路灯不亮了", next(self._residents), GROUPS[i % 10], is_at_bot=True
            )
            for i in range(count)
        ]
        return count / await self._bot.drive(frames, count, is_reply=to_group)

    async def _chat(self, name: str, group: int) -> float:
        count = self._sizes.chatter
        frames = [
            self._lines.in_group(text, 30_000_000 + i % TALKERS, group)
            for i, text in enumerate(chatter(count))
        ]
        echo = count / await self._echo.drive(frames, count, window=WINDOW)
        fence = self._lines.in_group("/帮助", STAFF, group)
        own = count / await self._bot.drive([*frames, fence], 1)
        return self._note(name, echo, own)

    async def _open(self) -> float:
        count = self._sizes.tickets
        residents = [next(self._residents) for _ in range(count)]
        await self._meet(residents)
        await self._warm_up()
        frames = [
            self._lines.in_private("登记 我家的低保咋停了,找谁问", resident)
            for resident in residents
        ]
        echo = count / await self._echo.drive(frames, count, window=WINDOW)
        before = self._bot.sends
        own = count / await self._bot.drive(frames, count, window=WINDOW, is_reply=to_resident)
        await self._bot.settle(before + 2 * count)
        return self._note("tickets, answered at once", echo, own)

    async def _warm_up(self) -> None:
        """The first ticket of a run loads jieba's dictionary: not what is measured here."""
        before = self._bot.sends
        stranger = next(self._residents)
        await self._bot.drive([self._lines.in_private("登记 我家的低保咋停了,找谁问", stranger)], 1)
        await self._bot.settle(before + 2)

    async def _meet(self, residents: Sequence[int]) -> None:
        """Each is heard in a group first, so that his matter has an instructor."""
        frames = [
            self._lines.in_group("大家早上好", resident, GROUPS[i % 10])
            for i, resident in enumerate(residents)
        ]
        fences = [self._lines.in_group("/帮助", STAFF + 100 * i, GROUPS[i]) for i in range(8)]
        await self._bot.drive([*frames, *fences], len(fences))

    def _note(self, name: str, echo: float, own: float) -> float:
        self.rates.setdefault(f"echo beside {name}", []).append(echo)
        self.rates.setdefault(name, []).append(own)
        return own / echo


async def race(echo_port: int, bot: Bot, sizes: Sizes) -> list[Figure]:
    async with Peer(echo_port) as echo, Peer(bot.port, TOKEN) as own:
        run = Race(echo, own, sizes)
        await run.run()
        routine = await run.routine()
    figures = [
        Figure("chatter in a quiet group: of the echo's rate", median(run.quiet), "", least=1.2),
        Figure("chatter where tickets are open: of the echo's rate", median(run.lively), ""),
        Figure("a ticket answered at once: of the echo's rate", median(run.tickets), "", least=0.8),
    ]
    figures += [Figure(name, median(rates), "messages/s") for name, rates in run.rates.items()]
    return [*figures, Figure("tickets in ten groups, with a pause of 1 s", routine, "tickets/s")]


def measure(sizes: Sizes) -> list[Figure]:
    ready, at_ready = [], 0.0
    with tempfile.TemporaryDirectory(prefix="lianxin-bench-") as name:
        folder = Path(name)
        for _ in range(1 + sizes.starts):
            with running(folder) as bot:
                ready.append(bot.ready)
                at_ready = bot.memory()
        with served("echo") as echo_port, running(folder) as bot:
            figures = asyncio.run(race(echo_port, bot, sizes))
            after = bot.memory()
    return [
        *figures,
        Figure("very first start to ready: compiles, makes the database", ready[0], "s"),
        Figure("start to ready", median(ready[1:]), "s", most=2),
        Figure("resident memory when ready", at_ready, "MB", most=180),
        Figure("resident memory after the load", after, "MB", most=180),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    options = parser.parse_args()
    print_figures({"gateway": measure(QUICK if options.quick else FULL)})


if __name__ == "__main__":
    main()
