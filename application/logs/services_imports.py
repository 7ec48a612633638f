"""What imports do to logs: bring them in by thousands, take a file's value, take an import back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.exc import OperationalError

from application.logs.models import Log
from application.platform.clock import now
from application.platform.extensions import db
from application.trackers.models import TrackerChoice

COLUMNS: Final = (
    "tracker_id, user_id, logged_at, utc_offset, local_day, timed, value, choice_id, note,"
    " source, import_id, version, created_at"
)
"""What `insert_selected` and `copy_in` take of a log, in this order, as the database keeps it."""


def insert_selected(select_: str, values: Mapping[str, Any]) -> None:
    """SQLite: make logs of what a SELECT gives. Touch the trackers, and `recount` at the end.

    Rows that another file of this machine holds need not pass through Python: that is half the
    time of multi-row VALUES.
    """
    insert = f"INSERT INTO logs ({COLUMNS}) {select_}"
    db.session.connection().exec_driver_sql(insert, dict(values))


def copy_in(rows: Iterable[Sequence[Any]]) -> None:
    """PostgreSQL: COPY the rows into the logs. Touch the trackers, and `recount` at the end."""
    driver: Any = db.session.connection().connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(f"COPY logs ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    except db.engine.dialect.loaded_dbapi.OperationalError as away:
        raise OperationalError("COPY logs", None, away) from away


class Before(NamedTuple):
    """A log as it was before an import changed it; see transfers.models.ReplacedLog."""

    log_id: int
    value: float | None
    choice_id: int | None
    note: str
    version: int
    version_left: int
    removed: bool


def list_day(tracker_id: int, day: date, import_id: int) -> Sequence[Log]:
    """The day's logs that this import did not bring, oldest first, locked until the commit."""
    return db.session.scalars(
        select(Log)
        .where(
            Log.tracker_id == tracker_id,
            Log.local_day == day,
            Log.deleted_at.is_(None),
            Log.import_id.is_distinct_from(import_id),
        )
        .order_by(Log.logged_at, Log.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def replace(
    logs: Sequence[Log], value: float | None, choice_id: int | None, note: str
) -> list[Before]:
    """Let the day say what the file says: its newest log takes the value, the others go.

    A note is replaced only by a note. Gives what was there before.
    """
    before = []
    for log in logs:
        last = log is logs[-1]
        before.append(
            Before(
                log.id, log.value, log.choice_id, log.note, log.version, log.version + 1, not last
            )
        )
        log.version += 1
        if last:
            log.value, log.choice_id, log.note = value, choice_id, note or log.note
        else:
            log.deleted_at = now()
    db.session.flush()
    return before


def hold(log_ids: Select[int]) -> None:
    """Lock those logs until the commit, in the order in which `put_back` asks for them."""
    db.session.execute(
        select(Log.id).where(Log.id.in_(log_ids)).order_by(Log.id).with_for_update()
    ).all()


def put_back(before: Iterable[Before]) -> tuple[int, set[int]]:
    """Undo `replace` where nobody edited the log since; how many, and their trackers.

    An answer that is no choice any more cannot be given back: that log keeps what it has.
    """
    count, trackers = 0, set()
    wanted = list(before)
    there = _choices_among({was.choice_id for was in wanted})
    for was in wanted:
        log = db.session.get(Log, was.log_id, with_for_update=True, populate_existing=True)
        if log is None or log.version != was.version_left or was.choice_id not in there:
            continue
        log.value, log.choice_id, log.note, log.version = was[1:5]
        if was.removed:
            log.deleted_at = None
        trackers.add(log.tracker_id)
        count += 1
    db.session.flush()
    return count, trackers


def _choices_among(choice_ids: set[int | None]) -> set[int | None]:
    found = select(TrackerChoice.id).where(TrackerChoice.id.in_(choice_ids - {None}))
    return {None, *db.session.scalars(found)}


def remove_imported(import_id: int, limit: int) -> tuple[int, set[int]]:
    """Erase logs of that import, but those edited since; how many (0: all gone), their trackers."""
    untouched = or_(Log.version == 1, Log.deleted_at.is_not(None))
    brought = select(Log.id).where(Log.import_id == import_id, untouched)
    some = brought.order_by(Log.id).limit(limit)
    gone = db.session.scalars(
        delete(Log)
        # Said once more: PostgreSQL looks again at a row that it had to wait for, not at the list.
        .where(Log.id.in_(some.scalar_subquery()), untouched)
        .returning(Log.tracker_id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(gone), set(gone)


def count_imported(import_id: int) -> int:
    """How many logs of that import are there."""
    return db.session.scalar(select(func.count()).where(Log.import_id == import_id)) or 0


def disown(import_id: int) -> None:
    """Make what is left of an import the person's own: undoing it again takes nothing more."""
    db.session.execute(
        update(Log)
        .where(Log.import_id == import_id)
        .values(import_id=None)
        .execution_options(synchronize_session=False)
    )
