"""Transcripts: one JSON object a line, one chat message each, in time order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from handlers.errors import Refused
from handlers.messages import Incoming, Voice
from handlers.privacy import clean

PLATFORM = "qq"
ACCOUNT = "replay"


class TranscriptError(Refused):
    """A line that can not be read: file, line number and what is wrong (Chinese)."""

    def __init__(self, path: Path, number: int, text: str) -> None:
        super().__init__(f"{path.name} 第 {number} 行:{text}")


@dataclass(frozen=True, slots=True)
class Said:
    """One line. Nothing but the binding of staff may look at `is_staff`."""

    incoming: Incoming
    is_staff: bool


def read_transcripts(paths: Sequence[Path]) -> Sequence[Said]:
    """All lines in order of time; lines of one second stay in the order of the files.

    Ids are unique in a file only: where two files share one, each is named ``<file>:<id>``.
    Raises TranscriptError or OSError.
    """
    files = [tuple(_read(path)) for path in paths]
    ids = [said.incoming.message_id for lines in files for said in lines]
    if len(set(ids)) < len(ids):
        files = [
            tuple(_named_after(path, said) for said in lines)
            for path, lines in zip(paths, files, strict=True)
        ]
    return sorted((said for lines in files for said in lines), key=lambda one: one.incoming.at)


def _named_after(path: Path, said: Said) -> Said:
    def named(message_id: str | None) -> str | None:
        return None if message_id is None else f"{path.stem}:{message_id}"

    incoming = replace(
        said.incoming,
        message_id=f"{path.stem}:{said.incoming.message_id}",
        quote=named(said.incoming.quote),
        recall=named(said.incoming.recall),
    )
    return replace(said, incoming=incoming)


def _read(path: Path) -> Iterator[Said]:
    seen: set[str] = set()
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            said = _said(orjson.loads(line))
        except orjson.JSONDecodeError:
            raise TranscriptError(path, number, "不是一行完整的 JSON") from None
        except _Wrong as wrong:
            raise TranscriptError(path, number, str(wrong)) from None
        if said.incoming.message_id in seen:
            raise TranscriptError(path, number, f"id {said.incoming.message_id} 前面已经有了")
        seen.add(said.incoming.message_id)
        yield said


class _Wrong(Exception):
    """What is wrong with a line, without where."""


Fields = Mapping[str, Any]


def _said(fields: Any) -> Said:
    if not isinstance(fields, dict):
        raise _Wrong("不是一个 JSON 对象")
    sender = _text(fields, "sender")
    incoming = Incoming(
        platform=PLATFORM,
        account=ACCOUNT,
        conversation=_conversation(fields),
        message_id=_text(fields, "id"),
        sender=sender,
        sender_name=clean(_text(fields, "name", sender)),
        at=_moment(fields),
        text=clean(_text(fields, "text", "")),
        images=_texts(fields, "images"),
        voice=_voice(fields),
        quote=_optional(fields, "quote"),
        is_at_bot=_flag(fields, "at_bot"),
        at_users=_texts(fields, "at_users"),
        recall=_optional(fields, "recall"),
    )
    return Said(incoming, _text(fields, "role", "resident") == "staff")


def _text(fields: Fields, name: str, default: str | None = None) -> str:
    value = fields.get(name)
    if value is None:
        value = default
    if not isinstance(value, str):
        raise _Wrong(f"{name} 没有写" if value is None else f"{name} 要是文字")
    if not value and default is None:
        raise _Wrong(f"{name} 是空的")
    return value


def _optional(fields: Fields, name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise _Wrong(f"{name} 要是消息的 id 或 null")
    return value


def _texts(fields: Fields, name: str) -> tuple[str, ...]:
    value = fields.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _Wrong(f"{name} 要是文字的列表")
    return tuple(value)


def _flag(fields: Fields, name: str) -> bool:
    value = fields.get(name) or False
    if not isinstance(value, bool):
        raise _Wrong(f"{name} 要是 true 或 false")
    return value


def _moment(fields: Fields) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(fields, "at"))
    except ValueError:
        raise _Wrong("at 不是 ISO 8601 的时间") from None
    if moment.tzinfo is None:
        raise _Wrong("at 没有写时区,如 +08:00")
    return moment


def _conversation(fields: Fields) -> str:
    value = _text(fields, "conversation")
    kind, _, number = value.partition(":")
    if kind not in ("group", "private") or not number:
        raise _Wrong("conversation 要写成 group:群号 或 private:用户号")
    return value


def _voice(fields: Fields) -> Voice | None:
    value = fields.get("voice")
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("seconds"), int):
        raise _Wrong("voice 要写成 {seconds, transcript} 或 null")
    transcript = value.get("transcript")
    if transcript is not None and not isinstance(transcript, str):
        raise _Wrong("voice.transcript 要是文字或 null")
    return Voice(value["seconds"], clean(transcript) if transcript else None)
