"""A bot whose disk fills up and is freed again, as often as told: FOLDER TIMES.

A program of its own: the limit of a file's size holds for a whole process.
"""

import asyncio
import resource
import sys
from pathlib import Path

import orjson

from storage import migrate
from tests.faults.conftest import listen
from tests.faults.crowd import a_crowd

LINES = 24
SECONDS = 1.0


def fill(folder: Path) -> None:
    """No file grows any more."""
    biggest = max(path.stat().st_size for path in folder.glob("lianxin.db*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (min(biggest, 20_000), resource.RLIM_INFINITY))


def free() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


async def main(folder: Path, times: int) -> dict[str, int]:
    leaks = listen()
    url = f"sqlite:///{folder / 'lianxin.db'}"
    migrate.upgrade(url)
    refused = 0
    async with a_crowd(url, folder) as crowd:
        for round_ in range(times):
            fill(folder)
            speaking = asyncio.create_task(crowd.say(round_ * LINES, LINES))
            await asyncio.sleep(SECONDS)
            refused += not speaking.done()
            said = len(crowd.witness.sent)
            await asyncio.sleep(0.1)
            refused += len(crowd.witness.sent) == said
            free()
            await speaking
        lost, doubled = await crowd.judge(times * LINES)
    leaked = leaks.count(crowd.witness.sent)
    return {"refused": refused, "lost": lost, "doubled": doubled, "leaked": leaked}


if __name__ == "__main__":
    print(orjson.dumps(asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))).decode())
