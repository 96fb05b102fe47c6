"""What every handler is given: the store, the moment, the settings, chance and the talk before."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from handlers.reading import Reading
from handlers.settings import Settings
from handlers.talk import NO_TALK, Talk
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Context:
    """`now` is aware UTC and the same for the whole event. `reading` is of the line at hand."""

    store: Store
    now: datetime
    settings: Settings
    rng: Random
    talk: Talk = NO_TALK
    reading: Reading | None = None
