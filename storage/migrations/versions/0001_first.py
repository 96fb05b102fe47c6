"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def number(name: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=optional)


def text(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=optional)


def identity(name: str) -> sa.Column[int]:
    return sa.Column(name, KEY, sa.Identity(), primary_key=True)


def upgrade() -> None:
    create_people()
    create_tickets()
    create_dialogues()
    create_outbox()
    create_reception()


def create_people() -> None:
    op.create_table(
        "unit_scope",
        sa.Column("ancestor", sa.Text(), primary_key=True),
        sa.Column("unit", sa.Text(), primary_key=True),
    )
    op.create_table(
        "conversation",
        sa.Column("platform", sa.Text(), primary_key=True),
        sa.Column("conversation", sa.Text(), primary_key=True),
        text("unit"),
        text("title"),
        number("is_paused"),
    )
    op.create_table(
        "person",
        identity("id"),
        text("handle"),
        text("name"),
        text("phone", optional=True),
        sa.UniqueConstraint("handle"),
    )
    op.create_table(
        "post",
        sa.Column("person", sa.BigInteger(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("unit", sa.Text(), primary_key=True),
        sa.Column("role", sa.Text(), primary_key=True),
    )
    op.create_index("post_unit", "post", ["unit", "role"])
    op.create_table(
        "account",
        sa.Column("platform", sa.Text(), primary_key=True),
        sa.Column("user_id", sa.Text(), primary_key=True),
        sa.Column("person", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        number("last_used_at", optional=True),
    )
    op.create_index("account_person", "account", ["person"])
    op.create_table(
        "leave",
        identity("id"),
        sa.Column("person", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        text("first_day"),
        text("last_day"),
    )
    op.create_index("leave_person", "leave", ["person"])
    op.create_table(
        "bind_code",
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("person", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        number("created_at"),
        number("expires_at"),
    )
    op.create_table(
        "resident",
        identity("id"),
        text("platform"),
        text("user_id"),
        text("name"),
        text("unit", optional=True),
        sa.UniqueConstraint("platform", "user_id"),
    )


def create_tickets() -> None:
    op.create_table(
        "ticket",
        identity("number"),
        text("source_key"),
        text("unit"),
        text("platform"),
        text("conversation"),
        sa.Column("resident", sa.BigInteger(), sa.ForeignKey("resident.id"), nullable=False),
        number("is_sensitive"),
        number("is_anonymous"),
        text("kind"),
        text("field"),
        text("urgency"),
        text("place", optional=True),
        text("place_key", optional=True),
        text("gist"),
        text("body"),
        text("stage"),
        text("outcome", optional=True),
        sa.Column("assignee", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=True),
        number("level"),
        number("reopened"),
        number("opened_at"),
        number("clock_started_at"),
        *(
            column
            for clock in ("contact", "acceptance", "handling", "answer")
            for column in (
                number(f"{clock}_due_at"),
                number(f"{clock}_done_at", optional=True),
                text(f"{clock}_proof", optional=True),
            )
        ),
        number("closed_at", optional=True),
        text("closed_proof", optional=True),
        number("is_solved", optional=True),
        number("is_satisfied", optional=True),
        number("joined_into", optional=True),
        text("result", optional=True),
        number("gather_until", optional=True),
        number("acknowledged_at", optional=True),
        number("reminders_sent"),
        number("escalations_sent"),
        number("last_reminded_at", optional=True),
        number("next_action_at", optional=True),
        number("updated_at"),
        sa.UniqueConstraint("source_key"),
    )
    is_open = sa.text("stage <> 'closed'")
    has_action = sa.text("next_action_at is not null")
    op.create_index(
        "ticket_due",
        "ticket",
        ["next_action_at"],
        sqlite_where=has_action,
        postgresql_where=has_action,
    )
    op.create_index(
        "ticket_open_unit",
        "ticket",
        ["unit", "opened_at"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index(
        "ticket_open_assignee",
        "ticket",
        ["assignee"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ticket_opened", "ticket", ["unit", "opened_at"])
    op.create_index("ticket_closed", "ticket", ["unit", "closed_at"])
    op.create_index("ticket_conversation", "ticket", ["platform", "conversation", "updated_at"])
    op.create_index("ticket_resident", "ticket", ["resident", "number"])
    op.create_table(
        "ticket_message",
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("ticket", sa.BigInteger(), sa.ForeignKey("ticket.number"), nullable=False),
        number("resident", optional=True),
        number("person", optional=True),
        text("act"),
        number("at"),
        text("text"),
        text("images"),
        number("images_missing"),
        text("voice", optional=True),
        number("is_recalled"),
    )
    op.create_index("ticket_message_ticket", "ticket_message", ["ticket", "at"])
    op.create_table(
        "report",
        sa.Column("ticket", sa.BigInteger(), sa.ForeignKey("ticket.number"), primary_key=True),
        sa.Column("resident", sa.BigInteger(), sa.ForeignKey("resident.id"), primary_key=True),
        text("conversation"),
        text("platform"),
        number("at"),
        number("is_acknowledged"),
    )
    op.create_index("report_resident", "report", ["resident"])
    op.create_table(
        "event",
        identity("id"),
        sa.Column("ticket", sa.BigInteger(), sa.ForeignKey("ticket.number"), nullable=False),
        number("at"),
        number("person", optional=True),
        number("resident", optional=True),
        text("action"),
        text("message_key", optional=True),
        text("detail"),
        text("before", optional=True),
    )
    op.create_index("event_ticket", "event", ["ticket", "id"])
    op.create_index("event_person", "event", ["person", "id"])


def create_dialogues() -> None:
    op.create_table(
        "approval",
        identity("id"),
        sa.Column("ticket", sa.BigInteger(), sa.ForeignKey("ticket.number"), nullable=False),
        text("kind"),
        text("state"),
        text("reason"),
        number("new_due_at", optional=True),
        number("asked_by"),
        number("asked_at"),
        number("decided_by", optional=True),
        number("decided_at", optional=True),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "approval_waiting", "approval", ["ticket"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "assist",
        sa.Column("ticket", sa.BigInteger(), sa.ForeignKey("ticket.number"), primary_key=True),
        sa.Column("unit", sa.Text(), primary_key=True),
        number("asked_by"),
        number("asked_at"),
    )
    op.create_table(
        "question",
        identity("id"),
        text("source_key"),
        text("platform"),
        text("conversation"),
        sa.Column("resident", sa.BigInteger(), sa.ForeignKey("resident.id"), nullable=False),
        text("unit"),
        text("text"),
        text("images"),
        text("gist"),
        text("state"),
        number("raised_at"),
        number("due_at", optional=True),
        number("is_asked"),
        sa.UniqueConstraint("source_key"),
    )
    has_due = sa.text("due_at is not null")
    op.create_index(
        "question_due", "question", ["due_at"], sqlite_where=has_due, postgresql_where=has_due
    )
    op.create_index("question_resident", "question", ["resident", "state"])
    op.create_table(
        "correction",
        identity("id"),
        number("at"),
        number("person", optional=True),
        number("resident", optional=True),
        text("act"),
        text("field", optional=True),
        text("place", optional=True),
        text("text"),
    )
    op.create_table(
        "command_log",
        sa.Column("key", sa.Text(), primary_key=True),
        number("at"),
        number("person", optional=True),
        number("resident", optional=True),
        text("word"),
        number("ticket", optional=True),
        text("result"),
    )
    op.create_table(
        "board_link",
        sa.Column("token_hash", sa.Text(), primary_key=True),
        sa.Column("person", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        text("unit"),
        number("created_at"),
        number("expires_at"),
        number("used_at", optional=True),
    )


def create_outbox() -> None:
    op.create_table(
        "outbox",
        identity("id"),
        text("slot"),
        text("platform"),
        text("conversation"),
        text("unit", optional=True),
        text("kind"),
        text("text"),
        text("at_users"),
        text("images"),
        number("ticket", optional=True),
        number("person", optional=True),
        text("state"),
        number("queued_at"),
        number("not_before"),
        number("tries"),
        number("claimed_at", optional=True),
        number("sent_at", optional=True),
        text("message_id", optional=True),
        text("error", optional=True),
        sa.UniqueConstraint("slot"),
    )
    pending = sa.text("state in ('new', 'sending', 'unknown')")
    op.create_index(
        "outbox_pending",
        "outbox",
        ["state", "not_before"],
        sqlite_where=pending,
        postgresql_where=pending,
    )
    op.create_index("outbox_message", "outbox", ["platform", "conversation", "message_id"])
    op.create_index("outbox_ticket", "outbox", ["ticket"])
    op.create_index(
        "outbox_dead",
        "outbox",
        ["queued_at"],
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )


def create_reception() -> None:
    op.create_table(
        "gap",
        identity("id"),
        text("platform"),
        text("account"),
        number("began_at"),
        number("ended_at", optional=True),
        number("recovered"),
        number("opened"),
    )
    op.create_table(
        "watermark",
        sa.Column("platform", sa.Text(), primary_key=True),
        sa.Column("conversation", sa.Text(), primary_key=True),
        text("message_id"),
        number("at"),
    )
    op.create_table(
        "dead_letter",
        identity("id"),
        text("key"),
        number("at"),
        text("payload"),
        text("error"),
        number("tries"),
        sa.UniqueConstraint("key"),
    )


def downgrade() -> None:
    for table in (
        "dead_letter",
        "watermark",
        "gap",
        "outbox",
        "board_link",
        "command_log",
        "correction",
        "question",
        "assist",
        "approval",
        "event",
        "report",
        "ticket_message",
        "ticket",
        "resident",
        "bind_code",
        "leave",
        "account",
        "post",
        "person",
        "conversation",
        "unit_scope",
    ):
        op.drop_table(table)
