"""Reads of trackers: whose they are, who sees them, and what they offer."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from application.accounts.models import User
from application.platform import database
from application.platform.errors import NotFound
from application.platform.extensions import db
from application.platform.ready import Ready
from application.trackers.kinds import Kind, Option
from application.trackers.models import LinkState, Role, Tracker, TrackerChoice, UserTracker

State = Literal["active", "archived", "deleted"]

RANK: Final = {Role.VIEWER: 0, Role.EDITOR: 1, Role.OWNER: 2}
SAY_LOOK_ONLY: Final = "This tracker is shared with you to look at."
SAY_OWNER_ONLY: Final = "An owner of this tracker can do that, and you are not one."


@dataclass(frozen=True, slots=True)
class Linked:
    """A tracker with the link that lets the asker see it."""

    tracker: Tracker
    link: UserTracker

    def allow(self, at_least: Role) -> "Linked":
        """Itself. Raises NotFound when the link's role is below `at_least`."""
        check_role(self.link.role, at_least)
        return self


@dataclass(frozen=True, slots=True)
class Desk:
    """What an entry is written on: its tracker's kind and choices, its writer's name and days."""

    kind: Kind
    options: Sequence[Option]
    username: str
    timezone: str
    day_starts_at: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A tracker as somebody sees it in a list."""

    tracker: Tracker
    link: UserTracker
    owner: str
    shared: bool


def check_role(role: str, at_least: Role) -> None:
    """Raises NotFound when a link's `role` is below `at_least`."""
    if RANK[Role(role)] < RANK[at_least]:
        raise NotFound(SAY_LOOK_ONLY if at_least is Role.EDITOR else SAY_OWNER_ONLY)


def find_linked(
    owner_id: int,
    tracker_id: int,
    at_least: Role = Role.VIEWER,
    *,
    lock: bool = False,
    deleted: bool = False,
) -> Linked:
    """The tracker and the asker's accepted link to it; `lock` holds the row until the commit.

    Raises NotFound when it is missing, in the trash (unless `deleted`), or not shared with the
    asker. A role that is too low is NotFound as well, never "forbidden": only its words differ,
    and they go to somebody who sees the tracker anyway.
    """
    statement = (
        select(Tracker, UserTracker)
        .join(UserTracker, UserTracker.tracker_id == Tracker.id)
        .where(Tracker.id == tracker_id, *_seen_by(owner_id))
        .where(Tracker.deleted_at.is_not(None) if deleted else Tracker.deleted_at.is_(None))
    )
    if lock:
        # Both rows: after a wait PostgreSQL looks again only at rows that it locks. Not against
        # the key: a row that only points to the tracker need not wait.
        statement = statement.with_for_update(of=[Tracker, UserTracker], key_share=True)
        statement = statement.execution_options(populate_existing=True)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return Linked(*row).allow(at_least)


def find_tracker(
    owner_id: int, tracker_id: int, at_least: Role = Role.VIEWER, *, lock: bool = False
) -> Tracker:
    """The tracker, if the asker's role is `at_least` that. Raises NotFound (see find_linked)."""
    return find_linked(owner_id, tracker_id, at_least, lock=lock).tracker


_DESK = Ready(
    select(Tracker.kind, UserTracker.role, User.username, User.timezone, User.day_starts_at)
    .join(UserTracker, UserTracker.tracker_id == Tracker.id)
    .join(User, User.id == UserTracker.user_id)
    .where(
        Tracker.id == bindparam("tracker"),
        Tracker.deleted_at.is_(None),
        UserTracker.user_id == bindparam("owner"),
        UserTracker.state == LinkState.ACCEPTED,
    )
    .with_for_update(of=[Tracker, UserTracker], key_share=True)
)
_OFFERED = Ready(
    select(TrackerChoice.id, TrackerChoice.label, TrackerChoice.archived_at)
    .where(TrackerChoice.tracker_id == bindparam("tracker"))
    .order_by(TrackerChoice.position, TrackerChoice.id)
)


def find_desk(owner_id: int, tracker_id: int) -> Desk:
    """What writing an entry takes, in one narrow statement; locked as by `find_linked`.

    For a writing transaction. Raises NotFound as that does, for those who may only look as well.
    """
    rows = database.run(_DESK, {"tracker": tracker_id, "owner": owner_id})
    if not rows:
        raise NotFound
    kind, role, username, timezone, day_starts_at = rows[0]
    check_role(role, Role.EDITOR)
    options = []
    if kind == Kind.MULTIPLE_CHOICE:
        offered = database.run(_OFFERED, {"tracker": tracker_id})
        options = [Option(id_, label, archived is not None) for id_, label, archived in offered]
    return Desk(Kind(kind), options, username, timezone, day_starts_at)


def _seen_by(owner_id: int) -> tuple[ColumnElement[bool], ...]:
    return UserTracker.user_id == owner_id, UserTracker.state == LinkState.ACCEPTED


