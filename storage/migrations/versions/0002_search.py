"""Full-text search over tickets. What is indexed are words that were cut elsewhere."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("create virtual table ticket_search using fts5 (words, tokenize = 'unicode61')")
        # Narrow, so that the units of a hundred thousand hits are read without their rows.
        op.create_index("ticket_number_unit", "ticket", ["number", "unit"])
    else:
        op.execute(
            "create table ticket_search (number bigint primary key, words tsvector not null)"
        )
        op.execute("create index ticket_search_words on ticket_search using gin (words)")


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.drop_index("ticket_number_unit", "ticket")
    op.execute("drop table ticket_search")
