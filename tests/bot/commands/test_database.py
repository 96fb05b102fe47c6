"""lianxin db upgrade, backup, restore."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage.database import connect_sync

Lianxin = Callable[..., Any]
"""See conftest.py."""


@pytest.fixture
def database(lianxin: Lianxin, town: Path) -> str:
    """The address of a fresh database with one person in it."""
    assert lianxin("db", "upgrade").code == 0
    address = f"sqlite:///{(town / 'data' / 'lianxin.db').as_posix()}"
    with connect_sync(address) as store:
        store.people.upsert("chengguan/韩梅", "韩梅", None)
    return address


def names(address: str) -> list[str]:
    with connect_sync(address) as store:
        return [person.name for person in store.people.list_all()]


def backups(town: Path) -> list[Path]:
    return sorted((town / "data" / "backups").glob("*.zip"))


def test_upgrade_makes_the_database_and_then_leaves_it(lianxin: Lianxin, town: Path) -> None:
    assert lianxin("db", "upgrade").out.startswith("已建好数据库（版本 ")
    assert lianxin("db", "upgrade").out.startswith("数据库已是最新（版本 ")


def test_a_database_newer_than_the_program_is_said(
    lianxin: Lianxin, town: Path, database: str
) -> None:
    with connect_sync(database) as store:
        store.connection.execute("update alembic_version set version_num = '9999'")
    ran = lianxin("db", "upgrade")
    assert ran.code == 1
    assert ran.err.startswith("数据库（版本 9999）比程序（")
    assert ran.err.endswith("）新；请更新程序\n")


def test_a_backup_holds_the_database_and_the_pictures(
    lianxin: Lianxin, town: Path, database: str
) -> None:
    picture = town / "data" / "media" / "2026" / "a.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"jpeg")
    ran = lianxin("backup")
    (made,) = backups(town)
    assert ran.out == f"已备份到 {made}。\n"
    with zipfile.ZipFile(made) as archive:
        assert sorted(archive.namelist()) == ["database", "media/2026/a.jpg"]


def test_a_backup_brings_everything_back(lianxin: Lianxin, town: Path, database: str) -> None:
    picture = town / "data" / "media" / "a.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"jpeg")
    assert lianxin("backup", "kept.zip").code == 0
    picture.unlink()
    with connect_sync(database) as store:
        store.people.upsert("chengguan/韩东", "韩东", None)
    ran = lianxin("restore", "kept.zip", "--yes")
    assert ran.code == 0
    assert names(database) == ["韩梅"]
    assert picture.read_bytes() == b"jpeg"


def test_a_restore_puts_the_data_of_before_aside(
    lianxin: Lianxin, town: Path, database: str
) -> None:
    lianxin("backup", "kept.zip")
    with connect_sync(database) as store:
        store.people.upsert("chengguan/韩东", "韩东", None)
    ran = lianxin("restore", "kept.zip", "--yes")
    (before,) = backups(town)
    assert ran.out == f"已恢复；原来的数据另存为 {before}。\n"
    lianxin("restore", str(before), "--yes")
    assert names(database) == ["韩梅", "韩东"]


def test_a_damaged_database_can_be_replaced(lianxin: Lianxin, town: Path, database: str) -> None:
    lianxin("backup", "kept.zip")
    path = town / "data" / "lianxin.db"
    for name in ("lianxin.db-wal", "lianxin.db-shm"):
        (town / "data" / name).unlink(missing_ok=True)
    path.write_bytes(b"\xff" * 8192)
    ran = lianxin("restore", "kept.zip", "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert names(database) == ["韩梅"]
    (aside,) = (town / "data" / "backups").glob("before-restore-*.db")
    assert aside.read_bytes() == b"\xff" * 8192


def test_a_bare_database_file_can_be_restored(lianxin: Lianxin, town: Path, database: str) -> None:
    lianxin("backup", "kept.zip")
    with zipfile.ZipFile("kept.zip") as archive:
        archive.extract("database")
    with connect_sync(database) as store:
        store.people.upsert("chengguan/韩东", "韩东", None)
    assert lianxin("restore", "database", "--yes").code == 0
    assert names(database) == ["韩梅"]


def test_a_restore_into_an_empty_folder_makes_everything(
    lianxin: Lianxin, town: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lianxin("backup", "kept.zip")
    other = town / "other"
    other.mkdir()
    (town / "config.toml").rename(other / "config.toml")
    monkeypatch.chdir(other)
    ran = lianxin("restore", "../kept.zip", "--yes")
    assert (ran.code, ran.out) == (0, "已恢复。\n")
    assert names(f"sqlite:///{(other / 'data' / 'lianxin.db').as_posix()}") == ["韩梅"]


def test_only_the_newest_backups_are_kept(lianxin: Lianxin, town: Path, database: str) -> None:
    config = town / "config.toml"
    text = config.read_text(encoding="utf-8").replace("backups_kept = 14", "backups_kept = 2")
    config.write_text(text, encoding="utf-8")
    said = [lianxin("backup").out for _ in range(3)]
    assert sorted(f"已备份到 {path}。\n" for path in backups(town)) == sorted(said[1:])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello" * 500, "这个文件不是连心的备份，或者已经损坏\n"),
        (None, "没有这个备份：kept.zip\n"),
    ],
)
def test_what_is_no_backup_is_refused_and_nothing_changes(
    lianxin: Lianxin, town: Path, database: str, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (town / "kept.zip").write_bytes(content)
    ran = lianxin("restore", "kept.zip", "--yes")
    assert (ran.code, ran.err) == (1, sentence)
    assert names(database) == ["韩梅"]


def test_a_name_that_leads_out_of_the_folder_is_refused(
    lianxin: Lianxin, town: Path, database: str
) -> None:
    lianxin("backup", "kept.zip")
    with zipfile.ZipFile("kept.zip", "a") as archive:
        archive.writestr("media/../../evil.txt", b"x")
    ran = lianxin("restore", "kept.zip", "--yes")
    assert (ran.code, ran.err) == (1, "备份里有不该有的文件名，没有恢复\n")
    assert not (town / "evil.txt").exists()


def test_a_backup_without_a_database_is_said(lianxin: Lianxin, town: Path) -> None:
    ran = lianxin("backup")
    assert (ran.code, ran.err) == (1, "还没有数据库，没有东西可备份\n")
    assert backups(town) == []
