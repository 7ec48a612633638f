"""Reads of reports: one, a page of them, the neighbours, what is under way."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import defer

from application.accounts.models import User
from application.deliveries.models import Delivery
from application.jobs.models import Job
from application.jobs.models import State as JobState
from application.logs.days import logical_day
from application.platform.errors import NotFound
from application.platform.extensions import db
from application.reports.models import Report, State
from application.trackers.models import LinkState, Role, Tracker, UserTracker

UNDER_WAY = (State.QUEUED, State.RUNNING)
Shelf = Literal["active", "deleted"]
KEPT: Final = timedelta(days=30)  # in the trash


def find_report(
    owner_id: int, report_id: int, *, lock: bool = False, deleted: bool | None = False
) -> Report:
    """That report of the owner; `deleted` None takes one in the trash too. Raises NotFound."""
    statement = select(Report).where(Report.id == report_id, Report.owner_id == owner_id)
    if deleted is not None:
        gone = Report.deleted_at
        statement = statement.where(gone.is_not(None) if deleted else gone.is_(None))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    report = db.session.scalar(statement)
    if report is None:
        raise NotFound
    return report


def _shelf(owner_id: int, shelf: Shelf = "active") -> Select[Report]:
    gone = Report.deleted_at
    return (
        select(Report)
        .where(Report.owner_id == owner_id)
        .where(gone.is_not(None) if shelf == "deleted" else gone.is_(None))
        .options(defer(Report.facts))
    )


def list_reports(owner_id: int, shelf: Shelf, after: int | None, limit: int) -> Sequence[Report]:
    """The owner's reports without what they say, newest first, older than id `after`."""
    statement = _shelf(owner_id, shelf)
    if after is not None:
        statement = statement.where(Report.id < after)
    return db.session.scalars(statement.order_by(Report.id.desc()).limit(limit)).all()


def find_neighbours(report: Report) -> tuple[int | None, int | None]:
    """The finished reports (older, newer) beside that one on the owner's shelf."""
    beside = select(Report.id).where(
        Report.owner_id == report.owner_id,
        Report.deleted_at.is_(None),
        Report.state == State.DONE,
    )
    older = beside.where(Report.id < report.id).order_by(Report.id.desc()).limit(1)
    newer = beside.where(Report.id > report.id).order_by(Report.id).limit(1)
    return db.session.scalar(older), db.session.scalar(newer)


def find_alike(report: Report) -> Report | None:
    """An undeleted report of exactly those days and choices that is still being made."""
    found = db.session.scalars(
        select(Report)
        .where(
            Report.owner_id == report.owner_id,
            Report.period == report.period,
            Report.format == report.format,
            Report.paper == report.paper,
            Report.scheduled == report.scheduled,
            Report.state.in_(UNDER_WAY),
            Report.deleted_at.is_(None),
        )
        .order_by(Report.id)
    )
    alike = (one for one in found if one.tracker_ids == report.tracker_ids)
    return next((one for one in alike if not has_stopped(one, find_job_states([one]))), None)


def list_scheduled(owner_ids: Collection[int], periods: Collection[str]) -> list[Report]:
    """The reports that the clock asked for, of these people and periods, oldest first."""
    statement = select(Report).where(
        Report.owner_id.in_(owner_ids),
        Report.period.in_(periods),
        Report.scheduled.is_(True),
        Report.deleted_at.is_(None),
    )
    return list(db.session.scalars(statement.order_by(Report.id)))


def list_by_id(report_ids: Collection[int]) -> dict[int, Report]:
    """Those of the reports that are not deleted, by id."""
    statement = select(Report).where(Report.id.in_(report_ids), Report.deleted_at.is_(None))
    return {report.id: report for report in db.session.scalars(statement)}


def find_job_states(reports: Collection[Report]) -> dict[int, tuple[str, str | None]]:
    """State and error of the jobs of those that are under way, by job."""
    ids = [one.job_id for one in reports if one.job_id and one.state in UNDER_WAY]
    if not ids:
        return {}
    rows = db.session.execute(select(Job.id, Job.state, Job.error).where(Job.id.in_(ids)))
    return {job_id: (state, error) for job_id, state, error in rows}


def has_stopped(report: Report, jobs: dict[int, tuple[str, str | None]]) -> bool:
    """Whether its job ended without saying so in the report: cancelled, or stopped too often."""
    if report.state not in UNDER_WAY:
        return False
    state = jobs.get(report.job_id or 0, (JobState.CANCELLED, None))[0]
    return state in (JobState.CANCELLED, JobState.FAILED)


def find_stop(report: Report, now: datetime) -> datetime:
    """When the making of a report ended without one; long ago where nothing tells."""
    job = db.session.get(Job, report.job_id) if report.job_id else None
    return job.finished_at or now if job else report.created_at


def find_copy(owner_id: int, kind: str, period: str) -> Delivery:
    """The delivery of that kind and period."""
    statement = select(Delivery).where(Delivery.user_id == owner_id, Delivery.kind == kind)
    return db.session.scalars(statement.where(Delivery.period == period)).one()


def list_reportable(owner_id: int, tracker_ids: Collection[int]) -> set[int]:
    """Which of the trackers the person owns or edits."""
    found = select(Tracker.id).join(UserTracker, UserTracker.tracker_id == Tracker.id)
    found = found.where(
        UserTracker.user_id == owner_id,
        UserTracker.state == LinkState.ACCEPTED,
        UserTracker.role != Role.VIEWER,
        Tracker.deleted_at.is_(None),
        Tracker.id.in_(tracker_ids),
    )
    return set(db.session.scalars(found))


def lock_owner(owner_id: int) -> User:
    """The account, held until the commit: of two that ask at once one sees the other's report.

    Raises NotFound when it is gone.
    """
    person = select(User).where(User.id == owner_id).with_for_update(key_share=True)
    found = db.session.scalar(person.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def list_people(user_ids: Collection[int]) -> dict[int, User]:
    """The accounts in use among these, by id."""
    statement = select(User).where(User.id.in_(user_ids), User.active.is_(True))
    return {person.id: person for person in db.session.scalars(statement)}


def today_of(person: User, instant: datetime) -> date:
    """The person's logical day at that instant."""
    return logical_day(instant, ZoneInfo(person.timezone), person.day_starts_at)
