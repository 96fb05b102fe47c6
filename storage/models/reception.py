"""How well the bot hears: gaps, floods, lines that could not be handled."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which an account heard nothing; `recovered` lines came in afterwards.

    `unfilled`: conversations whose history could not be had back to what was heard last.
    """

    id: int
    platform: str
    account: str
    began_at: datetime
    ended_at: datetime | None
    recovered: int
    opened: int
    unfilled: int = 0


@dataclass(frozen=True, slots=True)
class Flood:
    """Lines of one person that were not handled because he said too much in too short a time."""

    platform: str
    conversation: str
    user_id: str
    began_at: datetime
    ended_at: datetime
    dropped: int


@dataclass(frozen=True, slots=True)
class Watermark:
    """The newest message seen in a conversation, from which to catch up."""

    platform: str
    conversation: str
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An incoming message whose handling raised to the end; kept to be run again."""

    id: int
    key: str
    at: datetime
    payload: str
    error: str
    tries: int
