"""W4: the disk is full; what cannot be kept is refused in words, and nothing is half-done."""

import errno
import http.client
import sqlite3
import time
import urllib.error
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from application.jobs import services as jobs
from application.jobs.models import Job, State
from application.platform import clock
from application.platform.database import transaction
from application.platform.extensions import db
from application.transfers import services, services_export
from tests.faults.rows.bring import await_state, bring_in, lines, new_tracker, upload
from tests.faults.rows.load import Person, compare, gathered, load, read_or_write
from tests.faults.rows.outcome import Outcome, counted, is_full, judged
from tests.faults.rows.small_disk import SmallDisk, can_mount, small_disk
from tests.faults.running import Tend, free_port, wait_for

FULL = is_full()
SECONDS, PEOPLE, RATE, ROWS = (30.0, 6, 30.0, 20_000) if FULL else (4.0, 3, 20.0, 4_000)
MEGABYTES = 64 if FULL else 32
ROOM_FOR_A_ROW = 400_000  # but not for the export's file
DONE_WITHIN = 90.0  # a lease, a sweep, and the work
IN_WORDS = (503, 507)


def integrity(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        found: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
        return found


def refused_in_words(person: Person, outcome: Outcome) -> None:
    """A write and an upload while nothing fits: problem+json, 507 or 503."""
    said: list[Any] = []

    def is_refused() -> bool:  # the log's last free pages may take a few more
        note = f"{len(said)} " + "does not fit " * 100
        with suppress(OSError, http.client.HTTPException):
            body = {"value": 1, "note": note.strip()}
            said.append(person.ask("POST", f"trackers/{person.tracker}/logs", body))
            if said[-1].status == 201:
                person.told[note.strip()] = said[-1].body
        return bool(said and said[-1].status in IN_WORDS)

    wait_for(is_refused, 120, "a write is refused")
    kind = said[-1].headers["Content-Type"]
    outcome.must(kind.startswith("application/problem+json"), f"refused as {kind}")
    outcome.must(said[-1].status == 507, f"a write that does not fit is answered {said[-1].status}")
    try:
        upload(person.browser, person.tracker, lines(2_000))
        outcome.problems.append("an upload was taken")
    except urllib.error.HTTPError as error:
        outcome.must(error.code in IN_WORDS, f"an upload is answered {error.code}")
        error.close()


def keeps_the_job(person: Person, disk: SmallDisk, outcome: Outcome) -> None:
    """An export whose file does not fit is not given up: it is done once there is room."""
    disk.fill(but=ROOM_FOR_A_ROW)
    asked = person.ask("POST", "exports", {})
    outcome.must(asked.status == 202, f"an export was answered {asked.status}")

    def was_tried() -> bool:
        with closing(sqlite3.connect(disk.path / "tend.db")) as connection:
            query = "SELECT attempts FROM jobs WHERE id = ?"
            return bool(connection.execute(query, [asked.body["id"]]).fetchone()[0])

    wait_for(was_tried, 60, "the export is tried")
    time.sleep(2.0)  # for a worker that gives up to do so
    state = person.ask("GET", f"jobs/{asked.body['id']}").body["state"]
    outcome.must(state in ("queued", "running"), f"without room an export is {state}")
    disk.free()
    await_state(person.browser, asked.body["id"], "done", DONE_WITHIN)


@pytest.mark.row("W4")
@pytest.mark.timeout(600 if FULL else 300)
def test_w4_a_full_disk_is_said_in_words_and_passes() -> None:
    """Everything of Tend on a small disk that is filled under load, and freed.

    Pass: what cannot be kept is answered 507 or 503 as JSON, nothing else is 5xx; no torn row,
    integrity_check ok; all works after space is freed; a worker keeps its job (full form).
    """
    if not can_mount():
        pytest.skip("a small disk needs the right to mount one")
    with (
        judged("W4", "disk full") as outcome,
        small_disk(MEGABYTES) as disk,
        Tend(disk.path, free_port(), WEB_WORKERS="2", JOB_WORKERS="1") as tend,
        gathered(f"http://127.0.0.1:{tend.port}", PEOPLE) as (journal, people),
    ):
        wait_for(tend.everything_is_up, 180, "up")
        web = tend.running("web")
        bring_in(people[0].browser, new_tracker(people[0].browser, "Many"), lines(ROWS))
        with load(people, RATE, read_or_write(0.5, tries=1)):
            time.sleep(SECONDS / 4)
            disk.fill()
            filled = time.monotonic()
            time.sleep(SECONDS / 2)
        # What SQLite has taken from the disk already, it writes on for a while.
        with load(people, 2 * RATE, read_or_write(1.0, tries=1)):
            wait_for(lambda: journal.statuses(filled)[507] > PEOPLE, 180, "writes are refused")
        refused_in_words(people[0], outcome)
        outcome.must(tend.running("web") == web, "a web process died of it")
        said = journal.statuses()
        wrong = [one for one in journal.failures() if one.status not in IN_WORDS]
        outcome.must(not wrong, f"answered 5xx: {wrong[:3]}")
        outcome.must(integrity(disk.path / "tend.db") == "ok", "not whole while full")
        if FULL:
            keeps_the_job(people[0], disk, outcome)
        else:
            disk.free()
        freed = time.monotonic()
        with load(people, RATE, read_or_write(0.5, tries=1)):
            time.sleep(max(3.0, SECONDS / 4))
        after = [one for one in journal.failures() if one.at > freed]
        outcome.must(not after, f"after space was freed {after[:3]}")
        held = compare(people)
        refused = said[507] + said[503]
        outcome.injected = f"{MEGABYTES} MB filled to the last byte, {said.total():,} requests"
        outcome.survived = f"{held.told:,} acknowledged writes; {refused} refused in words"
        outcome.lost = held.lost
        outcome.figures = {"statuses": counted(said), **vars(held)}
        outcome.must(not held.lost + held.doubled + held.torn, f"not as acknowledged: {held}")
        outcome.must(integrity(disk.path / "tend.db") == "ok", "not whole afterwards")


@pytest.mark.row("W4")
def test_w4_a_job_waits_until_there_is_room(app, alice, queue, monkeypatch) -> None:
    """An export whose file does not fit stays claimed; who finds it after its lease does it."""

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with app.app_context():
        with transaction():
            job_id = services.ask_export(alice.user_id, None).id
        with monkeypatch.context() as patched:
            patched.setattr(services_export, "_write", full)
            queue.run(app)
        with transaction():
            job = db.session.get_one(Job, job_id, populate_existing=True)
            assert (job.state, job.error) == (State.RUNNING, None)
            job.lease_until = job.enqueued_at = clock.now().replace(year=2020)
        assert jobs.sweep() == 1
        queue.run(app)
        db.session.rollback()
        assert db.session.get_one(Job, job_id, populate_existing=True).state == State.DONE
