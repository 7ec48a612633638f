"""Reads of reminders: who may be due, and what of theirs has no entry. Always many at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import aliased

from application.accounts.models import User
from application.deliveries.models import Delivery
from application.deliveries.timing import Opening
from application.logs.models import Log
from application.platform.extensions import db
from application.trackers.kinds import Kind
from application.trackers.models import LinkState, Role, Tracker, TrackerChoice, UserTracker
from application.trackers.queries import in_state

KIND = "reminder"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who has no reminder of a date yet.

    What was due before `since` is not for them; `follows_since` is when they first had a tracker
    that they can log.
    """

    user_id: int
    timezone: str
    clock: time | None
    day_starts_at: int
    channel: Literal["webhook", "mail"]
    webhook: str | None
    email: str
    since: datetime
    follows_since: datetime | None


@dataclass(frozen=True, slots=True)
class Reminded:
    """Somebody to whom a reminder goes; `clock` is None when they turned it off meanwhile."""

    user_id: int
    username: str
    email: str
    timezone: str
    day_starts_at: int
    clock: time | None


@dataclass(frozen=True, slots=True)
class Last:
    """The newest entry that the person made of a tracker."""

    value: float | None
    label: str | None
    logged_at: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Watched:
    """A tracker that the person wants to be reminded of."""

    id: int
    name: str
    kind: Kind
    unit: str
    running: bool
    last: Last | None


def _wants() -> tuple[ColumnElement[bool], ...]:
    """Active people who want a reminder and have a way on which it can reach them."""
    webhook = and_(
        User.reminder_channel == "webhook", User.webhook.is_not(None), User.webhook_off_at.is_(None)
    )
    mail = and_(User.reminder_channel == "mail", User.confirmed_at.is_not(None))
    way = or_(mail, webhook)
    return User.active.is_(True), User.reminder_at.is_not(None), way


def list_zones() -> Sequence[str]:
    """The zones in which somebody wants a reminder."""
    return db.session.scalars(select(User.timezone).where(*_wants()).distinct()).all()


def list_waiting(day: date, zones: Mapping[Opening, Iterable[str]]) -> list[Waiting]:
    """The people behind those openings of `day` who have no delivery of it: one statement."""
    # Zones fall into as many openings as there are offsets, so this stays short.
    behind = [
        and_(
            User.timezone.in_(names),
            User.reminder_at <= opening.latest,
            User.day_starts_at > opening.after,
        )
        for opening, names in zones.items()
    ]
    asked = select(Delivery.id).where(
        Delivery.user_id == User.id, Delivery.kind == KIND, Delivery.period == day.isoformat()
    )
    # Whoever follows nothing gets no row; what they turn on or off later is seen when composing.
    follows = (
        select(func.min(UserTracker.created_at))
        .where(UserTracker.user_id == User.id, *_logs_it())
        .scalar_subquery()
    )
    statement = select(
        User.id,
        User.timezone,
        User.reminder_at,
        User.day_starts_at,
        User.reminder_channel,
        User.webhook,
        User.email,
        User.reminder_since,
        follows,
    ).where(*_wants(), or_(*behind), ~asked.exists())
    return [Waiting(*row) for row in db.session.execute(statement)]


def _logs_it() -> tuple[ColumnElement[bool], ...]:
    # Whoever may look but not log is never asked.
    roles = [Role.OWNER, Role.EDITOR]
    return UserTracker.state == LinkState.ACCEPTED, UserTracker.role.in_(roles)


def find_people(user_ids: Sequence[int]) -> dict[int, Reminded]:
    """The active ones of these people."""
    rows = db.session.execute(
        select(
            User.id,
            User.username,
            User.email,
            User.timezone,
            User.day_starts_at,
            User.reminder_at,
        ).where(User.id.in_(user_ids), User.active.is_(True))
    )
    return {row[0]: Reminded(*row) for row in rows}


def _newest_own() -> ScalarSelect[int]:
    """The newest entry of a link's person in its tracker."""
    return (
        select(Log.id)
        .where(
            Log.tracker_id == UserTracker.tracker_id,
            Log.user_id == UserTracker.user_id,
            Log.deleted_at.is_(None),
        )
        .order_by(Log.logged_at.desc(), Log.id.desc())
        .limit(1)
        .correlate(UserTracker)
        .scalar_subquery()
    )


def list_watched(user_ids: Sequence[int]) -> dict[int | None, list[Watched]]:
    """What these people want to be reminded of, in their own order, with their own newest entry.

    Their own, not the tracker's: of a shared one somebody else's entry of today would read as if
    there were nothing to say.
    """
    own = aliased(Log)
    statement = (
        select(
            UserTracker.user_id,
            UserTracker.timer_started_at,
            Tracker.id,
            Tracker.name,
            Tracker.kind,
            Tracker.unit,
            own.value,
            TrackerChoice.label,
            own.logged_at,
            own.local_day,
        )
        .select_from(UserTracker)
        .join(Tracker, Tracker.id == UserTracker.tracker_id)
        .outerjoin(own, own.id == _newest_own())
        .outerjoin(TrackerChoice, TrackerChoice.id == own.choice_id)
        .where(UserTracker.user_id.in_(user_ids), UserTracker.remind.is_(True), *_logs_it())
        .where(*in_state("active"))
        .order_by(UserTracker.user_id, UserTracker.position, UserTracker.id)
    )
    found: dict[int | None, list[Watched]] = defaultdict(list)
    for user_id, timer, tracker_id, name, kind, unit, *entry in db.session.execute(statement):
        value, label, logged_at, day = entry
        last = None if logged_at is None else Last(value, label, logged_at, day)
        watched = Watched(tracker_id, name, Kind(kind), unit, timer is not None, last)
        found[user_id].append(watched)
    return found


def list_logged(user_ids: Sequence[int], days: Iterable[date]) -> set[tuple[int | None, int, date]]:
    """(person, tracker, day) wherever one of these people has an entry of their own."""
    statement = (
        select(UserTracker.user_id, Log.tracker_id, Log.local_day)
        .join(
            Log, and_(Log.tracker_id == UserTracker.tracker_id, Log.user_id == UserTracker.user_id)
        )
        .where(UserTracker.user_id.in_(user_ids), *_logs_it())
        .where(Log.local_day.in_(list(days)), Log.deleted_at.is_(None))
        .distinct()
    )
    return {(user, tracker, day) for user, tracker, day in db.session.execute(statement)}
