"""Promise: who asks to be forgotten stands in no table and no file any more; counts stay."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.__main__ import execute
from bot.config import load_config
from bot.leftovers import _remove_old
from bot.letters import to_payload
from handlers.forgetting import forget
from handlers.messages import Incoming
from handlers.reading import Gate
from handlers.retention import clean_up
from handlers.settings import Retention, Settings
from storage.database import connect_sync
from storage.migrate import upgrade
from storage.models import (
    Act,
    Flood,
    MessageKey,
    Outcome,
    OutgoingState,
    Report,
    Stage,
    TicketMessage,
    TicketNumber,
    UnitId,
)
from storage.store import Store
from tests.handlers.town import CONFIG, GROUP, INSTRUCTOR, NEIGHBOUR, Town, matter, private

LEAVER = "778899001"
NAME = "独一无二的向日葵"
SECRETS = (LEAVER, NAME, "咸亨巷", "绒线帽", "1391234")
PICTURE, SHARED = "a" * 32 + ".jpg", "b" * 32 + ".jpg"


def live(town: Town) -> None:
    """A person leaves traces wherever traces can be left."""
    say = {"sender_name": NAME}
    town.say(LEAVER, "咸亨巷停水，绒线帽掉井里了", reading=matter("咸亨巷停水", place="咸亨巷"),
             images=(PICTURE, SHARED), **say)  # fmt: skip
    town.wait(seconds=100)
    town.tell(INSTRUCTOR, f"1 受理 已给{NAME}打过电话")
    town.tell(INSTRUCTOR, "1 延期 9天 等绒线帽")
    town.tell(LEAVER, "登记 咸亨巷的路灯不亮 13912345678", **say)
    town.wait(seconds=100)
    town.tell(LEAVER, "补充 2 绒线帽那家", **say)
    town.tell(LEAVER, "撤销 2", **say)
    town.say(NEIGHBOUR, "东巷的狗太吵", reading=matter("狗吵"), images=(SHARED,))
    join(town, 3, "咸亨巷也吵，绒线帽家的")
    town.wait(seconds=200)
    town.say(INSTRUCTOR, f"/3 办结 {NAME}家的狗牵走了")
    town.say(LEAVER, "/登记 咸亨巷的绒线帽", **say)
    town.tell(INSTRUCTOR, "4 不是")
    town.wait(days=2)
    town.say(LEAVER, "这咸亨巷怕是要修了", reading=replace(matter("咸亨巷"), gate=Gate.ASK), **say)
    line = Incoming("qq", "1", private(LEAVER), "m99", LEAVER, NAME, town.now, "咸亨巷")
    store = town.store
    store.reception.add_dead_letter(line.key, town.now, to_payload(line), "ValueError", 5)
    store.reception.move_watermark("qq", private(LEAVER), "m99", town.now)
    store.reception.add_flood(Flood("qq", GROUP, LEAVER, town.now, town.now, 9))
    for row in store.outbox.list_new():
        store.outbox.mark_sent(row.id, f"b{row.id}", town.now)


def join(town: Town, number: int, text: str) -> None:
    """As a neighbour's matter is joined by a line of the person's in the group."""
    resident = town.store.residents.find("qq", LEAVER)
    assert resident is not None
    ticket, at = TicketNumber(number), town.now
    town.store.tickets.add_report(Report(ticket, resident.id, GROUP, "qq", at, False))
    town.store.tickets.add_message(
        TicketMessage(MessageKey(f"qq/{GROUP}/j1"), ticket, resident.id, None, Act.JOIN, at, text)
    )


def dump(store: Store) -> Iterator[tuple[str, str]]:
    """Each value of each table as text. The index of words is only merged when the file is
    written anew, and so belongs to the files."""
    names = [
        name
        for (name,) in store.connection.execute(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite%'"
            " and name <> 'ticket_search_data'"
        )
    ]
    for name in names:
        for row in store.connection.execute(f'select * from "{name}"'):
            yield from ((name, str(value)) for value in row if value is not None)


def traces(store: Store) -> set[tuple[str, str]]:
    return {(table, secret) for table, text in dump(store) for secret in SECRETS if secret in text}


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
    with sqlite3.connect(house / "lianxin.db") as connection:
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


# ---- retention


def test_words_of_a_matter_closed_long_ago_go_and_the_count_stays(town: Town) -> None:
    live(town)
    town.tell(INSTRUCTOR, "1 办结 修好了")
    town.wait(days=760)
    clean_up(town.context())
    assert [one.body for one in town.tickets()] == [""] * 4
    assert {secret for table, secret in traces(town.store) if table.startswith("ticket")} <= {
        LEAVER
    }
    assert town.store.statistics.counts(
        UnitId("chengguan"), datetime(2026, 1, 1, tzinfo=UTC), town.now
    ).opened == 3  # fmt: skip


def test_words_of_what_is_open_or_closed_lately_stay(town: Town) -> None:
    live(town)
    town.now = town.now.replace(year=2027)
    clean_up(town.context())
    assert all(one.body for one in town.tickets())
    town.now = town.now.replace(year=2040)
    clean_up(town.context())
    is_open = town.ticket(1).stage is not Stage.CLOSED
    assert is_open
    assert town.ticket(1).body != ""


def test_what_was_sent_goes_after_half_a_year_and_what_waits_stays(town: Town) -> None:
    live(town)
    (waiting, *_) = town.tell(NEIGHBOUR, "我的")
    town.now = town.now.replace(year=2028)
    clean_up(town.context())
    left = town.store.connection.execute("select id, state from outbox").fetchall()
    assert left == [(waiting.id, OutgoingState.NEW)]


def test_for_ever_is_for_ever(town: Town) -> None:
    live(town)
    town.settings = replace(town.settings, retention=Retention(None, None, None))
    before = list(dump(town.store))
    town.now = town.now.replace(year=2040)
    clean_up(town.context())
    assert list(dump(town.store)) == before


def test_the_configuration_says_how_long(tmp_path: Path) -> None:
    assert load_config(CONFIG, {}).settings.retention == Retention()
    text = CONFIG.read_text("utf-8").replace("closed_days = 730", "closed_days = 0")
    (tmp_path / "config.toml").write_text(text, "utf-8")
    assert load_config(tmp_path / "config.toml", {}).settings.retention.closed is None


def test_the_folder_keeps_no_more_than_what_belongs_to_something(tmp_path: Path) -> None:
    """A picture of chatter is gone after the night; a young one may still become a matter."""
    old, young, stray = "c" * 32 + ".jpg", "d" * 32 + ".jpg", "notes.txt"
    for name in (PICTURE, old, young, stray):
        (tmp_path / name).write_bytes(b"x")
    for name in (PICTURE, old, stray):
        os.utime(tmp_path / name, (0, 0))
    _remove_old(tmp_path, frozenset({PICTURE}), datetime(2026, 1, 1, tzinfo=UTC))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([PICTURE, young, stray])
