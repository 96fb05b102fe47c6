"""The running service with a judge, over a real socket on both sides."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from handlers.intents import classify
from storage.store import Store
from tests.bot.service import GROUP, RESIDENT, Service
from tests.peers.fake_judge import FakeJudge

LAMP = "门口那盏灯又黑着 找我13812345678"
SCORE = classify(LAMP).score


@pytest.fixture
async def judge() -> AsyncIterator[FakeJudge]:
    judge = FakeJudge()
    await judge.start()
    yield judge
    await judge.stop()


@pytest.fixture
async def service(tmp_path: Path, judge: FakeJudge) -> AsyncIterator[Service]:
    """Not yet started. Its ear would ask about LAMP."""
    service = Service(tmp_path)
    config = service.config
    intake = replace(config.settings.intake, ask_at=SCORE - 0.01, open_at=0.99)
    service.config = replace(
        config,
        settings=replace(config.settings, intake=intake),
        judge=replace(config.judge, enabled=True, url=judge.url, model="m", key=SecretStr("sk-1")),
    )
    yield service
    await service.stop()


async def test_a_line_that_the_judge_lets_pass_is_asked_about(
    service: Service, judge: FakeJudge
) -> None:
    await service.start()
    await service.in_group(RESIDENT, LAMP, (GROUP, "登记"))

    (shown,) = judge.shown
    assert "灯又黑着" in shown
    assert "13812345678" not in shown


async def test_one_that_it_takes_for_chatter_is_not(service: Service, judge: FakeJudge) -> None:
    settings = service.config.settings
    patient = replace(settings.intake, gather=timedelta(seconds=90))
    service.config = replace(service.config, settings=replace(settings, intake=patient))
    await service.start()
    judge.answer = lambda _: "否"

    await service.in_group(RESIDENT, LAMP)
    await judge.wait_for(1)
    await service.running.opinions.settle()

    assert await service.read(_states) == ["dropped"]
    assert service.fake.sent == []


def _states(store: Store) -> list[str]:
    return [str(state) for (state,) in store.connection.execute("select state from question")]
