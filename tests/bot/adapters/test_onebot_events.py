from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.onebot_events import Draft, Heard, moment_of, read_event
from bot.adapters.onebot_intake import decode
from bot.adapters.onebot_segments import segments_of
from bot.adapters.port import Echo, Notice
from handlers.messages import Voice

PAYLOADS = Path(__file__).parents[2] / "payloads" / "onebot"
NOW = datetime(2026, 11, 24, 2, 0, 5, tzinfo=UTC)
SAID_AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def heard(name: str) -> Heard | None:
    payload = decode((PAYLOADS / f"{name}.json").read_bytes())
    assert payload is not None
    return read_event(payload, "10001", NOW)


def draft(name: str) -> Draft:
    found = heard(name)
    assert isinstance(found, Draft)
    return found


def test_a_napcat_line_with_everything_in_it() -> None:
    found = draft("napcat_group_message")
    line = found.incoming
    assert (line.conversation, line.message_id) == ("group:700101", "1830412757")
    assert (line.sender, line.sender_name) == ("20001", "3号楼 王姐")
    assert line.text == "光明巷3号楼的灯  还是不亮"
    assert (line.is_at_bot, line.at_users) == (True, ("30001",))
    assert line.quote == "992140877"
    assert line.at == SAID_AT
    assert found.pictures == (
        "https://multimedia.nt.qq.com.cn/download?appid=1407&fileid=A1&rkey=K1",
    )


def test_a_sticker_is_no_picture() -> None:
    assert draft("napcat_group_message").incoming.images_missing == 0


def test_an_llbot_line_as_a_cq_string() -> None:
    found = draft("llbot_group_message_string")
    assert found.incoming.text == "水管爆了[真的],快来"
    assert (found.incoming.is_at_bot, found.incoming.quote) == (True, "-1203")
    assert found.pictures == ("https://gchat.qpic.cn/gchatpic_new/0/0-0-C1/0?a=1&b=2",)


def test_a_lagrange_line_that_mentions_all() -> None:
    line = draft("lagrange_group_message").incoming
    assert (line.is_at_bot, line.at_users) == (False, ())
    assert (line.text, line.message_id) == ("谁家煤气味这么大", "-781204")


def test_a_name_without_tricks() -> None:
    assert draft("lagrange_group_message").incoming.sender_name == "三张"


def test_words_inside_cards_and_files_are_not_said() -> None:
    text = draft("llbot_card").incoming.text
    assert "办结" not in text
    assert text == "[卡片][聊天记录][文件][视频][位置]柳园镇光明巷"


def test_anonymous_lines_are_ignored() -> None:
    assert heard("lagrange_anonymous") is None


def test_a_voice_note_whose_file_lies_elsewhere_has_no_source() -> None:
    found = draft("napcat_record")
    assert (found.incoming.voice, found.record) == (Voice(0, None), "")


def test_own_messages_are_echoes() -> None:
    found = heard("napcat_message_sent")
    assert isinstance(found, Echo)
    assert (found.target.conversation, found.message_id) == ("group:700101", "40917263")
    assert found.text == "已登记 #12:光明巷3号楼路灯不亮"


def test_own_private_messages_are_echoes_to_the_other() -> None:
    found = heard("napcat_private_sent")
    assert isinstance(found, Echo)
    assert found.target.conversation == "private:20001"


def test_what_is_reported_as_sent_is_an_echo_whoever_is_named() -> None:
    payload = decode((PAYLOADS / "napcat_message_sent.json").read_bytes())
    assert payload is not None
    assert isinstance(read_event({**payload, "user_id": 20001}, "10001", NOW), Echo)


def test_recalls_name_the_line_and_who_took_it_back() -> None:
    line = draft("napcat_group_recall").incoming
    assert (line.recall, line.sender, line.recalled_by) == ("1830412757", "20001", "30001")
    assert line.message_id == "recall:1830412757"
    assert draft("napcat_friend_recall").incoming.conversation == "private:20001"


