"""What counts as leaked while something fails."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pytest

from bot.logs import OneLine

NUMBER = "13912345678"
MARK = "绒线帽"
ABOUT_ME = f" {NUMBER} {MARK}家"
"""What a line may tell about its speaker: the number must not come out in a group, neither of the
two in the log."""


def matter_at(house: int) -> str:
    """Without its number starred out, its first words would be said in the group."""
    return f"登记 漏水{ABOUT_ME} {house}号楼"


@dataclass
class Leaks:
    """The bot's own log at its most talkative, as it would stand in the file."""

    logged: list[str] = field(default_factory=list)

    def count(self, said: Iterable[tuple[str, str]] = ()) -> int:
        """Of (conversation, text): what told a group a number; and lines of the log that quote."""
        public = [text for talk, text in said if talk.startswith("group:") and NUMBER in text]
        quoted = [line for line in self.logged if NUMBER in line or MARK in line]
        return len(public) + len(quoted)


class Ear(logging.Handler):
    """Hears the log."""

    def __init__(self, leaks: Leaks) -> None:
        super().__init__()
        self.setFormatter(OneLine())
        self._leaks = leaks

    def emit(self, record: logging.LogRecord) -> None:
        self._leaks.logged.append(self.format(record))


def listen() -> Leaks:
    """From now on."""
    leaks, logger = Leaks(), logging.getLogger("lianxin")
    logger.addHandler(Ear(leaks))
    logger.setLevel(logging.DEBUG)
    return leaks


@pytest.fixture
def leaks() -> Iterator[Leaks]:
    logger = logging.getLogger("lianxin")
    level = logger.level
    yield listen()
    logger.setLevel(level)
    for handler in [one for one in logger.handlers if isinstance(one, Ear)]:
        logger.removeHandler(handler)
