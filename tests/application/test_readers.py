"""Tests of the reading connections beside the pool: fresh, read-only, and opened again."""

import os
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import Engine, bindparam, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from application.accounts import services
from application.accounts.models import User
from application.platform.database import transaction
from application.platform.extensions import db
from application.platform.readers import Lookup, Readers
from tests.people import Person

NAMED = Lookup(
    select(User.id, User.timezone, User.created_at).where(User.username == bindparam("name"))
)


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def test_it_gives_values_as_sqlalchemy_would(engine: Engine, alice: Person) -> None:
    [(user_id, zone, made)] = NAMED.all(engine, name="alice")
    assert (user_id, zone) == (alice.user_id, "Europe/Vienna")
    assert isinstance(made, datetime)
    assert made.tzinfo is UTC
    assert NAMED.all(engine, name="nobody") == []


def test_it_sees_at_once_what_was_committed_and_nothing_before(
    app: Flask, engine: Engine, alice: Person
) -> None:
    for zone in ("Asia/Tokyo", "UTC"):
        with app.app_context(), transaction():
            before = NAMED.all(engine, name="alice")
            services.change_settings(alice.user_id, {"timezone": zone})
            assert NAMED.all(engine, name="alice") == before
        assert NAMED.all(engine, name="alice")[0][1] == zone


def test_one_after_the_other_they_share_a_connection(engine: Engine) -> None:
    readers = Readers(engine)
    for _ in range(3):
        readers.ask("SELECT 1", ())
    assert len(readers._idle) == 1
    readers._idle.pop().close()


def test_on_sqlite_it_cannot_write(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        with pytest.raises(OperationalError, match="readonly"):
            Readers.of(engine).ask("DELETE FROM users", ())


def test_a_wrong_statement_is_no_reason_to_ask_again(engine: Engine) -> None:
    with pytest.raises((OperationalError, ProgrammingError)) as error:
        Readers.of(engine).ask("SELECT nothing FROM nowhere", ())
    assert not error.value.connection_invalidated


def test_a_database_that_was_restarted_is_asked_again(engine: Engine, alice: Person) -> None:
    before = NAMED.all(engine, name="alice")
    readers = Readers.of(engine)
    if engine.dialect.name == "sqlite":
        readers._idle[-1].close()
    else:
        pid = readers._idle[-1].info.backend_pid
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    assert NAMED.all(engine, name="alice") == before


def test_a_database_that_is_away_is_an_error(tmp_path: object) -> None:
    from sqlalchemy import create_engine

    away = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(OperationalError):
        Readers(away).ask("SELECT 1", ())


def test_a_forked_process_opens_its_own(engine: Engine, alice: Person) -> None:
    before = NAMED.all(engine, name="alice")
    mine = list(Readers.of(engine)._idle)
    pid = os.fork()
    if pid == 0:
        good = False
        try:
            good = NAMED.all(engine, name="alice") == before
            good = good and not any(one in mine for one in Readers.of(engine)._idle)
        finally:
            os._exit(0 if good else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert NAMED.all(engine, name="alice") == before
    assert list(Readers.of(engine)._idle) == mine
