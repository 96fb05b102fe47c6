"""The table of faults and attacks can not look better than what was counted."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tally import Row, Tally, table

ROOT = Path(__file__).parents[1]


def test_tests_of_one_fault_are_one_line_with_all_their_counts() -> None:
    rows = [Row("b", 3, 0, p99=9), Row("a", 1), Row("b", 4, 2, leaked=1, p99=7)]
    head, *lines = (line.split() for line in table(rows))
    assert head[:3] == ["fault", "or", "attack"]
    assert lines == [["a", "1", "-", "-", "-", "-"], ["b", "7", "2", "-", "1", "9"]]


@pytest.mark.parametrize("count", ["lost", "doubled", "leaked"])
def test_whatever_is_missed_fails_and_stands_in_the_table(count: str) -> None:
    written: list[object] = []
    tally = Tally(lambda _name, row: written.append(row), is_long=False)
    with pytest.raises(AssertionError):
        tally("kill -9", 5, **{count: 1})
    assert len(written) == 1


def test_what_got_through_is_counted_and_named() -> None:
    written: list[object] = []
    tally = Tally(lambda _name, row: written.append(row), is_long=False)
    with pytest.raises(AssertionError, match="file:///etc/passwd"):
        tally("links", 9, leaked=["file:///etc/passwd"])
    assert written == [("links", 9, None, None, 1, None)]


def test_a_fault_that_was_never_tried_is_a_miss() -> None:
    with pytest.raises(AssertionError):
        Tally(lambda _name, _row: None, is_long=False)("kill -9", 0)


def test_slowness_fails_the_long_run_alone() -> None:
    seconds = [0.01] * 95 + [0.3] * 5
    Tally(lambda _name, _row: None, is_long=False)("slow", 100, seconds=seconds)
    with pytest.raises(AssertionError):
        Tally(lambda _name, _row: None, is_long=True)("slow", 100, seconds=seconds)


def test_what_two_workers_tried_is_counted_once(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\npython_files = tried.py\n", "utf-8")
    (tmp_path / "tried.py").write_text(
        "def test_one(tally): tally('kill -9', 5, lost=0)\n"
        "def test_two(tally): tally('kill -9', 7, lost=0)\n",
        "utf-8",
    )
    command = ("-m", "pytest", "-p", "tests.tally", "-n", "2", "--long", "--rows", "rows", ".")
    ran = subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout
    assert ["kill", "-9", "12", "0", "-", "-", "-"] in map(str.split, ran.stdout.splitlines())
    assert sum(tries for _, tries, *_ in json.loads((tmp_path / "rows").read_text("utf-8"))) == 12
