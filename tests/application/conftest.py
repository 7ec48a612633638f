"""Fixtures of the tests of imports: bring a file in, confirm it, undo it, compare all data."""

import pytest

from application.jobs.models import State
from application.platform import storage
from application.platform.database import transaction
from application.trackers import services as trackers
from application.trackers.schemas import NewTracker
from application.transfers import services
from tests.application.importing import find


@pytest.fixture
def at_once(app):
    """Inside the application."""
    with app.app_context():
        yield


@pytest.fixture
def make(alice):
    """Make a tracker; its id."""

    def make_(name="Water", kind="numerical", person=alice, **more):
        with transaction():
            new = NewTracker(name=name, kind=kind, **more)
            return trackers.create(person.user_id, new).id

    return make_


@pytest.fixture
def bring(app, alice, queue):
    """Bring a file in as far as its preview; the job's id."""

    def bring_(text, tracker_id=None, filename="Water.csv", person=alice, **options):
        name = storage.new_name(".csv")
        storage.path_of(name).write_bytes(text.encode() if isinstance(text, str) else text)
        with transaction():
            job = services.ask_import(person.user_id, name, filename, tracker_id, options)
        queue.run(app)
        return job.id

    return bring_


@pytest.fixture
def confirm(app, alice, queue):
    """Say yes to a preview and do the work; the job."""

    def confirm_(job_id, conflicts="keep", lines=None):
        assert find(job_id).state == State.PREVIEW, find(job_id).error
        with transaction():
            services.confirm(alice.user_id, job_id, conflicts, lines or {})
        queue.run(app)
        return find(job_id)

    return confirm_


@pytest.fixture
def undo(app, alice, queue):
    """Take an import back; the job."""

    def undo_(job_id):
        with transaction():
            services.undo(alice.user_id, job_id)
        queue.run(app)
        return find(job_id)

    return undo_


@pytest.fixture
def everything(sql):
    """All that an import may touch, to be compared bit for bit."""

    def read():
        return (
            sql("SELECT id, tracker_id, logged_at, local_day, timed, utc_offset, value, choice_id,"
                " note, version, deleted_at, source FROM logs ORDER BY id"),
            sql("SELECT id, name, kind, unit, last_logged_at, last_value, last_choice_id"
                " FROM trackers ORDER BY id"),
            sql("SELECT id, tracker_id, label FROM tracker_choices ORDER BY id"),
            sql("SELECT * FROM replaced_logs"),
        )  # fmt: skip

    return read
