"""What was indexed by its words is found by each of their Chinese characters too."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from storage.search import with_characters

revision = "0009"
down_revision = "0008"

BATCH = 1000
SQLITE = (
    "select rowid, words from ticket_search where rowid > :after order by rowid limit :most",
    "update ticket_search set words = :words where rowid = :number",
)
POSTGRESQL = (
    "select number, array_to_string(tsvector_to_array(words), ' ') from ticket_search"
    " where number > :after order by number limit :most",
    "update ticket_search set words = array_to_tsvector(string_to_array(:words, ' '))"
    " where number = :number",
)


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    select, update = SQLITE if is_sqlite else POSTGRESQL
    for rows in _batches(select):
        changed = [
            {"number": number, "words": " ".join(with_characters(words.split(" ")))}
            for number, words in rows
        ]
        op.get_bind().execute(sa.text(update), changed)


def _batches(select: str) -> Iterator[list[tuple[int, str]]]:
    after = 0
    while rows := _rows(select, after):
        yield rows
        after, _ = rows[-1]


def _rows(select: str, after: int) -> list[tuple[int, str]]:
    found = op.get_bind().execute(sa.text(select), {"after": after, "most": BATCH})
    return [tuple(row) for row in found.all()]


def downgrade() -> None:
    """More to be found by does no harm."""
