"""jieba: cutting text into words for the search. The only import of jieba."""

import logging
import re
from functools import lru_cache
from typing import Protocol

from handlers.privacy import fold

_WORD = re.compile(r"\w", re.UNICODE)
MOST_CUT = 2000


class Cutter(Protocol):
    def cut_for_search(self, sentence: str) -> "object": ...


@lru_cache(maxsize=1)
def _jieba() -> Cutter:
    """Loaded at the first ticket: it costs most of a second."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    return jieba  # type: ignore[no-any-return]


def search_words(text: str) -> str:
    """The words of a text, separated by spaces, as the search keeps and finds them."""
    cut = _jieba().cut_for_search(fold(text)[:MOST_CUT])
    words = (word.strip() for word in cut)  # type: ignore[attr-defined]
    return " ".join(word for word in words if _WORD.search(word))
