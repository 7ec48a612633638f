"""Reads of jobs."""

from collections.abc import Sequence

from sqlalchemy import select

from application.jobs.models import Job
from application.platform.errors import NotFound
from application.platform.extensions import db


def find_job(owner_id: int, job_id: int, kind: str | None = None, *, lock: bool = False) -> Job:
    """That job of the owner; `lock` holds the row until the commit.

    Raises NotFound for others' and missing ones.
    """
    statement = select(Job).where(Job.id == job_id, Job.owner_id == owner_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    job = db.session.scalar(statement)
    if job is None or (kind and job.kind != kind):
        raise NotFound
    return job


def list_jobs(owner_id: int, kind: str, after: int | None, limit: int) -> Sequence[Job]:
    """The owner's jobs of a kind, newest first, at most `limit`, older than id `after`."""
    statement = select(Job).where(Job.owner_id == owner_id, Job.kind == kind)
    if after is not None:
        statement = statement.where(Job.id < after)
    return db.session.scalars(statement.order_by(Job.id.desc()).limit(limit)).all()
