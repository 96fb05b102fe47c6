"""Find a unit's recent tickets without walking all there ever were."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index("ticket_recent", "ticket", ["unit", "updated_at"])


def downgrade() -> None:
    op.drop_index("ticket_recent", "ticket")
