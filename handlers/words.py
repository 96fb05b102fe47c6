"""jieba: cutting text into words for the search. The only import of jieba."""

import logging
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

from handlers.privacy import fold

_WORD = re.compile(r"\w", re.UNICODE)
MOST_CUT = 2000
LEAST_FREQUENCY = 10
"""Of jieba's dictionary a quarter: the words that are ever said. All of it takes 60 MB."""


class Cutter(Protocol):
    def cut_for_search(self, sentence: str) -> Iterator[str]: ...


@lru_cache(maxsize=1)
def _jieba() -> Cutter:
    """Costs a third of a second and more, so the service loads it before it hears anything."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    cutter = jieba.Tokenizer()
    # Filled here and not by jieba, which would read a file that anybody may put in /tmp.
    with jieba.get_dict_file() as lines:
        cutter.FREQ, cutter.total = _read_dictionary(lines)
    cutter.initialized = True
    return cutter  # type: ignore[no-any-return]


def load() -> None:
    """So that the first ticket does not hold up all others meanwhile."""
    _jieba()


def _read_dictionary(lines: Iterator[bytes]) -> tuple[dict[str, int], int]:
    """How often each word is said, 0 for what only begins one; and the sum."""
    frequencies: dict[str, int] = {}
    for line in lines:
        word, frequency, _ = line.decode().split(" ", 2)
        if int(frequency) < LEAST_FREQUENCY:
            continue
        frequencies[word] = int(frequency)
        for end in range(1, len(word)):
            frequencies.setdefault(word[:end], 0)
    return frequencies, sum(frequencies.values())


def search_words(text: str) -> str:
    """The words of a text, separated by spaces, as the search keeps and finds them."""
    words = (word.strip() for word in _jieba().cut_for_search(fold(text)[:MOST_CUT]))
    return " ".join(word for word in words if _WORD.search(word))
