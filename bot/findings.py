"""What `lianxin check` has to say: one plain sentence each, and how grave it is."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` is one plain Chinese sentence; BAD ones must be mended before the bot is of use."""

    level: Level
    text: str


def good(text: str) -> Finding:
    return Finding(Level.GOOD, text)


def warning(text: str) -> Finding:
    return Finding(Level.WARNING, text)


def bad(text: str) -> Finding:
    return Finding(Level.BAD, text)
