import json
from datetime import datetime
from pathlib import Path

import pytest

from bot.transcript import TranscriptError, read_transcripts

LINE = {
    "id": "m0001",
    "at": "2026-11-24T09:00:00+08:00",
    "conversation": "group:700108",
    "sender": "20001",
    "name": "老李",
    "role": "resident",
    "text": "停水了",
    "images": ["a.jpg"],
    "voice": None,
    "quote": None,
    "at_bot": True,
    "at_users": ["30001"],
    "recall": None,
    "label": {"act": "open"},
}


def write(path: Path, *lines: object) -> Path:
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def test_a_line_is_read_with_all_its_fields(tmp_path: Path) -> None:
    (said,) = read_transcripts([write(tmp_path / "a.jsonl", LINE)])

    one = said.incoming
    assert (one.platform, one.conversation, one.message_id) == ("qq", "group:700108", "m0001")
    assert (one.sender, one.sender_name, one.text) == ("20001", "老李", "停水了")
    assert one.at == datetime.fromisoformat("2026-11-24T09:00:00+08:00")
    assert (one.images, one.at_users, one.is_at_bot) == (("a.jpg",), ("30001",), True)
    assert not said.is_staff


def test_a_voice_note_keeps_its_words(tmp_path: Path) -> None:
    line = LINE | {"text": "", "voice": {"seconds": 7, "transcript": "三楼漏水"}}
    (said,) = read_transcripts([write(tmp_path / "a.jsonl", line)])

    assert said.incoming.words == "三楼漏水"


def test_lines_of_several_files_are_in_order_of_time(tmp_path: Path) -> None:
    later = LINE | {"id": "m0002", "at": "2026-11-24T10:00:00+08:00"}
    files = [write(tmp_path / "b.jsonl", later), write(tmp_path / "a.jsonl", LINE)]

    assert [one.incoming.message_id for one in read_transcripts(files)] == ["m0001", "m0002"]


def test_ids_that_two_files_share_are_told_apart(tmp_path: Path) -> None:
    quoting = LINE | {"id": "m0002", "quote": "m0001"}
    files = [write(tmp_path / f"{name}.jsonl", LINE, quoting) for name in ("day01", "day02")]

    lines = [one.incoming for one in read_transcripts(files)]
    assert sorted(one.message_id for one in lines) == [
        "day01:m0001",
        "day01:m0002",
        "day02:m0001",
        "day02:m0002",
    ]
    assert {one.quote for one in lines} == {None, "day01:m0001", "day02:m0001"}


def test_hidden_characters_are_taken_out(tmp_path: Path) -> None:
    line = json.dumps(LINE | {"text": "停\u202e水\u200b了\u0007"})
    (said,) = read_transcripts([write(tmp_path / "a.jsonl", line)])

    assert said.incoming.text == "停水了"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "不是一行完整的 JSON"),
        ('{"id": "\\ud800"}', "不是一行完整的 JSON"),
        ("[]", "不是一个 JSON 对象"),
        ({**LINE, "id": ""}, "id 是空的"),
        ({**LINE, "sender": 20001}, "sender 要是文字"),
        ({key: LINE[key] for key in LINE if key != "conversation"}, "conversation 没有写"),
        ({**LINE, "conversation": "700108"}, "conversation 要写成 group:群号 或 private:用户号"),
        ({**LINE, "at": "yesterday"}, "at 不是 ISO 8601 的时间"),
        ({**LINE, "at": "2026-11-24T09:00:00"}, "at 没有写时区,如 +08:00"),
        ({**LINE, "images": "a.jpg"}, "images 要是文字的列表"),
        ({**LINE, "at_bot": "yes"}, "at_bot 要是 true 或 false"),
        ({**LINE, "quote": 7}, "quote 要是消息的 id 或 null"),
        ({**LINE, "voice": "hello"}, "voice 要写成 {seconds, transcript} 或 null"),
        (LINE, "id m0001 前面已经有了"),
    ],
)
def test_a_line_that_can_not_be_read_is_named_with_its_number(
    tmp_path: Path, line: object, sentence: str
) -> None:
    path = write(tmp_path / "day.jsonl", LINE, "", line)

    with pytest.raises(TranscriptError) as caught:
        read_transcripts([path])
    assert caught.value.text == f"day.jsonl 第 3 行:{sentence}"
