import orjson
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.adapters.onebot_render import render
from bot.adapters.onebot_segments import read_message
from handlers.privacy import clean

CODES = st.sampled_from(
    ["[CQ:at,qq=all]", "[CQ:image,file=file:///etc/passwd]", "[CQ:", "]", "&#91;", "@全体成员", ","]
)
TEXTS = st.text() | st.lists(st.text() | CODES).map("".join)


@settings(deadline=None)
@given(TEXTS)
@example("[CQ:at,qq=all]")
@example("\ud800")
def test_any_text_renders_to_text_segments_only(text: str) -> None:
    segments = render(text)
    assert {segment["type"] for segment in segments} <= {"text"}
    orjson.dumps(segments)


@settings(deadline=None)
@given(TEXTS, st.lists(st.text() | st.just("all") | st.integers().map(str)))
def test_only_user_ids_are_mentioned(text: str, at_users: list[str]) -> None:
    mentions = [one["data"] for one in render(text, at_users=at_users) if one["type"] == "at"]
    assert all(isinstance(data, dict) and data["qq"].isdigit() for data in mentions)
    assert {"qq": "all"} not in mentions


@settings(deadline=None)
@given(TEXTS.map(lambda text: clean(text).strip()))
def test_what_was_sent_is_read_back_the_same(text: str) -> None:
    content = read_message(render(text, at_users=["20001"], reply_to="5"), "10001")
    assert clean(content.words) == text
    assert (content.at_users, content.quote) == (["20001"], "5")


def test_the_parts_stand_in_order() -> None:
    segments = render("办结", at_users=["1", "2", "1"], images=[b"\xff"], reply_to="-5")
    assert segments == [
        {"type": "reply", "data": {"id": "-5"}},
        {"type": "at", "data": {"qq": "1"}},
        {"type": "at", "data": {"qq": "2"}},
        {"type": "text", "data": {"text": " 办结"}},
        {"type": "image", "data": {"file": "base64:///w=="}},
    ]


def test_a_quote_that_is_no_message_id_is_left_out() -> None:
    assert render("在", reply_to="recall:5") == [{"type": "text", "data": {"text": "在"}}]
