"""Writes of jobs: ask for one, run it under a lease, say how far it is, end it, sweep, expire."""

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete, select

from application.jobs.models import Job, State
from application.jobs.queries import find_job
from application.platform import background, claims, storage, troubles
from application.platform.clock import now
from application.platform.database import after_commit, rollback, transaction
from application.platform.errors import Conflict, Refused
from application.platform.extensions import db
from application.registry import registry

log = logging.getLogger(__name__)

TASK = "jobs.run"
MOST_ATTEMPTS = 20
KEPT_UNOWNED = timedelta(days=1)
UNDER_WAY = (State.QUEUED, State.RUNNING)
OVER = (State.DONE, State.FAILED, State.CANCELLED, State.UNDONE)


class Cancelled(Exception):
    """The person asked to stop; what was begun is to be taken back by the job itself."""


@dataclass(frozen=True, slots=True)
class Run:
    """A claimed job in a worker's hands; `file` is what an earlier try left, or it began with."""

    job_id: int
    token: str
    params: dict[str, Any] = field(default_factory=dict)
    attempts: int = 1
    file: str | None = None

    def progress(self, done: int, total: int, **values: Any) -> None:
        """Inside the batch's transaction: store how far it is and keep the lease.

        Raises ClaimLost when another worker has it, Cancelled when the person asked to stop.
        """
        values |= {"done": done, "total": total}
        if claims.renew(Job, self.job_id, self.token, tell=Job.cancel_asked, **values):
            raise Cancelled

    def hold(self, lease: timedelta) -> None:
        """Inside a transaction: keep the claim for `lease`, however long the next step takes."""
        claims.renew(Job, self.job_id, self.token, lease)

    def beat(self, **values: Any) -> None:
        """Inside the batch's transaction: as progress, but not to be stopped. Raises ClaimLost."""
        claims.renew(Job, self.job_id, self.token, **values)

    def ask(self, **values: Any) -> None:
        """Inside a transaction: leave the job to the person as a preview."""
        claims.release(Job, self.job_id, self.token, state=State.PREVIEW, **values)

    def finish(self, state: State, **values: Any) -> None:
        """Inside a transaction: end the claim in `state` and store `values`."""
        claims.release(
            Job, self.job_id, self.token, state=state, finished_at=claims.instant(), **values
        )


def create(owner_id: int | None, kind: str, params: dict[str, Any], **values: Any) -> Job:
    """A new queued job; its message leaves after the commit."""
    job = Job(owner_id=owner_id, kind=kind, params=params, state=State.QUEUED, **values)
    db.session.add(job)
    db.session.flush()
    enqueue(job)
    return job


def enqueue(job: Job) -> None:
    """Queue the job (again): its message leaves after the commit, the sweep mends a lost one."""
    job.state = State.QUEUED
    job.enqueued_at = now()
    db.session.flush()
    background.send(TASK, job.id)


def cancel(owner_id: int, job_id: int) -> Job:
    """Ask the job to stop: at once while it waits, at its next batch while it runs.

    Raises NotFound, and Conflict when it is over already, or at a step that must come to its end.
    """
    job = find_job(owner_id, job_id, lock=True)
    if job.state in OVER:
        raise Conflict("This is finished already.")
    kind = registry().jobs.get(job.kind)
    if kind is not None and job.step in kind.steady:
        raise Conflict("This cannot be stopped half-way. It is finished soon.")
    job.cancel_asked = True
    untouched = job.state == State.QUEUED and job.claim is None and job.attempts == 0
    if untouched or job.state == State.PREVIEW:
        job.state = State.CANCELLED
        job.finished_at = now()
    db.session.flush()
    return job


def run(job_id: int) -> None:
    """Do the job if nobody else is: the task behind `jobs.run`."""
    with transaction():
        token = claims.claim(Job, job_id, State.QUEUED, State.RUNNING)
        job = db.session.get(Job, job_id, populate_existing=True)
    if token is None or job is None:
        return
    current = Run(job_id, token, job.params, job.attempts, job.file)
    kind = registry().jobs.get(job.kind)
    if kind is None:  # queued by another release
        _end(current, State.FAILED, "Tend does this in another way now. Please ask again.", {})
        return
    if job.attempts > MOST_ATTEMPTS:
        _end(current, State.FAILED, "The work stopped too often. Please try again.")
        return
    try:
        kind.run(current)
    except claims.ClaimLost:
        rollback()
        log.info("job %s is in other hands now", job_id)
    except Cancelled:
        _end(current, State.CANCELLED, None)
    except Refused as refusal:
        _end(current, State.FAILED, refusal.message)
    except Exception as error:
        if troubles.passes(error):  # whoever finds it after its lease goes on with it
            rollback()
            log.warning("job %s waits for better times: %s", job_id, type(error).__name__)
            return
        log.exception("job %s (%s) failed", job_id, job.kind)
        _end(current, State.FAILED, "That went wrong on our side. What was there before is safe.")


def _end(
    current: Run, state: State, error: str | None, params: dict[str, Any] | None = None
) -> None:
    values = {"error": error} if params is None else {"error": error, "params": params}
    try:
        with transaction():
            current.finish(state, **values)
    except claims.ClaimLost:
        log.info("job %s is in other hands now", current.job_id)


def sweep() -> int:
    """Queue again what waits without a message or whose worker fell over; how many."""
    with transaction():
        ids = claims.sweep(Job, State.QUEUED, State.RUNNING)
        for job_id in ids:
            background.send(TASK, job_id)
    return len(ids)


def expire() -> int:
    """Remove the files whose time is over (how many), and the rows that no person looks at.

    Work that is under way keeps its file, however long nobody was there to do it.
    """
    with transaction():
        over = db.session.scalars(
            select(Job)
            .where(Job.expires_at < now(), Job.file.is_not(None), Job.state.not_in(UNDER_WAY))
            .order_by(Job.id)
            .with_for_update()  # one that is confirmed at this moment is looked at once more
            .execution_options(populate_existing=True)
        ).all()
        for job in over:
            storage.delete(job.file)
            job.file = None
        db.session.execute(
            delete(Job).where(
                Job.owner_id.is_(None), Job.state.in_(OVER), Job.finished_at < now() - KEPT_UNOWNED
            )
        )
    return len(over)


def forget(owner_id: int) -> None:
    """Erase the jobs of a leaving owner and their files."""
    for job in db.session.scalars(select(Job).where(Job.owner_id == owner_id)):
        after_commit(partial(storage.delete, job.file))
        db.session.delete(job)


def keep_file(name: str, hours: int) -> dict[str, Any]:
    """The values that give a finished job its file for `hours`."""
    return {
        "file": name,
        "size": storage.path_of(name).stat().st_size,
        "expires_at": now() + timedelta(hours=hours),
    }
