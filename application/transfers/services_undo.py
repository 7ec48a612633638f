"""Taking an import back: its entries, the values it replaced, and the trackers it made."""

from typing import Any, Final

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import aliased

from application.jobs.models import Job, State
from application.jobs.services import Run
from application.logs.models import Log
from application.logs.queries import has_logs
from application.logs.services import recount
from application.logs.services_imports import (
    Before,
    count_imported,
    disown,
    hold,
    put_back,
    remove_imported,
)
from application.platform.database import transaction
from application.platform.extensions import db
from application.trackers.models import Tracker
from application.trackers.services import erase
from application.trackers.services_imports import drop_unused
from application.transfers.models import ReplacedLog

BATCH: Final = 2000


def run(current: Run) -> None:
    """Undo the import. Entries edited since stay and are counted."""
    counts = take_back(current)
    with transaction():
        job = db.session.get_one(Job, current.job_id)
        result = job.result | {"undo": counts}
        current.finish(State.UNDONE, step="undone", result=result)


def take_back(current: Run) -> dict[str, int]:
    """Give everything back as it was before; goes on where it stopped when it is killed."""
    removed, trackers = 0, set[int]()
    while True:
        with transaction():
            gone, touched = remove_imported(current.job_id, BATCH)
            for tracker_id in sorted(touched):
                recount(tracker_id)
            current.beat()
        if not gone:
            break
        removed += gone
        trackers |= touched
    with transaction():
        kept = count_imported(current.job_id)
        restored, touched = _put_back(current.job_id)
        disown(current.job_id)
        for tracker_id in sorted(trackers | touched):
            recount(tracker_id)
        _drop_made(db.session.get_one(Job, current.job_id).params)
        current.beat()
    return {"removed": removed, "kept": kept, "restored": restored}


def _hand_on(import_id: int) -> None:
    """What a later import replaced in its turn: that one gives back what was here before both."""
    later = aliased(ReplacedLog)
    same = and_(later.log_id == ReplacedLog.log_id, later.version == ReplacedLog.version_left)
    pairs = select(ReplacedLog, later).join(later, same).where(ReplacedLog.import_id == import_id)
    for was, then in db.session.execute(pairs).all():
        then.value, then.choice_id, then.note = was.value, was.choice_id, was.note
        then.version = was.version
        db.session.delete(was)
    db.session.flush()


def _put_back(import_id: int) -> tuple[int, set[int]]:
    # Held before anything is read: of a shared tracker somebody else's import may replace one of
    # them just now, or give it back.
    hold(select(ReplacedLog.log_id).where(ReplacedLog.import_id == import_id))
    _hand_on(import_id)
    replaced = db.session.scalars(
        select(ReplacedLog).where(ReplacedLog.import_id == import_id).order_by(ReplacedLog.log_id)
    ).all()
    found = put_back(
        Before(r.log_id, r.value, r.choice_id, r.note, r.version, r.version_left, r.removed)
        for r in replaced
    )
    db.session.execute(
        delete(ReplacedLog)
        .where(ReplacedLog.import_id == import_id)
        .execution_options(synchronize_session=False)
    )
    return found


def _drop_made(params: dict[str, Any]) -> None:
    """The trackers and choices that the import made, unless they are used by now."""
    drop_unused(params.get("made_choices", ()), Log)
    for tracker_id in params.get("made", ()):
        # Held, so that nobody logs there between the question and the deed.
        held = db.session.get(
            Tracker, tracker_id, with_for_update={"key_share": True}, populate_existing=True
        )
        if held is not None and not has_logs(tracker_id):
            erase(tracker_id)
