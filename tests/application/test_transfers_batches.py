"""The batches of an import: few statements each, exact values, a rest only when others write."""

import sqlite3
import time
from contextlib import closing

import pytest

from application.jobs.models import State
from application.platform.database import transaction
from application.platform.extensions import db
from application.transfers import services, services_write
from application.transfers.services_stage import Stage
from tests.application.importing import find, record

pytestmark = pytest.mark.usefixtures("at_once")

ROWS = "".join(f"2026-{m:02}-{d:02},{m + d}\n" for m in range(1, 11) for d in range(1, 29))
MOST_STATEMENTS = 7


@pytest.fixture
def write(app, alice, bring, queue, monkeypatch):
    """Bring a table in with so many lines a batch."""

    def write(table, batch=2000):
        sizes = {"sqlite": batch, "postgresql": batch}
        monkeypatch.setattr(services_write, "BATCHES", sizes)
        job_id = bring(table)
        with transaction():
            services.confirm(alice.user_id, job_id, "keep", {})
        queue.run(app)
        assert find(job_id).state == State.DONE, find(job_id).error
        db.session.rollback()

    return write


def test_a_batch_takes_few_statements(make, write, statements):
    counts = []
    for lines in (280, 28):
        make(name=f"By {lines}")
        statements.clear()
        write(ROWS, lines)
        counts.append(len(statements))
    one, ten = counts
    assert ten - one <= 9 * MOST_STATEMENTS, statements


def test_what_comes_in_is_kept_like_what_is_logged(alice, make, write, sql):
    """By the database itself and through the session: to the last digit the same."""
    moments = (
        "1955-03-04T05:06:07.123456+00:00",
        "1969-12-31T23:59:59.999999-03:30",
        "2024-02-29T00:00:00+01:00",
    )
    logged, written = make(name="Logged"), make()
    for at in moments:
        record(alice, logged, 0.123456789, at, "tab\tand \\N and 'quote'")
    note = "tab\tand \\N and 'quote'"
    write("date,value,note\n" + "".join(f"{at},{0.123456789!r},{note}\n" for at in moments))
    columns = "logged_at, timed, value, choice_id, note, version, deleted_at"
    select = f"SELECT {columns} FROM logs WHERE tracker_id = :id ORDER BY logged_at"
    rows = sql(select, id=written)
    assert len(rows) == 3
    assert rows == sql(select, id=logged)


@pytest.mark.parametrize("busy", [True, False])
def test_it_rests_only_when_somebody_else_writes(app, make, write, monkeypatch, busy):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL takes many writers at a time")
    make()
    rests: list[float] = []
    monkeypatch.setattr(time, "sleep", rests.append)
    real = Stage.next_to_write

    def between(*args):
        if busy:
            with closing(sqlite3.connect(str(db.engine.url.database))) as other, other:
                other.execute("UPDATE user_versions SET version = version + 1")
        return real(*args)

    monkeypatch.setattr(Stage, "next_to_write", between)
    write(ROWS, 70)
    assert rests == [services_write.PAUSE] * (4 if busy else 0)
