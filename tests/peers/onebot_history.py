"""What OneBot implementations show of the past of a conversation."""

from collections.abc import Sequence
from typing import Any

from tests.peers.onebot_sends import Answer, failed, ok


def history_of(events: Sequence[dict[str, Any]], style: str, params: dict[str, Any]) -> Answer:
    """``lagrange`` wants a message_id and shows what lies before it; ``napcat`` the newest."""
    if style == "lagrange":
        ids = [event["message_id"] for event in events]
        if params.get("message_id") not in ids:
            return failed(100, "message_id is required")
        events = events[: ids.index(params["message_id"]) + 1]
    return ok({"messages": list(events[-int(params.get("count", 20)) :])})
