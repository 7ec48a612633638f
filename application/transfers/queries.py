"""Reads for transfers: what goes into an export, and what an import is compared with."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    cast,
    exists,
    func,
    select,
    type_coerce,
)

from application.accounts.models import User
from application.jobs.models import Job, State
from application.logs.models import Log
from application.platform.errors import NotFound
from application.platform.extensions import db
from application.trackers.kinds import Kind
from application.trackers.models import LinkState, Role, Tracker, TrackerChoice, UserTracker
from application.transfers.models import ReplacedLog

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Exported:
    """A tracker as an export sees it."""

    id: int
    name: str
    kind: Kind
    unit: str
    owner: str
    mine: bool


class Ours(NamedTuple):
    """A log that lines of a file are compared with."""

    logged_at: datetime
    local_day: date
    timed: bool
    value: float | None
    choice_id: int | None
    note: str


def list_exported(owner_id: int, tracker_ids: Sequence[int] | None) -> list[Exported]:
    """The asker's trackers (all, or those), archived ones too, in their order.

    Raises NotFound when one of `tracker_ids` is not the asker's to see.
    """
    statement = (
        select(Tracker, User.username)
        .join(UserTracker, UserTracker.tracker_id == Tracker.id)
        .join(User, User.id == Tracker.owner_id)
        .where(
            UserTracker.user_id == owner_id,
            UserTracker.state == LinkState.ACCEPTED,
            Tracker.deleted_at.is_(None),
        )
        .order_by(UserTracker.position, UserTracker.id)
    )
    if tracker_ids is not None:
        statement = statement.where(Tracker.id.in_(tracker_ids))
    found = [
        Exported(t.id, t.name, Kind(t.kind), t.unit, owner, t.owner_id == owner_id)
        for t, owner in db.session.execute(statement)
    ]
    if tracker_ids is not None and len(found) < len(set(tracker_ids)):
        raise NotFound
    return found


def list_unused_labels(tracker_id: int) -> Sequence[str]:
    """The labels of the tracker's choices that no log has, in their order."""
    used = exists().where(Log.choice_id == TrackerChoice.id, Log.deleted_at.is_(None))
    return db.session.scalars(
        select(TrackerChoice.label)
        .where(TrackerChoice.tracker_id == tracker_id, ~used)
        .order_by(TrackerChoice.position, TrackerChoice.id)
    ).all()


def zone_of(user: User) -> ZoneInfo:
    """The person's time zone."""
    return ZoneInfo(user.timezone)


def find_zone(owner_id: int) -> ZoneInfo:
    """The time zone of that person."""
    return zone_of(db.session.get_one(User, owner_id))


def count_written(import_id: int) -> int:
    """How many logs that import brought or changed."""
    brought = select(func.count()).select_from(Log).where(Log.import_id == import_id)
    changed = (
        select(func.count())
        .select_from(ReplacedLog)
        .where(ReplacedLog.import_id == import_id, ReplacedLog.removed.is_(False))
    )
    return (db.session.scalar(brought) or 0) + (db.session.scalar(changed) or 0)


def find_target(owner_id: int, name_key: str) -> Tracker | None:
    """The tracker that a file means by that name: one's own, else one that may be written to."""
    return db.session.scalar(
        select(Tracker)
        .join(UserTracker, UserTracker.tracker_id == Tracker.id)
        .where(
            UserTracker.user_id == owner_id,
            UserTracker.state == LinkState.ACCEPTED,
            UserTracker.role != Role.VIEWER,
            Tracker.name_key == name_key,
            Tracker.deleted_at.is_(None),
        )
        .order_by(Tracker.owner_id != owner_id, Tracker.id)
        .limit(1)
    )


def find_under_way(owner_id: int, params: dict[str, Any]) -> Job | None:
    """An export of exactly that, which is not finished yet."""
    jobs = db.session.scalars(
        select(Job).where(
            Job.owner_id == owner_id,
            Job.kind == "export",
            Job.state.in_((State.QUEUED, State.RUNNING)),
            Job.cancel_asked.is_(False),
        )
    )
    return next((job for job in jobs if job.params == params), None)


