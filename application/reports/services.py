"""Writes of reports: ask for one, make it as a job, put it away, put it back, erase it.

A report stays until it is deleted, and thirty days longer.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from time import monotonic
from typing import Any, Final, Literal

from sqlalchemy import select

from application.accounts import versions
from application.deliveries import services as deliveries
from application.jobs import services as jobs
from application.jobs.models import State as JobState
from application.jobs.services import Cancelled, Run
from application.platform import clock, storage, troubles
from application.platform.claims import ClaimLost
from application.platform.database import after_commit, rollback, transaction
from application.platform.errors import FieldError, Invalid
from application.platform.extensions import db
from application.reports import content, files, pictures, queries
from application.reports.facts import Facts, to_json
from application.reports.models import Report, State
from application.reports.periods import BadPeriod, Period, between, check, read

log = logging.getLogger(__name__)

JOB: Final = "report"
MAILED: Final = "report"  # the kind of delivery that waits for it
BEAT_SECONDS: Final = 2.0
PDF_LEASE: Final = timedelta(minutes=5)
PURGE_BATCH: Final = 100
LEFT_OVER: Final = timedelta(days=1)  # until the file of a try that never came back is removed

SAY_UNKNOWN: Final = "This tracker is not yours to report on."
SAY_WRONG: Final = "The report could not be made. What you logged is safe; please try again."


@dataclass(frozen=True, slots=True)
class Choices:
    """How a report is to be; what is None is as the account's settings say."""

    format: Literal["html", "pdf"] | None = None
    paper: Literal["a4", "letter"] | None = None
    tracker_ids: Sequence[int] | None = None
    scheduled: bool = False


def ask(owner_id: int, wanted: str | tuple[Any, Any], choices: Choices) -> Report:
    """A report of a written period, or of (first day, last day); one under way is given again.

    Raises Invalid naming every field: days ahead or too many, trackers that are not theirs.
    """
    person = queries.lock_owner(owner_id)
    today = queries.today_of(person, clock.now())
    ids = None if choices.tracker_ids is None else sorted(set(choices.tracker_ids))
    period = _checked(owner_id, wanted, today, choices.tracker_ids)
    report = Report(
        owner_id=owner_id,
        period=period.text,
        first_day=period.first,
        last_day=period.until(today).last,
        format=choices.format or person.report_format,
        paper=choices.paper or person.report_paper,
        tracker_ids=ids,
        scheduled=choices.scheduled,
        state=State.QUEUED,
    )
    known_report = queries.find_alike(report)
    if known_report is not None:
        return known_report
    db.session.add(report)
    db.session.flush()
    _start(report)
    return report


def _checked(
    owner_id: int, wanted: str | tuple[Any, Any], today: date, tracker_ids: Sequence[int] | None
) -> Period:
    """The period that is wanted. Raises Invalid naming every field."""
    wrong: list[FieldError] = []
    period: Period | None = None
    try:
        if isinstance(wanted, str):
            period = read(wanted, today)
        else:
            period = check(between(*wanted), today, "from")
    except BadPeriod as error:
        wrong.append(FieldError(error.field, str(error)))
    if tracker_ids is not None:
        known = queries.list_reportable(owner_id, sorted(set(tracker_ids)))
        wrong += [
            FieldError(f"tracker_ids.{place}", SAY_UNKNOWN)
            for place, one in enumerate(tracker_ids)
            if one not in known
        ]
    if wrong or period is None:
        raise Invalid(errors=wrong)
    return period


def again(report: Report) -> None:
    """Inside a transaction: make a report that came to nothing once more."""
    report.state, report.error = State.QUEUED, None
    _start(report)


def _start(report: Report) -> None:
    report.job_id = jobs.create(report.owner_id, JOB, {"report_id": report.id}).id
    db.session.flush()
    versions.bump([report.owner_id])


def run(current: Run) -> None:
    """Make the report of a job. A second try starts anew, and one that is finished stays so."""
    storage.delete(current.file)  # of a worker that fell over after writing
    try:
        with transaction():
            report = db.session.get(Report, current.params["report_id"])
            if report is None or report.job_id != current.job_id or report.deleted_at is not None:
                current.finish(JobState.CANCELLED)
                return
            report.state = State.RUNNING
            versions.bump([report.owner_id])
            wanted = (report.id, report.owner_id, report.period, report.last_day)
            paper, tracker_ids = report.paper, report.tracker_ids
        facts = _build(current, *wanted[1:], tracker_ids)
        _finish(current, wanted[0], facts, *_draw(current, facts, paper))
    except (ClaimLost, Cancelled):
        raise
    except Exception as error:
        if troubles.passes(error):
            raise  # the job is gone on with after its lease
        log.exception("report of job %s came to nothing", current.job_id)
        rollback()
        with transaction():
            current.finish(JobState.FAILED, error=SAY_WRONG)
            _fail(current.params["report_id"])


