"""Writes that end a log's life: erase what lay in the trash, forget who wrote it."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete as sql_delete
from sqlalchemy import select, update

from application.accounts import versions
from application.logs.models import Log
from application.logs.queries import find_log
from application.platform.clock import now
from application.platform.database import transaction
from application.platform.extensions import db
from application.trackers import services as trackers
from application.trackers.models import Role
from application.trackers.queries import list_viewers

KEPT: Final = timedelta(days=30)
PURGE_BATCH: Final = 5000


def purge(owner_id: int, log_id: int) -> None:
    """Erase a log in the trash for good. Raises NotFound."""
    log, found = find_log(owner_id, log_id, Role.EDITOR, lock=True, deleted=True)
    db.session.delete(log)
    db.session.flush()
    trackers.touch(found.tracker.id)


def purge_old() -> int:
    """Erase what lay in the trash for thirty days, in transactions of its own; how many rows."""
    total = 0
    while gone := _purge_some():
        total += gone
    return total


def _purge_some() -> int:
    with transaction():
        expired = trackers.list_expired()
        over = Log.tracker_id.in_(expired) | (Log.deleted_at < now() - KEPT)
        old = select(Log.id).where(over).limit(PURGE_BATCH)
        batch = (
            db.session.execute(
                sql_delete(Log)
                # Said once more, for one that is put back at this moment: see remove_imported.
                .where(Log.id.in_(old.scalar_subquery()), over)
                .returning(Log.tracker_id)
                .execution_options(synchronize_session=False)
            )
            .scalars()
            .all()
        )
        versions.bump(list_viewers(batch))
        if not batch:
            for tracker_id in expired:
                trackers.erase(tracker_id)
        return len(batch) or len(expired)


def forget(owner_id: int) -> None:
    """Leave the logs of a leaving person in others' trackers, without a name."""
    where = Log.user_id == owner_id
    touched = db.session.scalars(select(Log.tracker_id).where(where).distinct()).all()
    versions.bump(list_viewers(touched))
    db.session.execute(
        update(Log).where(where).values(user_id=None).execution_options(synchronize_session=False)
    )
