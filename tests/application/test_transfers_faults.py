"""Imports that are killed, stopped or broken: nothing is lost, doubled or half-done."""

from datetime import timedelta

import pytest
import time_machine

from application.jobs import services as jobs
from application.jobs.models import Job, State
from application.platform import clock
from application.platform.database import transaction
from application.platform.errors import NotFound
from application.platform.extensions import db
from application.trackers import services as trackers
from application.transfers import services, services_import, services_write
from tests.application.importing import find

pytestmark = pytest.mark.usefixtures("at_once")


class Killed(BaseException):
    """As kill -9 would: nothing of ours runs any more."""


@pytest.fixture
def kill_after(app, queue, monkeypatch):
    """Kill the worker in the middle of its n-th batch, then let the sweep find the job."""

    def kill(job_id, batches, module, function):
        left = [batches]
        real = getattr(module, function)

        def dying(*args):
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return real(*args)

        monkeypatch.setattr(module, function, dying)
        with pytest.raises(Killed):
            queue.run(app)
        monkeypatch.setattr(module, function, real)
        db.session.rollback()
        with transaction():
            job = db.session.get_one(Job, job_id)
            job.lease_until = job.enqueued_at = clock.now() - timedelta(minutes=1)
        assert jobs.sweep() == 1

    return kill


ROWS = "".join(f"2026-{m:02}-{d:02},{m + d}\n" for m in range(1, 11) for d in range(1, 29))


@pytest.mark.row("W6")
@pytest.mark.parametrize(
    ("batches", "module", "function"),
    [
        (0, services_write, "_bring_in"),
        (3, services_write, "_bring_in"),
        (0, services_import, "compare"),
        (0, services_import, "write"),
        (0, services_import, "_finish"),
    ],
)
def test_w6_a_killed_import_goes_on_without_doubles(
    app,
    alice,
    make,
    bring,
    queue,
    kill_after,
    monkeypatch,
    sql,
    undo,
    everything,
    batches,
    module,
    function,
):
    """Pass: the same rows as a clean run, and an undo that restores everything bit for bit."""
    monkeypatch.setattr(services_write, "BATCHES", {"sqlite": 50, "postgresql": 50})
    before = everything()
    job_id = bring(ROWS + "2026-01-01,2\n")
    with transaction():
        services.confirm(alice.user_id, job_id, "keep", {})
    kill_after(job_id, batches, module, function)
    queue.run(app)
    assert find(job_id).state == State.DONE
    rows = sql("SELECT local_day, value FROM logs")
    assert len(rows) == 281
    assert len(sql("SELECT 1 FROM trackers")) == 1
    undo(job_id)
    assert everything() == before


def test_an_import_cut_short_goes_on_days_later(
    app, alice, bring, queue, kill_after, monkeypatch, sql
):
    monkeypatch.setattr(services_write, "BATCHES", {"sqlite": 50, "postgresql": 50})
    job_id = bring(ROWS)
    with transaction():
        services.confirm(alice.user_id, job_id, "keep", {})
    kill_after(job_id, 3, services_write, "_bring_in")
    with time_machine.travel(clock.now() + timedelta(days=3), tick=False):
        assert jobs.expire() == 0
        queue.run(app)
    assert find(job_id).state == State.DONE
    assert len(sql("SELECT 1 FROM logs")) == 280
    with time_machine.travel(clock.now() + timedelta(days=3), tick=False):
        assert jobs.expire() == 1


def test_an_import_without_its_file_takes_itself_back(
    app, alice, make, bring, queue, kill_after, monkeypatch, everything
):
    make()
    before = everything()
    monkeypatch.setattr(services_write, "BATCHES", {"sqlite": 50, "postgresql": 50})
    job_id = bring(ROWS)
    with transaction():
        services.confirm(alice.user_id, job_id, "keep", {})
    kill_after(job_id, 3, services_write, "_bring_in")
    with transaction():
        db.session.get_one(Job, job_id).file = None
    queue.run(app)
    assert find(job_id).state == State.FAILED
    assert everything() == before


def test_a_stopped_import_takes_itself_back(
    app, alice, make, bring, queue, monkeypatch, everything
):
    make()
    monkeypatch.setattr(services_write, "BATCHES", {"sqlite": 50, "postgresql": 50})
    before = everything()
    job_id = bring(ROWS)
    with transaction():
        services.confirm(alice.user_id, job_id, "keep", {})
    real = services_write._bring_in

    left = [2]

    def asked(*args):
        left[0] -= 1
        db.session.get_one(Job, job_id).cancel_asked = not left[0]
        return real(*args)

    monkeypatch.setattr(services_write, "_bring_in", asked)
    queue.run(app)
    assert find(job_id).state == State.CANCELLED
    assert everything() == before


def test_an_import_that_breaks_leaves_nothing_half_done(
    app, alice, make, bring, queue, monkeypatch, everything
):
    water = make()
    monkeypatch.setattr(services_write, "BATCHES", {"sqlite": 50, "postgresql": 50})
    job_id = bring(ROWS)
    with transaction():
        services.confirm(alice.user_id, job_id, "keep", {})
    before = everything()
    real = services_write._bring_in
    left = [2]

    def breaking(*args):
        left[0] -= 1
        if not left[0]:
            trackers.delete(alice.user_id, water)
            raise NotFound
        return real(*args)

    monkeypatch.setattr(services_write, "_bring_in", breaking)
    queue.run(app)
    job = find(job_id)
    assert (job.state, job.error) == (State.FAILED, services_import.SAY_GONE)
    assert everything() == before


def test_an_import_loses_its_claim_when_the_database_is_away(
    app, alice, make, bring, queue, monkeypatch
):
    from sqlalchemy.exc import OperationalError

    make()
    job_id = bring("2026-11-19,1\n")
    with transaction():
        services.confirm(alice.user_id, job_id, "keep", {})

    def away(*_args):
        raise OperationalError("INSERT", {}, Exception("gone"))

    monkeypatch.setattr(services_write, "_bring_in", away)
    queue.run(app)
    assert find(job_id).state == State.RUNNING
