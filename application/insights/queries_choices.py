"""Counting choices in SQL: how often each was the answer, in all and by day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, Subquery, cast, func, select
from sqlalchemy.orm import aliased

from application.insights.queries import within
from application.insights.ranges import Span
from application.logs.models import Log
from application.platform.extensions import db
from application.trackers.models import TrackerChoice


@dataclass(frozen=True, slots=True)
class ChoiceUse:
    """How often a choice was the answer, and on how many days."""

    label: str
    archived: bool
    entries: int
    days: int


@dataclass(frozen=True, slots=True)
class ChoiceDay:
    """A choice on a day: how often it was the answer."""

    day: date
    label: str
    entries: int


def count_logged(tracker_id: int, span: Span) -> tuple[int, int]:
    """Entries, and days with one."""
    statement = select(func.count(), func.count(Log.local_day.distinct()))
    entries, days = db.session.execute(statement.where(within(tracker_id, span))).one()
    return entries, days


def _per_day(tracker_id: int, span: Span) -> Subquery:
    """A row a day and choice: how many entries."""
    return (
        select(Log.local_day, Log.choice_id, func.count().label("entries"))
        .where(within(tracker_id, span))
        # Choices have no value. Named here it gives the order of the index, and nothing is sorted:
        # half the time at 100,000 entries.
        .group_by(Log.local_day, Log.value, Log.choice_id)
        .subquery()
    )


def count_choices(tracker_id: int, span: Span) -> list[ChoiceUse]:
    """Every choice of the tracker in its order."""
    days = _per_day(tracker_id, span)
    used = (
        select(
            days.c.choice_id,
            cast(func.sum(days.c.entries), BigInteger).label("entries"),
            func.count().label("days"),
        )
        .group_by(days.c.choice_id)
        .subquery()
    )
    statement = (
        select(
            TrackerChoice.label,
            TrackerChoice.archived_at.is_not(None),
            func.coalesce(used.c.entries, 0),
            func.coalesce(used.c.days, 0),
        )
        .outerjoin(used, used.c.choice_id == TrackerChoice.id)
        .where(TrackerChoice.tracker_id == tracker_id)
        .order_by(TrackerChoice.position, TrackerChoice.id)
    )
    return [ChoiceUse(*row) for row in db.session.execute(statement)]


def list_choice_days(tracker_id: int, span: Span) -> list[ChoiceDay]:
    """Choices by day, oldest day first."""
    days = _per_day(tracker_id, span)
    statement = (
        select(days.c.local_day, TrackerChoice.label, days.c.entries)
        .join(TrackerChoice, TrackerChoice.id == days.c.choice_id)
        .order_by(days.c.local_day, TrackerChoice.position, TrackerChoice.id)
    )
    return [ChoiceDay(*row) for row in db.session.execute(statement)]


def find_last_choices(tracker_id: int, span: Span) -> dict[date, str]:
    """The last answer of each day with an entry."""
    # The latest instant of each day, then the entry that stands there: a window that ranks all
    # entries takes four times as long at 100,000 of them.
    ends = (
        select(Log.local_day, func.max(Log.logged_at).label("at"))
        .where(within(tracker_id, span))
        .group_by(Log.local_day)
        .subquery()
    )
    entry = aliased(Log)
    answer = (
        select(TrackerChoice.label)
        .join(entry, entry.choice_id == TrackerChoice.id)
        .where(
            entry.tracker_id == tracker_id,
            entry.logged_at == ends.c.at,
            entry.local_day == ends.c.local_day,
            entry.deleted_at.is_(None),
        )
        .order_by(entry.id.desc())
        .limit(1)
        .correlate(ends)
        .scalar_subquery()
    )
    rows = db.session.execute(select(ends.c.local_day, answer))
    return {day: label for day, label in rows}  # noqa: C416 - rows are no pairs to mypy
