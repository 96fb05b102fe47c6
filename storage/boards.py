"""One-time links to the board."""

from datetime import datetime

from storage.models import BoardLink
from storage.queries import Connection, Noun
from storage.rows import to_millis, to_row


class Boards:
    """Only the SHA-256 of a link's token is known here."""

    def __init__(self, connection: Connection, queries: Noun) -> None:
        self._connection = connection
        self._queries = queries

    def add_link(self, link: BoardLink) -> None:
        self._queries.add_link(self._connection, **to_row(link))

    def get_link(self, token_hash: str) -> BoardLink | None:
        """The link as it is, used or not."""
        link: BoardLink | None = self._queries.get_link(self._connection, token_hash=token_hash)
        return link

    def use_link(self, token_hash: str, now: datetime) -> BoardLink | None:
        """Use a link up; None if it is unknown, expired or was used before."""
        link: BoardLink | None = self._queries.use_link(
            self._connection, token_hash=token_hash, now=to_millis(now)
        )
        return link
