"""Which command a correction came with, and the places a unit has come to know."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("correction", sa.Column("key", sa.Text(), nullable=True))
    op.add_column("correction", sa.Column("ticket", sa.BigInteger(), nullable=True))
    op.create_index("correction_ticket", "correction", ["ticket"])
    op.create_table(
        "known_place",
        sa.Column("unit", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("known_place")
    op.drop_index("correction_ticket", "correction")
    op.drop_column("correction", "ticket")
    op.drop_column("correction", "key")
