"""The one place that builds outgoing OneBot v11 messages, and what the answers to them mean."""

import base64
import re
from collections.abc import Sequence

from bot.adapters.onebot_link import Answer
from bot.adapters.onebot_segments import as_id, as_message_id
from bot.adapters.port import Receipt, SendResult
from handlers.messages import Target

Segment = dict[str, str | dict[str, str]]

_MUTED = re.compile(r"禁言|muted|shut ?up|\"result\":\s*120\b", re.IGNORECASE)
_NOT_FRIEND = re.compile(r"好友|friend|陌生人|临时会话|临时消息|无法获取用户信息", re.IGNORECASE)
_TIMEOUT = re.compile(r"time(?:d )?-?out|超时", re.IGNORECASE)
_OFFLINE = re.compile(r"不在线|已离线|账号离线|not online|bot.?offline", re.IGNORECASE)


def render(
    text: str,
    *,
    at_users: Sequence[str] = (),
    images: Sequence[bytes] = (),
    reply_to: str | None = None,
) -> list[Segment]:
    """A segment array: reply, mentions, text, pictures. Text is only ever text, never CQ code.

    Mentions that are not plain user ids are left out, above all ``all``.
    """
    segments: list[Segment] = []
    if reply_to is not None and as_message_id(reply_to):
        segments.append(_segment("reply", id=reply_to))
    mentioned = [user for user in dict.fromkeys(at_users) if as_id(user)]
    segments.extend(_segment("at", qq=user) for user in mentioned)
    words = sendable(text)
    if words:
        segments.append(_segment("text", text=f" {words}" if mentioned else words))
    for image in images:
        encoded = base64.b64encode(image).decode()
        segments.append(_segment("image", file=f"base64://{encoded}"))
    return segments


def _segment(kind: str, **data: str) -> Segment:
    return {"type": kind, "data": data}


def sendable(text: str) -> str:
    """The text without what no JSON frame may carry: lone surrogates and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def call_for(target: Target, message: list[Segment]) -> tuple[str, dict[str, object]] | None:
    """The API and its parameters for a target; None if the target is none of QQ's."""
    kind, _, number = target.conversation.partition(":")
    if not as_id(number):
        return None
    match kind:
        case "group":
            return "send_group_msg", {"group_id": int(number), "message": message}
        case "private":
            return "send_private_msg", {"user_id": int(number), "message": message}
        case _:
            return None


def receipt_of(answer: Answer, target: Target) -> Receipt:
    """What is known after an implementation's answer to a send.

    go-cqhttp: 100 muted or blocked by risk control, 120 muted. NapCat answers 200 or 1200 to
    everything, so that only its wording tells; its own time-out may have been sent.
    """
    if answer.is_ok:
        return Receipt(SendResult.SENT, _message_id(answer.data))
    detail = f"{answer.retcode} {answer.wording}".strip()[:200]
    return Receipt(_refusal(answer, target), detail=detail)


def _refusal(answer: Answer, target: Target) -> SendResult:
    if _TIMEOUT.search(answer.wording):
        return SendResult.TIMEOUT
    if _OFFLINE.search(answer.wording):
        return SendResult.OFFLINE
    if target.is_private and _NOT_FRIEND.search(answer.wording):
        return SendResult.NOT_FRIEND
    if answer.retcode == 120 or _MUTED.search(answer.wording):
        return SendResult.MUTED
    if answer.retcode == 100 and not target.is_private:
        return SendResult.MUTED
    return SendResult.REFUSED


def _message_id(data: object) -> str | None:
    return as_message_id(data.get("message_id")) if isinstance(data, dict) else None