def _shown(owner_id: int) -> Select[Tracker, UserTracker, str, bool]:
    other = aliased(UserTracker)
    shared = exists().where(
        other.tracker_id == Tracker.id, other.user_id != owner_id, other.state == LinkState.ACCEPTED
    )
    return (
        select(Tracker, UserTracker, User.username, shared)
        .join(UserTracker, UserTracker.tracker_id == Tracker.id)
        .join(User, User.id == Tracker.owner_id)
        .where(*_seen_by(owner_id))
    )


def find_shown(owner_id: int, tracker_id: int) -> Shown:
    """One tracker as the asker sees it. Raises NotFound."""
    row = db.session.execute(
        _shown(owner_id).where(Tracker.id == tracker_id, Tracker.deleted_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound
    return Shown(*row)


def list_shown(owner_id: int, *, at_least: Role = Role.VIEWER) -> list[Shown]:
    """The asker's active trackers in their own order."""
    roles = [role for role, rank in RANK.items() if rank >= RANK[at_least]]
    statement = (
        _shown(owner_id)
        .where(*in_state("active"), UserTracker.role.in_(roles))
        .order_by(UserTracker.position, UserTracker.id)
    )
    return [Shown(*row) for row in db.session.execute(statement)]


def in_state(state: State) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a tracker is in that state."""
    if state == "deleted":
        return (Tracker.deleted_at.is_not(None),)
    archived = Tracker.archived_at.is_not(None)
    return Tracker.deleted_at.is_(None), archived if state == "archived" else ~archived


def list_trash(owner_id: int, below: tuple[datetime, int] | None, limit: int) -> Sequence[Tracker]:
    """The owner's deleted trackers, last deleted first, those before (deleted_at, id)."""
    statement = (
        select(Tracker)
        .join(UserTracker, UserTracker.tracker_id == Tracker.id)
        .where(*_seen_by(owner_id), UserTracker.role == Role.OWNER, Tracker.deleted_at.is_not(None))
    )
    if below is not None:
        when, most = below
        same = and_(Tracker.deleted_at == when, Tracker.id < most)
        statement = statement.where(or_(Tracker.deleted_at < when, same))
    return db.session.scalars(
        statement.order_by(Tracker.deleted_at.desc(), Tracker.id.desc()).limit(limit)
    ).all()


def find_named(owner_id: int, name_key: str) -> Tracker | None:
    """The owner's tracker of that (folded) name, or None; the trash does not count."""
    return db.session.scalar(
        select(Tracker).where(
            Tracker.owner_id == owner_id,
            Tracker.name_key == name_key,
            Tracker.deleted_at.is_(None),
        )
    )


def list_choices(tracker_id: int) -> Sequence[TrackerChoice]:
    """The choices of a tracker in their order, archived ones too."""
    return db.session.scalars(
        select(TrackerChoice)
        .where(TrackerChoice.tracker_id == tracker_id)
        .order_by(TrackerChoice.position, TrackerChoice.id)
    ).all()


def choices_of(tracker_ids: Sequence[int]) -> dict[int, list[TrackerChoice]]:
    """The choices of several trackers, by tracker, in one statement."""
    found: dict[int, list[TrackerChoice]] = defaultdict(list)
    if tracker_ids:
        for choice in db.session.scalars(
            select(TrackerChoice)
            .where(TrackerChoice.tracker_id.in_(tracker_ids))
            .order_by(TrackerChoice.tracker_id, TrackerChoice.position, TrackerChoice.id)
        ):
            found[choice.tracker_id].append(choice)
    return found


def as_options(choices: Sequence[TrackerChoice]) -> list[Option]:
    """The choices as `kinds.read` wants them."""
    return [Option(c.id, c.label, c.archived_at is not None) for c in choices]


def list_viewers(tracker_ids: Sequence[int]) -> list[int]:
    """The ids of everybody who sees one of the trackers, or its invitation."""
    return [
        user_id
        for user_id in db.session.scalars(
            select(UserTracker.user_id).where(UserTracker.tracker_id.in_(tracker_ids)).distinct()
        )
        if user_id is not None
    ]


def next_position(owner_id: int) -> int:
    """The place behind the asker's last tracker."""
    last = db.session.scalar(
        select(func.max(UserTracker.position)).where(UserTracker.user_id == owner_id)
    )
    return 0 if last is None else last + 1


def list_timers(owner_id: int) -> list[Linked]:
    """The asker's running timers, longest running first."""
    rows = db.session.execute(
        select(Tracker, UserTracker)
        .join(UserTracker, UserTracker.tracker_id == Tracker.id)
        .where(*_seen_by(owner_id), Tracker.deleted_at.is_(None))
        .where(UserTracker.timer_started_at.is_not(None))
        .order_by(UserTracker.timer_started_at, UserTracker.id)
    )
    return [Linked(*row) for row in rows]


def has_timer(tracker_id: int) -> bool:
    """Whether somebody's timer runs on the tracker."""
    running = exists().where(
        UserTracker.tracker_id == tracker_id, UserTracker.timer_started_at.is_not(None)
    )
    return bool(db.session.scalar(select(running)))
