"""A board over a small town's tickets, in a real database, read through its web application."""

import dataclasses
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.clock import SimulatedClock
from bot.config import load_config
from bot.media import Media
from bot.web.board import board_app
from handlers.settings import Settings
from storage.database import Database, open_database
from storage.store import Store
from tests.handlers.town import CONFIG, Town

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""A Tuesday, 9:00 in the town."""
TOKEN = re.compile(r"[0-9a-f]{48}")


@dataclass
class Site:
    """The board as a browser sees it, and the town behind it."""

    client: httpx.AsyncClient
    clock: SimulatedClock
    database: Database
    settings: Settings
    media: Media

    async def do(self, work: Callable[[Town], object]) -> None:
        """Let things happen in the town; the site's clock follows."""

        def run(store: Store) -> datetime:
            town = Town(store, self.settings, self.clock.now())
            town.said = int(self.clock.now().timestamp())
            work(town)
            return town.now

        self.clock.move_to(await self.database.write(run))

    async def link(self, secretary: str) -> str:
        """The path of a fresh link, as 面板 gives it."""
        said: list[str] = []
        await self.do(lambda town: said.append(town.tell(secretary, "面板")[0].text))
        found = TOKEN.search(said[0])
        assert found is not None
        return f"/board/{found[0]}"

    async def enter(self, secretary: str) -> None:
        """Open the board as a secretary would."""
        self.clock.move_to(self.clock.now() + timedelta(seconds=1))
        answer = await self.client.post(await self.link(secretary))
        assert answer.status_code == 303

    async def text(self, path: str) -> str:
        answer = await self.client.get(path)
        assert answer.status_code == 200
        return answer.text


@pytest.fixture(scope="session")
def board_settings() -> Settings:
    settings = load_config(CONFIG, {}).settings
    return dataclasses.replace(settings, board_url="https://board.example")


@pytest.fixture
async def site(sqlite_url: str, board_settings: Settings, tmp_path: Path) -> AsyncIterator[Site]:
    database = await open_database(sqlite_url)
    clock = SimulatedClock(NOW)
    media = Media(tmp_path / "media")
    transport = httpx.ASGITransport(board_app(database, board_settings, clock, media))
    async with httpx.AsyncClient(transport=transport, base_url="https://board.example") as client:
        yield Site(client, clock, database, board_settings, media)
    await database.close()
