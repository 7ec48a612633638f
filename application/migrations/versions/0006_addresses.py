"""confirmed addresses, moves to another address, accounts without a password

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

from application.platform.database import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "email_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("old_email", sa.String(length=254), nullable=False),
        sa.Column("new_email", sa.String(length=254), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_email_changes_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_changes")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("email_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_email_changes_old_email"), ["old_email"], unique=False)
        batch_op.create_index(batch_op.f("ix_email_changes_user_id"), ["user_id"], unique=False)

    # Added alone: a table rebuilt on SQLite would forget that its ids are not given twice.
    op.add_column(
        "users", sa.Column("has_password", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    # Nobody was asked before, so nobody's mail stops now.
    op.execute("UPDATE users SET confirmed_at = created_at WHERE confirmed_at IS NULL")


def downgrade() -> None:
    op.drop_column("users", "has_password")
    op.drop_table("email_changes")
