"""What is wrong with a configuration, one sentence a problem, in words for the administrator."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

NEAR = 60
"""From how many points (0..100) on a known word counts as a near miss."""


@dataclass(frozen=True, slots=True)
class Problem:
    """`key` is the setting's English path as it stands in the file, `text` says what and how."""

    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"


class ConfigError(Exception):
    """The configuration can not be used. `problems` lists all that was found, never empty."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, None if there is none near."""
    found = process.extractOne(
        word, list(known), scorer=fuzz.WRatio, processor=str.casefold, score_cutoff=NEAR
    )
    return None if found is None else str(found[0])


def suggestion(word: str, known: Sequence[str]) -> str:
    """The end of a sentence about an unknown word: the near one, or all that are possible."""
    near = nearest(word, known)
    if near is not None:
        return f"是不是 {near}？"
    return f"可以写 {'、'.join(known)}。"
