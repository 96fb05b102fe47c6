"""The running service in a WeChat room, through a real wechaty gateway."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from handlers import digests
from storage.models import Act, Stage, TicketNumber
from storage.store import Store
from tests.bot.life import LEAK, MENDED, accept, answer, is_closed_as_it_should, live, raise_matter
from tests.bot.service import (
    INSTRUCTOR,
    NEIGHBOUR,
    RESIDENT,
    SECRETARY,
    WATERWORKS,
    private,
    queued,
)
from tests.bot.wechat_service import ADMINISTRATOR, GROUP, ROOM, TITLE, WeChatService
from tests.peers.wechat_peer import Sent, need_gateway

need_gateway()

EVERYBODY = (INSTRUCTOR, SECRETARY, WATERWORKS, RESIDENT, NEIGHBOUR, ADMINISTRATOR)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[WeChatService]:
    service = WeChatService(tmp_path, EVERYBODY)
    await service.open()
    yield service
    await service.close()


async def test_a_matter_lives_from_the_first_line_to_the_residents_word(
    service: WeChatService,
) -> None:
    await live(service)
    await is_closed_as_it_should(service)
    assert not service.doubled()


async def test_after_a_restart_a_quoted_card_is_still_known(service: WeChatService) -> None:
    """The gateway gives a quote as text; the card's own stands in the outbox."""
    await raise_matter(service)
    await service.restart()
    await accept(service)
    assert (await service.ticket()).stage is Stage.ACCEPTED


async def test_and_so_is_a_residents_line_that_belongs_to_a_ticket(service: WeChatService) -> None:
    await raise_matter(service)
    (line,) = await service.read(lambda store: store.tickets.list_messages(TicketNumber(1)))
    await service.restart()
    said = Sent(GROUP, line.text, (), (), line.key.rsplit("/", 1)[-1])
    await service.in_group(INSTRUCTOR, "马上到", quote=said)
    async with asyncio.timeout(15):
        while (await service.ticket()).stage is not Stage.CONTACTED:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_picture_sent_before_the_matter_is_kept_with_it(service: WeChatService) -> None:
    """WeChat sends pictures as messages of their own."""
    await raise_matter(service)
    ticket = await service.ticket()
    message = await service.read(lambda store: store.tickets.get_message(ticket.source_key))
    assert message is not None
    assert message.act is Act.OPEN
    kept = [service.config.media_folder / name for name in message.images]
    assert [path.read_bytes() for path in kept] == [LEAK]


async def test_an_answer_names_the_resident_and_brings_the_picture(service: WeChatService) -> None:
    await raise_matter(service)
    await answer(service, "换了水管，来水了")
    assert (await service.peer.wait_for_picture(conversation=GROUP)).images == (MENDED,)
    told = await service.peer.wait_for_sent("换了水管", conversation=GROUP)
    assert told.at_users == (RESIDENT,)
    assert told.text.startswith("@3-2-501 王桂兰\u2005")


async def test_after_a_voice_note_the_instructor_is_asked_to_listen_and_words_are_asked_for(
    service: WeChatService,
) -> None:
    await raise_matter(service)
    await service.peer.say(GROUP, RESIDENT, voice=b"\x02#!SILK_V3" + bytes(50))
    await service.peer.wait_for_sent("请指导员听", conversation=private(INSTRUCTOR))
    await service.peer.wait_for_sent("打几个字", conversation=GROUP)
    assert list(service.config.media_folder.glob("*.silk")) != []


async def test_an_old_message_is_recorded_and_not_answered(service: WeChatService) -> None:
    old = service.clock.now() - timedelta(minutes=11)
    await service.peer.say(GROUP, RESIDENT, "登记 3号楼停水了", at_bot=True, at=old)
    await service.peer.wait_for_sent("1 受理", conversation=private(INSTRUCTOR))
    await service.in_group(RESIDENT, "进度 1", (GROUP, "#1"), at_bot=True)
    assert len([one for one in service.peer.sent if one.conversation == GROUP]) == 1


async def test_a_message_told_twice_is_answered_once(service: WeChatService) -> None:
    said = await service.peer.say(GROUP, RESIDENT, "登记 3号楼停水了", at_bot=True)
    await service.peer.order("repeat", id=said)
    await service.peer.wait_for_sent("#1", conversation=GROUP)
    await service.in_group(RESIDENT, "进度 1", (GROUP, "在办"), at_bot=True)
    assert len([one for one in service.peer.sent if one.conversation == GROUP]) == 2


async def test_a_gateway_that_dies_again_and_again_doubles_nothing_and_is_in_the_digest(
    service: WeChatService,
) -> None:
    await raise_matter(service)
    for number in range(3):
        await service.peer.kill()
        await service.peer.start()
        await service.is_connected()
        await service.in_group(NEIGHBOUR, f"进度 {number + 7}", (GROUP, "#"), at_bot=True)
    await service.running.runtime.run("digest", digests.daily)
    told = await service.peer.wait_for_sent("城关党支部", conversation=private(SECRETARY))
    assert len([line for line in told.text.splitlines() if "掉线" in line]) == 3
    assert not service.doubled()


async def test_a_gateway_that_hangs_is_found_again_when_it_goes_on(service: WeChatService) -> None:
    await raise_matter(service)
    await service.peer.pause()
    await service.is_connected(is_so=False)
    await service.peer.resume()
    await service.is_connected()
    await service.in_group(RESIDENT, "进度 1", (GROUP, "#1"), at_bot=True)
    assert not service.doubled()


async def test_a_room_with_a_new_id_is_asked_about_and_takes_its_tickets_along(
    service: WeChatService,
) -> None:
    await raise_matter(service)
    await service.peer.kill()
    service.peer.scene.rooms["99@chatroom"] = service.peer.scene.rooms.pop(ROOM)
    await service.peer.start()
    await service.is_connected()
    told = await service.peer.wait_for_sent("找不到了", conversation=private(ADMINISTRATOR))
    assert f"“{TITLE}”" in told.text
    await service.peer.say("group:99@chatroom", ADMINISTRATOR, "绑定本群 城关", at_bot=True)
    await service.peer.wait_for_sent("已绑定", conversation="group:99@chatroom")
    await service.in_private(INSTRUCTOR, "1 受理", ("group:99@chatroom", "已受理"))


async def test_a_person_is_reminded_where_he_spoke_last(service: WeChatService) -> None:
    def has_qq_too(store: Store) -> None:
        person = store.people.by_account("wechat", INSTRUCTOR)
        assert person is not None
        store.people.bind_account("qq", "31000802", person.id)

    await service.running.database.write(has_qq_too)
    await service.in_private(INSTRUCTOR, "待办", (private(INSTRUCTOR), ""))
    await raise_matter(service)
    rows = queued(service.config.database_url)
    assert {row.platform for row in rows} == {"wechat"}
