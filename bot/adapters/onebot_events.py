"""OneBot v11 events as our own values: a pure function, without any of the framework's types."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.adapters.onebot_segments import Content, as_id, as_message_id, read_message
from bot.adapters.port import Echo, Notice
from handlers.messages import Incoming, Target, Voice
from handlers.privacy import clean

PLATFORM = "qq"
LATE_AFTER = timedelta(minutes=10)
LONGEST_NAME = 40

Payload = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Draft:
    """An Incoming whose pictures and voice note are still to be fetched from their sources."""

    incoming: Incoming
    pictures: tuple[str, ...] = ()
    record: str | None = None
    temporary_group: str | None = None

    @property
    def has_media(self) -> bool:
        return bool(self.pictures) or self.record is not None


Heard = Draft | Echo | Notice


def read_event(event: Payload, account: str, now: datetime) -> Heard | None:
    """What an event means; None for what is of no concern. `now` is aware UTC.

    Never raises for a malformed event: what lacks an id, a sender or a place means nothing.
    """
    match event.get("post_type"):
        case "message" | "message_sent":
            return read_said(event, account, now)
        case "notice":
            return _read_notice(event, account, now)
        case "meta_event":
            return _read_meta(event, account, now)
        case _:
            return None


def read_said(
    event: Payload, account: str, now: datetime, conversation: str | None = None
) -> Draft | Echo | None:
    """A message of anybody, or an own one as Echo. `conversation` overrides the event's own."""
    message_id = as_message_id(event.get("message_id"))
    sender = as_id(event.get("user_id")) or as_id(_sender(event).get("user_id"))
    if message_id is None or sender is None or event.get("sub_type") in ("anonymous", "notice"):
        return None
    is_own = sender == account or event.get("post_type") == "message_sent"
    place = conversation or _conversation(event, account if is_own else None)
    if place is None:
        return None
    content = read_message(event.get("message"), account)
    at = moment_of(event, now)
    if is_own:
        return Echo(Target(PLATFORM, place), message_id, clean(content.words), at)
    return _draft(event, content, (account, place, message_id, sender), at, now)


def _draft(
    event: Payload,
    content: Content,
    ids: tuple[str, str, str, str],
    at: datetime,
    now: datetime,
) -> Draft:
    account, conversation, message_id, sender = ids
    incoming = Incoming(
        platform=PLATFORM,
        account=account,
        conversation=conversation,
        message_id=message_id,
        sender=sender,
        sender_name=_name(event),
        at=at,
        text=clean(content.words),
        images_missing=content.pictures_missing,
        voice=None if content.record is None else Voice(content.seconds, None),
        quote=content.quote,
        is_at_bot=content.is_at_bot,
        at_users=tuple(content.at_users),
        is_late=now - at > LATE_AFTER,
    )
    return Draft(incoming, tuple(content.pictures), content.record, _temporary_group(event))


def moment_of(event: Payload, now: datetime) -> datetime:
    """The event's own time (seconds, or milliseconds), else `now`, also where it is absurd."""
    value = event.get("time")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return now
    seconds = value / 1000 if value > 100_000_000_000 else value
    if not abs(seconds - now.timestamp()) < timedelta(days=3660).total_seconds():
        return now
    return datetime.fromtimestamp(seconds, UTC)


def _conversation(event: Payload, own_account: str | None) -> str | None:
    """``group:<id>`` or ``private:<the other's id>``; for own messages the other is the target."""
    if event.get("message_type") == "group":
        group = as_id(event.get("group_id"))
        return f"group:{group}" if group else None
    if event.get("message_type") != "private":
        return None
    if own_account is None:
        other = as_id(event.get("user_id"))
    else:
        other = as_id(event.get("target_id")) or as_id(event.get("peer_id"))
    return f"private:{other}" if other and other != own_account else None


def _temporary_group(event: Payload) -> str | None:
    """The group through which a stranger writes in private: answers must name it."""
    if event.get("message_type") != "private" or event.get("sub_type") != "group":
        return None
    return as_id(event.get("group_id")) or as_id(_sender(event).get("group_id"))


def _sender(event: Payload) -> Payload:
    sender = event.get("sender")
    return sender if isinstance(sender, dict) else {}


def _name(event: Payload) -> str:
    sender = _sender(event)
    for field in ("card", "nickname"):
        name = sender.get(field)
        if isinstance(name, str) and (cleaned := " ".join(clean(name).split())):
            return cleaned[:LONGEST_NAME]
    return ""


def _read_notice(event: Payload, account: str, now: datetime) -> Heard | None:
    group = as_id(event.get("group_id"))
    user = as_id(event.get("user_id")) or ""
    match event.get("notice_type"):
        case "group_recall" | "friend_recall":
            return _read_recall(event, account, now)
        case "group_increase" if group:
            return _notice(event, account, "joined", group, user, now)
        case "group_decrease" if group and event.get("sub_type") in ("kick_me", "disband"):
            return _notice(event, account, "left", group, account, now)
        case "group_decrease" if group:
            return _notice(event, account, "left", group, user, now)
        case "group_ban" if group and user in (account, ""):
            return _notice(event, account, "muted", group, _seconds(event), now)
        case "notify" if group and event.get("sub_type") == "group_name":
            title = " ".join(clean(str(event.get("name_new", ""))).split())
            return _notice(event, account, "renamed", group, title[:LONGEST_NAME], now)
        case "bot_offline":
            reason = " ".join(clean(str(event.get("message", ""))).split())
            return _notice(event, account, "offline", None, reason[:200] or "bot_offline", now)
        case _:
            return None


def _read_recall(event: Payload, account: str, now: datetime) -> Draft | None:
    """A recall as an Incoming of the one whose message it was; his own messages only, not ours."""
    message_id = as_message_id(event.get("message_id"))
    sender = as_id(event.get("user_id"))
    group = as_id(event.get("group_id"))
    operator = as_id(event.get("operator_id"))
    if message_id is None or sender is None or sender == account:
        return None
    at = moment_of(event, now)
    incoming = Incoming(
        platform=PLATFORM,
        account=account,
        conversation=f"group:{group}" if group else f"private:{sender}",
        message_id=f"recall:{message_id}",
        sender=sender,
        sender_name="",
        at=at,
        text="",
        recall=message_id,
        recalled_by=operator if operator != sender else None,
        is_late=now - at > LATE_AFTER,
    )
    return Draft(incoming)


def _seconds(event: Payload) -> str:
    if event.get("sub_type") == "lift_ban":
        return "0"
    duration = event.get("duration")
    return str(duration) if isinstance(duration, int) else ""


def _notice(
    event: Payload, account: str, kind: str, group: str | None, detail: str, now: datetime
) -> Notice:
    conversation = f"group:{group}" if group else None
    return Notice(PLATFORM, account, kind, conversation, detail, moment_of(event, now))


def _read_meta(event: Payload, account: str, now: datetime) -> Notice | None:
    """A heartbeat's word on the account; the adapter tells only changes."""
    status = event.get("status")
    if event.get("meta_event_type") != "heartbeat" or not isinstance(status, dict):
        return None
    is_online = status.get("online")
    if not isinstance(is_online, bool):
        return None
    kind = "online" if is_online else "offline"
    return Notice(PLATFORM, account, kind, None, "heartbeat", moment_of(event, now))
