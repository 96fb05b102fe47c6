"""Incoming messages as JSON and back: dead letters that can be run again."""

from datetime import datetime
from typing import Any

import orjson

from handlers.messages import Incoming, Voice


def to_payload(incoming: Incoming) -> str:
    return orjson.dumps(incoming).decode()


def from_payload(payload: str) -> Incoming:
    """Raises ValueError, KeyError or TypeError for what `to_payload` did not write."""
    raw: dict[str, Any] = orjson.loads(payload)
    raw["at"] = datetime.fromisoformat(raw["at"])
    raw["images"] = tuple(raw["images"])
    raw["at_users"] = tuple(raw["at_users"])
    if raw["voice"] is not None:
        raw["voice"] = Voice(**raw["voice"])
    return Incoming(**raw)
