"""Tests of the one way to open and end a transaction."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from application.accounts.models import User
from application.platform.database import after_commit, transaction
from application.platform.extensions import db
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


def _fail(seen: list[str]) -> None:
    with transaction():
        after_commit(lambda: seen.append("dropped"))
        raise ZeroDivisionError
