"""All benchmarks that compare with something on the same machine: `python -m bench [--quick]`.

Figures, not tests: what falls short of its goal is said, and the exit code is 0. Those of what
the bot understands are apart: bench.transcripts, bench.understanding, bench.matching.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench import gateway, onebot_echo, storage
from bench.report import print_figures
from bench.storage import Figure

Part = Callable[[bool], Sequence[Figure]]


def measure_storage(is_quick: bool) -> Sequence[Figure]:
    sizes = storage.QUICK if is_quick else storage.FULL
    with tempfile.TemporaryDirectory(prefix="lianxin-bench-") as folder:
        return asyncio.run(storage.measure(Path(folder), sizes))


def measure_gateway(is_quick: bool) -> Sequence[Figure]:
    return gateway.measure(gateway.QUICK if is_quick else gateway.FULL)


def measure_adapter(is_quick: bool) -> Sequence[Figure]:
    echo, own = onebot_echo.compare(600, 1) if is_quick else onebot_echo.compare(3000, 3)
    return [Figure("the QQ adapter alone: of the echo's rate", own / echo, "")]


PARTS: Mapping[str, Part] = {
    "storage": measure_storage,
    "adapter": measure_adapter,
    "gateway": measure_gateway,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    options = parser.parse_args()
    unknown = [name for name in options.parts if name not in PARTS]
    if unknown:
        parser.error(f"no part {unknown[0]}; there are {', '.join(PARTS)}")
    wanted = options.parts or PARTS
    print_figures({name: PARTS[name](options.quick) for name in PARTS if name in wanted})


if __name__ == "__main__":
    main()
