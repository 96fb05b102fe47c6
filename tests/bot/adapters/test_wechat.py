"""The adapter against a real wechaty gateway: node's PuppetServer around a mock puppet."""

import asyncio
import io
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from bot.adapters.port import SendResult
from bot.adapters.wechat import WeChatAdapter
from bot.adapters.wechat_puppet import Address, Puppet
from bot.adapters.wechat_wire import Unreachable
from handlers.messages import Target
from tests.peers.listener import Listener
from tests.peers.wechat_peer import (
    ACCOUNT,
    CERTIFICATE,
    CERTIFICATE_NAME,
    TOKEN,
    WeChatPeer,
    need_gateway,
)

need_gateway()

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
ROOM = "700108@chatroom"
GROUP = Target("wechat", f"group:{ROOM}")
RESIDENT = "wxid_resident"
FRIEND = Target("wechat", f"private:{RESIDENT}")
STRANGER = "wxid_stranger"
SILK = b"\x02#!SILK_V3" + bytes(100)


def adapter_for(peer: WeChatPeer, folder: Path, token: str = TOKEN) -> WeChatAdapter:
    address = Address("127.0.0.1", peer.port, token)
    return WeChatAdapter(
        partial(Puppet, address),
        media_folder=folder,
        now=lambda: NOW,
        rng=random.Random(1),
    )


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
async def peer() -> AsyncIterator[WeChatPeer]:
    peer = WeChatPeer(lambda: NOW)
    await peer.start()
    await peer.add_contact(RESIDENT, "桂兰")
    await peer.add_contact(STRANGER, "路人", is_friend=False)
    await peer.add_room(ROOM, "城关一家亲", [RESIDENT, STRANGER])
    yield peer
    await peer.kill()


@pytest.fixture
async def adapter(
    peer: WeChatPeer, listener: Listener, tmp_path: Path
) -> AsyncIterator[WeChatAdapter]:
    adapter = adapter_for(peer, tmp_path / "media")
    await adapter.start(listener)
    await listener.notice("online")
    yield adapter
    await adapter.stop()


def noise(size: int) -> bytes:
    """A PNG of at least `size` bytes."""
    side = int((size / 3) ** 0.5) + 1
    data = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(2).randbytes(side * side * 3)).save(
        data, "PNG"
    )
    return data.getvalue()


