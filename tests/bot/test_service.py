"""The running service, driven over a real WebSocket through whole lives of tickets."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock
from handlers import digests, words
from storage.models import Act, OutgoingState
from tests.bot.life import LEAK, MENDED, answer, is_closed_as_it_should, live, raise_matter
from tests.bot.service import (
    GROUP,
    GROUP_NUMBER,
    INSTRUCTOR,
    NEIGHBOUR,
    RESIDENT,
    SECRETARY,
    TOKEN,
    WATERWORKS,
    Process,
    Service,
    private,
    queued,
)
from tests.peers.fake_onebot import FakeOneBot, SendMode

TOLD_IN_A_LIFE = {
    GROUP: 7,
    private(INSTRUCTOR): 7,
    private(SECRETARY): 3,
    private(WATERWORKS): 1,
}
FRAMES: tuple[str | bytes, ...] = (
    "",
    "{",
    "[]",
    "null",
    b"\xff\xfe\x00",
    "[" * 5000,
    r"""{"post_type": "message", "message": "\ud800"}""",
    """{"post_type": "message", "message_type": "group", "group_id": "x", "user_id": -1}""",
    """{"post_type": "notice", "notice_type": 7}""",
    """{"post_type": ["message"], "time": 1e400}""",
    """{"status": "ok", "retcode": 0, "data": null, "echo": "forged"}""",
)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    service = Service(tmp_path)
    await service.fake.pictures.start()
    await service.start()
    yield service
    await service.stop()
    await service.fake.pictures.stop()


async def test_the_dictionary_is_read_before_anything_is_heard(tmp_path: Path) -> None:
    """At the first ticket it would hold up all that waits for the database, a second or more."""
    words._jieba.cache_clear()
    service = Service(tmp_path)
    await service.start()
    assert words._jieba.cache_info().currsize == 1
    await service.stop()


async def test_a_matter_lives_from_the_first_line_to_the_residents_word(service: Service) -> None:
    await live(service)
    await is_closed_as_it_should(service)
    assert service.told() == TOLD_IN_A_LIFE


async def test_a_life_with_a_restart_at_every_step_is_the_same(service: Service) -> None:
    await live(service, service.restart)
    await is_closed_as_it_should(service)
    assert service.told() == TOLD_IN_A_LIFE


async def test_who_can_not_be_written_to_in_private_is_called_in_the_group(
    service: Service,
) -> None:
    service.fake.strangers, service.fake.temporary_chats = {RESIDENT}, False
    await service.in_group(RESIDENT, "我不想活了")
    sent = await service.fake.wait_for_sent("12356")
    assert (sent.conversation, sent.at_users) == (GROUP, (RESIDENT,))
    assert "不想活" not in sent.text


async def test_a_message_in_flight_at_a_stop_is_waited_for(service: Service) -> None:
    """The line to the platform stays open until the answer is there: else its fate is unknown."""
    service.fake.mode = SendMode.SLOW
    await service.in_group(RESIDENT, "登记 3号楼二单元停水了", at_bot=True)
    async with asyncio.timeout(15):
        while not any(action.startswith("send_") for action, _ in service.fake.calls):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await service.stop()
    states = {row.state for row in queued(service.config.database_url)}
    assert OutgoingState.SENT in states
    assert states <= {OutgoingState.SENT, OutgoingState.NEW}


async def test_a_residents_picture_is_kept_with_the_matter(service: Service) -> None:
    await raise_matter(service)
    ticket = await service.ticket()
    message = await service.read(lambda store: store.tickets.get_message(ticket.source_key))
    assert message is not None
    assert message.act is Act.OPEN
    kept = [service.config.media_folder / name for name in message.images]
    assert [path.read_bytes() for path in kept] == [LEAK]


async def test_an_answer_carries_the_picture_itself_and_names_the_resident(
    service: Service,
) -> None:
    await raise_matter(service)
    await answer(service, "换了水管，来水了")
    told = service.last(GROUP)
    assert told.images == (MENDED,)
    assert told.at_users == (RESIDENT,)
    assert [one["data"]["file"][:9] for one in told.segments if one["type"] == "image"] == [
        "base64://"
    ]


async def test_a_plain_sentence_in_the_group_becomes_a_ticket(service: Service) -> None:
    await service.in_group(
        RESIDENT,
        "8号楼后头的垃圾桶满了三天没人拉，臭得开不了窗",
        (GROUP, "#1"),
        (private(INSTRUCTOR), "1 受理"),
    )
    assert "垃圾桶" in (await service.ticket()).body


async def test_the_digest_tells_the_secretary_what_was_closed(service: Service) -> None:
    await live(service)
    await service.running.runtime.run("digest", digests.daily)
    told = await service.fake.wait_for_sent("城关党支部", conversation=private(SECRETARY))
    assert "新收 1 件" in told.text
    assert "居民确认 1" in told.text
    await service.in_private(SECRETARY, "日报", (private(SECRETARY), "居民确认 1"))


async def test_the_digest_of_a_day_is_sent_once(service: Service) -> None:
    for _ in range(2):
        await service.running.runtime.run("digest", digests.daily)
        await service.restart()
    await service.in_private(SECRETARY, "帮助", (private(SECRETARY), "可以回"))
    assert service.told()[private(SECRETARY)] == 2


async def test_a_digest_missed_while_the_service_was_down_is_made_up_for_once(
    service: Service,
) -> None:
    await raise_matter(service)
    await service.stop()
    service.clock.move_to(service.clock.now() + timedelta(hours=8))
    await service.start()
    await service.fake.wait_for_sent("城关党支部", conversation=private(SECRETARY))
    await service.restart()
    await service.in_private(SECRETARY, "帮助", (private(SECRETARY), "可以回"))
    digests_sent = [one for one in service.fake.sent if "城关党支部" in one.text]
    assert len(digests_sent) == 1


async def test_a_message_delivered_twice_is_answered_once(service: Service) -> None:
    at = service.clock.now()
    for _ in range(2):
        await say_again(service, at)
    await service.fake.wait_for_sent("#1", conversation=GROUP)
    await service.in_group(RESIDENT, "进度 1", (GROUP, "在办"), at_bot=True)
    assert service.told()[GROUP] == 2


async def test_a_message_delivered_again_after_a_restart_is_not_answered(service: Service) -> None:
    at = service.clock.now()
    await say_again(service, at)
    await service.fake.wait_for_sent("#1", conversation=GROUP)
    await service.restart()
    await say_again(service, at)
    await service.in_group(RESIDENT, "进度 1", (GROUP, "在办"), at_bot=True)
    assert service.told()[GROUP] == 2
    assert len(await service.tickets()) == 1


async def say_again(service: Service, at: datetime) -> None:
    """Always the same message."""
    await service.fake.say_in_group(
        GROUP_NUMBER, RESIDENT, "登记 3号楼停水", at_bot=True, message_id=7, at=at
    )


async def test_killed_while_sending_it_says_nothing_twice(tmp_path: Path) -> None:
    process = Process(tmp_path)
    fake = FakeOneBot(process.url, SystemClock().now, token=TOKEN)
    fake.mode, fake.report_self, fake.history_style = SendMode.TIMEOUT_SENT, False, "none"
    try:
        await process.start()
        await fake.connect()
        await fake.say_in_group(GROUP_NUMBER, RESIDENT, "登记 3号楼停水", at_bot=True)
        acknowledged = await fake.wait_for_sent("#1", conversation=GROUP, within=30.0)
        await process.kill()
        assert states_of(process, acknowledged.text) == [OutgoingState.SENDING]
        await fake.disconnect()
        await process.start()
        assert states_of(process, acknowledged.text) == [OutgoingState.UNKNOWN]
        fake.mode = SendMode.OK
        await fake.connect()
        await fake.say_in_group(GROUP_NUMBER, RESIDENT, "进度 1", at_bot=True)
        await fake.wait_for_sent("在办", conversation=GROUP, within=30.0)
        assert [one.text for one in fake.sent].count(acknowledged.text) == 1
    finally:
        await fake.disconnect()
        await process.kill()


def states_of(process: Process, text: str) -> list[OutgoingState]:
    return [row.state for row in queued(process.database_url) if row.text == text]


async def test_malformed_frames_disturb_nobody(service: Service) -> None:
    for frame in FRAMES:
        await service.fake.send_raw(frame)
    await service.fake.say_in_group(GROUP_NUMBER, NEIGHBOUR, "水" * 100_000)
    await raise_matter(service)
    assert service.fake.is_connected
    assert len(await service.tickets()) == 1


async def test_a_code_in_a_residents_words_stays_text(service: Service) -> None:
    code = "[CQ:at,qq=all]"
    await service.in_group(
        RESIDENT,
        f"登记 3号楼停水 {code}",
        (GROUP, "#1"),
        (private(INSTRUCTOR), code),
        at_bot=True,
    )
    await service.in_private(INSTRUCTOR, f"1 进展 明天来修 {code}", (GROUP, code))
    await service.in_private(RESIDENT, "进度 1", (private(RESIDENT), code))
    segments = [segment for one in service.fake.sent for segment in one.segments]
    assert {one["type"] for one in segments} == {"text", "at"}
    assert {one["data"]["qq"] for one in segments if one["type"] == "at"} == {RESIDENT}


async def test_who_only_chats_is_not_stored_even_where_tickets_are_open(service: Service) -> None:
    await raise_matter(service)
    await service.fake.say_in_group(GROUP_NUMBER, NEIGHBOUR, "今天的菜真新鲜，三块一斤")
    await service.in_group(RESIDENT, "进度 1", (GROUP, "在办"), at_bot=True)
    assert await service.read(lambda store: store.residents.find("qq", NEIGHBOUR)) is None
