"""Reads of logs: one entry, pages of entries, days, and what stands in the trash."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_

from application.accounts.models import User
from application.logs.models import Fresh, Log
from application.platform.database import contains_text
from application.platform.errors import NotFound
from application.platform.extensions import db
from application.trackers.kinds import Kind
from application.trackers.models import LinkState, Role, Tracker, TrackerChoice, UserTracker
from application.trackers.queries import Linked

STEP_LOOKS_AT: Final = 10
# No instant of a local day is further from its midnight in UTC: a clock is 16 hours away at most
# (Manila before 1845), and the day may begin at six in the morning.
DAY_AT_MOST: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Entry:
    """A log with what is needed to show it; `by` is None for a former member."""

    log: Log | Fresh
    kind: Kind
    label: str | None
    by: str | None


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A tracker's day: how many logs, their sum, and the last one."""

    count: int
    total: float | None
    last: float | None
    label: str | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which logs of a tracker; days are local days, both ends included."""

    state: Literal["active", "deleted"] = "active"
    first: date | None = None
    last: date | None = None
    text: str = ""


def find_log(
    owner_id: int,
    log_id: int,
    at_least: Role = Role.VIEWER,
    *,
    lock: bool = False,
    deleted: bool = False,
) -> tuple[Log, Linked]:
    """The log with its tracker and the asker's link. Raises NotFound as `find_linked` does."""
    statement = (
        select(Log, Tracker, UserTracker)
        .join(Tracker, Tracker.id == Log.tracker_id)
        .join(UserTracker, UserTracker.tracker_id == Tracker.id)
        .where(Log.id == log_id, *_reached_by(owner_id))
        .where(Log.deleted_at.is_not(None) if deleted else Log.deleted_at.is_(None))
    )
    if lock:
        # Both rows: after a wait PostgreSQL looks again only at rows that it locks.
        statement = statement.with_for_update(of=[Tracker, Log], key_share=True)
        statement = statement.execution_options(populate_existing=True)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    log, tracker, link = row
    return log, Linked(tracker, link).allow(at_least)


def _reached_by(owner_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        UserTracker.user_id == owner_id,
        UserTracker.state == LinkState.ACCEPTED,
        Tracker.deleted_at.is_(None),
    )


def _entries() -> Select[Log, str, str | None, str | None]:
    return (
        select(Log, Tracker.kind, TrackerChoice.label, User.username)
        .join(Tracker, Tracker.id == Log.tracker_id)
        .outerjoin(TrackerChoice, TrackerChoice.id == Log.choice_id)
        .outerjoin(User, User.id == Log.user_id)
    )


def _run(statement: Select[Log, str, str | None, str | None]) -> list[Entry]:
    return [Entry(log, Kind(kind), *rest) for log, kind, *rest in db.session.execute(statement)]


def find_entry(log: Log) -> Entry:
    """What is needed to show that log."""
    return _run(_entries().where(Log.id == log.id))[0]


def list_entries(
    tracker_id: int, filters: Filters, after: tuple[datetime, int] | None, limit: int
) -> list[Entry]:
    """The tracker's entries, newest first, those after (logged_at, id), at most `limit`."""
    statement = _entries().where(*_wanted(tracker_id, filters))
    if after is not None:
        statement = statement.where(tuple_(Log.logged_at, Log.id) < after)
    return _run(statement.order_by(Log.logged_at.desc(), Log.id.desc()).limit(limit))


