"""How migrations run: one transaction, with SQLite's foreign keys off while tables are rebuilt.

On SQLite a batch migration drops and recreates a table; with foreign keys on, dropping a parent
deletes its children in silence. So they are off on the raw connection before BEGIN, and checked
afterwards, before the commit.
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection

from application.platform.database import Base, UtcDateTime, begin_writing, rollback
from application.platform.extensions import db


def render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column type into migrations by its plain name."""
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen.imports.add("from application.platform.database import UtcDateTime")
        return "UtcDateTime()"
    return False


def migrate(connection: Connection) -> None:
    """Run what is asked inside one transaction and check what it leaves."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"the migration would orphan rows: {broken[:5]}")


def run() -> None:
    """Migrate the application's database."""
    if context.is_offline_mode():
        raise RuntimeError("migrations need a database: offline mode is not supported")
    engine = db.engine
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.dbapi_connection
        if sqlite and raw is not None:
            raw.execute("PRAGMA foreign_keys=OFF")
        begin_writing()
        try:
            with connection.begin():
                migrate(connection)
        finally:
            rollback()
            if sqlite and raw is not None:
                raw.execute("PRAGMA foreign_keys=ON")


assert current_app
run()
