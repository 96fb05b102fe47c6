import asyncio
from io import BytesIO

import pytest
from PIL import Image

from bot.adapters.onebot import OneBotAdapter
from bot.adapters.onebot_link import Answer
from bot.adapters.onebot_render import receipt_of
from bot.adapters.port import SendResult
from handlers.messages import Target
from tests.peers.fake_onebot import FakeOneBot, SendMode
from tests.peers.listener import Listener

GROUP = Target("qq", "group:700101")
PRIVATE = Target("qq", "private:20001")


async def test_a_sent_message_has_its_receipt(adapter: OneBotAdapter, fake: FakeOneBot) -> None:
    receipt = await adapter.send(GROUP, "已登记 #12", at_users=["20001"], reply_to="77")
    (sent,) = fake.sent
    assert (receipt.result, receipt.message_id) == (SendResult.SENT, str(sent.message_id))
    assert (sent.conversation, sent.text) == ("group:700101", "已登记 #12")
    assert (sent.at_users, sent.reply_to) == (("20001",), "77")


async def test_a_cq_code_goes_out_as_text(adapter: OneBotAdapter, fake: FakeOneBot) -> None:
    await adapter.send(GROUP, "您说:[CQ:at,qq=all] &#91;CQ:face,id=1&#93;")
    assert fake.sent[0].segments == (
        {"type": "text", "data": {"text": "您说:[CQ:at,qq=all] &#91;CQ:face,id=1&#93;"}},
    )


async def test_nobody_is_mentioned_in_private(adapter: OneBotAdapter, fake: FakeOneBot) -> None:
    await adapter.send(PRIVATE, "您好", at_users=["20001"])
    assert [segment["type"] for segment in fake.sent[0].segments] == ["text"]


async def test_all_is_never_mentioned(adapter: OneBotAdapter, fake: FakeOneBot) -> None:
    await adapter.send(GROUP, "通知", at_users=["all", "0", "20001"])
    assert fake.sent[0].at_users == ("20001",)


async def test_stored_pictures_are_sent_as_bytes(adapter: OneBotAdapter, fake: FakeOneBot) -> None:
    data = BytesIO()
    Image.new("RGB", (4, 4)).save(data, "JPEG")
    name = await adapter.media.keep_picture(data.getvalue())
    assert name is not None
    await adapter.send(GROUP, "办结", images=[name, "0" * 32 + ".jpg", "../../etc/passwd"])
    assert fake.sent[0].images == (data.getvalue(),)


@pytest.mark.parametrize(
    ("mode", "result", "delivered"),
    [
        (SendMode.REFUSE, SendResult.REFUSED, 0),
        (SendMode.MUTE, SendResult.MUTED, 0),
        (SendMode.WORDING_SENT, SendResult.TIMEOUT, 1),
        (SendMode.WORDING_LOST, SendResult.TIMEOUT, 0),
        (SendMode.SLOW, SendResult.SENT, 1),
    ],
)
async def test_each_way_of_failing_has_its_result(
    mode: SendMode,
    result: SendResult,
    delivered: int,
    adapter: OneBotAdapter,
    fake: FakeOneBot,
) -> None:
    fake.mode, fake.slow_seconds = mode, 0.05
    assert (await adapter.send(GROUP, "在")).result is result
    assert len(fake.sent) == delivered


@pytest.mark.parametrize("adapter", [0.2], indirect=True)
@pytest.mark.parametrize(("mode", "most"), [(SendMode.TIMEOUT_SENT, 1), (SendMode.TIMEOUT_LOST, 0)])
async def test_no_answer_is_a_timeout(
    mode: SendMode, most: int, adapter: OneBotAdapter, fake: FakeOneBot
) -> None:
    fake.mode = mode
    assert (await adapter.send(GROUP, "在")).result is SendResult.TIMEOUT
    assert len(fake.sent) <= most


async def test_a_stranger_is_not_a_friend(adapter: OneBotAdapter, fake: FakeOneBot) -> None:
    fake.mode = SendMode.NOT_FRIEND
    assert (await adapter.send(PRIVATE, "您好")).result is SendResult.NOT_FRIEND


