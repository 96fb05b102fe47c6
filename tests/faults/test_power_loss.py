"""Power loss: whatever the disk kept of the write-ahead log, a prefix of the commits is there."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from storage.database import open_database
from storage.sqlite import connect_writer
from storage.store import Store
from tests.tally import Size, Tally

COMMITS = 60
MOMENTS = [datetime(2026, 11, 24, 2, tzinfo=UTC) + timedelta(seconds=n) for n in range(COMMITS)]
PAGE = 4096
FRAME = 24 + PAGE
HEADER = 32


def register(number: int, store: Store) -> None:
    store.people.upsert(f"unit/{number}", f"第{number}人", None)
    store.reception.move_watermark("qq", f"group:{number % 7}", f"m{number}", MOMENTS[number])


@pytest.fixture
async def crashed(sqlite_url: str, tmp_path: Path) -> Path:
    """A folder with a database and the log of COMMITS commits, as a power loss may leave them."""
    database = await open_database(sqlite_url)
    for number in range(COMMITS):
        await database.write(lambda store: register(number, store))  # noqa: B023
    folder = tmp_path / "crashed"
    folder.mkdir()
    for name in ("lianxin.db", "lianxin.db-wal"):
        shutil.copy(tmp_path / name, folder / name)
    await database.close()
    return folder


def damage(log: bytes, chance: Random) -> bytes:
    """Torn at any byte, a frame written in part, or bits that flipped in what came last."""
    cut = chance.randrange(len(log) + 1)
    kind = chance.randrange(4)
    if kind == 0:
        return log[:cut]
    if kind == 1:
        return log[:cut] + bytes(len(log) - cut)
    torn = bytearray(log)
    if kind == 2:
        start = HEADER + (cut - HEADER) // FRAME * FRAME if cut > HEADER else 0
        for place in range(start, min(start + FRAME, len(torn)), 512):
            if chance.randrange(2):
                torn[place : place + 512] = chance.randbytes(len(torn[place : place + 512]))
        return bytes(torn)
    for _ in range(chance.randrange(1, 9)):
        torn[chance.randrange(len(torn))] ^= 1 << chance.randrange(8)
    return bytes(torn)


def is_prefix(path: Path) -> bool:
    """Opened as the service would, it is sound and holds the first so many commits and no more."""
    with closing(connect_writer(path)) as connection:
        (verdict,) = connection.execute("pragma integrity_check").fetchone()
        numbers = [
            int(key.split("/")[1])
            for (key,) in connection.execute("select handle from person order by id").fetchall()
        ]
        marks = connection.execute("select count(*) from watermark").fetchone()[0]
    return (
        verdict == "ok" and numbers == list(range(len(numbers))) and marks == min(len(numbers), 7)
    )


async def test_a_torn_or_flipped_log_leaves_a_prefix_of_the_commits(
    crashed: Path, tmp_path: Path, size: Size, tally: Tally
) -> None:
    log, chance, tries = (crashed / "lianxin.db-wal").read_bytes(), Random(5), size(200, 2000)
    path, broken = tmp_path / "image.db", 0
    for _ in range(tries):
        shutil.copy(crashed / "lianxin.db", path)
        path.with_name("image.db-wal").write_bytes(damage(log, chance))
        try:
            broken += not is_prefix(path)
        except sqlite3.DatabaseError:
            broken += 1
        for rest in tmp_path.glob("image.db*"):
            rest.unlink()
    tally("power loss: torn or flipped log", tries, broken)
