"""Reads of the list of trackers: plain columns past the ORM, for this is what people open first.

Each statement sees what was committed before it began. A list put together while somebody writes
may so be newer than the version it is kept under, never older.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple, get_args

from sqlalchemy import BindParameter, Select, String, and_, bindparam, exists, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from application.accounts.models import User
from application.logs.models import Log
from application.platform.extensions import db
from application.platform.readers import Ids, Lookup, among
from application.trackers.models import LinkState, Tracker, TrackerChoice, UserTracker
from application.trackers.queries import State, in_state

_ids = bindparam("ids", type_=Ids)
_owner: BindParameter[int] = bindparam("owner_id")


class Card(NamedTuple):
    """A tracker and its link, as columns."""

    id: int
    name: str
    description: str
    kind: str
    unit: str
    step: float | None
    role: str
    owner: str
    shared: bool
    position: int
    remind: bool
    archived_at: object
    deleted_at: object
    last_logged_at: object
    last_value: float | None
    last_choice_id: int | None
    last_local_day: date | None
    last_timed: bool
    timer_started_at: object
    version: int
    link_id: int


class Choice(NamedTuple):
    """A choice of a tracker, as columns."""

    tracker_id: int
    id: int
    label: str
    archived: bool


def _cards(state: State, *, later: bool) -> Lookup:
    other = aliased(UserTracker)
    accepted = LinkState.ACCEPTED.value
    shared = exists().where(
        other.tracker_id == Tracker.id, other.user_id != _owner, other.state == accepted
    )
    place, link = UserTracker.position, UserTracker.id
    statement = (
        select(
            Tracker.id,
            Tracker.name,
            Tracker.description,
            Tracker.kind,
            Tracker.unit,
            Tracker.step,
            UserTracker.role,
            User.username,
            shared,
            place,
            UserTracker.remind,
            Tracker.archived_at,
            Tracker.deleted_at,
            Tracker.last_logged_at,
            Tracker.last_value,
            Tracker.last_choice_id,
            Tracker.last_local_day,
            Tracker.last_timed,
            UserTracker.timer_started_at,
            Tracker.version,
            link,
        )
        .join(UserTracker, UserTracker.tracker_id == Tracker.id)
        .join(User, User.id == Tracker.owner_id)
        .where(UserTracker.user_id == _owner, UserTracker.state == accepted, *in_state(state))
    )
    if state == "deleted":  # to others a deleted tracker is gone
        statement = statement.where(UserTracker.role == "owner")
    if later:
        at: BindParameter[int] = bindparam("position")
        same = and_(place == at, link > bindparam("link_id"))
        statement = statement.where(or_(place > at, same))
    return Lookup(statement.order_by(place, link).limit(bindparam("most")))


_CARDS = {
    (state, later): _cards(state, later=later)
    for state in get_args(State)
    for later in (False, True)
}
_CHOICES = Lookup(
    select(
        TrackerChoice.tracker_id,
        TrackerChoice.id,
        TrackerChoice.label,
        TrackerChoice.archived_at.is_not(None),
    )
    .where(among(TrackerChoice.tracker_id, _ids))
    .order_by(TrackerChoice.tracker_id, TrackerChoice.position, TrackerChoice.id)
)


class iso(FunctionElement[str]):
    """A day as JSON says it: SQLite keeps it so, and nobody need make a date of it in between."""

    inherit_cache = True
    type = String()


@compiles(iso, "sqlite")
def _iso_kept(element: Any, compiler: Any, **how: Any) -> str:
    return str(compiler.process(element.clauses, **how))


@compiles(iso, "postgresql")
def _iso_said(element: Any, compiler: Any, **how: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **how)}, 'YYYY-MM-DD')"


_IN_THESE_DAYS = (
    among(Log.tracker_id, _ids),
    Log.local_day.between(bindparam("first"), bindparam("last")),
    Log.deleted_at.is_(None),
)
# On the covering index alone, in its order.
_SUMS = Lookup(
    select(Log.tracker_id, iso(Log.local_day), func.count(), func.sum(Log.value))
    .where(*_IN_THESE_DAYS)
    .group_by(Log.tracker_id, Log.local_day)
)


def _last_of_days() -> Select[int, str, int, float, str]:
    day = (Log.tracker_id, Log.local_day)
    newest = (Log.logged_at.desc(), Log.id.desc())
    ranked = (
        select(
            *day,
            Log.value,
            Log.choice_id,
            func.row_number().over(partition_by=day, order_by=newest).label("place"),
            func.count().over(partition_by=day).label("count"),
        )
        .where(*_IN_THESE_DAYS)
        .subquery()
    )
    found = ranked.c
    return (
        select(
            found.tracker_id, iso(found.local_day), found.count, found.value, TrackerChoice.label
        )
        .outerjoin(TrackerChoice, TrackerChoice.id == found.choice_id)
        .where(found.place == 1)
    )


_LAST = Lookup(_last_of_days())


def list_cards(owner_id: int, state: State, after: tuple[int, int] | None, most: int) -> list[Card]:
    """The asker's trackers in their own order, those after (position, link id), at most `most`."""
    values = {"owner_id": owner_id, "most": most}
    if after is not None:
        values["position"], values["link_id"] = after
    return [*map(Card._make, _CARDS[state, after is not None].all(db.engine, **values))]


def choices_of(tracker_ids: Sequence[int]) -> dict[int, list[Choice]]:
    """The choices of several trackers in their order, archived ones too, by tracker."""
    found: dict[int, list[Choice]] = defaultdict(list)
    for row in _CHOICES.all(db.engine, ids=tracker_ids) if tracker_ids else ():
        found[row[0]].append(Choice(*row))
    return found


def list_sums(
    tracker_ids: Sequence[int], first: date, last: date
) -> Sequence[tuple[int, str, int, float | None]]:
    """Days with entries as (tracker, day, how many, their sum)."""
    return _SUMS.all(db.engine, ids=tracker_ids, first=first, last=last) if tracker_ids else ()


def list_last(
    tracker_ids: Sequence[int], first: date, last: date
) -> Sequence[tuple[int, str, int, float | None, str | None]]:
    """Days with entries as (tracker, day, how many, the last one's value and choice)."""
    return _LAST.all(db.engine, ids=tracker_ids, first=first, last=last) if tracker_ids else ()
