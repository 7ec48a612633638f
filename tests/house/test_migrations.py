"""Migrations: the schema they make is the models', and rebuilding a parent keeps its children."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import null, update

from application.accounts.models import User
from application.accounts.queries import find_user
from application.platform.database import Base, begin_writing, rollback, transaction
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


def test_who_was_here_before_addresses_were_asked_for_goes_on(app: Flask, alice: Person) -> None:
    with app.app_context():
        with transaction() as session:
            session.execute(update(User).values(confirmed_at=null()))
        downgrade(revision="0005")
        upgrade()
        db.engine.dispose()
        user = find_user(alice.user_id)
        assert user.confirmed_at == user.created_at
        assert user.has_password
    assert alice.get("account").get_json()["confirmed"] is True


def test_rebuilding_any_table_loses_no_row(app: Flask, alice: Person) -> None:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("only SQLite rebuilds a table to alter it")
        with db.engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            raw.execute("PRAGMA foreign_keys=OFF")
            begin_writing()
            with connection.begin() as transaction:
                before = count_rows(connection)
                operations = Operations(MigrationContext.configure(connection))
                for table in Base.metadata.sorted_tables:
                    with operations.batch_alter_table(table.name, recreate="always"):
                        pass
                assert count_rows(connection) == before
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
                transaction.rollback()  # a rebuilt table forgets that its ids are not given twice
            rollback()
            raw.execute("PRAGMA foreign_keys=ON")


def count_rows(connection) -> dict[str, int]:
    return {
        table.name: connection.exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar()
        for table in Base.metadata.sorted_tables
    }
