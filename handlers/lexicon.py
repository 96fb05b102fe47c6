"""The word classes of lexicon.txt: which kinds of words stand in a text."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

THINGS = frozenset(
    {"water", "power", "gas", "heat", "road", "sanit", "pollut", "housing", "traffic", "safety"}
    | {"welfare", "labour", "health", "edu", "farm", "consumer", "conflict", "party"}
)
"""The classes that name things of a town, by the sixteen fields; without `other`."""


@lru_cache(maxsize=1)
def word_classes() -> Mapping[str, tuple[str, ...]]:
    """Each word of the lexicon with the classes it stands in, in the file's order."""
    words: dict[str, tuple[str, ...]] = {}
    for line in read_lines("lexicon.txt"):
        name, _, members = line.partition(":")
        for word in dict.fromkeys(members.split()):
            words[word] = (*words.get(word, ()), name)
    return words


def read_lines(name: str) -> list[str]:
    """The lines of a text file of this package, without comments and blank ones."""
    text = files("handlers").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]