def _build(
    current: Run, owner_id: int, period: str, last_day: Any, tracker_ids: Sequence[int] | None
) -> Facts:
    beaten = monotonic()

    def step(done: int, total: int) -> None:
        nonlocal beaten
        if monotonic() - beaten > BEAT_SECONDS:
            beaten = monotonic()
            with transaction():
                current.progress(done, 2 * total)

    wanted = read(period, last_day)
    return content.build(owner_id, wanted, clock.now(), tracker_ids, step, last_day)


def _draw(current: Run, facts: Facts, paper: Literal["a4", "letter"]) -> tuple[list[bytes], bytes]:
    from application.reports import pdf  # late: WeasyPrint takes its time to import

    drawn = pictures.pictured(facts.rows)[: pictures.IN_MAIL]
    many = len(drawn) + 1
    with transaction():
        current.progress(many, 2 * many)
        current.hold(PDF_LEASE)
    return [pictures.draw_png(row) for row in drawn], pdf.render(facts, paper)


def _finish(current: Run, report_id: int, facts: Facts, drawn: Sequence[bytes], pdf: bytes) -> None:
    name = storage.new_name(".zip")
    unfinished = storage.beside(name, "new")
    with transaction():  # named before it is there: whoever falls over leaves no file unknown
        current.beat(file=name, expires_at=clock.now() + LEFT_OVER)
    try:
        files.write(unfinished, drawn, pdf)
        unfinished.replace(storage.path_of(name))
        with transaction():
            ended = {"file": None, "expires_at": None, "result": {"report_id": report_id}}
            current.finish(JobState.DONE, done=1, total=1, **ended)
            report = db.session.get_one(Report, report_id, populate_existing=True)
            after_commit(partial(storage.delete, report.file))
            report.state, report.error, report.made_at = State.DONE, None, facts.made_at
            report.last_day = facts.last
            report.sentence, report.facts = facts.sentence, to_json(facts)
            report.file, report.size = name, len(pdf)
            versions.bump([report.owner_id])
            if report.scheduled:
                deliveries.wake(report.owner_id, MAILED, report.period)
    except BaseException:
        storage.delete(name)
        raise


def _fail(report_id: int) -> None:
    report = db.session.get(Report, report_id)
    if report is not None:
        report.state, report.error = State.FAILED, SAY_WRONG
        versions.bump([report.owner_id])


def delete(owner_id: int, report_id: int) -> None:
    """Put the report into the trash. Raises NotFound."""
    report = queries.find_report(owner_id, report_id, lock=True)
    report.deleted_at = clock.now()
    versions.bump([owner_id])


def restore(owner_id: int, report_id: int) -> Report:
    """Put the report back; one that is there stays. Raises NotFound."""
    report = queries.find_report(owner_id, report_id, lock=True, deleted=None)
    report.deleted_at = None
    if queries.has_stopped(report, queries.find_job_states([report])):
        again(report)
    versions.bump([owner_id])
    return report


def purge(owner_id: int, report_id: int) -> None:
    """Erase a report in the trash for good, with its files. Raises NotFound."""
    _erase([queries.find_report(owner_id, report_id, lock=True, deleted=True)])


def purge_old() -> int:
    """Erase what lay in the trash for thirty days, with its files; how many."""
    total = 0
    while True:
        with transaction():
            old = (
                select(Report)
                .where(Report.deleted_at < clock.now() - queries.KEPT)
                .limit(PURGE_BATCH)
            )
            gone = db.session.scalars(old.with_for_update(skip_locked=True)).all()
            _erase(gone)
        total += len(gone)
        if len(gone) < PURGE_BATCH:
            return total


def forget(owner_id: int) -> None:
    """Erase the reports of a leaving owner."""
    # Held: one that is just being finished gets its file first, or none.
    theirs = select(Report).where(Report.owner_id == owner_id).with_for_update()
    _erase(db.session.scalars(theirs.execution_options(populate_existing=True)).all())


def _erase(reports: Sequence[Report]) -> None:
    for report in reports:
        after_commit(partial(storage.delete, report.file))
        db.session.delete(report)
    versions.bump({report.owner_id for report in reports})
