"""Finding tickets by their words, which are cut by the caller and separated by spaces."""

import re
from collections.abc import Sequence

from storage.models import TicketNumber, UnitId
from storage.queries import Connection, Noun

MOST_WORDS = 1000
LONGEST_WORD = 64
"""A line of 100,000 characters must not fill the index; PostgreSQL refuses longer words."""

_WORD = re.compile(r"[^\W_]+")
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


class Search:
    """A ticket has one text to be found by. Case, punctuation and order make no difference."""

    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def index(self, number: TicketNumber, words: str) -> None:
        """Let a ticket be found by these words and each of their Chinese characters, and by no
        earlier ones."""
        text = " ".join(with_characters(_split(words)))
        self._queries.index_words(self._connection, number=number, words=text)

    def remove(self, number: TicketNumber) -> None:
        self._queries.remove_words(self._connection, number=number)

    def find(self, words: str, unit: UnitId, most: int = 20) -> Sequence[TicketNumber]:
        """Tickets of a unit and all below it, and those it assists with, that hold every word.

        Newest first. None if there is nothing to look for in `words`.
        """
        wanted = " ".join(_split(words))
        if not wanted:
            return []
        found = {
            TicketNumber(number)
            for query in (self._queries.find_words, self._queries.find_assisted)
            for (number,) in query(self._connection, words=wanted, unit=unit, most=most)
        }
        return sorted(found, reverse=True)[:most]


def _split(words: str) -> Sequence[str]:
    """Each word once, in lower case, without whatever is neither letter nor digit."""
    found = (word[:LONGEST_WORD] for word in _WORD.findall(words.casefold()))
    return list(dict.fromkeys(found))[:MOST_WORDS]


def with_characters(words: Sequence[str]) -> Sequence[str]:
    """The words and the characters they are made of, each once: 灯 finds 路灯."""
    return list(dict.fromkeys((*words, *_CHINESE.findall(" ".join(words)))))
