"""What a report is made of: whose trackers, on which days something was logged, which notes.

Each is one statement for all trackers together; what a tracker's values say is counted in insights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import case, func, select

from application.accounts.models import User
from application.insights.queries import Followed
from application.insights.ranges import Span
from application.logs.models import Log
from application.platform.extensions import db
from application.trackers.kinds import Kind
from application.trackers.models import LinkState, Role, Tracker, UserTracker

NOTE_SHARES: Final = 6  # the span is cut into so many parts, so that notes come from all of it
NOTES_A_SHARE: Final = 8


@dataclass(frozen=True, slots=True)
class Told:
    """A tracker that a report may tell of; `began` is its first entry's day or its making's."""

    followed: Followed
    name: str
    mine: bool
    archived: bool
    created_at: datetime
    first_day: date | None


@dataclass(frozen=True, slots=True)
class FullDay:
    """A day with entries: how many trackers have one, and how many entries."""

    day: date
    trackers: int
    entries: int


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it was written."""

    day: date
    tracker: str
    kind: Kind
    text: str


def find_person(owner_id: int) -> User:
    """The account."""
    return db.session.get_one(User, owner_id)


def list_told(owner_id: int, tracker_ids: Sequence[int] | None = None) -> list[Told]:
    """Trackers that the person owns or edits, in their own order, archived ones too."""
    first = (
        select(Log.local_day)
        .where(Log.tracker_id == Tracker.id, Log.deleted_at.is_(None))
        .order_by(Log.local_day)
        .limit(1)
        .correlate(Tracker)
        .scalar_subquery()
    )
    statement = (
        select(Tracker, UserTracker.role, first)
        .join(UserTracker, UserTracker.tracker_id == Tracker.id)
        .where(
            UserTracker.user_id == owner_id,
            UserTracker.state == LinkState.ACCEPTED,
            UserTracker.role != Role.VIEWER,
            Tracker.deleted_at.is_(None),
        )
        .order_by(UserTracker.position, UserTracker.id)
    )
    if tracker_ids is not None:
        statement = statement.where(Tracker.id.in_(tracker_ids))
    return [
        Told(
            Followed(tracker.id, Kind(tracker.kind), tracker.unit),
            tracker.name,
            role == Role.OWNER,
            tracker.archived_at is not None,
            tracker.created_at,
            day,
        )
        for tracker, role, day in db.session.execute(statement)
    ]


def list_full_days(tracker_ids: Sequence[int], span: Span) -> list[FullDay]:
    """Days with an entry in one of the trackers, oldest first."""
    statement = (
        select(Log.local_day, func.count(Log.tracker_id.distinct()), func.count())
        .where(
            Log.tracker_id.in_(tracker_ids),
            Log.local_day.between(span.first, span.last),
            Log.deleted_at.is_(None),
        )
        .group_by(Log.local_day)
        .order_by(Log.local_day)
    )
    return [FullDay(*row) for row in db.session.execute(statement)]


def has_others_entries(owner_id: int, tracker_ids: Sequence[int], span: Span) -> bool:
    """Whether anybody else logged there in these days."""
    found = select(Log.id).where(
        Log.tracker_id.in_(tracker_ids),
        Log.local_day.between(span.first, span.last),
        Log.deleted_at.is_(None),
        Log.user_id.is_(None) | (Log.user_id != owner_id),
    )
    return db.session.scalar(found.limit(1)) is not None


def list_notes(owner_id: int, tracker_ids: Sequence[int], span: Span) -> list[Note]:
    """The person's own longest notes of each part of the span, longest first."""
    parts = min(NOTE_SHARES, span.days)
    ends = [span.first + timedelta(days=span.days * (n + 1) // parts) for n in range(parts)]
    part = case(*((Log.local_day < end, place) for place, end in enumerate(ends)), else_=parts)
    longest = (func.length(Log.note).desc(), Log.id)
    ranked = (
        select(
            Log.local_day,
            Log.tracker_id,
            Log.note,
            func.row_number().over(partition_by=part, order_by=longest).label("place"),
        )
        .where(
            Log.tracker_id.in_(tracker_ids),
            Log.user_id == owner_id,
            Log.local_day.between(span.first, span.last),
            Log.deleted_at.is_(None),
            Log.note != "",
        )
        .subquery()
    )
    statement = (
        select(ranked.c.local_day, Tracker.name, Tracker.kind, ranked.c.note)
        .join(Tracker, Tracker.id == ranked.c.tracker_id)
        .where(ranked.c.place <= NOTES_A_SHARE)
        .order_by(func.length(ranked.c.note).desc(), ranked.c.local_day, Tracker.id)
    )
    rows = db.session.execute(statement)
    return [Note(day, name, Kind(kind), text) for day, name, kind, text in rows]
