"""A backup of a database in use, and putting it back."""

import asyncio
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from storage import migrate
from storage.address import parse_address
from storage.backup import backup, restore
from storage.database import connect_sync, open_database
from storage.errors import BackupRefused, SchemaMismatch
from storage.models import TicketNumber, UnitId
from storage.store import Store

TEXT = '第一行,"引号"\n第二行\t\\N \\.\n\\.\n'


@pytest.fixture
def other_url(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of another database of the same kind, which is not there or has no schema."""
    if parse_address(database_url).path is not None:
        return f"sqlite:///{tmp_path / 'other' / 'lianxin.db'}"
    make: Callable[[str], str] = request.getfixturevalue("new_postgresql")
    return make("lianxin_other")


def add_pair(store: Store, number: int) -> None:
    """Two rows that belong together: a backup must have both or neither."""
    resident = store.residents.see("qq", str(number), TEXT, UnitId("liuyuan"))
    person = store.people.upsert(f"liuyuan/{resident.id}", "王建国", None)
    assert person == resident.id


def counts(store: Store) -> tuple[int, int]:
    query = "select (select count(*) from resident), (select count(*) from person)"
    residents, persons = store.connection.execute(query).fetchone()
    return residents, persons


def read(url: str, work: Callable[[Store], object]) -> object:
    with connect_sync(url) as store:
        return work(store)


def fill(url: str, count: int = 3) -> None:
    with connect_sync(url) as store:
        for number in range(count):
            add_pair(store, number)


def test_what_was_backed_up_is_there_after_a_restore(
    database_url: str, other_url: str, tmp_path: Path
) -> None:
    fill(database_url)
    with connect_sync(database_url) as store:
        store.search.index(TicketNumber(7), "水管 漏水")
    backup(database_url, tmp_path / "copy")
    restore(tmp_path / "copy", other_url)
    assert read(other_url, counts) == (3, 3)
    found = "select name from resident where user_id = '1'"
    assert read(other_url, lambda store: store.connection.execute(found).fetchone()) == (TEXT,)
    words = "select count(*) from ticket_search"
    assert read(other_url, lambda store: store.connection.execute(words).fetchone()) == (1,)
    assert migrate.current(other_url) == migrate.head()


def test_numbering_goes_on_after_a_restore(
    database_url: str, other_url: str, tmp_path: Path
) -> None:
    fill(database_url)
    backup(database_url, tmp_path / "copy")
    restore(tmp_path / "copy", other_url)
    with connect_sync(other_url) as store:
        assert store.residents.see("qq", "new", "", None).id == 4


async def test_a_backup_under_load_is_of_one_moment(
    database_url: str, other_url: str, tmp_path: Path
) -> None:
    database = await open_database(database_url)
    is_done = False

    async def keep_writing() -> int:
        number = 0
        while not is_done or number < 20:
            await database.write(lambda store, number=number: add_pair(store, number))
            number += 1
        return number

    writing = asyncio.create_task(keep_writing())
    for _ in range(3):
        await asyncio.to_thread(backup, database_url, tmp_path / "copy")
    is_done = True
    written = await writing
    await database.close()
    restore(tmp_path / "copy", other_url)
    residents, persons = counts_of(other_url)
    assert residents == persons
    assert 0 < residents <= written
    assert counts_of(database_url) == (written, written)


def test_a_write_during_the_copying_does_not_start_it_again(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.backup.PAGES_A_STEP", 1)
    fill(sqlite_url, 2)
    steps: list[int] = []

    def write(done: int, total: int) -> None:
        steps.append(done)
        fill(sqlite_url, len(steps) % 50)

    backup(sqlite_url, tmp_path / "copy", write)
    assert steps == sorted(set(steps))
    assert counts_of(f"sqlite:///{tmp_path / 'copy'}") == (2, 2)


def counts_of(url: str) -> tuple[int, int]:
    with connect_sync(url) as store:
        return counts(store)


def test_progress_is_told_up_to_the_end(database_url: str, other_url: str, tmp_path: Path) -> None:
    fill(database_url, 30)
    for run in (
        lambda told: backup(database_url, tmp_path / "copy", told),
        lambda told: restore(tmp_path / "copy", other_url, progress=told),
    ):
        steps: list[tuple[int, int]] = []
        run(lambda done, total, steps=steps: steps.append((done, total)))
        assert steps[-1][0] == steps[-1][1] > 0


def test_a_database_with_rows_is_not_written_over(database_url: str, tmp_path: Path) -> None:
    fill(database_url, 1)
    backup(database_url, tmp_path / "copy")
    fill(database_url, 5)
    with pytest.raises(BackupRefused, match="not empty"):
        restore(tmp_path / "copy", database_url)
    assert counts_of(database_url) == (5, 5)


def test_a_database_with_rows_is_written_over_by_force(database_url: str, tmp_path: Path) -> None:
    fill(database_url, 1)
    backup(database_url, tmp_path / "copy")
    fill(database_url, 5)
    restore(tmp_path / "copy", database_url, force=True)
    assert counts_of(database_url) == (1, 1)


def test_an_empty_database_may_be_restored_into(
    database_url: str, other_url: str, tmp_path: Path
) -> None:
    fill(database_url)
    backup(database_url, tmp_path / "copy")
    migrate.upgrade(other_url)
    restore(tmp_path / "copy", other_url)
    assert counts_of(other_url) == (3, 3)


def test_a_backup_newer_than_the_program_is_refused(
    database_url: str, other_url: str, tmp_path: Path
) -> None:
    with connect_sync(database_url) as store:
        store.connection.execute("update alembic_version set version_num = '9999'")
    backup(database_url, tmp_path / "copy")
    with connect_sync(database_url) as store:
        store.connection.execute(f"update alembic_version set version_num = '{migrate.head()}'")
    with pytest.raises(SchemaMismatch, match="update the program"):
        restore(tmp_path / "copy", other_url)
    assert migrate.current(other_url) is None


def test_a_backup_of_an_older_schema_is_brought_to_the_head(
    other_url: str, tmp_path: Path, new_postgresql: Callable[[str], str]
) -> None:
    path = parse_address(other_url).path
    if path is not None:
        old = f"sqlite:///{tmp_path / 'old.db'}"
        with closing(sqlite3.connect(tmp_path / "old.db", isolation_level=None)) as file:
            migrate.upgrade_connection(file, "0001")
            file.execute("insert into unit_scope values ('a', 'b')")
    else:
        old = new_postgresql("lianxin_old")
        with psycopg.connect(old, autocommit=True) as connection:
            migrate.upgrade_connection(connection, "0001")
            connection.execute("insert into unit_scope values ('a', 'b')")
    backup(old, tmp_path / "copy")
    restore(tmp_path / "copy", other_url)
    assert migrate.current(other_url) == migrate.head()
    rows = "select ancestor, unit from unit_scope"
    assert read(other_url, lambda store: store.connection.execute(rows).fetchone()) == ("a", "b")


def test_what_is_no_backup_is_refused(other_url: str, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("no backup at all, " * 100)
    with pytest.raises(BackupRefused):
        restore(tmp_path / "copy", other_url)
    with pytest.raises(BackupRefused, match="no backup at"):
        restore(tmp_path / "absent", other_url)
    assert migrate.current(other_url) is None


def test_a_database_that_is_not_there_is_not_backed_up(other_url: str, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("an earlier one")
    with pytest.raises(BackupRefused, match="no database"):
        backup(other_url, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "an earlier one"
    assert not (tmp_path / "copy.partial").exists()


def test_a_damaged_file_does_not_replace_a_good_backup(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, 200)
    backup(sqlite_url, tmp_path / "copy")
    good = (tmp_path / "copy").read_bytes()
    path = parse_address(sqlite_url).path
    assert path is not None
    damaged = bytearray(path.read_bytes())
    for page in range(3, len(damaged) // 4096):
        damaged[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(damaged)
    with pytest.raises(BackupRefused):
        backup(sqlite_url, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == good


def test_a_database_is_not_backed_up_onto_itself(sqlite_url: str) -> None:
    path = parse_address(sqlite_url).path
    assert path is not None
    with pytest.raises(BackupRefused, match="itself"):
        backup(sqlite_url, path)


def test_an_sqlite_backup_is_one_file(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url)
    folder = tmp_path / "backups"
    backup(sqlite_url, folder / "copy.db")
    assert [entry.name for entry in folder.iterdir()] == ["copy.db"]
    assert (folder / "copy.db").stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(folder / "copy.db")) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("delete",)


async def test_a_service_goes_on_over_what_was_restored_under_it(
    sqlite_url: str, tmp_path: Path
) -> None:
    fill(sqlite_url, 1)
    backup(sqlite_url, tmp_path / "copy")
    fill(sqlite_url, 5)
    database = await open_database(sqlite_url)
    assert await database.read(counts) == (5, 5)
    await asyncio.to_thread(restore, tmp_path / "copy", sqlite_url, force=True)
    assert await database.read(counts) == (1, 1)
    await database.write(lambda store: add_pair(store, 77))
    assert await database.read(counts) == (2, 2)
    await database.close()


def test_an_archive_that_lost_rows_is_refused(
    postgresql_url: str, new_postgresql: Callable[[str], str], tmp_path: Path
) -> None:
    fill(postgresql_url)
    backup(postgresql_url, tmp_path / "copy")
    with (
        zipfile.ZipFile(tmp_path / "copy") as whole,
        zipfile.ZipFile(tmp_path / "less", "w") as less,
    ):
        for name in whole.namelist():
            content = b"" if name == "person.csv" else whole.read(name)
            less.writestr(name, content)
    with pytest.raises(BackupRefused, match="person"):
        restore(tmp_path / "less", new_postgresql("lianxin_less"))
