import asyncio
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from bot.adapters.onebot import OneBotAdapter
from tests.bot.adapters.conftest import NOW
from tests.peers.fake_onebot import FakeOneBot
from tests.peers.listener import Listener
from tests.peers.picture_server import Page


def picture(width: int = 8) -> bytes:
    data = BytesIO()
    Image.new("RGB", (width, 8), "red").save(data, "PNG")
    return data.getvalue()


async def test_a_line_in_a_group_is_told(fake: FakeOneBot, listener: Listener) -> None:
    said = await fake.say_in_group("700101", "20001", "路灯坏了", name="小张", card="3号楼张三")
    line = await listener.line()
    assert (line.platform, line.account) == ("qq", "10001")
    assert line.conversation == "group:700101"
    assert line.message_id == str(said)
    assert (line.sender, line.sender_name) == ("20001", "3号楼张三")
    assert (line.text, line.at, line.is_late) == ("路灯坏了", NOW, False)


async def test_a_private_line_is_told(fake: FakeOneBot, listener: Listener) -> None:
    await fake.say_in_private("20001", "进度 12", name="小张")
    line = await listener.line()
    assert (line.conversation, line.is_private) == ("private:20001", True)
    assert line.sender_name == "小张"


async def test_a_quote_is_told_without_asking_for_the_quoted_message(
    fake: FakeOneBot, listener: Listener
) -> None:
    await fake.say_in_group("700101", "20001", "受理", reply_to=-5, at_bot=True)
    line = await listener.line()
    assert (line.quote, line.is_at_bot, line.text) == ("-5", True, "受理")
    assert fake.calls == []


async def test_a_picture_is_fetched_and_kept(
    fake: FakeOneBot, listener: Listener, adapter: OneBotAdapter
) -> None:
    await fake.say_in_group("700101", "20001", "看", images=[picture()])
    line = await listener.line()
    (name,) = line.images
    assert await adapter.media.read(name) == picture()
    assert line.images_missing == 0


async def test_a_picture_that_can_not_be_had_is_counted(
    fake: FakeOneBot, listener: Listener
) -> None:
    gone = fake.pictures.put(Page(b"", "404 Not Found"))
    await fake.say_in_group("700101", "20001", "看", images=[gone, picture()])
    line = await listener.line()
    assert (len(line.images), line.images_missing) == (1, 1)


async def test_lines_are_told_in_order_behind_a_slow_picture(
    fake: FakeOneBot, listener: Listener
) -> None:
    slow = fake.pictures.put(Page(picture(), delay=0.3))
    await fake.say_in_group("700101", "20001", "一", images=[slow])
    await fake.say_in_group("700101", "20001", "二")
    await listener.line(2)
    assert [line.text for line in listener.lines] == ["一", "二"]


async def test_a_slow_picture_holds_up_no_other_conversation(
    fake: FakeOneBot, listener: Listener
) -> None:
    gate = asyncio.Event()
    slow = fake.pictures.put(Page(picture(), gate=gate))
    await fake.say_in_group("700101", "20001", "一", images=[slow])
    await fake.say_in_group("700102", "20002", "二")
    await listener.line()
    gate.set()
    await listener.line(2)
    assert [line.text for line in listener.lines] == ["二", "一"]


async def test_a_voice_note_comes_in_words(fake: FakeOneBot, listener: Listener) -> None:
    fake.voice_words = {7: "我家没水了"}
    await fake.say_in_private("20001", voice=b"#!SILK_V3 ...", message_id=7)
    line = await listener.line()
    assert line.voice is not None
    assert line.words == "我家没水了"
    assert fake.pictures.requests == []


async def test_a_voice_note_is_kept_where_it_can_not_be_put_in_words(
    fake: FakeOneBot, listener: Listener, adapter: OneBotAdapter
) -> None:
    fake.voice_words = None
    await fake.say_in_private("20001", voice=b"#!SILK_V3 ...")
    line = await listener.line()
    assert line.voice is not None
    assert (line.voice.transcript, line.words) == (None, "")
    assert line.voice.file is not None
    assert await adapter.media.read(line.voice.file) == b"#!SILK_V3 ..."


