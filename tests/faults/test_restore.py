"""A backup taken under load, brought back elsewhere: sound, of one moment, with its pictures."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.checkup import check_all
from bot.commands.archive import back_up, bring_back
from bot.findings import Level
from storage.database import connect_sync
from tests.bot.service import Service, quick_config
from tests.faults.conftest import Leaks
from tests.faults.test_socket import said_by, say
from tests.tally import Size, Tally


async def test_a_backup_under_load_is_restored_and_passes_the_check(
    tmp_path: Path, size: Size, tally: Tally, leaks: Leaks, capfd: pytest.CaptureFixture[str]
) -> None:
    """`lianxin backup` packs the pictures too: all that a row speaks of is in it."""
    times, said, lost = size(2, 20), 0, 0
    (tmp_path / "here").mkdir()
    service = Service(tmp_path / "here")
    await service.start()
    for time in range(times):
        said += 10
        for number in range(said - 10, said):
            await say(service, number)
        archive = await asyncio.to_thread(back_up, service.config)
        there = tmp_path / f"there{time}"
        there.mkdir()
        config = replace(quick_config(there), database_url=f"sqlite:///{there / 'data' / 'l.db'}")
        config.data_folder.mkdir(exist_ok=True)
        await asyncio.to_thread(bring_back, config, archive)
        lost += damaged(config.database_url, config.media_folder, said)
        findings = check_all(config, service.clock.now(), True)
        assert [
            one.text for one in findings if one.level is Level.BAD and "没有改" not in one.text
        ] == []
    await service.stop()
    leaked = leaks.count(said_by(service))
    tally("backup under load, restore, check", times, lost, leaked=leaked)


def damaged(url: str, media: Path, said: int) -> int:
    """Holes in the numbering, acknowledgements of what is not there, pictures that are missing."""
    with connect_sync(url) as store:
        numbers = [int(ticket.number) for ticket in store.tickets.list_all()]
        acknowledged = store.connection.execute(
            "select count(*) from outbox where ticket is not null"
            " and ticket not in (select number from ticket)"
        ).fetchone()[0]
    holes = len(set(range(1, len(numbers) + 1)) - set(numbers))
    return holes + int(acknowledged) + max(0, len(numbers) - said)
