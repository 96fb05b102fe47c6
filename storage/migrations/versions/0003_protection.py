"""What one person said too much of, and an index to find texts that are past their time."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

HAS_TEXT = "stage = 'closed' and body <> ''"


def upgrade() -> None:
    op.create_table(
        "flood",
        sa.Column("platform", sa.Text(), primary_key=True),
        sa.Column("conversation", sa.Text(), primary_key=True),
        sa.Column("user_id", sa.Text(), primary_key=True),
        sa.Column("began_at", sa.BigInteger(), primary_key=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.BigInteger(), nullable=False),
    )
    op.create_index("flood_ended", "flood", ["ended_at"])
    op.create_index(
        "ticket_kept_text",
        "ticket",
        ["closed_at"],
        sqlite_where=sa.text(HAS_TEXT),
        postgresql_where=sa.text(HAS_TEXT),
    )


def downgrade() -> None:
    op.drop_index("ticket_kept_text", "ticket")
    op.drop_table("flood")
