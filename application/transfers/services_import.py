"""A confirmed import from its answers to its end; it goes on after a kill, from its row's step.

Each batch is one transaction with the line it reached, so that a killed import neither loses nor
doubles a line. Nothing is left half-done: an import that fails or is stopped takes itself back.
"""

from typing import Any, Final

from application.jobs.models import Job, State
from application.jobs.services import Run
from application.logs.services import recount
from application.platform import storage, troubles
from application.platform.claims import ClaimLost
from application.platform.database import transaction
from application.platform.errors import Invalid, NotFound, Refused
from application.platform.extensions import db
from application.trackers import services as trackers
from application.trackers.kinds import Kind
from application.trackers.models import Role
from application.trackers.queries import find_tracker, list_choices
from application.trackers.schemas import NewTracker
from application.trackers.services_imports import add_choices, label_key
from application.transfers import queries
from application.transfers.services_compare import compare
from application.transfers.services_stage import Stage, StagedTracker, opened
from application.transfers.services_undo import take_back
from application.transfers.services_write import write

SAY_GONE: Final = "A tracker of this import is gone, so nothing was brought in."
SAY_OTHER_KIND: Final = "{} is of another kind by now. Bring the file in again."


def run(current: Run) -> None:
    """Bring in what the person confirmed; from the line it had reached when it was killed."""
    with transaction():
        job = db.session.get_one(Job, current.job_id)
        file, step = job.file, job.step
    if file is None:
        take_back(current)
        raise Refused("The file is gone. Bring it in again.")
    try:
        with opened(storage.beside(file, "stage"), write=True) as stage:
            if step == "confirm":
                _prepare(stage, current)
            write(stage, current)
            _finish(stage, current)
    except ClaimLost:
        raise
    except Exception as error:
        if troubles.passes(error):
            raise  # nothing is taken back: the job is gone on with after its lease
        take_back(current)
        if isinstance(error, NotFound):
            raise Refused(SAY_GONE) from None
        raise


def _prepare(stage: Stage, current: Run) -> None:
    """Make what is new, and compare again: much may have happened since the preview.

    The stage is told only after the commit: an id of a transaction that was lost may be anybody's.
    """
    with transaction():
        job = db.session.get_one(Job, current.job_id)
        params = _settle(stage, job.params, job.owner_id or 0)
        current.progress(0, job.total, params=params)
    with stage.writing():
        for tracker in stage.trackers():
            tracker_id = params["targets"][str(tracker.id)]
            stage.set_tracker(tracker.id, tracker_id)
            known = {choice.label_key: choice.id for choice in list_choices(tracker_id)}
            for choice, label, _ in stage.choices(tracker.id):
                stage.set_choice(choice, known[label_key(label)])
        stage.set_all_new()
        compare(stage, current.job_id, lambda: _beat(current))
    with transaction():
        current.progress(0, db.session.get_one(Job, current.job_id).total, step="write")


def _settle(stage: Stage, params: dict[str, Any], owner_id: int) -> dict[str, Any]:
    """Find every tracker and choice again, or make it: `params` with what is what, what is new."""
    targets = dict(params.get("targets", {}))
    made = list(params.get("made", ()))
    made_choices = list(params.get("made_choices", ()))
    for tracker in stage.trackers():
        known = targets.get(str(tracker.id)) or tracker.tracker_id
        if known is None:
            named = queries.find_target(owner_id, trackers.name_key(tracker.name))
            known = named.id if named else None
        if known is None:
            known = _make(stage, tracker, owner_id)
            made.append(known)
        found = find_tracker(owner_id, known, Role.EDITOR, lock=True)
        if found.kind != tracker.kind.value:
            raise Refused(SAY_OTHER_KIND.format(found.name))
        labels = [label for _, label, _ in stage.choices(tracker.id)]
        made_choices += add_choices(known, labels)[1]
        targets[str(tracker.id)] = known
    return params | {"targets": targets, "made": made, "made_choices": made_choices}


def _make(stage: Stage, tracker: StagedTracker, owner_id: int) -> int:
    labels = [label for _, label, _ in stage.choices(tracker.id)]
    if tracker.kind is Kind.MULTIPLE_CHOICE and not labels:
        labels = ["Other"]  # a choice tracker needs one; the file mentions none
    unit = tracker.unit if tracker.kind is Kind.NUMERICAL else ""
    new = NewTracker(kind=tracker.kind.value, name=tracker.name, unit=unit, choices=labels)
    try:
        return trackers.create(owner_id, new).id
    except Invalid as refused:
        raise Refused(refused.errors[0].message) from None


def _beat(current: Run) -> None:
    with transaction():
        current.beat()


def _finish(stage: Stage, current: Run) -> None:
    with transaction():
        job = db.session.get_one(Job, current.job_id)
        total = job.total
        made = [tracker.tracker_id or 0 for tracker in stage.trackers()]
        for tracker_id in sorted(made):
            recount(tracker_id)
        shown = [
            tracker | {"id": made_id}
            for tracker, made_id in zip(job.result["trackers"], made, strict=True)
        ]
        result = job.result | {"trackers": shown, "written": queries.count_written(job.id)}
        current.finish(State.DONE, done=total, step="done", result=result)
