"""What is fed with what: each target takes any value of its strategy and must not crash.

Crash means any exception but the one with which it refuses, or a promise about its result broken.
"""

import dataclasses
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from hypothesis import strategies as st

from bot.adapters.onebot_events import read_event
from bot.adapters.onebot_intake import decode
from bot.adapters.onebot_render import render
from bot.adapters.onebot_segments import read_message
from bot.config import ConfigError, load_config
from bot.transcript import TranscriptError, read_transcripts
from handlers import intents
from handlers.commands import COMMANDS
from handlers.grammar import has_gap, looks_like_command, nearest_words, take_apart
from handlers.privacy import clean
from storage.database import connect_sync
from storage.rows import to_millis
from tests.handlers.town import (
    ADMINISTRATOR,
    CONFIG,
    GROUP,
    INSTRUCTOR,
    NEIGHBOUR,
    RESIDENT,
    SECRETARY,
    Town,
    private,
)

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
BOT_NAMES = ("连心", "小连")
PIECES = st.sampled_from(
    (
        *(
            *COMMANDS,
            *"/／\\@#＃号件楼单元",
            " ",
            "\n",
            "1",
            "12",
            "１２",
            "①",
            "99999999999",
            "-1",
        ),
        *(
            "2天",
            "明天",
            "11-25",
            "13:00",
            "3号楼",
            "停水了没人管",
            "煤气味",
            "好了",
            "还没",
            "谢谢",
        ),
        *(
            "@连心",
            "李惠",
            "城关",
            "住建办",
            "13912345678",
            "{",
            "}",
            '"',
            "\\u",
            "%s",
            "{0}",
            "'; --",
        ),
        *("[CQ:at,qq=all]", "[CQ:", "]", ",", "=", "&#91;", "&amp;", "\u200b", "\u202e", "\ud800"),
        *("\x00", "\ufeff", "*"),
    )
)
TEXTS = st.one_of(
    st.text(max_size=40), st.lists(PIECES | st.text(max_size=3), max_size=9).map("".join)
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
KINDS = st.sampled_from(
    (
        "text",
        "at",
        "reply",
        "image",
        "record",
        "location",
        "video",
        "file",
        "forward",
        "node",
        "json",
    )
)
FIELDS = st.sampled_from(
    ("text", "qq", "id", "url", "file", "summary", "title", "duration", "data")
)
DATA = st.dictionaries(FIELDS, SCALARS, max_size=4)
SEGMENT = st.fixed_dictionaries({"type": KINDS | TEXTS, "data": DATA | SCALARS}) | SCALARS
MESSAGES = st.one_of(TEXTS, st.lists(SEGMENT, max_size=6), SEGMENT)
NAMES = st.sampled_from(
    (
        *("post_type", "message_type", "notice_type", "sub_type", "self_id", "user_id"),
        *("group_id", "message_id", "real_seq", "time", "sender", "message", "raw_message"),
        *("operator_id", "target_id"),
    )
)
VALUES = st.one_of(
    SCALARS,
    MESSAGES,
    st.sampled_from(
        ("message", "notice", "message_sent", "group", "private", "group_recall", "friend")
    ),
    st.sampled_from((10001, 700108, 20001, "10001", 1_800_000_000)),
    st.dictionaries(st.sampled_from(("nickname", "card", "user_id")), SCALARS, max_size=3),
)
EVENTS = st.dictionaries(NAMES, VALUES, max_size=10)
FRAMES = st.binary(max_size=60) | TEXTS | EVENTS.map(lambda event: repr(event))


def read_segments(message: Any) -> None:
    content = read_message(message, "10001")
    assert all(user.isdigit() for user in content.at_users)
    assert all(link.startswith(("http", "base64://")) for link in content.pictures)
    assert {one["type"] for one in render(content.words)} <= {"text"}


def read_events(event: dict[str, Any]) -> None:
    for changed in (event, {"post_type": "message", "message_type": "group"} | event):
        read_event(changed, "10001", NOW)


def read_frames(frame: str | bytes) -> None:
    decode(frame)


def read_commands(text: str) -> None:
    written = take_apart(text, COMMANDS, BOT_NAMES)
    assert written.word is None or written.word in COMMANDS
    assert written.number is None or 0 <= written.number < 10**9
    looks_like_command(written)
    nearest_words(written.rest, tuple(COMMANDS))
    for word in ("查", "转", "登记"):
        has_gap(text, word, BOT_NAMES)


def listen(text: str) -> None:
    reading = intents.classify(text)
    assert 0 <= reading.score <= 1
    assert len(reading.gist) <= 40


SPEAKERS = st.sampled_from((RESIDENT, NEIGHBOUR, INSTRUCTOR, SECRETARY, ADMINISTRATOR))
LINES = st.fixed_dictionaries(
    {
        "sender": SPEAKERS,
        "text": TEXTS,
        "is_private": st.booleans(),
        "quote": st.sampled_from((None, "m1", "card", "nothing")),
        "is_at_bot": st.booleans(),
        "is_late": st.booleans(),
        "recall": st.sampled_from((None, None, None, None, "m1")),
        "sender_name": TEXTS,
    }
)


class Talk:
    """A town with two matters in it; what a line does is taken back after it."""

    def __init__(self) -> None:
        settings = load_config(CONFIG, {}).settings
        self._opened = connect_sync("sqlite://")
        self._town = Town(self._opened.__enter__(), settings, NOW)
        self._town.open("停水", place="2号楼")
        self._town.open("打人", is_sensitive=True, text="邻居打人", sender=NEIGHBOUR)
        row = next(row for row in self._town.store.outbox.list_new() if row.conversation == GROUP)
        self._town.mark_sent(row, "card")

    def close(self) -> None:
        self._opened.__exit__(None, None, None)

    def __call__(self, line: dict[str, Any]) -> None:
        town = self._town
        # As every adapter hands it over.
        said = dict(line) | {name: clean(line[name]) for name in ("text", "sender_name")}
        where = private(said["sender"]) if said.pop("is_private") else GROUP
        before, now = dict(town.talk), town.now
        town.store.connection.execute("savepoint line")
        rows = town.say(said.pop("sender"), said.pop("text"), where=where, **said)
        rows += town.wait(days=1)
        for row in rows:
            row.text.encode("utf-8", "surrogatepass")
            assert "all" not in row.at_users
            assert row.text
        town.store.connection.execute("rollback to line")
        town.talk, town.now = before, now


ROWS = st.dictionaries(
    st.sampled_from(
        (
            "id",
            "at",
            "platform",
            "conversation",
            "sender",
            "name",
            "role",
            "text",
            "images",
            "voice",
        )
    ),
    SCALARS
    | st.lists(TEXTS, max_size=2)
    | st.sampled_from(("group:1", "2026-11-24T10:00:00+08:00")),
)
TRANSCRIPTS = st.lists(
    st.one_of(
        st.binary(max_size=40),
        TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")),
        ROWS.map(lambda row: repr(row).replace("'", '"').encode("utf-8", "surrogatepass")),
        ROWS.map(lambda row: orjson.dumps(_plain({"id": "a"} | row))),
    ),
    max_size=4,
).map(b"\n".join)


def _plain(value: Any) -> Any:
    """What JSON can hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value if not isinstance(value, int) or abs(value) < 2**53 else 0


def read_transcript(content: bytes) -> None:
    path = _scratch() / "fuzz.jsonl"
    path.write_bytes(content)
    with suppress(TranscriptError):
        for said in read_transcripts([path]):
            to_millis(said.incoming.at)
            dataclasses.replace(said.incoming)


SHIPPED = CONFIG.read_text("utf-8").splitlines()
SECRET = "hunter2-hunter2"
JUNK = st.sampled_from(
    (
        "[[", "]", "= 1", '""', "'", '"""', "[storage]", "[[staff]]", 'token = "hunter2-hunter2"',
        "quiet = 5", "at = 25:00", "names = []", "units = 1", "[units]", "port = -1", "zone = 'x'",
        'database = "postgresql://u:hunter2-hunter2@h/d"', "closed_days = -1", "nan = nan", "\x00",
    )
)  # fmt: skip
CHANGES = st.lists(
    st.tuples(
        st.integers(0, len(SHIPPED) - 1),
        st.sampled_from(("drop", "add", "value", "cut")),
        JUNK | TEXTS,
    ),
    min_size=1,
    max_size=4,
)


