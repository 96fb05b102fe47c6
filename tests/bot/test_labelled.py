"""Labelled texts as CSV."""

from pathlib import Path

import pytest

from bot.labelled import read_labelled
from handlers.errors import Refused


def write(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "tickets.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_several_text_columns_are_one_text(tmp_path: Path) -> None:
    path = write(tmp_path, 'title,body,field\n路灯,"不亮,\n三天了",道路市政\n')
    assert read_labelled(path, ["title", "body"], "field") == [("路灯\n不亮,\n三天了", "道路市政")]


def test_rows_without_a_text_or_a_label_are_left_out(tmp_path: Path) -> None:
    path = write(tmp_path, "text,field\n路灯,\n,道路市政\n停水\n停水,水电气暖\n")
    assert read_labelled(path, ["text"], "field") == [("停水", "水电气暖")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encodings_of_office_programs_are_read(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "正文,领域\r\n停水,水电气暖\r\n".encode(encoding))
    assert read_labelled(path, ["正文"], "领域") == [("停水", "水电气暖")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("txt,field\na,b\n", "没有 text 这一列，是不是 txt？"),
        ("text,领域\na,b\n", "没有 field 这一列，可以写 text、领域。"),
        ("text,field\na,\n", "tickets.csv 里没有一行既有 text 又有 field"),
        ("", "tickets.csv 是空的"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, content: str, sentence: str) -> None:
    with pytest.raises(Refused) as caught:
        read_labelled(write(tmp_path, content), ["text"], "field")
    assert caught.value.text == sentence
