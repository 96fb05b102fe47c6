"""lianxin classify."""

import json
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from handlers.sorter import train_sorter

Lianxin = Callable[..., Any]
"""See conftest.py."""


def test_each_line_is_answered_by_one_with_every_field(lianxin: Lianxin, town: Path) -> None:
    (town / "lines.jsonl").write_text(
        '{"id": 7, "text": "楼道里一股煤气味"}\n\n{"id": "b", "text": "早上好"}\n', encoding="utf-8"
    )
    ran = lianxin("classify", "lines.jsonl")
    first, second = ran.records
    assert list(first) == ["id", "act", "score", "kind", "field", "urgency", "place"]
    assert (first["id"], first["act"], first["urgency"]) == (7, "open", "critical")
    assert (second["id"], second["act"]) == ("b", "none")


def test_without_a_file_it_reads_the_pipe(
    lianxin: Lianxin, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = TextIOWrapper(BytesIO('{"id": 1, "text": "早"}\n'.encode()), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", pipe)
    assert [one["id"] for one in lianxin("classify").records] == [1]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("路灯不亮", '第 2 行不是 JSON，要写成 {"id": "1", "text": "路灯不亮"}\n'),
        ('{"id": 2}', "第 2 行没有文字的 text\n"),
        ('{"id": 2, "text": 3}', "第 2 行没有文字的 text\n"),
        ("[1]", "第 2 行没有文字的 text\n"),
    ],
)
def test_a_wrong_line_is_named(lianxin: Lianxin, town: Path, line: str, sentence: str) -> None:
    (town / "lines.jsonl").write_text(f'{{"id": 1, "text": "早"}}\n{line}\n', encoding="utf-8")
    ran = lianxin("classify", "lines.jsonl")
    assert (ran.code, ran.err) == (1, sentence)


def test_a_model_of_ones_own_is_tried_on_lines(lianxin: Lianxin, town: Path) -> None:
    rows = [(f"{at}烟囱倒了", "住房物业") for at in "东南西北"]
    rows += [(f"{at}灯笼坏了", "水电气暖") for at in "东南西北"]
    (town / "own.bin").write_bytes(train_sorter(rows, "2026-11-24"))
    line = {"id": 1, "text": "楼上烟囱倒了，自来水也停了三天，没人管"}
    (town / "lines.jsonl").write_text(json.dumps(line), encoding="utf-8")
    assert lianxin("classify", "lines.jsonl").records[0]["field"] == "水电气暖"
    taught = lianxin("classify", "--model", "own.bin", "lines.jsonl")
    assert taught.records[0]["field"] == "住房物业"


def test_a_model_that_is_none_is_refused(lianxin: Lianxin, town: Path) -> None:
    (town / "own.bin").write_bytes(b"nonsense")
    ran = lianxin("classify", "--model", "own.bin")
    assert (ran.code, ran.out, ran.err) == (1, "", "own.bin：不是模型文件\n")


def test_strange_characters_do_no_harm(lianxin: Lianxin, town: Path) -> None:
    (town / "lines.jsonl").write_bytes(
        b'{"id": 1, "text": "\\ud800\\u0000[CQ:at,qq=all]"}\n'
        + b'{"id": 2, "text": "' + b"a" * 100_000 + b'"}\n'
    )  # fmt: skip
    ran = lianxin("classify", "lines.jsonl")
    assert [one["act"] for one in ran.records] == ["none", "none"]
