"""what imports replaced

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "replaced_logs",
        sa.Column("log_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("choice_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("version_left", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["jobs.id"],
            name=op.f("fk_replaced_logs_import_id_jobs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["log_id"], ["logs.id"], name=op.f("fk_replaced_logs_log_id_logs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("log_id", "import_id", name=op.f("pk_replaced_logs")),
    )
    with op.batch_alter_table("replaced_logs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replaced_logs_import_id"), ["import_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("replaced_logs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_replaced_logs_import_id"))
    op.drop_table("replaced_logs")
