"""A file that can not be read at all is said so, with the line."""

from pathlib import Path

import pytest

from bot.config import ConfigError, load_config

BROKEN = [
    ("a = 1\na = 2\n", "config.toml: 第 2 行第 6 列：这个设置前面已经写过，只留一个"),
    ("[a]\n[a]\n", "config.toml: 第 2 行第 3 列：这一节前面已经写过，只留一个"),
    ("a = 你好\n", "config.toml: 第 1 行第 5 列：值写得不对：文字要加引号，是非写 true 或 false"),
    ("a 1\n", "config.toml: 第 1 行第 3 列：设置名后面要有等号"),
    ("a = [1, 2\n", "config.toml: 文件末尾：列表没有用 ] 收住"),
    ('a = "b\n', "config.toml: 第 1 行第 7 列：引号没有配对，或混进了不该有的字符"),
    ('a = "b" c\n', "config.toml: 第 1 行第 9 列："
     "这一行末尾多了东西：文字要加引号，一行只写一个设置"),
    ("名 = 1\n", "config.toml: 第 1 行第 1 列：这一行看不懂："
     "要写成 名字 = 值（中文的名字、引号、等号都不行）"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), BROKEN, ids=[text for text, _ in BROKEN])
def test_a_file_that_is_no_toml_is_named_with_the_line(
    tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path, {})
    assert str(caught.value) == sentence


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="找不到这个配置文件；用 lianxin init 生成一份"):
        load_config(tmp_path / "config.toml", {})


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"是文件夹，不是配置文件|没有权限"):
        load_config(tmp_path, {})


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes("# 连心".encode("gb18030"))
    with pytest.raises(ConfigError, match="不是 UTF-8 编码，请另存为 UTF-8"):
        load_config(path, {})


def test_an_empty_file_lacks_what_it_must_have(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path, {})
    assert str(caught.value.problems[0]) == "units: 没有写，这一项必须有"
