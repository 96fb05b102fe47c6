"""What is said to a voice note that nobody turned into words."""

from handlers.replies.wording import spoken
from storage.models import Ticket, VoiceNote


def words_wanted() -> str:
    return "语音我听不了，麻烦打几个字：在哪里，什么事。急事请直接打电话。"


def heard_by_instructor(ticket: Ticket) -> str:
    return f"语音我听不了，已请指导员听（#{ticket.number}）。方便的话打几个字。"


def kept_with(ticket: Ticket) -> str:
    return f"语音记在 #{ticket.number} 里了。我听不了，麻烦打几个字。"


def please_listen(ticket: Ticket, who: str) -> str:
    return f"#{ticket.number} {who}在群里发了语音，我听不了，请指导员听。"


def came_in_private(ticket: Ticket, who: str, note: VoiceNote) -> str:
    is_kept = "存下了" if note.file else "没取到"
    return f"#{ticket.number} {who}私下发来{spoken(note)}，我听不了，{is_kept}，也请他打几个字。"
