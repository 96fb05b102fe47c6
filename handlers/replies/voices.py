"""What is said to a voice note that nobody turned into words."""

from handlers.replies.wording import called
from storage.models import Ticket


def words_wanted() -> str:
    return "语音我听不了，麻烦打几个字：在哪里，什么事。急事请直接打电话。"


def heard_by_instructor(ticket: Ticket) -> str:
    return f"语音我听不了，已请指导员听（#{ticket.number}）。方便的话打几个字。"


def please_listen(ticket: Ticket, resident: str) -> str:
    return f"#{ticket.number} {called(resident)}在群里发了语音，我听不了，请指导员听。"
