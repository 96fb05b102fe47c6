"""What is sent to WeChat: text with mentions, then the pictures; and what a failure means."""

import re
from collections.abc import Awaitable, Sequence

from bot.adapters.port import Receipt, SendResult
from bot.adapters.wechat_events import PLATFORM, is_id
from bot.adapters.wechat_wire import Gateway, GatewayError, Lost, Refusal, Unreachable, WrongToken
from handlers.messages import Target

_GAP = "\u2005"
_NOT_FRIEND = re.compile(r"not (?:a |your )?friend|不是.{0,6}好友|开启了朋友验证", re.IGNORECASE)
_MUTED = re.compile(r"禁言|muted|被移出|not in (?:the )?room", re.IGNORECASE)
_OFFLINE = re.compile(r"not logged ?in|not login|logged out|未登录|已退出", re.IGNORECASE)
_TIMEOUT = re.compile(r"time(?:d )?-?out|超时", re.IGNORECASE)


def wechat_id(target: Target) -> str | None:
    """The id of a room or contact; None if the target is none of WeChat's."""
    kind, _, found = target.conversation.partition(":")
    if target.platform != PLATFORM or kind not in ("group", "private") or not is_id(found):
        return None
    return found


def render(text: str, names: Sequence[str]) -> str:
    """The text with the mentioned called by name, as WeChat shows them. NUL and lone surrogates,
    which no protobuf string may hold, are gone."""
    calls = "".join(f"@{_bare(name)}{_GAP}" for name in names if _bare(name))
    return (calls + text).encode("utf-8", "ignore").decode().replace("\0", "")


def _bare(name: str) -> str:
    return re.sub(rf"[@{_GAP}\n\r]", "", name).strip()


async def send_all(
    gateway: Gateway,
    target: Target,
    place: str,
    text: str,
    mentions: Sequence[str],
    pictures: Sequence[tuple[str, bytes]],
) -> Receipt:
    """The text, then each picture (name, content). With the text the message has arrived: a
    picture that fails after it is told in `detail` only, so that nothing is said twice."""
    receipt: Receipt | None = None
    if text:
        receipt = await _try(target, gateway.send_text(place, text, mentions))
    for name, content in pictures:
        if receipt is not None and receipt.result is not SendResult.SENT:
            return receipt
        sent = await _try(target, gateway.send_file(place, name, content))
        if receipt is None:
            receipt = sent
        elif sent.result is not SendResult.SENT:
            detail = f"picture {sent.result}: {sent.detail}"[:200]
            return Receipt(SendResult.SENT, receipt.message_id, detail)
    return receipt or Receipt(SendResult.REFUSED, detail="nothing to send")


async def _try(target: Target, call: Awaitable[str]) -> Receipt:
    try:
        message_id = await call
    except GatewayError as error:
        return Receipt(result_of(error, target), detail=str(error)[:200])
    return Receipt(SendResult.SENT, message_id if is_id(message_id) else None)


def result_of(error: GatewayError, target: Target) -> SendResult:
    """Only a refusal in words tells why; without an answer the message may have arrived."""
    match error:
        case Unreachable() | WrongToken():
            return SendResult.OFFLINE
        case Lost():
            return SendResult.TIMEOUT
        case Refusal():
            return _refusal(str(error), target)
        case _:
            return SendResult.REFUSED


def _refusal(words: str, target: Target) -> SendResult:
    if _OFFLINE.search(words):
        return SendResult.OFFLINE
    if target.is_private and _NOT_FRIEND.search(words):
        return SendResult.NOT_FRIEND
    if not target.is_private and _MUTED.search(words):
        return SendResult.MUTED
    return SendResult.TIMEOUT if _TIMEOUT.search(words) else SendResult.REFUSED
