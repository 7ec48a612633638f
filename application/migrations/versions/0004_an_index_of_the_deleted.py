"""an index of the deleted alone

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("trackers", "reports")


def upgrade() -> None:
    for table in TABLES:
        op.create_index(
            f"ix_{table}_trash",
            table,
            ["deleted_at"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        op.drop_index(f"ix_{table}_deleted_at", table_name=table)


def downgrade() -> None:
    for table in TABLES:
        op.create_index(f"ix_{table}_deleted_at", table, ["deleted_at"], unique=False)
        op.drop_index(f"ix_{table}_trash", table_name=table)
