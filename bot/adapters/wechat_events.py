"""WeChat messages and room events as our own values: pure, without any of wechaty's types.

Nothing that another person wrote inside a quote, a card or a file name becomes text.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.adapters.port import Echo, Notice
from bot.adapters.wechat_lines import Lines
from bot.adapters.wechat_wire import Event, EventKind, Kind, Said
from handlers.messages import Incoming, Target, Voice
from handlers.privacy import clean

PLATFORM = "wechat"
LATE_AFTER = timedelta(minutes=10)
LONGEST_NAME = 40
MOST_AT_USERS = 50
EVERYBODY = ("所有人", "All")

_ID = re.compile(r"[\x21-\x7e]{1,128}")
_GAP = "\u2005"
_MENTION = re.compile(f"@[^@{_GAP}\n]{{1,60}}{_GAP}")
_QUOTE = re.compile(r"\A「([^：:\n]{1,60})[：:](.*?)」\n(?:- ?){6,}\n(.*)\Z", re.DOTALL)
_REVOKED = re.compile(r"<newmsgid>(\d{1,30})</newmsgid>|<msgid>(\d{1,30})</msgid>")

_LABELS: Mapping[int, str] = {
    Kind.ATTACHMENT: "[文件]",
    Kind.CONTACT: "[名片]",
    Kind.CHAT_HISTORY: "[聊天记录]",
    Kind.LOCATION: "[位置]",
    Kind.MINI_PROGRAM: "[小程序]",
    Kind.URL: "[分享]",
    Kind.VIDEO: "[视频]",
    Kind.POST: "[分享]",
}
_SILENT = (Kind.UNKNOWN, Kind.GROUP_NOTE, Kind.TRANSFER, Kind.RED_ENVELOPE)
"""What nobody said: system lines, money."""


@dataclass(frozen=True, slots=True)
class Names:
    """`own` are the bot's own names there, `mentioned` those of the people mentioned."""

    sender: str = ""
    own: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """An Incoming whose picture or voice note is still to be fetched by its message id."""

    incoming: Incoming
    has_picture: bool = False

    @property
    def has_media(self) -> bool:
        return self.has_picture or self.incoming.voice is not None


@dataclass(frozen=True, slots=True)
class Words:
    """A text taken apart. `quoted` is (speaker, text) of the line it answers."""

    text: str
    quoted: tuple[str, str] | None
    is_at_bot: bool


def conversation_of(said: Said, account: str) -> str | None:
    """``group:<id>`` or ``private:<the other's id>``; None where ids are missing or absurd."""
    if said.room:
        return f"group:{said.room}" if is_id(said.room) else None
    other = said.listener if said.sender == account else said.sender
    return f"private:{other}" if is_id(other) and other != account else None


def read_said(
    said: Said, account: str, names: Names, lines: Lines, now: datetime
) -> Draft | Echo | None:
    """What a message means; None for what is of no concern. `now` is aware UTC."""
    place = conversation_of(said, account)
    if place is None or not is_id(said.message_id) or said.kind in _SILENT:
        return None
    at = moment_of(said.timestamp, now)
    if said.kind == Kind.RECALLED:
        return _read_recall(said, account, place, lines, at, now)
    if not is_id(said.sender):
        return None
    words = _words_of(said, account, names)
    if said.sender == account:
        lines.note(place, said.message_id, account, words.text)
        return Echo(Target(PLATFORM, place), said.message_id, words.text, at)
    return _draft(said, account, place, names, words, lines, at, now)


def _draft(
    said: Said,
    account: str,
    place: str,
    names: Names,
    words: Words,
    lines: Lines,
    at: datetime,
    now: datetime,
) -> Draft:
    quote = lines.find(place, words.quoted[1]) if words.quoted is not None else None
    lines.note(place, said.message_id, said.sender, words.text)
    others = (one for one in said.mentions if one != account and is_id(one))
    is_private = place.startswith("private:")
    incoming = Incoming(
        platform=PLATFORM,
        account=account,
        conversation=place,
        message_id=said.message_id,
        sender=said.sender,
        sender_name=short_name(names.sender),
        at=at,
        text=words.text,
        voice=Voice(0, None) if said.kind == Kind.AUDIO else None,
        quote=quote,
        is_at_bot=words.is_at_bot and not is_private,
        at_users=tuple(dict.fromkeys(others))[:MOST_AT_USERS],
        is_late=now - at > LATE_AFTER,
    )
    return Draft(incoming, has_picture=said.kind == Kind.IMAGE)


