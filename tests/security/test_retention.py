"""Promise: nothing is kept longer than the configuration says; counts stay."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.config import load_config
from bot.leftovers import _remove_old
from handlers.retention import clean_up
from handlers.settings import Retention
from storage.models import OutgoingState, Stage, UnitId
from tests.handlers.town import CONFIG, INSTRUCTOR, NEIGHBOUR, Town
from tests.security.traces import LEAVER, PICTURE, dump, live, traces


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
