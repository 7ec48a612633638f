"""What a person asks of transfers: an export; an import to look at, to confirm, to take back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from application.accounts import audit
from application.jobs import services as jobs
from application.jobs.models import Job, State
from application.jobs.queries import find_job
from application.jobs.services import Run
from application.platform import clock, storage
from application.platform.errors import Conflict, Invalid
from application.platform.extensions import db
from application.trackers.models import Role
from application.trackers.queries import find_tracker
from application.transfers import (
    queries,
    services_export,
    services_import,
    services_preview,
    services_undo,
)

KEPT: Final = timedelta(hours=24)
FILENAME_LENGTH: Final = 200

SAY_GONE: Final = "This file was kept for a day and is gone. Please bring it in again."
SAY_NOT_READ: Final = "This file is still being read, or is finished already."
SAY_QUESTION: Final = {
    "encoding": "Choose the file's encoding first.",
    "date_order": "Say first whether the day or the month comes first.",
}
SAY_BUSY: Final = "Another import is under way. Wait until it is finished."


def ask_export(owner_id: int, tracker_ids: Sequence[int] | None) -> Job:
    """An export of those trackers, or of all; the same one under way is given again.

    Raises NotFound when one of them is not the asker's to see.
    """
    found = queries.list_exported(owner_id, tracker_ids)
    params: dict[str, Any] = {"tracker_ids": None, "format": "csv"}
    if tracker_ids is not None:
        params["tracker_ids"] = sorted(tracker.id for tracker in found)
    known = queries.find_under_way(owner_id, params)
    if known is not None:
        return known
    day = clock.now().astimezone(queries.find_zone(owner_id)).date()
    # Shown with the job, so that an expired file can be asked for again as it was.
    asked = {"tracker_ids": params["tracker_ids"]}
    whole = is_everything(owner_id, tracker_ids)
    audit.note(owner_id, "export_asked", "all trackers" if whole else "some trackers")
    return jobs.create(owner_id, "export", params, filename=f"tend-{day}.csv", result=asked)


def is_everything(owner_id: int, tracker_ids: Sequence[int] | None) -> bool:
    """Whether an export of those trackers leaves out none that the asker sees."""
    if tracker_ids is None:
        return True
    return {one.id for one in queries.list_exported(owner_id, None)} <= set(tracker_ids)


def ask_import(
    owner_id: int, file: str, filename: str, tracker_id: int | None, options: dict[str, Any]
) -> Job:
    """An import of the stored `file`: read it and leave a preview. Raises NotFound."""
    if tracker_id is not None:
        find_tracker(owner_id, tracker_id, Role.EDITOR)
    return jobs.create(
        owner_id,
        "import",
        {"tracker_id": tracker_id, "options": options},
        step="read",
        file=file,
        filename="".join(filter(str.isprintable, filename))[-FILENAME_LENGTH:],
        size=storage.path_of(file).stat().st_size,
        expires_at=clock.now() + KEPT,
    )


def reread(owner_id: int, job_id: int, changes: dict[str, Any]) -> Job:
    """Read the file again with other `options`, or into another `tracker_id`.

    Raises NotFound, and Conflict unless the import waits in its preview.
    """
    job = _in_preview(owner_id, job_id)
    if changes.get("tracker_id") is not None:
        find_tracker(owner_id, changes["tracker_id"], Role.EDITOR)
    job.params = job.params | changes
    return _again(job, "read")


def confirm(owner_id: int, job_id: int, conflicts: str, lines: dict[str, str]) -> Job:
    """Bring in what the preview showed. Raises NotFound, Conflict, and Invalid for a question."""
    job = _in_preview(owner_id, job_id)
    questions = job.result.get("questions", ())
    if questions:
        raise Invalid.field(f"options.{questions[0]}", SAY_QUESTION[questions[0]])
    if queries.has_running_import(owner_id, but=job_id):
        raise Conflict(SAY_BUSY)
    job.params = job.params | {"conflicts": conflicts, "lines": lines}
    job.done = 0
    job.expires_at = clock.now() + KEPT
    return _again(job, "confirm")


def undo(owner_id: int, job_id: int) -> Job:
    """Take a finished import back. Raises NotFound, and Conflict when there is nothing to undo."""
    job = find_job(owner_id, job_id, "import", lock=True)
    if job.state not in (State.DONE, State.FAILED):
        raise Conflict("There is nothing to undo: this import is not finished.")
    if queries.has_running_import(owner_id, but=job_id):
        raise Conflict(SAY_BUSY)
    return _again(job, "undo")


def _in_preview(owner_id: int, job_id: int) -> Job:
    job = find_job(owner_id, job_id, "import", lock=True)
    if job.state != State.PREVIEW:
        raise Conflict(SAY_NOT_READ)
    if job.file is None:
        raise Conflict(SAY_GONE)
    return job


def _again(job: Job, step: str) -> Job:
    job.step = step
    job.attempts = 0
    job.cancel_asked = False
    job.finished_at = None
    jobs.enqueue(job)
    return job


def run_import(current: Run) -> None:
    """Do the step that the import's row says."""
    step = db.session.get_one(Job, current.job_id).step
    if step == "read":
        services_preview.run(current)
    elif step == "undo":
        services_undo.run(current)
    else:
        services_import.run(current)


def run_export(current: Run) -> None:
    """Write the export's file."""
    services_export.run(current)
