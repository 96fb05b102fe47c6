"""Who of those who raised a matter wants no name: before, one wish held for all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column(
        "report", sa.Column("is_anonymous", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.execute(
        "update report set is_anonymous = 1"
        " where ticket in (select number from ticket where is_anonymous = 1)"
    )


def downgrade() -> None:
    op.drop_column("report", "is_anonymous")
