"""Reports in bad luck: who moves while one is made, a file that is damaged, one left behind."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import update

from application.accounts.services import delete_account
from application.deliveries import services as outbox
from application.deliveries.messages import Content
from application.jobs import services as jobs
from application.jobs.models import Job
from application.platform import storage
from application.platform.database import transaction
from application.platform.extensions import db
from application.reports import delivering, services
from application.trackers.kinds import Kind
from tests import filled
from tests.people import problem

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
OCTOBER = [date(2026, 10, day) for day in range(1, 30)]


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def asked(alice):
    """A report of October that waits to be made; its id."""
    filled.make_tracker(alice, Kind.NUMERICAL, [(day, 1.5) for day in OCTOBER])
    return alice.post("reports", {"period": "2026-10"}).get_json()["id"]


@pytest.fixture
def made(app, asked, queue):
    """A finished report of October."""
    queue.run(app)
    return asked


def test_who_moves_west_while_it_waits_gets_the_days_that_were_asked_for(app, alice, queue):
    alice.patch("account", {"timezone": "Pacific/Kiritimati"})  # there it is the 22nd already
    filled.make_tracker(alice, Kind.NUMERICAL, [(date(2026, 11, 22), 1.5)])
    body = {"from": "2026-11-22", "to": "2026-11-22"}
    report = alice.post("reports", body).get_json()
    alice.patch("account", {"timezone": "Pacific/Honolulu"})
    queue.run(app)
    read = alice.get(f"reports/{report['id']}").get_json()
    assert (read["state"], read["error"]) == ("done", None)
    assert (read["from"], read["to"]) == ("2026-11-22", "2026-11-22")
    assert (read["facts"]["first"], read["facts"]["last"]) == ("2026-11-22", "2026-11-22")
    assert read["facts"]["rows"][0]["days_logged"] == 1


def later(app, queue):
    """The lease is over, a minute has passed: what was left behind is taken up again."""
    with app.app_context(), transaction():
        db.session.execute(update(Job).values(lease_until=datetime(2026, 1, 1, tzinfo=UTC)))
    with time_machine.travel(NOON + timedelta(minutes=1), tick=True):
        with app.app_context():
            assert jobs.sweep() == 1
        queue.run(app)


@pytest.mark.parametrize("then", ["again", "leave"])
def test_a_worker_killed_with_the_file_in_its_hands_leaves_none(
    app, alice, asked, queue, monkeypatch, then
):
    def killed(*_args):
        raise SystemExit

    with app.app_context():
        before = set(storage.folder().iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        patched.setattr(storage, "delete", lambda _name: None)  # nothing of ours runs after a kill
        with pytest.raises(SystemExit):
            queue.run(app)
    with app.app_context():
        assert len(set(storage.folder().iterdir()) - before) == 1
        if then == "leave":
            with transaction():
                delete_account(alice.user_id)
    if then == "again":
        later(app, queue)
        assert alice.get(f"reports/{asked}").get_json()["state"] == "done"
    with app.app_context():
        left = set(storage.folder().iterdir()) - before
    assert len(left) == (then == "again")


@pytest.mark.row("W4")
def test_w4_a_report_waits_until_there_is_room_and_leaves_nothing(
    app, alice, asked, queue, monkeypatch
):
    def full(*_args):
        raise OSError(28, "No space left on device")

    with app.app_context():
        before = set(storage.folder().iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        queue.run(app)
    read = alice.get(f"reports/{asked}").get_json()
    assert (read["state"], read["error"]) == ("running", None)
    with app.app_context():
        assert set(storage.folder().iterdir()) == before
    later(app, queue)
    assert alice.get(f"reports/{asked}").get_json()["state"] == "done"


def test_what_goes_wrong_is_told_in_words_and_leaves_nothing(app, alice, asked, queue, monkeypatch):
    def wrong(*_args):
        raise OSError(1, "Operation not permitted")

    with app.app_context():
        before = set(storage.folder().iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", wrong)
        queue.run(app)
    read = alice.get(f"reports/{asked}").get_json()
    assert (read["state"], read["error"]) == ("failed", services.SAY_WRONG)
    assert alice.get(f"jobs/{read['job_id']}").get_json()["state"] == "failed"
    with app.app_context():
        assert set(storage.folder().iterdir()) == before


@pytest.mark.parametrize("left", [b"", b"PK", b"\0" * 5000])
def test_a_damaged_file_is_told_in_words(app, alice, made, sql, queue, left):
    with app.app_context():
        storage.path_of(sql("SELECT file FROM reports")[0].file).write_bytes(left)
    for form in ("pdf", "html"):
        answer = alice.get(f"reports/{made}/file?format={form}")
        problem(answer, 404)
        assert "make it again" in answer.get_json()["detail"]
    alice.post(f"reports/{made}/mail")
    queue.take()
    with app.app_context():
        _token, messages, _late = outbox.claim()
        assert isinstance(delivering.compose_copies(messages, NOON)[messages[0].id], Content)
