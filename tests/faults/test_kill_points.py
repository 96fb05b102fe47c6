"""kill -9 around every commit and every send of a day, twice and more in some."""

import sys
from pathlib import Path

import orjson

from tests.faults.conftest import Size, Tally
from tests.faults.programs import run_program


async def test_a_day_with_a_kill_at_any_point_ends_as_one_without(
    tmp_path: Path, size: Size, tally: Tally
) -> None:
    output = await run_program("tests.faults.kill_points", str(tmp_path), str(size(200, 1000)))
    count = orjson.loads(output)
    print(*count["found"], sep="\n", file=sys.stderr)
    tally("kill -9 at any point", count["kills"], count["lost"], count["doubled"], count["leaked"])
