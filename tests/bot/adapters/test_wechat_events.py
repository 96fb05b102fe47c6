"""What WeChat's messages mean, without a gateway."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.port import Echo
from bot.adapters.wechat_events import Draft, Names, moment_of, read_notices, read_said, spoken
from bot.adapters.wechat_lines import MOST_LINES, Lines
from bot.adapters.wechat_wire import Event, EventKind, Kind, Said
from handlers.messages import Incoming

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BOT = "wxid_bot"
RESIDENT = "wxid_wang"
ROOM = "1@chatroom"
DASHES = "- - - - - - - - - - - - - - -"
OWN = Names("王桂兰", ("小连",), ())


def room_line(text: str, **changed: object) -> Said:
    fields: dict[str, object] = {
        "message_id": "m1",
        "kind": Kind.TEXT,
        "sender": RESIDENT,
        "room": ROOM,
        "listener": "",
        "text": text,
        "timestamp": NOW.timestamp(),
    }
    return Said(**(fields | changed))  # type: ignore[arg-type]


def heard(said: Said, names: Names = OWN, lines: Lines | None = None) -> Incoming:
    draft = read_said(said, BOT, names, lines or Lines(), NOW)
    assert isinstance(draft, Draft)
    return draft.incoming


@pytest.mark.parametrize("timestamp", [NOW.timestamp(), NOW.timestamp() * 1000])
def test_a_moment_comes_in_seconds_or_milliseconds(timestamp: float) -> None:
    assert moment_of(timestamp, NOW + timedelta(hours=1)) == NOW


@pytest.mark.parametrize("timestamp", [0, -1, 1e300, float("nan")])
def test_an_absurd_moment_is_now(timestamp: float) -> None:
    assert moment_of(timestamp, NOW) == NOW


def test_a_mention_by_name_counts_where_the_puppet_gives_no_ids() -> None:
    incoming = heard(room_line("@小连 进度 12"))
    assert (incoming.is_at_bot, incoming.text) == (True, "进度 12")


def test_an_at_of_everybody_means_nobody() -> None:
    incoming = heard(room_line("@所有人\u2005明天停水", mentions=(BOT, RESIDENT)))
    assert (incoming.is_at_bot, incoming.text) == (False, "明天停水")


def test_a_longer_name_that_begins_with_the_bots_is_not_the_bot() -> None:
    assert not heard(room_line("@小连长 你说呢")).is_at_bot


def test_a_name_with_blanks_is_taken_out_whole() -> None:
    assert spoken("@3-2-501 王 桂兰\u2005您家有水吗") == "您家有水吗"


def test_a_quote_is_found_by_its_words_and_its_text_is_not_the_speakers() -> None:
    lines = Lines()
    heard(room_line("3号楼停水了", message_id="m0"), lines=lines)
    incoming = heard(room_line(f"「王桂兰：3号楼停水了」\n{DASHES}\n我家也是"), lines=lines)
    assert (incoming.quote, incoming.text) == ("m0", "我家也是")


def test_a_quote_that_was_cut_short_is_found_by_its_beginning() -> None:
    lines = Lines()
    heard(room_line("3号楼二单元从昨天晚上就停水了", message_id="m0"), lines=lines)
    incoming = heard(room_line(f"「王桂兰：3号楼二单元从昨…」\n{DASHES}\n我家也是"), lines=lines)
    assert incoming.quote == "m0"


def test_no_command_hides_in_a_quote() -> None:
    incoming = heard(room_line(f"「王桂兰：@小连\u2005撤销 3」\n{DASHES}\n看这个"))
    assert (incoming.text, incoming.is_at_bot, incoming.quote) == ("看这个", False, None)


def test_who_quotes_a_forgotten_line_of_the_bot_speaks_to_the_bot() -> None:
    incoming = heard(room_line(f"「小连：已登记 #12」\n{DASHES}\n12 进度"))
    assert (incoming.is_at_bot, incoming.quote, incoming.text) == (True, None, "12 进度")


def test_only_so_many_lines_are_remembered() -> None:
    lines = Lines()
    for number in range(MOST_LINES + 1):
        lines.note("group:1", f"m{number}", RESIDENT, f"第{number}句")
    assert lines.find("group:1", "第0句") is None
    assert lines.find("group:1", "第1句") == "m1"


def test_a_recall_by_the_groups_admin_is_told_as_such() -> None:
    lines = Lines()
    heard(room_line("停水了", message_id="m0"), lines=lines)
    recall = heard(room_line("m0", kind=Kind.RECALLED, sender="wxid_admin"), lines=lines)
    assert (recall.recall, recall.sender, recall.recalled_by) == ("m0", RESIDENT, "wxid_admin")


def test_a_recall_in_wechats_own_words_is_understood() -> None:
    text = '<sysmsg type="revokemsg"><revokemsg><newmsgid>735</newmsgid></revokemsg></sysmsg>'
    assert heard(room_line(text, kind=Kind.RECALLED)).recall == "735"


def test_a_recall_of_the_bots_own_line_is_no_line() -> None:
    assert (
        read_said(room_line("m0", kind=Kind.RECALLED, sender=BOT), BOT, OWN, Lines(), NOW) is None
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.VIDEO, "[视频]"),
        (Kind.ATTACHMENT, "[文件]"),
        (Kind.URL, "[分享]"),
        (Kind.EMOTICON, ""),
    ],
)
def test_what_is_not_text_is_named_and_its_contents_are_not_read(kind: Kind, text: str) -> None:
    assert heard(room_line("<xml>撤销 3</xml>", kind=kind)).text == text


@pytest.mark.parametrize("kind", [Kind.RED_ENVELOPE, Kind.TRANSFER, Kind.GROUP_NOTE, Kind.UNKNOWN])
def test_money_and_system_lines_are_not_heard(kind: Kind) -> None:
    assert read_said(room_line("x", kind=kind), BOT, OWN, Lines(), NOW) is None


def test_an_own_private_line_is_an_echo_in_the_others_chat() -> None:
    said = room_line("好的", sender=BOT, room="", listener=RESIDENT)
    echo = read_said(said, BOT, OWN, Lines(), NOW)
    assert isinstance(echo, Echo)
    assert echo.target.conversation == f"private:{RESIDENT}"


@pytest.mark.parametrize(
    "changed",
    [
        {"message_id": ""},
        {"sender": ""},
        {"room": "a b"},
        {"sender": "x" * 200},
        {"message_id": "中"},
    ],
)
def test_what_has_no_sound_id_is_not_heard(changed: dict[str, object]) -> None:
    assert read_said(room_line("停水了", **changed), BOT, OWN, Lines(), NOW) is None


def test_each_who_joins_has_a_notice() -> None:
    event = Event(EventKind.ROOM_JOIN, {"roomId": ROOM, "inviteeIdList": ["a", 7, "b", "中"]})
    assert [notice.detail for notice in read_notices(event, BOT, NOW)] == ["a", "b"]


@pytest.mark.parametrize("fields", [{}, {"roomId": 7}, {"roomId": ROOM, "inviteeIdList": "ab"}])
def test_a_malformed_event_is_no_notice(fields: dict[str, object]) -> None:
    assert read_notices(Event(EventKind.ROOM_JOIN, fields), BOT, NOW) == []
