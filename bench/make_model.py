"""Builds the shipped ear, handlers/ear.bin, from the shipped examples: `make model`.

The same examples give the same file on every machine, so that a test can hold the two together.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.progress import Progress

from handlers.examples import shipped
from handlers.schooling import train_ear

TARGET = Path(__file__).parents[1] / "handlers" / "ear.bin"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trained-on", required=True, help="the day, e.g. 2026-11-24")
    options = parser.parse_args(arguments)
    with Progress() as bar:
        task = bar.add_task("lanes", total=None)
        content = train_ear(
            shipped(),
            options.trained_on,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    TARGET.write_bytes(content)
    print(f"{TARGET.name}: {len(content)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
