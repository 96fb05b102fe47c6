"""What a OneBot v11 message says: its segments, or its CQ-code string, read by our own rules.

Unknown segments are ignored. Nothing that another person wrote inside a card, a forwarded record
or a file name becomes text, so that no command hides there.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

MOST_PICTURES = 20
MOST_AT_USERS = 50

Data = Mapping[str, object]

# No "[" within a code (it is escaped there): else a text of many openings takes quadratic time.
_CQ = re.compile(r"\[CQ:([a-zA-Z0-9_.-]+)((?:,[a-zA-Z0-9_.-]+=[^,\[\]]*)*),?\]")
_DIGITS = re.compile(r"[0-9]{1,20}")


@dataclass(slots=True)
class Content:
    """A message taken apart. `pictures` and `record` are links or ``base64://`` sources.

    `record` is "" for a voice note without a usable source, None where there is no voice note.
    `pictures_missing` counts pictures that came without any source.
    """

    account: str
    text: list[str] = field(default_factory=list)
    at_users: list[str] = field(default_factory=list)
    is_at_bot: bool = False
    quote: str | None = None
    pictures: list[str] = field(default_factory=list)
    pictures_missing: int = 0
    record: str | None = None
    seconds: int = 0

    @property
    def words(self) -> str:
        return "".join(self.text).strip()


def read_message(message: object, account: str) -> Content:
    """Take a message apart; `account` is the bot's own id, to know when it is meant by an @."""
    content = Content(account)
    for kind, data in segments_of(message):
        reader = _READERS.get(kind)
        if reader is not None:
            reader(content, data)
    return content


def segments_of(message: object) -> Iterator[tuple[str, Data]]:
    """The (type, data) pairs of a segment array, a single segment, or a CQ-code string."""
    if isinstance(message, str):
        yield from _cq_segments(message)
        return
    for segment in message if isinstance(message, list) else [message]:
        if isinstance(segment, dict) and isinstance(segment.get("type"), str):
            data = segment.get("data")
            yield segment["type"], data if isinstance(data, dict) else {}


def as_id(value: object) -> str | None:
    """A QQ id or group id as digits, from a number or a string; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    text = str(value).strip()
    return text if _DIGITS.fullmatch(text) and text.strip("0") else None


def as_message_id(value: object) -> str | None:
    """A message id: any integer but 0, negative ones too (go-cqhttp has them)."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    text = str(value).strip()
    return text if _DIGITS.fullmatch(text.removeprefix("-")) and text.strip("-0") else None


def _cq_segments(text: str) -> Iterator[tuple[str, Data]]:
    begin = 0
    for code in _CQ.finditer(text):
        if code.start() > begin:
            yield "text", {"text": _unescape(text[begin : code.start()])}
        begin = code.end()
        pairs = (pair.partition("=") for pair in code[2].split(",") if pair)
        yield code[1], {name: _unescape(value) for name, _, value in pairs}
    if begin < len(text):
        yield "text", {"text": _unescape(text[begin:])}


def _unescape(text: str) -> str:
    for escaped, plain in (("&#44;", ","), ("&#91;", "["), ("&#93;", "]"), ("&amp;", "&")):
        text = text.replace(escaped, plain)
    return text


def _read_text(content: Content, data: Data) -> None:
    text = data.get("text")
    if isinstance(text, str):
        content.text.append(text)


def _read_at(content: Content, data: Data) -> None:
    content.text.append(" ")
    user = as_id(data.get("qq"))
    if user == content.account:
        content.is_at_bot = True
    elif user is None or user in content.at_users or len(content.at_users) >= MOST_AT_USERS:
        return
    else:
        content.at_users.append(user)


def _read_reply(content: Content, data: Data) -> None:
    content.quote = content.quote or as_message_id(data.get("id"))


def _read_image(content: Content, data: Data) -> None:
    if _is_sticker(data):
        return
    source = _source(data)
    if source is None or len(content.pictures) >= MOST_PICTURES:
        content.pictures_missing += 1
    else:
        content.pictures.append(source)


def _is_sticker(data: Data) -> bool:
    summary = data.get("summary")
    kind = data.get("sub_type", data.get("subType"))
    return str(kind) == "1" or (isinstance(summary, str) and "动画表情" in summary)


def _read_record(content: Content, data: Data) -> None:
    content.record = content.record or _source(data) or ""
    for name in ("duration", "seconds", "time"):
        value = data.get(name)
        if isinstance(value, (int, float, str)) and _DIGITS.fullmatch(str(value).split(".")[0]):
            content.seconds = min(int(float(value)), 3600)


def _read_location(content: Content, data: Data) -> None:
    title = data.get("title") or data.get("content")
    content.text.append(f"[位置]{title}" if isinstance(title, str) else "[位置]")


def _source(data: Data) -> str | None:
    """A link or base64 source. A path on the implementation's own disk is not one."""
    for name in ("url", "file"):
        value = data.get(name)
        if isinstance(value, str) and value.startswith(("https://", "http://", "base64://")):
            return value
    return None


def _says(label: str) -> Callable[[Content, Data], None]:
    def read(content: Content, data: Data) -> None:
        content.text.append(label)

    return read


_READERS: dict[str, Callable[[Content, Data], None]] = {
    "text": _read_text,
    "at": _read_at,
    "reply": _read_reply,
    "image": _read_image,
    "record": _read_record,
    "location": _read_location,
    "video": _says("[视频]"),
    "file": _says("[文件]"),
    "forward": _says("[聊天记录]"),
    "node": _says("[聊天记录]"),
    "json": _says("[卡片]"),
    "xml": _says("[卡片]"),
    "share": _says("[分享]"),
    "contact": _says("[名片]"),
    "music": _says("[分享]"),
}
