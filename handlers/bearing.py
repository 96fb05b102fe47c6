"""Whether a text bears on things of a town and on their state at all: counts, as features."""

from collections.abc import Collection, Mapping
from functools import lru_cache

from handlers.features import normal
from handlers.lexicon import THINGS, word_classes
from handlers.topics import LONGEST_WORD, NAMED

STATES = frozenset(
    {
        "broken", "absent", "excess", "again", "duration", "request", "blame", "suggest", "risk",
    }
)  # fmt: skip
MOST = 3


@lru_cache(maxsize=1)
def _table() -> tuple[Mapping[str, int], int, int]:
    """The bits of each word's classes; the bits of all things; those of all states."""
    classes = word_classes()
    names = sorted(THINGS | STATES)
    bits = {name: 1 << place for place, name in enumerate(names)}
    words: dict[str, int] = {}
    for word, its in classes.items():
        found = sum(bits[name] for name in set(its) if name in bits)
        short = normal(word)
        if found and len(short) <= LONGEST_WORD:
            words[short] = words.get(short, 0) | found
    things = sum(bits[name] for name in THINGS)
    return words, things, sum(bits.values()) - things


def bearing(grams: frozenset[str], topics: Collection[str]) -> tuple[str, ...]:
    """How many sorts of things, of states and of topics a text names, by its 1- to 4-grams."""
    table, of_things, of_states = _table()
    found = 0
    for gram in grams & table.keys():
        found |= table[gram]
    things = min((found & of_things).bit_count(), MOST)
    states = min((found & of_states).bit_count(), MOST)
    told = min(sum(topic.startswith(NAMED) for topic in topics), MOST)
    marks = (f"N:{things}", f"S#{states}", f"T#{told}")
    return marks if found else (*marks, "N:none")
