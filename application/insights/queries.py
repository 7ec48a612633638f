"""Counting in SQL, the same on SQLite and PostgreSQL, on the index of tracker, day and value.

What is counted and why is written down in docs/figures.md.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from application.insights.ranges import Span
from application.logs.models import Log
from application.platform.database import median
from application.platform.extensions import db
from application.trackers.kinds import Kind
from application.trackers.queries import find_linked


@dataclass(frozen=True, slots=True)
class Followed:
    """What the figures need to know of a tracker."""

    id: int
    kind: Kind
    unit: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of entries: how many, low, high, total, median. Of what days add up to: the same."""

    entries: int
    days: int
    low: float | None
    high: float | None
    total: float | None
    median: float | None
    day_low: float | None
    day_high: float | None
    day_median: float | None


@dataclass(frozen=True, slots=True)
class Answers:
    """Entries, days with one, entries that say yes, days with a yes."""

    entries: int
    days: int
    yes: int
    yes_days: int


@dataclass(frozen=True, slots=True)
class Runs:
    """Days in a row: the best, those that end with the last day, or the day before it."""

    best: int
    to_last: int
    to_eve: int
    answered: bool  # whether the last day has an entry


@dataclass(frozen=True, slots=True)
class LoggedDay:
    """A day with an entry: how many, what they add up to, the highest."""

    day: date
    entries: int
    total: float
    high: float


class _day_number(FunctionElement[int]):
    """A date as a whole number that grows by one a day."""

    inherit_cache = True
    type = Integer()


@compiles(_day_number, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    return f"CAST(julianday({compiler.process(element.clauses, **how)}) AS INTEGER)"


@compiles(_day_number, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    return f"({compiler.process(element.clauses, **how)} - DATE '1970-01-01')"


def find_followed(owner_id: int, tracker_id: int) -> Followed:
    """A tracker that is theirs or shared with them, archived too. Raises NotFound otherwise."""
    tracker = find_linked(owner_id, tracker_id).tracker
    return Followed(tracker.id, Kind(tracker.kind), tracker.unit)


def find_logged(tracker_id: int) -> tuple[date, date] | None:
    """The first and the last day with an entry; None without one."""
    days = select(Log.local_day).where(Log.tracker_id == tracker_id, Log.deleted_at.is_(None))
    # One step from each end of the index, where min and max together would walk all of it.
    first = days.order_by(Log.local_day).limit(1).scalar_subquery()
    last = days.order_by(Log.local_day.desc()).limit(1).scalar_subquery()
    start, end = db.session.execute(select(first, last)).one()
    return None if start is None else (start, end)


def within(tracker_id: int, span: Span) -> ColumnElement[bool]:
    """The tracker's entries of those days."""
    return and_(
        Log.tracker_id == tracker_id,
        Log.deleted_at.is_(None),
        Log.local_day.between(span.first, span.last),
    )


def _per_day(tracker_id: int, span: Span) -> Select[Any, Any, Any, Any, Any]:
    """A row a day with an entry: how many, their sum, the lowest and the highest."""
    return (
        select(
            Log.local_day,
            func.count().label("entries"),
            func.sum(Log.value).label("total"),
            func.min(Log.value).label("low"),
            func.max(Log.value).label("high"),
        )
        .where(within(tracker_id, span))
        .group_by(Log.local_day)
    )


def count_numbers(tracker_id: int, span: Span) -> Numbers:
    """What numbers and durations come to."""
    days = _per_day(tracker_id, span).subquery()
    statement = select(
        func.coalesce(cast(func.sum(days.c.entries), BigInteger), 0),
        func.count(),
        func.min(days.c.low),
        func.max(days.c.high),
        func.sum(days.c.total),
        select(median(Log.value)).where(within(tracker_id, span)).scalar_subquery(),
        func.min(days.c.total),
        func.max(days.c.total),
        median(days.c.total),
    ).select_from(days)
    return Numbers(*db.session.execute(statement).one())


def count_answers(tracker_id: int, span: Span) -> Answers:
    """What yes and no come to."""
    days = _per_day(tracker_id, span).subquery()
    statement = select(
        func.coalesce(cast(func.sum(days.c.entries), BigInteger), 0),
        func.count(),
        cast(func.coalesce(func.sum(days.c.total), 0), BigInteger),
        cast(func.coalesce(func.sum(days.c.high), 0), BigInteger),
    ).select_from(days)
    return Answers(*db.session.execute(statement).one())


def count_runs(tracker_id: int, span: Span, *, any_entry: bool = False) -> Runs:
    """Days in a row with a yes, of the runs that touch the span, each counted from its beginning.

    `any_entry`: days with an entry, whatever it says.

    Gaps and islands: in a run of days, day number minus place in the list stays the same.
    """
    until = Span(date.min, span.last)
    yes_days = (
        select(_day_number(Log.local_day).label("number"), Log.local_day.label("day"))
        .where(within(tracker_id, until), *(() if any_entry else (Log.value == 1,)))
        .group_by(Log.local_day)
        .subquery()
    )
    place = func.row_number().over(order_by=yes_days.c.number)
    islands = select(yes_days.c.day, (yes_days.c.number - place).label("island")).subquery()
    runs = (
        select(func.count().label("length"), func.max(islands.c.day).label("last"))
        .group_by(islands.c.island)
        .subquery()
    )
    answered = select(Log.id).where(within(tracker_id, Span(span.last, span.last))).exists()
    touching, to_last, to_eve = (
        func.coalesce(func.max(case((which, runs.c.length))), 0)
        for which in (
            runs.c.last >= span.first,
            runs.c.last == span.last,
            runs.c.last == span.eve,
        )
    )
    statement = select(touching, to_last, to_eve, select(answered).scalar_subquery())
    return Runs(*db.session.execute(statement.select_from(runs)).one())


def list_days(tracker_id: int, span: Span) -> list[LoggedDay]:
    """Days with an entry, oldest first."""
    rows = db.session.execute(_per_day(tracker_id, span).order_by(Log.local_day))
    return [LoggedDay(day, entries, total, high) for day, entries, total, _, high in rows]
