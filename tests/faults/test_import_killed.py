"""W6: a worker killed in an import: it goes on by itself and ends as a clean run."""

import os
import random
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from benchmarks.house import Browser
from tests.faults.rows.bring import await_state, bring_in, lines, new_tracker, upload
from tests.faults.rows.outcome import is_full, judged
from tests.faults.running import Tend, data_folder, free_port, wait_for

FULL = is_full()
# Enough for a second or two of writing: fewer are in before they can be seen half-way.
ROWS = int(os.environ.get("TEND_KILL_ROWS", "200000"))
RESUMES_WITHIN = 60
KILLS = 5 if FULL else 1
OF_THE_PERSON = {
    "logs": "id, tracker_id, logged_at, local_day, timed, utc_offset, value, choice_id, note,"
    " version, deleted_at, source",
    "trackers": "id, name, kind, unit, last_logged_at, last_value, last_choice_id",
    "tracker_choices": "id, tracker_id, label",
    "replaced_logs": "*",
}


def everything(database: Path) -> dict[str, list[Any]]:
    """All that an import may touch, to be compared bit for bit."""
    with closing(sqlite3.connect(database)) as connection:
        return {
            table: connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1").fetchall()
            for table, columns in OF_THE_PERSON.items()
        }


def points(kills: int) -> Sequence[float]:
    """At which shares of the writing a worker is killed."""
    if kills == 1:
        return [0.1]
    return sorted(random.Random(3).uniform(0.05, 0.8) for _ in range(kills))


def kill_at(person: Browser, job: int, share: float, tend: Tend) -> None:
    """kill -9 the worker and its child once so much is in; wait until it goes on."""

    def so_much_is_in() -> bool:
        found = person.call("GET", f"jobs/{job}")
        assert found["state"] in {"queued", "running"}, "it was over before it could be killed"
        return bool(found["done"] > ROWS * share)

    wait_for(so_much_is_in, 120, f"{share:.0%} are in")
    for pid in tend.running("work@%h"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    reached = person.call("GET", f"jobs/{job}")["done"]
    assert reached < ROWS
    wait_for(
        lambda: person.call("GET", f"jobs/{job}")["done"] > reached, RESUMES_WITHIN, "going on"
    )


def figures(person: Browser, tracker: int) -> dict[str, Any]:
    found: dict[str, Any] = person.call("GET", f"trackers/{tracker}/stats?range=all")
    return found


@pytest.mark.row("W6")
@pytest.mark.timeout(1500 if FULL else 600)
def test_w6_a_killed_import_goes_on_and_equals_a_clean_one() -> None:
    """kill -9 of the worker (at five random points in the full form) while it writes.

    Pass: it ends with the same rows as a clean run; the outcome counts add up to the input's
    lines; the undo restores the tables bit for bit.
    """
    content = lines(ROWS)
    with (
        judged("W6", "import killed while it writes") as outcome,
        data_folder() as folder,
        Tend(folder, free_port(), JOB_WORKERS="1") as tend,
    ):
        wait_for(tend.everything_is_up, 180, "up")
        person = Browser(f"http://127.0.0.1:{tend.port}")
        person.sign_up()
        clean, killed = new_tracker(person, "Clean"), new_tracker(person, "Killed")
        bring_in(person, clean, content)
        before = everything(folder / "tend.db")
        job = upload(person, killed, content)["id"]
        counts = await_state(person, job, "preview", 120)["result"]["counts"]
        outcome.must(sum(counts.values()) == counts["new"] == ROWS, f"the lines are {counts}")
        person.call("POST", f"imports/{job}/confirm", {"conflicts": "keep"})
        for share in points(KILLS):
            kill_at(person, job, share, tend)
        written = await_state(person, job, "done", 240)["result"]["written"]
        outcome.injected = f"{KILLS} kill -9 in {ROWS:,} lines"
        outcome.survived = f"{figures(person, killed)['count']:,} entries, {written}"
        outcome.lost = ROWS - figures(person, killed)["count"]
        same = figures(person, killed) == figures(person, clean)
        outcome.must(same, "it differs from a clean run")
        outcome.must(figures(person, killed)["count"] == ROWS, "entries are missing")
        outcome.must(figures(person, killed)["total"] == sum(n % 97 for n in range(ROWS)), "sum")
        person.call("POST", f"imports/{job}/undo")
        await_state(person, job, "undone", 240)
        outcome.must(everything(folder / "tend.db") == before, "the undo left a difference")