def _words_of(said: Said, account: str, names: Names) -> Words:
    """The text of a message as it was typed: without the names it calls, and without a quote."""
    if said.kind != Kind.TEXT:
        return Words(_LABELS.get(said.kind, ""), None, False)
    found = _QUOTE.match(said.text)
    quoted = None if found is None else (found[1].strip(), found[2].strip())
    typed = said.text if found is None else found[3]
    # A quote of the bot whose line is no longer known is still said to the bot.
    is_quoted = quoted is not None and quoted[0] in names.own
    is_meant = _is_meant(typed, said.mentions, account, names.own)
    return Words(
        clean(spoken(typed, (*names.own, *names.mentioned))).strip(), quoted, is_meant or is_quoted
    )


def _is_meant(text: str, mentions: Sequence[str], account: str, own: Sequence[str]) -> bool:
    """By id, or by name where the puppet gives no ids. An @ of everybody means nobody."""
    if any(f"@{word}" in text for word in EVERYBODY):
        return False
    if account in mentions:
        return True
    return any(re.search(rf"@{re.escape(name)}(?:\s|\Z)", text) for name in own if name)


def spoken(text: str, names: Collection[str] = ()) -> str:
    """A text without its mentions. WeChat ends each by a U+2005; some clients by a blank."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(rf"@{re.escape(name)}(?:\s|\Z)", " ", text)
    return _MENTION.sub(" ", text).replace(_GAP, " ").strip()


def _read_recall(
    said: Said, account: str, place: str, lines: Lines, at: datetime, now: datetime
) -> Draft | None:
    """A recall as an Incoming of the one whose message it was; his own messages only, not ours."""
    message_id = recalled_id(said.text)
    if message_id is None:
        return None
    owner = lines.sender_of(place, message_id) or said.sender
    if not is_id(owner) or owner == account:
        return None
    incoming = Incoming(
        platform=PLATFORM,
        account=account,
        conversation=place,
        message_id=f"recall:{message_id}",
        sender=owner,
        sender_name="",
        at=at,
        text="",
        recall=message_id,
        recalled_by=said.sender if is_id(said.sender) and said.sender != owner else None,
        is_late=now - at > LATE_AFTER,
    )
    return Draft(incoming)


def recalled_id(text: str) -> str | None:
    """The id in a recall: bare, or within WeChat's own sysmsg."""
    found = _REVOKED.search(text)
    if found is not None:
        return found[1] or found[2]
    return text.strip() if is_id(text.strip()) and "<" not in text else None


def read_notices(event: Event, account: str, now: datetime) -> list[Notice]:
    """Joins and leaves, one notice a member; a new topic."""
    fields = event.fields
    room = fields.get("roomId")
    if not isinstance(room, str) or not is_id(room):
        return []
    place = f"group:{room}"
    stamp = fields.get("timestamp")
    at = moment_of(stamp if isinstance(stamp, (int, float)) else 0, now)
    match event.kind:
        case EventKind.ROOM_JOIN:
            who = _ids(fields.get("inviteeIdList"))
            return [Notice(PLATFORM, account, "joined", place, one, at) for one in who]
        case EventKind.ROOM_LEAVE:
            who = _ids(fields.get("removeeIdList"))
            return [Notice(PLATFORM, account, "left", place, one, at) for one in who]
        case EventKind.ROOM_TOPIC:
            title = short_name(str(fields.get("newTopic", "")))
            return [Notice(PLATFORM, account, "renamed", place, title, at)]
        case _:
            return []


def moment_of(timestamp: float, now: datetime) -> datetime:
    """Seconds or milliseconds, else `now`, also where it is absurd."""
    seconds = timestamp / 1000 if timestamp > 100_000_000_000 else timestamp
    if not abs(seconds - now.timestamp()) < timedelta(days=3660).total_seconds():
        return now
    return datetime.fromtimestamp(seconds, UTC)


def short_name(name: str) -> str:
    return " ".join(clean(name).split())[:LONGEST_NAME]


def is_id(value: str) -> bool:
    return _ID.fullmatch(value) is not None


def _ids(value: object) -> list[str]:
    found = value if isinstance(value, list) else []
    return [one for one in found if isinstance(one, str) and is_id(one)]
