"""What every handler is given: the store, the moment, the settings, chance and the talk before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Protocol

from handlers.reading import Reading
from handlers.settings import Settings
from handlers.talk import NO_TALK, Line, Talk
from storage.store import Store


class Reader(Protocol):
    """The ear in use (handlers/intents.py), for texts that are no line of their own."""

    def classify(self, line: Line, talk: Talk, *, in_full: bool = False) -> Reading: ...


@dataclass(frozen=True, slots=True)
class Context:
    """`now` is aware UTC and the same for the whole event.

    `understand` reads the line at hand, which a command can do without; None where there is no
    line. `reader` None is the shipped ear.
    """

    store: Store
    now: datetime
    settings: Settings
    rng: Random
    talk: Talk = NO_TALK
    understand: Callable[[], Reading] | None = None
    reader: Reader | None = None
