"""lianxin replay: the contract that other programs read."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Lianxin = Callable[..., Any]
"""See conftest.py."""

DAY = "2026-11-24"


def write(town: Path, *lines: tuple[str, str, str], group: str = "group:700108") -> str:
    """A transcript of (time, sender, text); senders that begin with s are staff."""
    with (town / "day.jsonl").open("w", encoding="utf-8") as file:
        for number, (at, sender, text) in enumerate(lines, start=1):
            conversation = group
            if sender.startswith("private"):
                conversation, sender = sender, sender.removeprefix("private:")
            record = {
                "id": f"m{number:04d}", "at": f"{DAY}T{at}+08:00", "conversation": conversation,
                "sender": sender, "name": f"n{sender}",
                "role": "staff" if sender.startswith("s") else "resident", "text": text,
                "images": [], "voice": None, "quote": None, "at_bot": False, "at_users": [],
                "recall": None, "label": None,
            }  # fmt: skip
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return "day.jsonl"


GAS = ("10:00:00", "1", "3号楼一单元楼道里一股煤气味 头都晕")


def test_what_is_sent_is_one_object_a_line_with_every_field(lianxin: Lianxin, town: Path) -> None:
    ran = lianxin("replay", "--json", write(town, GAS))
    assert (ran.code, ran.err) == (0, "")
    first = ran.records[0]
    assert list(first) == [
        "at", "type", "platform", "to", "class", "text", "at_users", "images", "ticket"
    ]  # fmt: skip
    assert (first["type"], first["to"], first["ticket"]) == ("sent", "group:700108", 1)
    assert str(first["at"]).startswith(f"{DAY}T10:00:")
    assert str(first["at"]).endswith("+08:00")


def test_every_ticket_stands_at_the_end_with_every_field(lianxin: Lianxin, town: Path) -> None:
    ran = lianxin("replay", "--json", write(town, GAS))
    last = ran.records[-1]
    assert list(last) == [
        "type", "number", "opened_by", "messages", "joined", "kind", "field", "urgency", "place",
        "unit", "assignee", "stage", "outcome", "due", "done",
    ]  # fmt: skip
    assert (last["number"], last["opened_by"], last["urgency"]) == (1, "m0001", "critical")
    assert (last["unit"], last["assignee"]) == ("chengguan", "李惠")


def test_two_runs_say_the_same(lianxin: Lianxin, town: Path) -> None:
    file = write(town, GAS, ("10:05:00", "private:21000802", "1 已联系"))
    assert lianxin("replay", "--json", file).out == lianxin("replay", "--json", file).out


def test_a_staff_member_acts_by_a_line_of_his(lianxin: Lianxin, town: Path) -> None:
    file = write(town, GAS, ("10:02:00", "private:21000802", "1 已联系"))
    last = lianxin("replay", "--json", file).records[-1]
    assert last["stage"] == "contacted"
    assert last["done"] == {"contact": f"{DAY}T10:02:00+08:00"}


def test_until_ends_the_day_early(lianxin: Lianxin, town: Path) -> None:
    file = write(town, GAS)
    whole = lianxin("replay", "--json", file).records
    early = lianxin("replay", "--json", "--until", f"{DAY}T10:01", file).records
    assert (
        early[:-1]
        == [one for one in whole if str(one.get("at")) < f"{DAY}T10:01:01"][: len(early) - 1]
    )
    assert len(early) < len(whole)


def test_a_group_that_is_not_configured_is_refused(lianxin: Lianxin, town: Path) -> None:
    ran = lianxin("replay", "--json", write(town, GAS, group="group:5"))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("group:5 不在配置的 groups 里")


def test_an_unknown_group_may_be_given_to_a_unit(lianxin: Lianxin, town: Path) -> None:
    file = write(town, GAS, group="group:5")
    ran = lianxin("replay", "--json", "--bind-unknown", "tielu", file)
    assert ran.records[-1]["unit"] == "tielu"


def test_a_database_that_is_given_goes_on(lianxin: Lianxin, town: Path) -> None:
    file = write(town, GAS)
    lianxin("replay", "--json", "--database", "kept.db", file)
    assert (town / "kept.db").exists()
    file = write(town, ("11:00:00", "2", "5号楼着火了 快来人"), group="group:700103")
    ran = lianxin("replay", "--json", "--database", f"sqlite:///{town / 'kept.db'}", file)
    assert [one["number"] for one in ran.records if one["type"] == "ticket"] == [1, 2]


def test_a_replay_leaves_the_folder_as_it_was(lianxin: Lianxin, town: Path) -> None:
    file = write(town, GAS)
    lianxin("replay", file)
    assert sorted(path.name for path in town.iterdir()) == ["config.toml", file]


def test_without_json_it_reads_like_a_list(lianxin: Lianxin, town: Path) -> None:
    ran = lianxin("replay", write(town, GAS))
    lines = ran.out.splitlines()
    assert lines[0].startswith("11-24 10:00 group:700108 [")
    assert lines[-1].startswith("#1 ")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--speed", "fast"), "--speed fast 不对，写 max 或大于零的数，如 60\n"),
        (("--speed", "0"), "--speed 0 不对，写 max 或大于零的数，如 60\n"),
        (("--speed", "nan"), "--speed nan 不对，写 max 或大于零的数，如 60\n"),
        (("--until", "noon"), "--until noon 不对，写成 2026-11-24T18:00 这样\n"),
        (("--database", "mysql://x"),
         "数据库地址不对，要写成 sqlite:///文件 或 postgresql://用户@主机/库名\n"),
    ],
)  # fmt: skip
def test_a_wrong_option_is_said(
    lianxin: Lianxin, town: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    ran = lianxin("replay", "--json", *arguments, write(town, GAS))
    assert (ran.code, ran.out, ran.err) == (1, "", sentence)


def test_a_broken_line_is_named(lianxin: Lianxin, town: Path) -> None:
    file = write(town, GAS)
    with (town / file).open("a", encoding="utf-8") as more:
        more.write("{\n")
    ran = lianxin("replay", "--json", file)
    assert ran.code == 1
    assert ran.err.startswith("day.jsonl 第 2 行")


def test_a_file_that_is_not_there_is_said(lianxin: Lianxin, town: Path) -> None:
    ran = lianxin("replay", "--json", "none.jsonl")
    assert (ran.code, ran.err) == (1, "none.jsonl：没有这个文件或文件夹\n")