async def test_a_lacking_api_is_asked_for_once(fake: FakeOneBot, listener: Listener) -> None:
    fake.voice_words = None
    for _ in range(3):
        await fake.say_in_private("20001", voice=b"#!SILK_V3 ...")
    await listener.line(3)
    assert [action for action, _ in fake.calls] == ["fetch_ptt_text"]


async def test_a_recalled_line_names_it(fake: FakeOneBot, listener: Listener) -> None:
    said = await fake.say_in_group("700101", "20001", "说错了")
    await fake.recall_in_group("700101", "20001", said)
    recall = await listener.line(2)
    assert (recall.recall, recall.sender, recall.recalled_by) == (str(said), "20001", None)
    assert recall.conversation == "group:700101"


async def test_a_line_that_an_admin_recalled_says_so(fake: FakeOneBot, listener: Listener) -> None:
    said = await fake.say_in_group("700101", "20001", "广告")
    await fake.recall_in_group("700101", "20001", said, operator="30001")
    recall = await listener.line(2)
    assert (recall.sender, recall.recalled_by) == ("20001", "30001")


async def test_an_old_line_is_late(fake: FakeOneBot, listener: Listener) -> None:
    await fake.say_in_group("700101", "20001", "一", at=NOW - timedelta(minutes=9))
    await fake.say_in_group("700101", "20001", "二", at=NOW - timedelta(minutes=11))
    await listener.line(2)
    assert [line.is_late for line in listener.lines] == [False, True]


async def test_two_hundred_quick_lines_come_in_order(fake: FakeOneBot, listener: Listener) -> None:
    listener.delay = 0.0005
    for i in range(200):
        await fake.say_in_group("700101", f"2{i:04}", str(i))
    await listener.line(200)
    assert [line.text for line in listener.lines] == [str(i) for i in range(200)]


