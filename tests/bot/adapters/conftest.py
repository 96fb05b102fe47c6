from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.onebot import OneBotAdapter
from tests.peers.fake_onebot import FakeOneBot
from tests.peers.listener import Listener

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
async def adapter(
    request: pytest.FixtureRequest, listener: Listener, tmp_path: Path
) -> AsyncIterator[OneBotAdapter]:
    """The adapter, listening on a free port with the token "secret".

    By `indirect` parameters: how many seconds it waits for the answer to a send.
    """
    adapter = OneBotAdapter(
        host="127.0.0.1",
        port=0,
        access_token="secret",
        media_folder=tmp_path / "media",
        now=lambda: NOW,
        allow_loopback_media=True,
        send_seconds=getattr(request, "param", 10.0),
        frame_limit=1024 * 1024,
    )
    await adapter.start(listener)
    yield adapter
    await adapter.stop()


@pytest.fixture
def new_fake(adapter: OneBotAdapter) -> FakeOneBot:
    """A fake implementation that is not yet connected."""
    url = f"ws://127.0.0.1:{adapter.port}/onebot/v11/ws"
    return FakeOneBot(url, lambda: NOW, token="secret")


@pytest.fixture
async def fake(new_fake: FakeOneBot, listener: Listener) -> AsyncIterator[FakeOneBot]:
    async with new_fake:
        await listener.notice("online")
        yield new_fake
