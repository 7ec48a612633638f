"""Tests of the one way to open and end a transaction."""

import sqlite3
from contextlib import suppress
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from application.accounts.models import User
from application.platform import alone
from application.platform.database import after_commit, run, transaction
from application.platform.extensions import db
from application.platform.ready import Ready
from tests.people import Person


def test_it_refuses_a_write_that_was_not_announced(app: Flask, alice: Person) -> None:
    with app.app_context():
        user = db.session.scalars(select(User)).one()
        user.timezone = "UTC"
        with pytest.raises(RuntimeError, match="outside a writing transaction"):
            db.session.flush()
        db.session.rollback()
        with pytest.raises(RuntimeError, match="outside a writing transaction"):
            db.session.execute(update(User).values(timezone="UTC"))


def test_it_runs_hooks_after_the_commit_and_only_then(app: Flask) -> None:
    seen: list[str] = []
    with app.app_context():
        with transaction():
            after_commit(lambda: seen.append("kept"))
            assert seen == []
        with pytest.raises(ZeroDivisionError):
            _fail(seen)
        with transaction():
            pass
    assert seen == ["kept"]


READ_ZONE = Ready(select(User.timezone).where(User.id == bindparam("id")))
MOVE = Ready(update(User).where(User.id == bindparam("id")).values(timezone=bindparam("zone")))


def test_ready_statements_are_a_transaction_of_their_own(app: Flask, alice: Person) -> None:
    here = {"id": alice.user_id}
    with app.app_context():
        with pytest.raises(RuntimeError, match="outside a writing transaction"):
            run(MOVE, here | {"zone": "UTC"})
        with transaction():
            run(MOVE, here | {"zone": "Asia/Tokyo"})
        with suppress(ZeroDivisionError), transaction():
            run(MOVE, here | {"zone": "UTC"})
            raise ZeroDivisionError
        with transaction():
            assert list(run(READ_ZONE, here)) == [("Asia/Tokyo",)]


def test_they_see_what_the_session_has_pending(app: Flask, alice: Person) -> None:
    with app.app_context(), transaction():
        db.session.get_one(User, alice.user_id).timezone = "Asia/Tokyo"
        assert list(run(READ_ZONE, {"id": alice.user_id})) == [("Asia/Tokyo",)]


def test_the_session_cannot_join_what_they_began(app: Flask, alice: Person) -> None:
    with app.app_context():
        with transaction():
            run(READ_ZONE, {"id": alice.user_id})
            with pytest.raises(RuntimeError, match="cannot join"):
                db.session.scalars(select(User))
        with transaction():
            assert db.session.get_one(User, alice.user_id).timezone == "Europe/Vienna"


def test_their_errors_are_those_of_sqlalchemy(app: Flask, alice: Person) -> None:
    with app.app_context(), pytest.raises(IntegrityError), transaction():
        run(MOVE, {"id": alice.user_id, "zone": None})


def test_what_cannot_be_committed_is_gone_and_the_next_goes_on(
    app: Flask, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {"id": alice.user_id}
    begin = alone.begin

    def begin_badly() -> alone.Alone:
        begun = begin()
        begun = replace(begun, driver=Uncommitting(begun.driver))
        alone._present.set(begun)
        return begun

    with app.app_context():
        with monkeypatch.context() as patch:
            patch.setattr(alone, "begin", begin_badly)
            with pytest.raises(OperationalError, match="disk is full"), transaction():
                run(MOVE, here | {"zone": "Asia/Tokyo"})
        with transaction():
            assert list(run(READ_ZONE, here)) == [("Europe/Vienna",)]


class Uncommitting:
    """A driver's connection on a full disk."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)

    def commit(self) -> None:
        dbapi = sqlite3 if isinstance(self._driver, sqlite3.Connection) else psycopg
        raise dbapi.OperationalError("the disk is full")


def _fail(seen: list[str]) -> None:
    with transaction():
        after_commit(lambda: seen.append("dropped"))
        raise ZeroDivisionError
