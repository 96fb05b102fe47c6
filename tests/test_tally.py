"""The table of faults and attacks can not look better than what was counted."""

import pytest

from tests.tally import Row, Tally, table


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


def test_a_fault_that_was_never_tried_is_a_miss() -> None:
    with pytest.raises(AssertionError):
        Tally(lambda _name, _row: None, is_long=False)("kill -9", 0)


def test_slowness_fails_the_long_run_alone() -> None:
    seconds = [0.01] * 95 + [0.3] * 5
    Tally(lambda _name, _row: None, is_long=False)("slow", 100, seconds=seconds)
    with pytest.raises(AssertionError):
        Tally(lambda _name, _row: None, is_long=True)("slow", 100, seconds=seconds)
