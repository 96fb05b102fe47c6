"""What was said lately in each conversation, to know which line a quote or a recall means.

WeChat's puppets give a quote as text only. In memory alone, and bounded.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

MOST_CONVERSATIONS = 500
MOST_LINES = 200
SHORTEST_PART = 6


@dataclass(frozen=True, slots=True)
class Line:
    sender: str
    text: str


@dataclass(slots=True)
class Lines:
    _known: OrderedDict[str, OrderedDict[str, Line]] = field(default_factory=OrderedDict)

    def note(self, conversation: str, message_id: str, sender: str, text: str) -> None:
        lines = self._known.setdefault(conversation, OrderedDict())
        self._known.move_to_end(conversation)
        lines[message_id] = Line(sender, _bare(text))
        if len(lines) > MOST_LINES:
            lines.popitem(last=False)
        if len(self._known) > MOST_CONVERSATIONS:
            self._known.popitem(last=False)

    def sender_of(self, conversation: str, message_id: str) -> str | None:
        lines = self._known.get(conversation)
        line = None if lines is None else lines.get(message_id)
        return None if line is None else line.sender

    def find(self, conversation: str, quoted: str) -> str | None:
        """The newest line of this text, or that begins so where the quote was cut short."""
        wanted = _bare(quoted)
        lines = self._known.get(conversation, OrderedDict[str, Line]())
        for message_id, line in reversed(lines.items()):
            if _is_quoted(line.text, wanted):
                return message_id
        return None


def _is_quoted(text: str, wanted: str) -> bool:
    """Whole, perhaps with mentions before it; or its beginning."""
    if not text or not wanted:
        return False
    begin = wanted.rstrip("….")
    return wanted.endswith(text) or (len(begin) >= SHORTEST_PART and text.startswith(begin))


def _bare(text: str) -> str:
    return "".join(text.split())
