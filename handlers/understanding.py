"""A bare text as the ear in use reads it: what is written behind a word, quoted, or asked about."""

from handlers import intents
from handlers.context import Context
from handlers.reading import Reading
from handlers.talk import Line, Talk
from storage.models import UnitId


def read_text(text: str, unit: UnitId, context: Context) -> Reading:
    """As if a resident had said it into a quiet group of the unit, whose places are known."""
    if context.reader is None:
        return intents.classify(text)
    line = Line("", context.now, "", "", text)
    return context.reader.classify(line, Talk(unit=unit), in_full=True)
