"""A touched ticket moves in fewer indexes, and SQLite finds the open ones by their own again."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.drop_index("ticket_conversation", "ticket")
    op.create_index("ticket_conversation", "ticket", ["platform", "conversation"])
    # Of two that look as good SQLite takes the newer: `ticket_recent` had come before this one.
    is_open = sa.text("stage <> 'closed'")
    op.drop_index("ticket_open_unit", "ticket")
    op.create_index(
        "ticket_open_unit",
        "ticket",
        ["unit", "opened_at"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def downgrade() -> None:
    op.drop_index("ticket_conversation", "ticket")
    op.create_index("ticket_conversation", "ticket", ["platform", "conversation", "updated_at"])
