"""How many conversations of a gap could not be asked for what was said in it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("gap", sa.Column("unfilled", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("gap", "unfilled")