async def test_a_stranger_is_written_to_through_the_group_where_he_spoke(
    adapter: OneBotAdapter, fake: FakeOneBot, listener: Listener
) -> None:
    fake.strangers = {"20001"}
    assert (await adapter.send(PRIVATE, "您好")).result is SendResult.NOT_FRIEND
    await fake.say_in_group("700101", "20001", "又没水")
    await listener.line()
    assert (await adapter.send(PRIVATE, "您好")).result is SendResult.SENT
    assert [sent.conversation for sent in fake.sent] == ["private:20001"]
    fake.temporary_chats = False
    assert (await adapter.send(PRIVATE, "您好")).result is SendResult.NOT_FRIEND


async def test_without_a_connection_it_is_offline(adapter: OneBotAdapter) -> None:
    assert (await adapter.send(GROUP, "在")).result is SendResult.OFFLINE


@pytest.mark.parametrize("adapter", [60], indirect=True)
async def test_a_connection_lost_while_waiting_is_a_timeout(
    adapter: OneBotAdapter, fake: FakeOneBot
) -> None:
    fake.mode = SendMode.TIMEOUT_SENT
    sending = asyncio.create_task(adapter.send(GROUP, "在"))
    await fake.wait_for_sent("在")
    await fake.disconnect(abruptly=True)
    async with asyncio.timeout(20):
        receipt = await sending
    assert (receipt.result, receipt.detail) == (SendResult.TIMEOUT, "no answer")
    assert adapter.accounts() == []


@pytest.mark.parametrize("conversation", ["group:abc", "group:", "room:1", "private:all"])
async def test_a_conversation_that_is_none_is_refused(
    conversation: str, adapter: OneBotAdapter, fake: FakeOneBot
) -> None:
    receipt = await adapter.send(Target("qq", conversation), "在")
    assert receipt.result is SendResult.REFUSED
    assert fake.calls == []


async def test_an_empty_message_is_refused(adapter: OneBotAdapter, fake: FakeOneBot) -> None:
    assert (await adapter.send(GROUP, "")).result is SendResult.REFUSED


async def test_a_stranger_in_a_group_is_answered_through_that_group(
    adapter: OneBotAdapter, fake: FakeOneBot, listener: Listener
) -> None:
    await fake.send_raw(
        '{"post_type":"message","message_type":"private","sub_type":"group","self_id":10001,'
        '"user_id":20001,"message_id":9,"group_id":700101,"time":1795485600,'
        '"sender":{"nickname":"甲"},"message":[{"type":"text","data":{"text":"在吗"}}]}'
    )
    await adapter.send((await listener.line()).target, "在的")
    assert fake.calls[-1][1]["group_id"] == 700101


@pytest.mark.parametrize(
    ("retcode", "wording", "target", "result"),
    [
        (120, "", GROUP, SendResult.MUTED),
        (100, "SEND_MSG_API_ERROR", GROUP, SendResult.MUTED),
        (100, "SEND_MSG_API_ERROR", PRIVATE, SendResult.REFUSED),
        (1200, 'EventRet:\n{\n    "result": 120,\n    "errMsg": ""\n}', GROUP, SendResult.MUTED),
        (1200, '"result": 110, "errMsg": "你已被移出该群"', GROUP, SendResult.REFUSED),
        (200, "Timeout: NTEvent EventRet:\n{}", PRIVATE, SendResult.TIMEOUT),
        (1200, "发送超时", GROUP, SendResult.TIMEOUT),
        (1200, "请先添加对方为好友", PRIVATE, SendResult.NOT_FRIEND),
        (1200, "rich media transfer failed", GROUP, SendResult.REFUSED),
        (1404, "不支持的Api send_group_msg", GROUP, SendResult.REFUSED),
    ],
)
def test_answers_of_known_implementations_are_understood(
    retcode: int, wording: str, target: Target, result: SendResult
) -> None:
    assert receipt_of(Answer(False, retcode, wording, None), target).result is result
