"""How the sample day is drawn."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.config import load_config
from bot.demo.view import Said, View
from storage.models import OutgoingClass

SETTINGS = load_config(Path(__file__).resolve().parents[3] / "config.toml", {}).settings
AT = datetime(2026, 11, 23, 23, 3, tzinfo=UTC)
GROUP = "group:700108"


@pytest.fixture
def console() -> Console:
    return Console(width=80, record=True, file=StringIO(), force_terminal=False, highlight=False)


@pytest.fixture
def view(console: Console) -> View:
    return View(console, SETTINGS)


def drawn(console: Console) -> list[str]:
    return [line.rstrip() for line in console.export_text().splitlines()]


def test_a_resident_stands_left_with_the_local_time(view: View, console: Console) -> None:
    view.show(Said(AT, GROUP, "小何妈妈", "又没水"))
    assert drawn(console) == ["07:03 小何妈妈：又没水"]


def test_the_bot_is_marked_in_the_group(view: View, console: Console) -> None:
    view.show(Said(AT, GROUP, "", "记下了", kind=OutgoingClass.ACK))
    assert drawn(console) == ["07:03 ◆ 连心：记下了"]


def test_a_private_message_has_a_panel_that_names_whom_it_is_for(
    view: View, console: Console
) -> None:
    view.show(Said(AT, "private:21000802", "", "1 件等您", kind=OutgoingClass.REMINDER))
    top, text, bottom = drawn(console)
    assert top.startswith("          ╭─ 07:03 连心 → 李惠（城关党支部指导员） ─")
    assert text.startswith("          │ 1 件等您 ")
    assert bottom.startswith("          ╰")


def test_what_staff_write_in_private_is_set_in(view: View, console: Console) -> None:
    view.show(Said(AT, "private:21000802", "李惠", "1 受理"))
    assert drawn(console) == ["          07:03 李惠（城关党支部指导员）私信连心：1 受理"]


def test_a_picture_is_named(view: View, console: Console) -> None:
    view.show(Said(AT, GROUP, "魏婶", "", images=("a.jpg",)))
    assert drawn(console) == ["07:03 魏婶： [图 a.jpg]"]


def test_what_people_type_is_never_markup(view: View, console: Console) -> None:
    view.show(Said(AT, GROUP, "x", "[red]y[/red] [link=http://z]"))
    assert drawn(console) == ["07:03 x：[red]y[/red] [link=http://z]"]
