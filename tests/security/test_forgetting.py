"""Promise: who asks to be forgotten stands in no table and no file any more; counts stay."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.__main__ import execute
from bot.config import load_config
from handlers.forgetting import forget
from handlers.settings import Settings
from storage.database import connect_sync
from storage.migrate import upgrade
from storage.models import Outcome, Stage, UnitId
from tests.handlers.town import CONFIG, INSTRUCTOR, Town, matter, private
from tests.security.traces import LEAVER, PICTURE, SECRETS, SHARED, live, traces


def test_the_traces_to_be_removed_are_really_there(town: Town) -> None:
    live(town)
    tables = {table for table, _ in traces(town.store)}
    assert {
        *("ticket", "ticket_message", "report", "event", "question", "outbox", "resident"),
        *("approval", "command_log", "correction", "dead_letter", "watermark", "flood"),
    } <= tables


def test_no_table_speaks_of_who_was_forgotten(town: Town) -> None:
    live(town)
    forget("qq", LEAVER, town.context())
    assert traces(town.store) == set()


def test_the_counts_stay(town: Town) -> None:
    live(town)
    before = town.store.statistics.counts(
        UnitId("chengguan"), datetime(2026, 1, 1, tzinfo=UTC), town.now
    )
    opened = [(one.number, one.opened_at, one.field) for one in town.tickets()]
    forget("qq", LEAVER, town.context())
    after = town.store.statistics.counts(
        UnitId("chengguan"), datetime(2026, 1, 1, tzinfo=UTC), town.now
    )
    assert (after.opened, after.people, after.joined) == (
        before.opened,
        before.people,
        before.joined,
    )
    assert [(one.number, one.opened_at, one.field) for one in town.tickets()] == opened


def test_what_others_said_stays(town: Town) -> None:
    live(town)
    forget("qq", LEAVER, town.context())
    texts = [one.text for one in town.store.tickets.list_messages(town.ticket(3).number)]
    assert "东巷的狗太吵" in texts
    assert town.ticket(3).body == "东巷的狗太吵"


def test_pictures_of_others_stay_and_ones_own_go(town: Town) -> None:
    live(town)
    assert forget("qq", LEAVER, town.context()).pictures == {PICTURE}


def test_an_open_matter_of_ones_own_ends_and_its_holder_is_told(town: Town) -> None:
    live(town)
    done = forget("qq", LEAVER, town.context())
    assert (town.ticket(1).stage, town.ticket(1).outcome) == (Stage.CLOSED, Outcome.WITHDRAWN)
    (told,) = done.outgoing
    assert (told.target.conversation, told.text) == (
        private(INSTRUCTOR),
        "#1 居民要求删除他的信息，这一件不用办了。",
    )


def test_nothing_more_is_sent_to_who_was_forgotten(town: Town) -> None:
    town.tell(LEAVER, "路灯不亮", reading=matter("路灯不亮"))
    town.wait(seconds=100)
    forget("qq", LEAVER, town.context())
    left = [row for row in town.store.outbox.list_new() if LEAVER in row.conversation]
    assert left == []


def test_a_name_that_begins_like_anothers_is_another(town: Town) -> None:
    town.tell("778899", "路灯不亮", reading=matter("路灯不亮"))
    town.tell(LEAVER, "路灯也不亮", reading=matter("路灯不亮"))
    forget("qq", "778899", town.context())
    kept = [one for one in town.tickets() if one.conversation == private(LEAVER)]
    assert [one.body for one in kept] == ["路灯也不亮"]
    assert all(
        LEAVER in row.slot for row in town.store.outbox.list_new() if LEAVER in row.conversation
    )


def test_who_writes_again_is_a_new_person(town: Town) -> None:
    live(town)
    forget("qq", LEAVER, town.context())
    town.tell(LEAVER, "路灯不亮", reading=matter("路灯不亮"))
    (row,) = town.tell(LEAVER, "我的")
    assert row.text.count("#") == 1


# ---- the command


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Path:
    """A town on disk in which the person has lived; the folder of its data."""
    shutil.copy(CONFIG, tmp_path / "config.toml")
    monkeypatch.chdir(tmp_path)
    config = load_config(tmp_path / "config.toml", {})
    config.media_folder.mkdir(parents=True)
    upgrade(config.database_url)
    with connect_sync(config.database_url) as store:
        live(Town(store, settings, datetime(2026, 11, 24, 1, tzinfo=UTC)))
    for name in (PICTURE, SHARED):
        (config.media_folder / name).write_bytes(b"\xff\xd8\xff")
    (config.data_folder / "lianxin.log").write_text(
        f"INFO handled qq/private:{LEAVER}/m1 act=open\nINFO handled qq/private:{LEAVER}7/m1\n"
    )
    return config.data_folder


def test_no_file_speaks_of_who_was_forgotten(house: Path) -> None:
    assert execute(["forget", f"qq:{LEAVER}", "--yes"]) == 0
    assert not (house / "media" / PICTURE).exists()
    assert (house / "media" / SHARED).exists()
    for path in (one for one in house.rglob("*") if one.is_file()):
        content = path.read_bytes().replace(f"{LEAVER}7".encode(), b"")
        for secret in SECRETS:
            assert secret.encode() not in content, (path.name, secret)


def test_the_log_keeps_its_length_and_other_people(house: Path) -> None:
    before = (house / "lianxin.log").stat().st_size
    execute(["forget", f"qq:{LEAVER}", "--yes"])
    text = (house / "lianxin.log").read_text()
    assert (house / "lianxin.log").stat().st_size == before
    assert f"qq/private:{'*' * 9}/m1 act=open\n" in text
    assert f"private:{LEAVER}7" in text


def test_the_database_is_sound_afterwards(house: Path) -> None:
    execute(["forget", f"qq:{LEAVER}", "--yes"])
    with closing(sqlite3.connect(house / "lianxin.db")) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        assert connection.execute("pragma foreign_key_check").fetchall() == []


def test_without_a_yes_nothing_is_forgotten(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("typer.confirm", lambda *args, **more: False)
    assert execute(["forget", f"qq:{LEAVER}"]) == 1
    assert "没有删" in capsys.readouterr().err
    assert (house / "media" / PICTURE).exists()


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("qq:123", "没有记着"),
        (f"qq:{INSTRUCTOR}", "工作人员李惠"),
        (LEAVER, "平台:账号"),
        (f"sms:{LEAVER}", "平台:账号"),
    ],
)
def test_who_can_not_be_forgotten_is_said(
    house: Path, who: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["forget", who, "--yes"]) == 1
    assert told in capsys.readouterr().err
