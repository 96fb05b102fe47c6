"""The sample day, from the first line to the digests."""

from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bot.config import Config, load_config
from bot.demo import play as playing
from bot.demo.play import Tempo, play
from bot.demo.view import Said, View
from bot.transcript import read_transcripts

CONFIG = load_config(Path(__file__).resolve().parents[3] / "config.toml", {})
AT = datetime(2026, 11, 24, tzinfo=UTC)


def said(minutes: float, text: str) -> Said:
    return Said(AT + timedelta(minutes=minutes), "group:1", "x", text)


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, none of which took any time."""
    made: list[float] = []

    async def sleep(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr(playing.asyncio, "sleep", sleep)
    return made


async def test_a_long_text_is_given_more_time_to_be_read(naps: list[float]) -> None:
    tempo = Tempo(1.0)
    for one in (said(0, "短"), said(1, "长" * 40), said(2, "完")):
        await tempo.wait(one)
    assert len(naps) == 2
    assert naps[0] < naps[1]


async def test_hours_without_a_word_are_a_short_pause(naps: list[float]) -> None:
    tempo = Tempo(1.0)
    for one in (said(0, "早"), said(1, "早"), said(600, "晚")):
        await tempo.wait(one)
    assert naps[0] < naps[1] < 5


async def test_twice_the_speed_is_half_the_pause(naps: list[float]) -> None:
    for tempo in (Tempo(1.0), Tempo(2.0)):
        await tempo.wait(said(0, "早"))
        await tempo.wait(said(1, "早"))
    assert naps[1] == naps[0] / 2


async def test_as_fast_as_it_goes_makes_no_pause(naps: list[float]) -> None:
    tempo = Tempo(None)
    await tempo.wait(said(0, "早"))
    await tempo.wait(said(600, "晚"))
    assert naps == []


async def shown(config: Config) -> str:
    console = Console(width=100, record=True, file=StringIO(), highlight=False)
    with as_file(files("bot.demo") / "day.jsonl") as day:
        await play(day, config, View(console, config.settings), None)
    return console.export_text()


async def test_the_day_shows_every_line_of_the_transcript_and_ends_with_the_digest() -> None:
    text = await shown(CONFIG)
    with as_file(files("bot.demo") / "day.jsonl") as day:
        spoken = [one.incoming.text for one in read_transcripts([day])]
    flat = "".join(text.split())
    assert all("".join(line.split()) in flat for line in spoken)
    assert "城关党支部 11月24日" in text
    assert "位书记，各收到一行" in text
    assert "这一天的事项" in text


async def test_two_showings_are_the_same() -> None:
    assert await shown(CONFIG) == await shown(CONFIG)
