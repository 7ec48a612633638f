"""Tests of jobs: one worker at a time, progress, cancel, failure, sweep, expiry."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from application.jobs import services
from application.jobs.models import Job, State
from application.jobs.queries import find_job
from application.jobs.services import Run
from application.platform import claims, clock, storage
from application.platform.database import transaction
from application.platform.errors import Conflict, NotFound, Refused
from application.platform.extensions import db
from application.registry import JobKind, registry
from tests.people import Person, Queue


@pytest.fixture
def kind(app: Flask) -> Iterator[Callable[[Callable[[Run], None]], None]]:
    """Register a job kind `test` that does what the test says."""
    with app.app_context():
        table = registry().jobs

    def register(run: Callable[[Run], None]) -> None:
        table["test"] = JobKind("test", run)

    register(lambda current: None)
    yield register
    del table["test"]


@pytest.fixture
def job_id(app: Flask, alice: Person, kind: Any, queue: Queue) -> int:
    """A queued job of alice's."""
    with app.app_context():
        with transaction():
            found = services.create(alice.user_id, "test", {"n": 1}).id
        assert queue.take("jobs.run") == [(found,)]
    return found


def read(app: Flask, job_id: int) -> Job:
    with app.app_context():
        found = db.session.get(Job, job_id)
        assert found is not None
        return found


def run(app: Flask, job_id: int) -> None:
    with app.app_context():
        services.run(job_id)


def test_it_runs_and_finishes(app: Flask, kind: Any, job_id: int) -> None:
    def work(current: Run) -> None:
        with transaction():
            current.progress(1, 2)
        with transaction():
            current.finish(State.DONE, done=2, result={"said": "yes"})

    kind(work)
    run(app, job_id)
    job = read(app, job_id)
    assert (job.state, job.done, job.total, job.result) == (State.DONE, 2, 2, {"said": "yes"})
    assert job.finished_at is not None
    assert job.claim is None


def test_only_one_worker_has_it(app: Flask, kind: Any, job_id: int) -> None:
    with app.app_context():
        with transaction():
            assert claims.claim(Job, job_id, State.QUEUED, State.RUNNING)
        with transaction():
            assert claims.claim(Job, job_id, State.QUEUED, State.RUNNING) is None
    kind(lambda current: pytest.fail("it is somebody else's"))
    run(app, job_id)


def test_a_fallen_worker_is_found_and_its_job_goes_on(
    app: Flask, kind: Any, job_id: int, queue: Queue
) -> None:
    with app.app_context():
        with transaction():
            first = claims.claim(Job, job_id, State.QUEUED, State.RUNNING, timedelta())
            assert first
        with transaction():
            db.session.get_one(Job, job_id).enqueued_at = None
        assert services.sweep() == 1
        assert queue.take("jobs.run") == [(job_id,)]
        assert services.sweep() == 0  # stamped: not again at once

    def work(current: Run) -> None:
        with transaction():
            current.finish(State.DONE)
        with pytest.raises(claims.ClaimLost), transaction():
            Run(job_id, first).progress(1, 1)

    kind(work)
    run(app, job_id)
    assert read(app, job_id).state == State.DONE


def test_a_worker_that_lost_its_claim_leaves_no_trace(app: Flask, kind: Any, job_id: int) -> None:
    def work(current: Run) -> None:
        with transaction():
            db.session.get_one(Job, job_id).claim = "somebody else"
        with transaction():
            current.progress(5, 5)

    kind(work)
    run(app, job_id)
    job = read(app, job_id)
    assert (job.state, job.done, job.claim) == (State.RUNNING, 0, "somebody else")


def test_what_was_refused_is_said_and_what_broke_is_not(
    app: Flask, kind: Any, job_id: int, queue: Queue
) -> None:
    def refuse(_: Run) -> None:
        raise Refused("This looks like a picture.")

    kind(refuse)
    run(app, job_id)
    job = read(app, job_id)
    assert (job.state, job.error) == (State.FAILED, "This looks like a picture.")

    def crash(_: Run) -> None:
        raise ZeroDivisionError("a secret")

    kind(crash)
    with app.app_context():
        with transaction():
            services.enqueue(db.session.get_one(Job, job_id))
        queue.take()
    run(app, job_id)
    job = read(app, job_id)
    assert job.state == State.FAILED
    assert "secret" not in (job.error or "")


def test_it_gives_up_after_too_many_attempts(app: Flask, kind: Any, job_id: int) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Job, job_id).attempts = services.MOST_ATTEMPTS
    kind(lambda current: pytest.fail("not again"))
    run(app, job_id)
    assert read(app, job_id).state == State.FAILED


def test_a_waiting_job_is_cancelled_at_once(app: Flask, alice: Person, job_id: int) -> None:
    with app.app_context():
        with transaction():
            assert services.cancel(alice.user_id, job_id).state == State.CANCELLED
        with pytest.raises(Conflict), transaction():
            services.cancel(alice.user_id, job_id)


def test_a_running_job_stops_at_its_next_batch(
    app: Flask, alice: Person, kind: Any, job_id: int
) -> None:
    def work(current: Run) -> None:
        with transaction():
            services.cancel(alice.user_id, job_id)
        with transaction():
            current.progress(1, 2)
        pytest.fail("it went on")

    kind(work)
    run(app, job_id)
    assert read(app, job_id).state == State.CANCELLED


def test_others_jobs_do_not_exist(app: Flask, bob: Person, job_id: int) -> None:
    with app.app_context(), pytest.raises(NotFound):
        find_job(bob.user_id, job_id)


def test_a_kind_of_another_release_is_ended_and_keeps_nothing(app: Flask, queue: Queue) -> None:
    """A recovery mail asked for before the upgrade: once it was a job, of nobody."""
    with app.app_context():
        with transaction():
            job_id = services.create(None, "recovery_mail", {"email": "mira@example.org"}).id
        [(found,)] = queue.take("jobs.run")
        assert found == job_id
        services.run(job_id)
        job = db.session.get_one(Job, job_id, populate_existing=True)
        assert (job.state, job.params, job.claim) == (State.FAILED, {}, None)
        assert services.sweep() == 0


def test_files_are_gone_after_their_time(app: Flask, job_id: int) -> None:
    with app.app_context():
        name = storage.new_name(".csv")
        storage.path_of(name).write_text("a,b\n")
        with transaction():
            job = db.session.get_one(Job, job_id)
            for field, value in services.keep_file(name, hours=24).items():
                setattr(job, field, value)
        assert services.expire() == 0
        with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
            assert services.expire() == 0  # it is not done yet
            with transaction():
                db.session.get_one(Job, job_id).state = State.DONE
            assert services.expire() == 1
        assert not storage.path_of(name).exists()
        assert services.expire() == 0


def test_forgetting_a_person_takes_their_files(app: Flask, alice: Person, job_id: int) -> None:
    with app.app_context():
        name = storage.new_name(".csv")
        storage.path_of(name).write_text("a,b\n")
        with transaction():
            db.session.get_one(Job, job_id).file = name
        with transaction():
            services.forget(alice.user_id)
        assert db.session.get(Job, job_id) is None
        assert not storage.path_of(name).exists()


@pytest.mark.parametrize("name", ["../secret", "a/b", ".hidden"])
def test_a_stored_file_has_no_path(app: Flask, name: str) -> None:
    with app.app_context(), pytest.raises(ValueError, match="stored"):
        storage.path_of(name)
