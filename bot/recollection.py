"""What was said before this run and may be quoted in it: the bot's words, and lines of tickets."""

from bot.adapters.port import Known
from storage.store import Store


def recollect(store: Store, platform: str) -> list[Known]:
    """Oldest first, residents' lines before the bot's. Chatter was never kept."""
    lines = []
    for key, user_id, text in store.tickets.list_spoken(platform):
        conversation, _, message_id = key.removeprefix(f"{platform}/").rpartition("/")
        lines.append(Known(conversation, message_id, user_id, text))
    cards = [
        Known(conversation, message_id, "", text)
        for conversation, message_id, text in store.outbox.list_spoken(platform)
    ]
    return [*lines, *cards]