def read_config(changes: list[tuple[int, str, str]]) -> None:
    lines = list(SHIPPED)
    for place, how, text in changes:
        line = lines[place]
        lines[place] = {
            "drop": "",
            "add": f"{line}\n{text}",
            "value": f"{line.partition('=')[0]}= {text}",
            "cut": line[: len(line) // 2],
        }[how]
    path = _scratch() / "config.toml"
    path.write_text("\n".join(lines), "utf-8", errors="surrogatepass")
    problems = [""]
    try:
        load_config(path, {})
    except ConfigError as error:
        problems = [str(problem) for problem in error.problems]
    assert problems
    assert SECRET not in "\n".join(problems)


_FOLDER: list[tempfile.TemporaryDirectory[str]] = []


def _scratch() -> Path:
    if not _FOLDER:
        _FOLDER.append(tempfile.TemporaryDirectory(prefix="lianxin-fuzz-"))
    return Path(_FOLDER[0].name)


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    values: st.SearchStrategy[Any]
    make: Callable[[], Callable[[Any], None]]


TARGETS = (
    Target("segments", MESSAGES, lambda: read_segments),
    Target("events", EVENTS, lambda: read_events),
    Target("frames", FRAMES, lambda: read_frames),
    Target("commands", TEXTS, lambda: read_commands),
    Target("ear", TEXTS, lambda: listen),
    Target("talk", LINES, Talk),
    Target("transcripts", TRANSCRIPTS, lambda: read_transcript),
    Target("config", CHANGES, lambda: read_config),
)
