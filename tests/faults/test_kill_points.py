"""kill -9 around every commit and every send of a day, twice and more in some."""

import sys
from pathlib import Path

import orjson

from tests.faults.programs import run_program
from tests.tally import Size, Tally


async def test_a_day_with_a_kill_at_any_point_ends_as_one_without(
    tmp_path: Path, size: Size, tally: Tally
) -> None:
    output = await run_program("tests.faults.kill_points", str(tmp_path), str(size(200, 1000)))
    judge("kill -9 at any point (SQLite)", output, tally)


async def test_and_so_does_one_on_postgresql(
    tmp_path: Path, postgresql_server: str, size: Size, tally: Tally
) -> None:
    output = await run_program(
        "tests.faults.kill_points", str(tmp_path), str(size(12, 150)), postgresql_server
    )
    judge("kill -9 at any point (PostgreSQL)", output, tally)


def judge(fault: str, output: bytes, tally: Tally) -> None:
    count = orjson.loads(output)
    print(*count["found"], sep="\n", file=sys.stderr)
    tally(fault, count["kills"], count["lost"], count["doubled"], count["leaked"])
