"""The board beside the rest of the running bot."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bot.app import build
from bot.config import load_config
from bot.configuration.model import Config
from tests.handlers.town import CONFIG

BOARD = 'enabled = false\nhost = "127.0.0.1"\nport = 8081\npublic_url = ""'
Configured = Callable[[str, str], Config]


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    """The shipped configuration in a folder of its own, with the board as it is asked for."""

    def make(enabled: str, address: str) -> Config:
        text = CONFIG.read_text(encoding="utf-8")
        assert BOARD in text
        board = BOARD.replace("false", enabled).replace('_url = ""', f'_url = "{address}"')
        path = tmp_path / "config.toml"
        path.write_text(text.replace(BOARD, board), encoding="utf-8")
        config = load_config(path, {})
        return dataclasses.replace(config, board=dataclasses.replace(config.board, port=0))

    return make


async def test_the_board_has_a_listener_of_its_own(configured: Configured) -> None:
    app = build(configured("true", "https://board.example"), adapters=())
    async with app, httpx.AsyncClient(trust_env=False) as client:
        address = f"http://127.0.0.1:{app.board_port}"
        assert (await client.get(f"{address}/board")).status_code == 403
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"{address}/board")


async def test_a_board_that_is_off_listens_nowhere_and_gives_no_links(
    configured: Configured,
) -> None:
    config = configured("false", "https://board.example")
    async with build(config, adapters=()) as app:
        assert app.board_port is None
    assert config.settings.board_url is None


@pytest.mark.parametrize("address", ["", "board.example"])
def test_a_board_without_an_address_for_phones_is_warned_of(
    address: str, configured: Configured
) -> None:
    warned = [str(problem) for problem in configured("true", address).warnings]
    assert any(text.startswith("board.public_url") for text in warned)
