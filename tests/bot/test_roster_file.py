"""Rosters as CSV: what is read, and what is said of each wrong line."""

from pathlib import Path

import pytest

from bot.config import load_config
from bot.roster_file import RosterRow, read_roster
from storage.models import Role

SHIPPED = Path(__file__).resolve().parents[2] / "config.toml"
SETTINGS = load_config(SHIPPED, {}).settings
HEADER = "name,unit,role,platform,user_id,phone\n"


def read(tmp_path: Path, content: str | bytes) -> tuple[list[RosterRow], list[str]]:
    path = tmp_path / "roster.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    rows, problems = read_roster(path, SETTINGS)
    return rows, [str(problem) for problem in problems]


def test_a_line_names_a_person_with_post_account_and_phone(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, HEADER + "韩梅,城关,工作人员,qq,31000001,13900000091\n")
    assert problems == []
    assert rows == [
        RosterRow(2, "韩梅", SETTINGS.units_by_name["城关"], Role.WORKER, "qq", "31000001",
                  "13900000091")
    ]  # fmt: skip


def test_chinese_headings_in_excels_encoding_are_read(tmp_path: Path) -> None:
    text = "姓名,单位,职务,平台,账号,电话\r\n韩梅,城关支部,副手,微信,wx_han,\r\n\r\n"
    rows, problems = read(tmp_path, text.encode("gb18030"))
    assert problems == []
    assert [(row.name, row.role, row.platform, row.user_id) for row in rows] == [
        ("韩梅", Role.DEPUTY, "wechat", "wx_han")
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_heading(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbf" + (HEADER + "韩梅,城关,书记,,,\n").encode())[1] == []


def test_without_an_account_he_binds_himself_later(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, "name,unit,role\n韩梅,chengguan,secretary\n")
    assert (rows[0].platform, rows[0].user_id) == (None, None)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("韩梅,东街,书记,qq,1,", "第 2 行: 没有“东街”这个单位，可以写 "),
        ("韩梅,住建,书记,qq,1,", "第 2 行: 没有“住建”这个单位，是不是 住建办？"),
        ("韩梅,城关,副书记,qq,1,", "第 2 行: “副书记”不认识，是不是 书记？"),
        ("韩梅,城关,书记,钉钉,1,", "第 2 行: 平台“钉钉”不认识，可以写 qq 或 wechat"),
        (",城关,书记,qq,1,", "第 2 行: name（姓名）是空的"),
        ("韩梅,,书记,qq,1,", "第 2 行: unit（单位）是空的"),
        ("韩梅,城关,书记,qq,韩梅的号,", "第 2 行: 账号“韩梅的号”不对，要写 QQ 号或微信号"),
    ],
)
def test_a_wrong_cell_is_named_by_its_line(tmp_path: Path, line: str, sentence: str) -> None:
    rows, problems = read(tmp_path, f"{HEADER}{line}\n")
    assert rows == []
    assert len(problems) == 1
    assert problems[0].startswith(sentence)


def test_one_account_for_two_people_is_refused(tmp_path: Path) -> None:
    _, problems = read(tmp_path, HEADER + "韩梅,城关,书记,qq,1,\n韩东,城关,副手,qq,1,\n")
    assert problems == ["第 3 行: 账号 1 在第 2 行是韩梅的，一个账号只归一人"]


def test_every_wrong_line_is_told(tmp_path: Path) -> None:
    _, problems = read(tmp_path, HEADER + ",城关,书记,,,\n韩梅,城关,书记,,,\n韩东,,书记,,,\n")
    assert [problem.partition(":")[0] for problem in problems] == ["第 2 行", "第 4 行"]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    assert read(tmp_path, "name,unit\n韩梅,城关\n")[1] == ["第 1 行: 缺少 role（职务）这一列"]


def test_an_unknown_column_is_named_with_a_near_one(tmp_path: Path) -> None:
    _, problems = read(tmp_path, "name,unit,role,userid\n韩梅,城关,书记,1\n")
    assert problems == ["第 1 行: 没有“userid”这一列，是不是 user_id？"]


def test_an_empty_file_lacks_its_columns(tmp_path: Path) -> None:
    assert len(read(tmp_path, "")[1]) == 3
