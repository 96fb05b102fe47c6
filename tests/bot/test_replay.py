import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from bot.config import Config, load_config
from bot.replay import Item, replay
from bot.replayed import Ended, Heard, Sent
from handlers.errors import Refused
from storage.database import connect_sync
from storage.models import OutgoingClass

SHIPPED = Path(__file__).resolve().parents[2] / "config.toml"
DAY = "2026-11-24"
GAS = ("10:00:00", "1", "3号楼2单元楼道里好大的煤气味,头都晕了")
PIPE = ("10:00:00", "1", "光明巷3号楼停水一天了,没人管,能不能派人修")
CHATTER = ("10:30:00", "2", "今天真冷")

Write = Callable[..., Path]


@pytest.fixture
def config() -> Config:
    return load_config(SHIPPED, {})


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A transcript of (time, sender, text[, role]); more fields of a line by its place."""

    def make(*lines: tuple[str, ...], group: str = "group:700108", name: str = "day") -> Path:
        path = tmp_path / f"{name}.jsonl"
        records = []
        for number, (at, sender, text, *role) in enumerate(lines, start=1):
            records.append(
                {
                    "id": f"m{number:04d}",
                    "at": f"{DAY}T{at}+08:00",
                    "conversation": group,
                    "sender": sender,
                    "name": f"n{sender}",
                    "role": role[0] if role else "resident",
                    "text": text,
                }
            )
        path.write_text("\n".join(json.dumps(one) for one in records), encoding="utf-8")
        return path

    return make


async def play(*files: Path, config: Config, **options: object) -> list[Item]:
    return [item async for item in replay(files, config, **options)]  # type: ignore[arg-type]


def sent(items: list[Item]) -> list[Sent]:
    return [item for item in items if isinstance(item, Sent)]


def ended(items: list[Item]) -> list[Ended]:
    return [item for item in items if isinstance(item, Ended)]


async def test_every_line_is_heard_and_every_ticket_ends_the_tale(
    config: Config, write: Write
) -> None:
    items = await play(write(GAS, CHATTER), config=config)

    assert [item.incoming.message_id for item in items if isinstance(item, Heard)] == [
        "m0001",
        "m0002",
    ]
    (ticket,) = ended(items)
    assert items[-1] is ticket
    assert ticket.messages == ("m0001",)


async def test_what_is_sent_stands_between_the_lines_in_order_of_time(
    config: Config, write: Write
) -> None:
    items = await play(write(PIPE, CHATTER), config=config)

    moments = [item.at for item in items if isinstance(item, Heard | Sent)]
    assert moments == sorted(moments)
    kinds = [item.row.kind for item in sent(items)]
    assert OutgoingClass.ACK in kinds
    ack = sent(items)[kinds.index(OutgoingClass.ACK)]
    assert ack.at.isoformat().startswith(f"{DAY}T10:01:3")


async def test_two_runs_are_the_same(config: Config, write: Write) -> None:
    file = write(GAS, PIPE, CHATTER)

    def told(items: list[Item]) -> list[str]:
        return [item.to_json() for item in items if not isinstance(item, Heard)]

    assert told(await play(file, config=config)) == told(await play(file, config=config))


async def test_it_goes_on_to_the_end_of_the_last_day(config: Config, write: Write) -> None:
    items = await play(write(GAS), config=config)

    assert OutgoingClass.DIGEST in {item.row.kind for item in sent(items)}
    assert max(item.at for item in sent(items)).isoformat() < f"{DAY}T23:59:59+08:00"


async def test_it_ends_where_it_is_told_to(config: Config, write: Write) -> None:
    until = datetime.fromisoformat(f"{DAY}T12:00:00+08:00")
    items = await play(write(GAS), config=config, until=until)

    assert max(item.at for item in sent(items)) <= until


async def test_what_is_said_past_the_end_is_not_heard(write: Write, config: Config) -> None:
    lines = write(GAS, ("12:00:00", "2", "光明巷3号楼停水一天了,没人管,能不能派人修"))
    for clock, heard in (("11:00:00", 1), ("09:00:00", 0)):
        until = datetime.fromisoformat(f"{DAY}T{clock}+08:00")
        items = await play(lines, config=config, until=until)
        assert sum(isinstance(item, Heard) for item in items) == heard
        assert sum(isinstance(item, Ended) for item in items) == heard


async def test_staff_of_the_transcript_are_workers_of_the_groups_unit(
    config: Config, write: Write
) -> None:
    file = write(GAS, ("10:05:00", "9001", "/1 受理", "staff"))
    (ticket,) = ended(await play(file, config=config))

    assert ticket.ticket.stage == "accepted"


async def test_a_resident_does_not_become_staff_by_what_he_writes(
    config: Config, write: Write
) -> None:
    file = write(GAS, ("10:05:00", "9001", "/1 受理", "resident"))
    (ticket,) = ended(await play(file, config=config))

    assert ticket.ticket.stage == "registered"


async def test_what_staff_say_opens_nothing(config: Config, write: Write) -> None:
    at, sender, text = GAS
    items = await play(write((at, sender, text, "staff")), config=config)

    assert ended(items) == []


async def test_a_group_of_no_unit_is_refused(config: Config, write: Write) -> None:
    with pytest.raises(Refused, match="group:5 不在配置的 groups 里"):
        await play(write(GAS, group="group:5"), config=config)


async def test_a_group_of_no_unit_can_be_given_one(config: Config, write: Write) -> None:
    items = await play(write(GAS, group="group:5"), config=config, bind_unknown="河东")

    (ticket,) = ended(items)
    assert ticket.ticket.unit == "hedong"


async def test_a_unit_that_is_not_there_is_refused(config: Config, write: Write) -> None:
    with pytest.raises(Refused, match="没有“月球”这个单位"):
        await play(write(GAS, group="group:5"), config=config, bind_unknown="月球")


async def test_a_database_that_is_given_keeps_what_happened(
    config: Config, write: Write, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'town.db'}"
    await play(write(GAS), config=config, database_url=url)

    with connect_sync(url) as store:
        (ticket,) = store.tickets.list_all()
    assert ticket.urgency == "critical"


async def test_an_empty_transcript_tells_nothing(config: Config, write: Write) -> None:
    assert await play(write(), config=config) == []
