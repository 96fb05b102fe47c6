"""What residents said of a ticket: its opener's words, then what those who joined it added."""

from handlers.context import Context
from handlers.replies.wording import said_by_neighbour
from handlers.words import search_words
from storage.models import Act, Ticket


def all_said(ticket: Ticket, context: Context) -> str:
    """For those who work on it; whose words are not the opener's is told."""
    added = map(said_by_neighbour, _added(ticket, context))
    return "\n".join([ticket.body, *added])


def index(ticket: Ticket, context: Context) -> None:
    """Make it found by all these words and by its place."""
    said = " ".join([ticket.body, *_added(ticket, context), ticket.place or ""])
    context.store.search.index(ticket.number, search_words(said))


def _added(ticket: Ticket, context: Context) -> list[str]:
    return [
        one.text
        for one in context.store.tickets.list_messages(ticket.number)
        if one.act is Act.ADD
        and one.resident not in (None, ticket.resident)
        and one.text
        and not one.is_recalled
    ]