async def test_a_line_in_a_room_is_heard_with_its_speakers_name_there(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    said = await peer.say(GROUP.conversation, RESIDENT, "3号楼停水了", card="3-2-501 王桂兰")
    line = await listener.line()
    assert (line.platform, line.account, line.conversation) == ("wechat", ACCOUNT, f"group:{ROOM}")
    assert (line.message_id, line.sender, line.sender_name) == (said, RESIDENT, "3-2-501 王桂兰")
    assert (line.text, line.at, line.is_at_bot, line.is_late) == ("3号楼停水了", NOW, False, False)


async def test_a_private_line_is_heard_as_such(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    await peer.say(FRIEND.conversation, RESIDENT, "我的")
    line = await listener.line()
    assert (line.conversation, line.text, line.sender_name) == (FRIEND.conversation, "我的", "桂兰")


async def test_a_mention_of_the_bot_is_known_and_leaves_the_text(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    await peer.say(GROUP.conversation, STRANGER, "进度 12", at_bot=True, at_users=[RESIDENT])
    line = await listener.line()
    assert (line.is_at_bot, line.at_users, line.text) == (True, (RESIDENT,), "进度 12")


async def test_lines_come_in_the_order_in_which_they_were_said(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    for number in range(40):
        await peer.say(GROUP.conversation, (RESIDENT, STRANGER)[number % 2], f"第{number}句")
    await listener.line(40)
    assert [line.text for line in listener.lines] == [f"第{number}句" for number in range(40)]


async def test_a_picture_of_481_kilobytes_is_kept_whole(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    picture = noise(481 * 1024)
    await peer.say(GROUP.conversation, RESIDENT, images=[picture])
    line = await listener.line()
    assert line.images_missing == 0
    assert await adapter.media.read(line.images[0]) == picture


async def test_a_voice_note_is_kept_as_a_file(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    await peer.say(GROUP.conversation, RESIDENT, voice=SILK)
    voice = (await listener.line()).voice
    assert voice is not None
    assert voice.transcript is None
    assert voice.file is not None
    assert await adapter.media.read(voice.file) == SILK


async def test_a_recalled_line_names_the_line_and_whose_it_was(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    said = await peer.say(GROUP.conversation, RESIDENT, "3号楼停水了")
    await peer.recall(GROUP.conversation, RESIDENT, said)
    line = await listener.line(2)
    assert (line.recall, line.sender, line.recalled_by) == (said, RESIDENT, None)


async def test_a_line_of_long_ago_is_late(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    await peer.say(GROUP.conversation, RESIDENT, "停水了", at=NOW - timedelta(minutes=11))
    assert (await listener.line()).is_late


async def test_a_line_told_twice_has_the_same_key(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    said = await peer.say(GROUP.conversation, RESIDENT, "停水了")
    await peer.order("repeat", id=said)
    await listener.line(2)
    assert len({line.key for line in listener.lines}) == 1


async def test_a_new_title_of_a_room_is_told(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    await peer.order("topic", room=ROOM, text="城关大家庭", by=RESIDENT)
    notice = await listener.notice("renamed")
    assert (notice.conversation, notice.detail) == (GROUP.conversation, "城关大家庭")


async def test_who_joins_and_who_leaves_is_told(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    await peer.order(
        "emit",
        event="room-join",
        payload={"roomId": ROOM, "inviteeIdList": ["wxid_new"], "inviterId": RESIDENT},
    )
    await peer.order(
        "emit",
        event="room-leave",
        payload={"roomId": ROOM, "removeeIdList": [STRANGER], "removerId": RESIDENT},
    )
    assert (await listener.notice("joined")).detail == "wxid_new"
    assert (await listener.notice("left")).detail == STRANGER


async def test_the_rooms_are_told_with_their_members(
    adapter: WeChatAdapter, listener: Listener
) -> None:
    (room,) = (await listener.notice("rooms")).rooms
    assert (room.conversation, room.topic) == (GROUP.conversation, "城关一家亲")
    assert set(room.members) == {ACCOUNT, RESIDENT, STRANGER}


async def test_a_text_is_sent_with_the_resident_called_by_name(
    adapter: WeChatAdapter, peer: WeChatPeer
) -> None:
    receipt = await adapter.send(GROUP, "已登记 #12", at_users=[RESIDENT])
    sent = await peer.wait_for_sent("已登记 #12")
    assert (receipt.result, receipt.message_id) == (SendResult.SENT, sent.message_id)
    assert (sent.text, sent.at_users) == ("@桂兰\u2005已登记 #12", (RESIDENT,))


@pytest.mark.parametrize("kilobytes", [481, 3000])
async def test_a_picture_is_sent_whole(
    adapter: WeChatAdapter, peer: WeChatPeer, kilobytes: int
) -> None:
    picture = noise(kilobytes * 1024)
    name = await adapter.media.keep_picture(picture)
    assert name is not None
    receipt = await adapter.send(GROUP, "修好了", images=[name])
    assert receipt.result is SendResult.SENT
    assert (await peer.wait_for_picture()).images == (picture,)


async def test_an_own_message_comes_back_as_an_echo_and_not_as_a_line(
    adapter: WeChatAdapter, listener: Listener
) -> None:
    receipt = await adapter.send(GROUP, "已登记 #12", at_users=[RESIDENT])
    echo = await listener.echo()
    assert (echo.target, echo.message_id, echo.text) == (GROUP, receipt.message_id, "已登记 #12")
    assert listener.lines == []


async def test_a_quote_of_an_own_message_is_known_by_its_text(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    receipt = await adapter.send(GROUP, "已登记 #12", at_users=[RESIDENT])
    card = await peer.wait_for_sent("#12")
    await peer.say(GROUP.conversation, STRANGER, "受理", quote=card)
    line = await listener.line()
    assert (line.text, line.quote) == ("受理", receipt.message_id)


async def test_a_stranger_is_not_written_to_in_private(
    adapter: WeChatAdapter, peer: WeChatPeer
) -> None:
    receipt = await adapter.send(Target("wechat", f"private:{STRANGER}"), "您好")
    assert receipt.result is SendResult.NOT_FRIEND
    assert peer.sent == []


async def test_a_stranger_who_wrote_in_private_is_answered(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    await peer.say(f"private:{STRANGER}", STRANGER, "在吗")
    await listener.line()
    receipt = await adapter.send(Target("wechat", f"private:{STRANGER}"), "您好")
    assert receipt.result is SendResult.NOT_FRIEND  # the gateway itself says so
    assert "not a friend" in receipt.detail


async def test_a_refusal_of_wechat_is_told_in_its_words(
    adapter: WeChatAdapter, peer: WeChatPeer
) -> None:
    await peer.order("fail", text="message blocked by risk control")
    receipt = await adapter.send(GROUP, "已登记 #12")
    assert receipt.result is SendResult.REFUSED
    assert "risk control" in receipt.detail


async def test_a_wrong_token_is_said_and_the_token_is_not(
    peer: WeChatPeer, listener: Listener, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    adapter = adapter_for(peer, tmp_path, token="a-wrong-secret")
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            finished.set()
            await asyncio.Event().wait()

    finished = asyncio.Event()
    adapter._sleep = sleep
    await adapter.start(listener)
    async with asyncio.timeout(20):
        await finished.wait()
    await adapter.stop()
    assert waits == [60.0, 60.0, 60.0]
    assert "LIANXIN_WECHAT_TOKEN" in caplog.text
    assert "a-wrong-secret" not in caplog.text
    assert (await adapter.send(GROUP, "x")).result is SendResult.OFFLINE


async def test_a_gateway_that_dies_is_found_again(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    for count in (1, 2, 3):
        await peer.kill()
        assert (await listener.notice("offline", count)).account == ACCOUNT
        assert (await adapter.send(GROUP, "x")).result is SendResult.OFFLINE
        await peer.start()
        await listener.notice("online", count + 1)
        await peer.say(GROUP.conversation, RESIDENT, f"第{count}句")
        assert (await listener.line(count)).text == f"第{count}句"


async def test_a_logout_is_told_and_so_is_the_next_login(
    adapter: WeChatAdapter, peer: WeChatPeer, listener: Listener
) -> None:
    await peer.order("logout")
    await listener.notice("offline")
    assert adapter.accounts() == []
    await peer.order("login", id=ACCOUNT)
    await listener.notice("online", 2)
    assert adapter.accounts() == [ACCOUNT]


async def test_a_gateway_with_tls_is_spoken_to_by_who_trusts_its_certificate(
    listener: Listener, tmp_path: Path
) -> None:
    peer = WeChatPeer(lambda: NOW, tls=True)
    await peer.start()
    address = Address("127.0.0.1", peer.port, TOKEN, True, CERTIFICATE, CERTIFICATE_NAME)
    adapter = WeChatAdapter(
        partial(Puppet, address), media_folder=tmp_path, now=lambda: NOW, rng=random.Random(1)
    )
    await adapter.start(listener)
    assert (await listener.notice("online")).account == ACCOUNT
    await adapter.stop()
    await peer.kill()


@pytest.mark.parametrize(
    "trust", [(None, CERTIFICATE_NAME), (CERTIFICATE, None)], ids=["signer", "name"]
)
async def test_a_gateway_whose_certificate_does_not_fit_is_not_spoken_to(
    trust: tuple[Path | None, str | None],
) -> None:
    peer = WeChatPeer(lambda: NOW, tls=True)
    await peer.start()
    puppet = Puppet(Address("127.0.0.1", peer.port, TOKEN, True, *trust))
    with pytest.raises(Unreachable):
        await puppet.start()
    puppet.close()
    await peer.kill()
