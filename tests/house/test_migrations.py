"""Migrations: the schema they make is the models', and rebuilding a parent keeps its children."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from flask_migrate import downgrade, upgrade

from application.platform.database import Base, begin_writing, rollback
from application.platform.extensions import db
from tests.people import Person


@pytest.mark.filterwarnings("ignore:autogenerate skipping")
def test_they_make_exactly_the_models(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_they_can_go_down_and_up_again(app: Flask) -> None:
    with app.app_context():
        downgrade(revision="base")
        upgrade()
        db.engine.dispose()


def test_rebuilding_any_table_loses_no_row(app: Flask, alice: Person) -> None:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("only SQLite rebuilds a table to alter it")
        with db.engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            raw.execute("PRAGMA foreign_keys=OFF")
            begin_writing()
            with connection.begin():
                before = count_rows(connection)
                operations = Operations(MigrationContext.configure(connection))
                for table in Base.metadata.sorted_tables:
                    with operations.batch_alter_table(table.name, recreate="always"):
                        pass
                assert count_rows(connection) == before
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            rollback()
            raw.execute("PRAGMA foreign_keys=ON")


def count_rows(connection) -> dict[str, int]:
    return {
        table.name: connection.exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar()
        for table in Base.metadata.sorted_tables
    }