@pytest.mark.parametrize(
    ("name", "kind", "conversation", "detail"),
    [
        ("napcat_group_name", "renamed", "group:700101", "柳园一支部 居民群"),
        ("napcat_bot_offline", "offline", None, "您的账号在另一地点登录"),
        ("napcat_heartbeat", "offline", None, "heartbeat"),
        ("lagrange_group_decrease", "left", "group:700103", "10001"),
    ],
)
def test_notices(name: str, kind: str, conversation: str | None, detail: str) -> None:
    found = heard(name)
    assert isinstance(found, Notice)
    assert (found.kind, found.conversation, found.detail) == (kind, conversation, detail)


def test_a_group_that_is_disbanded_is_left_by_the_account_itself() -> None:
    event = {
        "post_type": "notice",
        "notice_type": "group_decrease",
        "sub_type": "disband",
        "group_id": 700103,
        "user_id": 0,
    }
    found = read_event(event, "10001", NOW)
    assert isinstance(found, Notice)
    assert (found.kind, found.detail) == ("left", "10001")


def test_a_lifecycle_event_says_nothing_new() -> None:
    assert heard("napcat_lifecycle") is None


def test_the_same_event_twice_has_the_same_key() -> None:
    assert draft("napcat_group_message").incoming.key == draft("napcat_group_message").incoming.key


@pytest.mark.parametrize(
    ("time", "at"),
    [
        (1795485600, SAID_AT),
        (1795485600000, SAID_AT),
        (0, NOW),
        (10**30, NOW),
        ("1795485600", NOW),
        (None, NOW),
        (True, NOW),
    ],
)
def test_the_time_of_an_event(time: object, at: datetime) -> None:
    assert moment_of({"time": time}, NOW) == at


def test_a_line_is_late_after_ten_minutes() -> None:
    payload = decode((PAYLOADS / "lagrange_group_message.json").read_bytes())
    assert payload is not None
    at = moment_of(payload, NOW)
    for age, is_late in ((timedelta(minutes=10), False), (timedelta(minutes=10, seconds=1), True)):
        found = read_event(payload, "10001", at + age)
        assert isinstance(found, Draft)
        assert found.incoming.is_late is is_late


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
KINDS = ["text", "at", "reply", "image", "record", "face", "json", "forward", "location", "file"]
SEGMENTS = st.lists(
    JSON
    | st.fixed_dictionaries(
        {
            "type": st.sampled_from(KINDS),
            "data": st.dictionaries(
                st.sampled_from(
                    ["text", "qq", "id", "url", "file", "summary", "sub_type", "title", "duration"]
                ),
                JSON,
            ),
        }
    ),
    max_size=5,
)
IDS = st.sampled_from([10001, 20001, "20001", 0, -1, "all", None]) | JSON
EVENTS = st.fixed_dictionaries(
    {
        "post_type": st.sampled_from(["message", "message_sent", "notice", "meta_event"]),
        "message": SEGMENTS | st.text() | JSON,
    },
    optional={
        "message_type": st.sampled_from(["group", "private"]) | JSON,
        "notice_type": st.sampled_from(
            ["group_recall", "friend_recall", "group_increase", "group_ban", "notify"]
        ),
        "meta_event_type": st.sampled_from(["heartbeat", "lifecycle"]),
        "sub_type": st.sampled_from(["normal", "group", "group_name", "lift_ban"]) | JSON,
        "user_id": IDS,
        "group_id": IDS,
        "message_id": IDS,
        "operator_id": IDS,
        "target_id": IDS,
        "time": st.integers() | st.floats() | JSON,
        "sender": JSON,
        "status": JSON,
        "name_new": JSON,
        "duration": JSON,
    },
)


@settings(deadline=None)
@given(EVENTS)
def test_no_event_raises(event: dict[str, Any]) -> None:
    found = read_event(event, "10001", NOW)
    if isinstance(found, Draft):
        orjson.dumps(found.incoming)


@settings(deadline=None)
@given(st.binary() | st.text())
def test_no_frame_raises(frame: str | bytes) -> None:
    assert decode(frame) is None or isinstance(decode(frame), dict)


def test_an_opening_inside_a_cq_code_begins_anew() -> None:
    """Else a text of many openings would take a time that grows with its square."""
    segments = list(segments_of("[CQ:at,qq=[CQ:face,id=1]水"))
    assert segments == [
        ("text", {"text": "[CQ:at,qq="}),
        ("face", {"id": "1"}),
        ("text", {"text": "水"}),
    ]
