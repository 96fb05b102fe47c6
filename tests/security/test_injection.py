"""Promise: what residents write comes out as text and nothing else; nobody is ever @all-ed."""

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.onebot_render import render
from bot.adapters.onebot_segments import segments_of
from tests.handlers.town import CHATTER, GROUP, INSTRUCTOR, RESIDENT, Town, matter
from tests.tally import Tally

CODES = st.sampled_from(
    (
        *("[CQ:at,qq=all]", "[CQ:at,qq=0]", "[CQ:image,file=file:///etc/passwd]", "[CQ:", "]"),
        *("&#91;CQ:at&#44;qq=all&#93;", "&amp;#91;", "@全体成员", "@all", "[CQ:reply,id=1]"),
        *("[CQ:json,data={}]", "[CQ:record,file=http://127.0.0.1/]", "[[CQ:at,qq=all]]", ",qq=all"),
        *("\x00", "\u202e", "\ud800", "\u200b[CQ:at,qq=all]", "［CQ:at，qq=all］"),
    )
)
TEXTS = st.lists(st.text(max_size=12) | CODES, max_size=8).map("".join)
USERS = st.lists(
    st.sampled_from(("all", "ALL", "0", "00", "-1", "全体", " all ", "5001")), max_size=4
)


def test_any_text_comes_out_as_text_and_no_mention_of_all(tally: Tally) -> None:
    tried: list[str] = []
    through: list[tuple[str, list[str]]] = []

    @settings(deadline=None, max_examples=5000)
    @given(TEXTS, USERS)
    def attack(text: str, users: list[str]) -> None:
        tried.append(text)
        if not comes_out_as_text(text, users):
            through.append((text, users))

    attack()
    assert len(tried) >= 5000
    tally("CQ codes and @all in texts, names, answers", len(tried), leaked=through)


def comes_out_as_text(text: str, users: list[str]) -> bool:
    """As text and mentions of one person alone, also as the other side reads it."""
    segments = render(text, at_users=users)
    wire = orjson.loads(orjson.dumps(segments))
    kinds = {one["type"] for one in segments} | {kind for kind, _ in segments_of(wire)}
    mentions = [one["data"] for one in segments if one["type"] == "at"]
    return kinds <= {"text", "at"} and all(data == {"qq": "5001"} for data in mentions)


CODE = "[CQ:at,qq=all]"


def test_a_code_in_names_texts_and_answers_is_never_more_than_text(town: Town) -> None:
    """A whole life in which everybody writes the code; then what goes over the wire."""
    town.say(RESIDENT, f"{CODE}停水", sender_name=CODE, reading=matter(f"{CODE}停水", place=CODE))
    town.wait(seconds=400)
    for words in ("受理", f"进展 {CODE}", f"延期 9天 {CODE}", f"协办 {CODE}", f"办结 {CODE}"):
        town.say(INSTRUCTOR, f"/1 {words}", reading=CHATTER)
    town.say(RESIDENT, f"/不满意 {CODE}", sender_name=CODE, reading=CHATTER)
    town.say(RESIDENT, "/我的", sender_name=CODE, reading=CHATTER)
    town.wait(days=2)
    rows = town.store.outbox.list_new()
    assert any(CODE in row.text for row in rows if row.conversation == GROUP)
    for row in rows:
        for segment in render(row.text, at_users=row.at_users):
            assert segment["type"] in ("text", "at")
            assert segment["type"] == "text" or segment["data"] == {"qq": RESIDENT}
