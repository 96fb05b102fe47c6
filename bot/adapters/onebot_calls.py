"""The APIs of OneBot v11 implementations that are asked for more than sending."""

import logging
import re
from collections.abc import Mapping, Sequence

from bot.adapters.onebot_link import Answer, Link, NoAnswer, NotSent
from handlers.messages import Target
from handlers.privacy import clean

log = logging.getLogger("lianxin.onebot")

VOICE_SECONDS = 20.0
HISTORY_SECONDS = 20.0

_LACKING = re.compile(
    r"不支持的 ?api|(?:api|action|接口).{0,20}(?:不支持|不存在|not (?:supported|found)|unknown)",
    re.IGNORECASE,
)

Payload = Mapping[str, object]


async def transcribe(link: Link, message_id: str) -> str | None:
    """A voice note in words, where the implementation can (NapCat); else None."""
    answer = await _ask(link, "fetch_ptt_text", {"message_id": int(message_id)}, VOICE_SECONDS)
    if answer is None or not answer.is_ok or not isinstance(answer.data, dict):
        return None
    text = answer.data.get("text")
    return (clean(text).strip() or None) if isinstance(text, str) else None


async def fetch_history(
    link: Link, target: Target, count: int, newest_id: str | None
) -> Sequence[Payload]:
    """The raw messages of a conversation, oldest first; empty where they are not to be had.

    NapCat and LLBot give the newest without a message named. Lagrange wants one to count back
    from: the newest one heard.
    """
    kind, _, number = target.conversation.partition(":")
    action = "get_group_msg_history" if kind == "group" else "get_friend_msg_history"
    base: dict[str, object] = {
        "group_id" if kind == "group" else "user_id": int(number),
        "count": count,
    }
    answer = await _ask(link, action, base, HISTORY_SECONDS)
    if (answer is None or not answer.is_ok) and newest_id is not None:
        answer = await _ask(link, action, {**base, "message_id": int(newest_id)}, HISTORY_SECONDS)
    if answer is None or not answer.is_ok or not isinstance(answer.data, dict):
        return ()
    messages = answer.data.get("messages")
    found = [one for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []
    return sorted(found, key=_order)


def _order(message: Payload) -> tuple[float, int]:
    """By time, and within a second by the conversation's own sequence, which NapCat gives as
    real_seq (its message_seq is a hash); else as they came."""
    sequence = str(message.get("real_seq", ""))
    is_number = sequence.isascii() and sequence.isdigit() and len(sequence) < 20
    return _number(message.get("time")), int(sequence) if is_number else 0


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


async def _ask(
    link: Link, action: str, params: Mapping[str, object], seconds: float
) -> Answer | None:
    """One call; None where nothing came back. An API that is lacking is not asked for again."""
    if link.lacks(action):
        return None
    try:
        answer = await link.call(action, params, seconds)
    except (NotSent, NoAnswer) as error:
        log.warning("%s: %s", action, type(error).__name__)
        return None
    if not answer.is_ok:
        log.warning("%s refused: %d", action, answer.retcode)
        if answer.retcode == 1404 or _LACKING.search(answer.wording):
            link.note_lacking(action)
    return answer
