"""How the fake OneBot implementation takes a send: delivered or not, answered or not, and how."""

import base64
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Segment = dict[str, Any]
Answer = dict[str, Any]

_TIMEOUT = "Timeout: NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg"


class SendMode(StrEnum):
    """How sends are answered.

    ``timeout_sent`` and ``timeout_lost`` give no answer at all; ``wording_sent`` and
    ``wording_lost`` are NapCat's own time-out: retcode 1200 with a wording, delivered or not.
    """

    OK = "ok"
    SLOW = "slow"
    REFUSE = "refuse"
    MUTE = "mute"
    NOT_FRIEND = "not_friend"
    TIMEOUT_SENT = "timeout_sent"
    TIMEOUT_LOST = "timeout_lost"
    WORDING_SENT = "wording_sent"
    WORDING_LOST = "wording_lost"


DELIVERED = {SendMode.OK, SendMode.SLOW, SendMode.TIMEOUT_SENT, SendMode.WORDING_SENT}
UNANSWERED = {SendMode.TIMEOUT_SENT, SendMode.TIMEOUT_LOST}
REFUSALS = {
    SendMode.REFUSE: (1200, "消息体无法解析, 请检查是否发送了不支持的消息类型"),
    SendMode.MUTE: (120, "SEND_MSG_API_ERROR 你已被禁言"),
    SendMode.NOT_FRIEND: (1200, "无法获取用户信息"),
    SendMode.WORDING_SENT: (
        1200,
        _TIMEOUT,
    ),
    SendMode.WORDING_LOST: (
        1200,
        _TIMEOUT,
    ),
}


@dataclass(frozen=True)
class Sent:
    """One message that the application had delivered. `segments` as they came over the wire."""

    conversation: str
    text: str
    at_users: tuple[str, ...]
    images: tuple[bytes, ...]
    reply_to: str | None
    message_id: int
    segments: tuple[Segment, ...]


def ok(data: object) -> Answer:
    return {"status": "ok", "retcode": 0, "data": data, "message": "", "wording": ""}


def failed(retcode: int, wording: str) -> Answer:
    return {
        "status": "failed",
        "retcode": retcode,
        "data": None,
        "message": wording,
        "wording": wording,
    }


def sent_of(conversation: str, message_id: int, segments: list[Segment]) -> Sent:
    def all_of(kind: str, key: str) -> list[str]:
        return [str(one["data"][key]) for one in segments if one["type"] == kind]

    images = [base64.b64decode(file.removeprefix("base64://")) for file in all_of("image", "file")]
    return Sent(
        conversation=conversation,
        text="".join(all_of("text", "text")).strip(),
        at_users=tuple(all_of("at", "qq")),
        images=tuple(images),
        reply_to=next(iter(all_of("reply", "id")), None),
        message_id=message_id,
        segments=tuple(segments),
    )