def _wanted(tracker_id: int, filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.state == "deleted":
        # By id alone, so that SQLite looks into the index of the trash, which is small, instead
        # of walking all entries in the order of the page.
        gone = select(Log.id).where(Log.tracker_id == tracker_id, Log.deleted_at.is_not(None))
        yield Log.id.in_(gone)
    else:
        yield Log.tracker_id == tracker_id
        yield Log.deleted_at.is_(None)
    # The order of the page is that of instants, so a condition on days says roughly which
    # instants too: without it the entries are walked from the newest to the days asked for.
    if filters.first is not None:
        yield Log.local_day >= filters.first
        yield Log.logged_at >= _midnight(filters.first) - DAY_AT_MOST
    if filters.last is not None:
        yield Log.local_day <= filters.last
        yield Log.logged_at <= _midnight(filters.last) + DAY_AT_MOST
    if filters.text:
        yield Log.note != ""  # most are empty, and folding the case of one takes its time
        yield contains_text(Log.note, filters.text)


def _midnight(day: date) -> datetime:
    # Inside of what a calendar can say by two days, which change nothing at its ends.
    day = min(max(day, date.min + DAY_AT_MOST), date.max - DAY_AT_MOST)
    return datetime.combine(day, time(), UTC)


def list_day(tracker_ids: Sequence[int], day: date) -> dict[int, list[Entry]]:
    """The entries of one local day, oldest first, by tracker, in one statement."""
    found: dict[int, list[Entry]] = defaultdict(list)
    if tracker_ids:
        statement = _entries().where(
            Log.tracker_id.in_(tracker_ids), Log.local_day == day, Log.deleted_at.is_(None)
        )
        for entry in _run(statement.order_by(Log.logged_at, Log.id)):
            found[entry.log.tracker_id].append(entry)
    return found


def list_days(
    tracker_ids: Sequence[int], first: date, last: date
) -> dict[tuple[int, date], DayFigures]:
    """Each tracker's days with entries from `first` to `last`, in one statement."""
    if not tracker_ids:
        return {}
    day = (Log.tracker_id, Log.local_day)
    newest = (Log.logged_at.desc(), Log.id.desc())
    ranked = (
        select(
            Log.tracker_id,
            Log.local_day,
            Log.value,
            Log.choice_id,
            func.row_number().over(partition_by=day, order_by=newest).label("place"),
            func.count().over(partition_by=day).label("count"),
            func.sum(Log.value).over(partition_by=day).label("total"),
        )
        .where(
            Log.tracker_id.in_(tracker_ids),
            Log.local_day.between(first, last),
            Log.deleted_at.is_(None),
        )
        .subquery()
    )
    rows = db.session.execute(
        select(
            ranked.c.tracker_id,
            ranked.c.local_day,
            ranked.c.count,
            ranked.c.total,
            ranked.c.value,
            TrackerChoice.label,
        )
        .outerjoin(TrackerChoice, TrackerChoice.id == ranked.c.choice_id)
        .where(ranked.c.place == 1)
    )
    return {(row[0], row[1]): DayFigures(*row[2:]) for row in rows}


def list_last_values(tracker_ids: Sequence[int]) -> dict[int, list[float]]:
    """The newest ten values of each tracker, in one statement that reads only those rows."""
    if not tracker_ids:
        return {}
    newest = (
        select(Log.value)
        .where(Log.tracker_id == Tracker.id, Log.deleted_at.is_(None), Log.value.is_not(None))
        .order_by(Log.logged_at.desc(), Log.id.desc())
        .limit(STEP_LOOKS_AT)
        .correlate(Tracker)
        .subquery()
    )
    gather = func.json_agg if db.engine.dialect.name == "postgresql" else func.json_group_array
    values = select(gather(newest.c.value)).scalar_subquery()
    rows = db.session.execute(select(Tracker.id, values).where(Tracker.id.in_(tracker_ids)))
    return {tracker_id: _as_list(found) for tracker_id, found in rows}


def _as_list(found: Any) -> list[float]:
    return (json.loads(found) if isinstance(found, str) else found) or []


def find_newest(tracker_id: int) -> Log | None:
    """The tracker's newest log (by when, then id), or None."""
    return db.session.scalar(
        select(Log)
        .where(Log.tracker_id == tracker_id, Log.deleted_at.is_(None))
        .order_by(Log.logged_at.desc(), Log.id.desc())
        .limit(1)
    )


def count_logs(tracker_id: int) -> int:
    """How many logs the tracker has, the trash aside."""
    return (
        db.session.scalar(
            select(func.count()).where(Log.tracker_id == tracker_id, Log.deleted_at.is_(None))
        )
        or 0
    )


def counts_of(tracker_ids: Sequence[int]) -> dict[int, int]:
    """How many logs each of the trackers has, the trash aside; 0 is left out."""
    if not tracker_ids:
        return {}
    rows = db.session.execute(
        select(Log.tracker_id, func.count())
        .where(Log.tracker_id.in_(tracker_ids), Log.deleted_at.is_(None))
        .group_by(Log.tracker_id)
    )
    return {tracker_id: count for tracker_id, count in rows}  # noqa: C416 - rows are no pairs to mypy


def has_logs(tracker_id: int) -> bool:
    """Whether anything was ever logged there that still can be put back."""
    return bool(db.session.scalar(select(exists().where(Log.tracker_id == tracker_id))))


def count_uses(tracker_id: int) -> dict[int, int]:
    """How many logs (those in the trash too) each choice of the tracker has; 0 is left out."""
    rows = db.session.execute(
        select(Log.choice_id, func.count())
        .join(TrackerChoice, TrackerChoice.id == Log.choice_id)
        .where(TrackerChoice.tracker_id == tracker_id)
        .group_by(Log.choice_id)
    )
    return {choice_id: count for choice_id, count in rows if choice_id is not None}


def list_trash(
    owner_id: int, below: tuple[datetime, int] | None, limit: int
) -> list[tuple[Log, str, str, str | None]]:
    """Deleted logs that the asker may put back, last deleted first (below (deleted_at, id))."""
    statement = (
        select(Log, Tracker.name, Tracker.kind, TrackerChoice.label)
        .join(Tracker, Tracker.id == Log.tracker_id)
        .join(UserTracker, UserTracker.tracker_id == Tracker.id)
        .outerjoin(TrackerChoice, TrackerChoice.id == Log.choice_id)
        .where(*_reached_by(owner_id), UserTracker.role != Role.VIEWER, Log.deleted_at.is_not(None))
    )
    if below is not None:
        when, most = below
        same = and_(Log.deleted_at == when, Log.id < most)
        statement = statement.where(or_(Log.deleted_at < when, same))
    ordered = statement.order_by(Log.deleted_at.desc(), Log.id.desc()).limit(limit)
    return [(log, name, kind, label) for log, name, kind, label in db.session.execute(ordered)]
