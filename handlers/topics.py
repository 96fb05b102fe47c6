"""The topics of topics.txt: matters told by words that stand together, not by one word alone."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from handlers.features import normal
from handlers.lexicon import read_lines

LONGEST_WORD = 4
NOTHING = "-"
NAMED = "T:"
"""Head of the feature that a topic is named by."""


@dataclass(frozen=True, slots=True)
class Topic:
    """True where all bits of `needed` are found. `features` are its name and usual sorts."""

    features: tuple[str, ...]
    needed: int


@dataclass(frozen=True, slots=True)
class Topics:
    """`words` gives each word the bits of the groups it stands in."""

    words: Mapping[str, int]
    topics: tuple[Topic, ...]


@lru_cache(maxsize=1)
def _shipped() -> Topics:
    return read_topics(read_lines("topics.txt"))


def read_topics(lines: Iterable[str]) -> Topics:
    """Lines "name field kind urgency: words / words", "-" for what the topic leaves open."""
    bits: dict[str, int] = {}
    words: dict[str, int] = {}
    topics = []
    for line in lines:
        head, _, told = line.partition(":")
        needed = 0
        for group in told.split("/"):
            members = " ".join(sorted(group.split()))
            bit = bits.setdefault(members, 1 << len(bits))
            needed |= bit
            for word in members.split():
                short = normal(word)[:LONGEST_WORD]
                words[short] = words.get(short, 0) | bit
        name, *sorts = head.split()
        usual = (f"S:{sort}" for sort in sorts if sort != NOTHING)
        topics.append(Topic((f"{NAMED}{name}", *usual), needed))
    return Topics(words, tuple(topics))


def topics_in(grams: frozenset[str]) -> Collection[str]:
    """The topics of a text, as features, by its 1- to 4-grams."""
    shipped = _shipped()
    table = shipped.words
    found = 0
    for gram in grams & table.keys():
        found |= table[gram]
    return {
        feature
        for topic in shipped.topics
        if found & topic.needed == topic.needed
        for feature in topic.features
    }


def topics_told() -> str:
    """What the shipped topics are, so that a change of them is seen."""
    return repr(_shipped())