async def test_a_failing_receiver_loses_no_other_line(
    fake: FakeOneBot, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    listener.fails_on = lambda line: line.text == "秘密"
    for text in ("一", "秘密", "三"):
        await fake.say_in_group("700101", "20001", text)
    await listener.line(2)
    assert [line.text for line in listener.lines] == ["一", "三"]
    assert "receiver failed: LookupError" in caplog.text
    assert "秘密" not in caplog.text


async def test_own_messages_are_echoes_only(
    fake: FakeOneBot, listener: Listener, adapter: OneBotAdapter
) -> None:
    await fake.say_in_group("700101", "20001", "一")
    await listener.line()
    await adapter.send(listener.lines[0].target, "已登记 #12", at_users=["20001"])
    echo = await listener.echo()
    assert (echo.target.conversation, echo.text) == ("group:700101", "已登记 #12")
    assert echo.message_id == str(fake.sent[0].message_id)
    assert len(listener.lines) == 1


async def test_joining_renaming_and_muting_are_noticed(
    fake: FakeOneBot, listener: Listener
) -> None:
    group = {"group_id": 700101}
    await fake.notice("group_increase", user_id=20009, sub_type="approve", **group)
    await fake.notice("notify", sub_type="group_name", user_id=1, name_new="柳园一支部", **group)
    await fake.notice("group_ban", sub_type="ban", user_id=10001, duration=600, **group)
    await fake.notice("group_ban", sub_type="ban", user_id=20009, duration=600, **group)
    await fake.notice("group_decrease", user_id=20009, sub_type="leave", **group)
    await listener.notice("left")
    told = [(notice.kind, notice.detail) for notice in listener.notices[1:]]
    assert told == [
        ("joined", "20009"),
        ("renamed", "柳园一支部"),
        ("muted", "600"),
        ("left", "20009"),
    ]


async def test_a_kicked_account_is_offline_until_it_is_heard_again(
    fake: FakeOneBot, listener: Listener, adapter: OneBotAdapter
) -> None:
    await fake.notice("bot_offline", user_id=10001, tag="BotOfflineEvent", message="下线")
    await fake.heartbeat(is_online=True)
    assert (await listener.notice("offline")).detail == "下线"
    assert adapter.accounts() == []
    await fake.say_in_private("20001", "在吗")
    await listener.notice("online", count=2)
    assert adapter.accounts() == ["10001"]


async def test_heartbeats_tell_changes_only(fake: FakeOneBot, listener: Listener) -> None:
    for is_online in (True, True, False, False, True, True):
        await fake.heartbeat(is_online)
    await listener.notice("online", count=2)
    assert [notice.kind for notice in listener.notices] == ["online", "offline", "online"]


async def test_a_dropped_connection_is_offline_and_may_come_back(
    fake: FakeOneBot, listener: Listener, adapter: OneBotAdapter
) -> None:
    await fake.disconnect(abruptly=True)
    await listener.notice("offline")
    assert adapter.accounts() == []
    await fake.connect()
    await listener.notice("online", count=2)
    assert adapter.accounts() == ["10001"]


async def test_what_was_heard_is_told_before_stopping(
    fake: FakeOneBot, listener: Listener, adapter: OneBotAdapter
) -> None:
    listener.delay = 0.02
    for i in range(10):
        await fake.say_in_group("700101", "20001", str(i))
    await listener.line()
    await adapter.stop()
    assert [line.text for line in listener.lines] == [str(i) for i in range(10)]


async def test_it_starts_again_after_stopping(
    fake: FakeOneBot, listener: Listener, adapter: OneBotAdapter
) -> None:
    port = adapter.port
    await adapter.stop()
    await fake.disconnect()
    await adapter.start(listener)
    await fake.connect()
    await fake.say_in_group("700101", "20001", "还在")
    assert adapter.port == port
    assert (await listener.line()).text == "还在"


async def test_a_taken_port_is_an_error(adapter: OneBotAdapter, listener: Listener) -> None:
    other = OneBotAdapter(
        host="127.0.0.1",
        port=adapter.port,
        access_token="secret",
        media_folder=adapter.media.folder,
        now=lambda: NOW,
    )
    with pytest.raises(OSError):
        await other.start(listener)


async def test_history_tells_lines_and_echoes_since_a_moment(
    fake: FakeOneBot, listener: Listener, adapter: OneBotAdapter
) -> None:
    await fake.say_in_group("700101", "20001", "昨天", at=NOW - timedelta(days=1))
    await fake.say_in_group("700101", "20001", "今天")
    target = (await listener.line(2)).target
    await adapter.send(target, "已登记")
    history = await adapter.history(target, NOW - timedelta(hours=1), 50)
    assert [one.text for one in history] == ["今天", "已登记"]
    assert history[0] == listener.lines[1]


@pytest.mark.parametrize("style", ["napcat", "lagrange"])
async def test_lines_missed_are_in_the_history(
    style: str, fake: FakeOneBot, listener: Listener, adapter: OneBotAdapter
) -> None:
    fake.history_style = style
    fake.faults.drop = 1
    await fake.say_in_private("20001", "没收到")
    await fake.say_in_private("20001", "收到")
    target = (await listener.line()).target
    history = await adapter.history(target, NOW - timedelta(hours=1), 50)
    assert [one.text for one in history] == ["没收到", "收到"]


async def test_no_history_where_the_implementation_has_none(
    fake: FakeOneBot, listener: Listener, adapter: OneBotAdapter
) -> None:
    fake.history_style = "none"
    await fake.say_in_private("20001", "在吗")
    target = (await listener.line()).target
    assert await adapter.history(target, NOW - timedelta(hours=1), 50) == []


async def test_stopping_leaves_no_task_behind(
    fake: FakeOneBot, listener: Listener, adapter: OneBotAdapter
) -> None:
    await fake.say_in_group("700101", "20001", "一")
    await listener.line()
    await adapter.stop()
    await fake.disconnect()
    await fake.pictures.stop()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
