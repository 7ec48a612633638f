"""the outbox, the reports, when ticks ran

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

from application.platform.clock import now
from application.platform.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("target", sa.String(length=255), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("enqueued_at", UtcDateTime(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("last_status", sa.SmallInteger(), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_deliveries_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_deliveries_message_id")),
        sa.UniqueConstraint(
            "user_id", "kind", "period", name=op.f("uq_deliveries_user_id_kind_period")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_due", ["state", "next_at"], unique=False)
        batch_op.create_index("ix_deliveries_person", ["user_id", "id"], unique=False)

    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=32), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("format", sa.String(length=4), nullable=False),
        sa.Column("paper", sa.String(length=6), nullable=False),
        sa.Column("tracker_ids", sa.JSON(), nullable=True),
        sa.Column("scheduled", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("file", sa.String(length=80), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_reports_job_id_jobs"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_reports_owner_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reports_deleted_at"), ["deleted_at"], unique=False)
        batch_op.create_index("ix_reports_owner", ["owner_id", "id"], unique=False)

    # Added one by one: a table rebuilt on SQLite would forget that its ids are not given twice.
    present = sa.text(
        f"'{now():%Y-%m-%d %H:%M:%S}+00:00'"
        if on_postgresql
        else f"'{now():%Y-%m-%d %H:%M:%S}.000000'"
    )
    for column in (
        sa.Column("reminder_since", UtcDateTime(), nullable=False, server_default=present),
        sa.Column("report_since", UtcDateTime(), nullable=False, server_default=present),
        sa.Column(
            "reminder_channel", sa.String(length=8), nullable=False, server_default="webhook"
        ),
        sa.Column("webhook_old_secret", sa.String(length=120), nullable=True),
        sa.Column("webhook_old_until", UtcDateTime(), nullable=True),
        sa.Column("webhook_failing_since", UtcDateTime(), nullable=True),
        sa.Column("webhook_off_at", UtcDateTime(), nullable=True),
        sa.Column("webhook_off_reason", sa.String(length=500), nullable=True),
        sa.Column("report_paper", sa.String(length=6), nullable=False, server_default="a4"),
    ):
        op.add_column("users", column)


def downgrade() -> None:
    for name in (
        "report_paper",
        "webhook_off_reason",
        "webhook_off_at",
        "webhook_failing_since",
        "webhook_old_until",
        "webhook_old_secret",
        "reminder_channel",
        "report_since",
        "reminder_since",
    ):
        op.drop_column("users", name)
    op.drop_table("reports")
    op.drop_table("deliveries")
    op.drop_table("heartbeats")
