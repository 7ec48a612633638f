"""The batches of a confirmed import: each is one transaction with the line that it reached.

What is new goes in without becoming Python's objects: on SQLite as one INSERT … SELECT out of the
stage, which is attached to the database; on PostgreSQL as COPY of what the same SELECT gives.
Lines in conflict are few (of a day there is only one) and go the long way.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from application.jobs.models import Job
from application.jobs.services import Run
from application.logs.services import Row, insert_many
from application.logs.services_imports import copy_in, insert_selected, list_day, replace
from application.platform.clock import now
from application.platform.database import transaction
from application.platform.extensions import db
from application.trackers import services as trackers
from application.trackers.models import Role
from application.trackers.queries import find_tracker
from application.transfers.models import ReplacedLog
from application.transfers.services_stage import AS_LOGS, Stage, StagedRow

BATCHES: Final = {"sqlite": 2000, "postgresql": 10_000}
"""Lines of the file in one transaction: some milliseconds on SQLite, where all others wait then."""
PAUSE: Final = 0.02
"""Seconds that others have on SQLite between two batches, once one of them was seen to write."""
ATTACHED: Final = "stage"


class _Import(NamedTuple):
    stage: Stage
    current: Run
    owner_id: int
    params: dict[str, Any]
    ids: dict[int, int]
    choices: dict[int, int | None]


def write(stage: Stage, current: Run) -> None:
    """Bring in every line behind the one that the job's row says it has reached."""
    with transaction():
        job = db.session.get_one(Job, current.job_id)
        line, total, params, owner_id = job.done, job.total, job.params, job.owner_id or 0
    ids = {tracker.id: tracker.tracker_id or 0 for tracker in stage.trackers()}
    choices = {c: ours for t in ids for c, _, ours in stage.choices(t)}
    all_of_it = _Import(stage, current, owner_id, params, ids, choices)
    # One connection for all: the stage is attached to it, and SQLite tells it who else wrote.
    with _connected() as connection:
        rest, batch = _prepare(connection, stage), BATCHES[connection.dialect.name]
        while (found := stage.next_to_write(line, batch)) is not None:
            first, line = found
            touched = sorted({ids[tracker] for tracker in stage.trackers_of(first, line)})
            with transaction():
                db.session.connection(bind_arguments={"bind": connection})
                for tracker_id in touched:
                    find_tracker(owner_id, tracker_id, Role.EDITOR, lock=True)
                _settle_conflicts(all_of_it, first, line)
                _bring_in(all_of_it, first, line)
                for tracker_id in touched:
                    trackers.touch(tracker_id)
                current.progress(line, total)
            rest()


@contextmanager
def _connected() -> Iterator[Connection]:
    """A connection that does not go back to the pool: nobody else is to see what is attached."""
    with db.engine.connect() as connection:
        try:
            yield connection
        finally:
            connection.invalidate()


def _prepare(connection: Connection, stage: Stage) -> Callable[[], None]:
    """Make the connection ready; gives what is to be called between two batches."""
    if connection.dialect.name != "sqlite":
        return lambda: None
    driver: Any = connection.connection.driver_connection
    driver.execute(f"ATTACH ? AS {ATTACHED}", (str(stage.path),))

    def version() -> int:
        """A number that is another one once another connection has written."""
        found: int = driver.execute("PRAGMA data_version").fetchone()[0]
        return found

    seen = version()

    def rest() -> None:
        nonlocal seen
        before, seen = seen, version()
        if seen != before:
            time.sleep(PAUSE)

    return rest


def _bring_in(whole: _Import, first: int, last: int) -> None:
    """Make logs of the lines from `first` to `last` that are new."""
    values = {
        "first": first,
        "last": last,
        "owner_id": whole.owner_id,
        "import_id": whole.current.job_id,
        "now": f"{now():%Y-%m-%d %H:%M:%S.%f}",
    }
    if db.engine.dialect.name == "sqlite":
        insert_selected(AS_LOGS.format(ATTACHED), values | {"utc": ""})
    else:
        copy_in(whole.stage.as_logs(values | {"utc": "+00"}))


def _settle_conflicts(whole: _Import, first: int, last: int) -> None:
    """Do what the person answered for the lines of days that have another value here."""
    answers = whole.params.get("lines", {})
    both = []
    for row in whole.stage.conflicts(first, last):
        answer = answers.get(str(row.line)) or whole.params["conflicts"]
        if answer == "both":
            both.append(_log(whole, row))
        elif answer == "replace":
            _replace(_log(whole, row), whole.current.job_id)
    insert_many(both)


def _log(whole: _Import, row: StagedRow) -> Row:
    return Row(
        tracker_id=whole.ids[row.tracker],
        user_id=whole.owner_id,
        logged_at=row.instant,
        utc_offset=row.offset,
        local_day=row.local_day,
        timed=row.timed,
        value=row.value,
        choice_id=whole.choices.get(row.choice or 0),
        note=row.note,
        source="import",
        import_id=whole.current.job_id,
    )


def _replace(log: Row, import_id: int) -> None:
    logs = list_day(log["tracker_id"], log["local_day"], import_id)
    for before in replace(logs, log["value"], log["choice_id"], log["note"]):
        db.session.add(ReplacedLog(import_id=import_id, **before._asdict()))
    db.session.flush()
