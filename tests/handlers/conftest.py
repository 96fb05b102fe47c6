"""The town of the handlers' tests, at a moment of one's choice."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.config import load_config
from handlers.settings import Settings
from storage.store import Store
from tests.handlers.town import CONFIG, Town


@pytest.fixture(scope="session")
def settings() -> Settings:
    settings = load_config(CONFIG, {}).settings
    return dataclasses.replace(settings, board_url="https://board.example")


TownMaker = Callable[[str], Town]


@pytest.fixture
def town_at(memory_store: Store, settings: Settings) -> TownMaker:
    """A town at a local moment, e.g. ``town_at("2026-11-24 09:00")`` (a Tuesday)."""

    def make(local: str) -> Town:
        moment = datetime.fromisoformat(local).replace(tzinfo=settings.worktime.zone)
        return Town(memory_store, settings, moment.astimezone(UTC))

    return make


@pytest.fixture
def town(town_at: TownMaker) -> Town:
    return town_at("2026-11-24 09:00")