def has_running_import(owner_id: int, but: int) -> bool:
    """Whether another import of the person is being written or taken back.

    The person's row is locked until the commit: of two that begin at once one sees the other.
    """
    person = select(User.id).where(User.id == owner_id)
    db.session.execute(person.with_for_update(key_share=True))
    found = db.session.scalar(
        select(Job.id)
        .where(
            Job.owner_id == owner_id,
            Job.kind == "import",
            Job.id != but,
            Job.state.in_((State.QUEUED, State.RUNNING)),
            Job.step.in_(("confirm", "write", "undo")),
        )
        .limit(1)
    )
    return found is not None


def stream_entries(
    connection: Connection, tracker_id: int, kind: Kind
) -> Iterator[list[tuple[Any, ...]]]:
    """A tracker's logs, oldest first, in blocks: when, place, said, note (writing.Entry).

    What was `said` is the choice's id where there are choices, else the value. `when` is text in
    UTC, as SQLite keeps it. The rows come from the driver's own cursor: making them SQLAlchemy's,
    with instants, took as long again as writing them.
    """
    when: ColumnElement[str] = type_coerce(Log.logged_at, String)
    if connection.dialect.name == "postgresql":
        when = func.to_char(func.timezone("UTC", Log.logged_at), "YYYY-MM-DD HH24:MI:SS.US")
    said = Log.choice_id if kind is Kind.MULTIPLE_CHOICE else Log.value
    place = Log.utc_offset * 2 + cast(Log.timed, Integer)
    statement = (
        select(when, place, said, Log.note)
        .where(Log.tracker_id == tracker_id, Log.deleted_at.is_(None))
        .order_by(Log.logged_at, Log.id)
    )
    driver: Any = connection.connection.driver_connection
    # On PostgreSQL only a cursor with a name leaves the rows at the server.
    cursor = driver.cursor("export") if connection.dialect.name == "postgresql" else driver.cursor()
    with closing(cursor):
        cursor.execute(str(statement.compile(connection, compile_kwargs={"literal_binds": True})))
        while block := cursor.fetchmany(BATCH):
            yield block


def label_of_choice(connection: Connection, tracker_id: int) -> dict[int, str]:
    """The labels of the tracker's choices, archived ones too, as `connection` sees them."""
    statement = select(TrackerChoice.id, TrackerChoice.label)
    found = connection.execute(statement.where(TrackerChoice.tracker_id == tracker_id))
    return dict(list(found))


def stream_by_moment(
    connection: Connection, tracker_id: int, import_id: int, first: datetime, last: datetime
) -> Iterator[Ours]:
    """The tracker's logs of that time by moment, without those that this import brought."""
    statement = _ours(tracker_id, import_id).where(Log.logged_at.between(first, last))
    rows = _stream(connection, statement.order_by(Log.logged_at, Log.id))
    return map(Ours._make, rows)


def stream_by_day(
    connection: Connection, tracker_id: int, import_id: int, first: date, last: date
) -> Iterator[Ours]:
    """The tracker's logs of those days by day, without those that this import brought."""
    statement = _ours(tracker_id, import_id).where(Log.local_day.between(first, last))
    rows = _stream(connection, statement.order_by(Log.local_day, Log.logged_at, Log.id))
    return map(Ours._make, rows)


def _ours(tracker_id: int, import_id: int) -> Select[*tuple[Any, ...]]:
    return select(
        Log.logged_at, Log.local_day, Log.timed, Log.value, Log.choice_id, Log.note
    ).where(
        Log.tracker_id == tracker_id,
        Log.deleted_at.is_(None),
        Log.import_id.is_distinct_from(import_id),
    )


def _stream(connection: Connection, statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    options = {"stream_results": True, "yield_per": BATCH}
    return iter(connection.execute(statement, execution_options=options))
