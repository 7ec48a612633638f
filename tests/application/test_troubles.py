"""Troubles that pass: a full disk and a database that is away are told from errors of ours."""

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

from application.jobs import services as jobs
from application.jobs.models import Job, State
from application.platform import troubles
from application.platform.database import transaction
from application.platform.extensions import db
from application.transfers import services, services_export, services_write
from tests.application.importing import find
from tests.people import Person, problem
from tests.things import tracker


@pytest.fixture
def sqlite_full(tmp_path: Path) -> sqlite3.Error:
    """What SQLite itself says when there is no room."""
    with closing(sqlite3.connect(tmp_path / "small.db")) as connection:
        connection.execute("CREATE TABLE kept (words text)")
        connection.execute("PRAGMA max_page_count = 3")
        with pytest.raises(sqlite3.OperationalError) as found:
            connection.execute("INSERT INTO kept VALUES (?)", ["x" * 100_000])
    return found.value


def wrapped(error: Exception, kind: type[DBAPIError] = OperationalError) -> DBAPIError:
    return kind("INSERT", {}, error)


def test_a_full_disk_is_known_by_every_sign(sqlite_full: sqlite3.Error) -> None:
    for error in (
        sqlite_full,
        wrapped(sqlite_full),
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        wrapped(psycopg.errors.DiskFull("could not extend file")),
    ):
        assert troubles.is_full(error), error
        assert troubles.passes(error), error


def test_a_database_that_is_away_is_no_full_disk() -> None:
    cut = DBAPIError("SELECT", {}, psycopg.Error("cut"), connection_invalidated=True)
    for error in (
        cut,
        wrapped(psycopg.errors.AdminShutdown("terminating connection")),
        wrapped(sqlite3.OperationalError("database is locked")),
        wrapped(psycopg.InterfaceError("the connection is closed"), InterfaceError),
    ):
        assert troubles.passes(error), error
        assert not troubles.is_full(error), error


def test_an_error_of_ours_does_not_pass() -> None:
    ours = wrapped(sqlite3.IntegrityError("UNIQUE constraint failed"), IntegrityError)
    for error in (ours, ValueError("no"), OSError(errno.ENOENT, "no such file"), TimeoutError()):
        assert not troubles.passes(error), error


def test_it_is_said_in_words_that_nothing_fits(
    alice: Person, monkeypatch: pytest.MonkeyPatch, sqlite_full: sqlite3.Error
) -> None:
    water = tracker(alice)["id"]

    def full(*_: object, **__: object) -> None:
        raise wrapped(sqlite_full)

    monkeypatch.setattr("application.logs.services.record", full)
    answer = alice.post(f"trackers/{water}/logs", {"value": 1})
    problem(answer, 507)
    assert "small.db" not in answer.get_data(as_text=True)


def test_a_commit_that_fails_late_is_a_trouble_too(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer is finished, and the commit before it leaves finds nobody there."""
    alice.get("account")

    def away(*_: object) -> None:
        raise wrapped(psycopg.errors.AdminShutdown("terminating connection"))

    monkeypatch.setattr("api.guards.database.commit", away)
    answer = alice.post("trackers", {"kind": "numerical", "name": "Tea"})
    problem(answer, 503)
    assert answer.headers["Retry-After"] == "2"


@pytest.mark.row("W3")
def test_w3_an_answer_outlives_the_connection_that_it_was_read_with(
    app, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the answer the connection's read is ended; that it was cut meanwhile is no matter."""
    alice.get("account")

    def cut(*_: object) -> None:
        raise wrapped(psycopg.OperationalError("server closed the connection unexpectedly"))

    with app.app_context():
        engine = db.engine
    with monkeypatch.context() as patched:
        patched.setattr(engine.dialect, "do_rollback", cut)
        assert alice.get("account/sessions").status_code == 200
        assert alice.get("exports").status_code == 200
    engine.dispose()
    assert alice.get("exports").status_code == 200


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), wrapped(Exception("gone"))])
def test_an_export_waits_for_better_times(app, alice, queue, monkeypatch, error) -> None:
    def troubled(*_: object) -> int:
        raise error

    with app.app_context():
        with transaction():
            job_id = services.ask_export(alice.user_id, None).id
        monkeypatch.setattr(services_export, "_write", troubled)
        queue.run(app)
        job = find(job_id)
        assert (job.state, job.error) == (State.RUNNING, None)


@pytest.mark.usefixtures("at_once")
def test_an_import_takes_nothing_back_when_there_is_no_room(
    app, alice, make, bring, queue, monkeypatch, sqlite_full
) -> None:
    make()
    job_id = bring("2026-11-19,1\n")
    with transaction():
        services.confirm(alice.user_id, job_id, "keep", {})

    def full(*_: object) -> None:
        raise sqlite_full  # of the stage, which is a SQLite file of its own

    with monkeypatch.context() as patched:
        patched.setattr(services_write, "_bring_in", full)
        queue.run(app)
    assert find(job_id).state == State.RUNNING
    with transaction():
        db.session.get_one(Job, job_id).lease_until = find(job_id).created_at.replace(year=2020)
        db.session.get_one(Job, job_id).enqueued_at = None
    assert jobs.sweep() == 1
    queue.run(app)
    assert find(job_id).state == State.DONE
