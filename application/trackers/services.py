"""Writes of trackers: make, change, order, archive, delete, restore, purge, and timers."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, TypedDict

from sqlalchemy import bindparam, or_, select
from sqlalchemy import delete as sql_delete
from sqlalchemy import update as sql_update
from sqlalchemy.exc import IntegrityError

from application.accounts import versions
from application.platform import database
from application.platform.clock import now
from application.platform.errors import Conflict, FieldError, Invalid, LostRace
from application.platform.extensions import db
from application.platform.ready import Ready
from application.platform.texts import key
from application.trackers import queries
from application.trackers.kinds import Kind
from application.trackers.models import (
    CHOICE_LENGTH,
    NAME_LENGTH,
    LinkState,
    Role,
    Tracker,
    TrackerChoice,
    UserTracker,
)
from application.trackers.queries import Linked, find_linked, find_tracker
from application.trackers.schemas import SAY_OF_NUMBER, NewTracker
from application.trackers.schemas_choices import SAY_NO_CHOICE

KEPT: Final = timedelta(days=30)
PURGE_AT_ONCE: Final = 50
SAY_KIND_FIXED: Final = "The kind is fixed once something was logged."
SAY_TIMER_RUNS: Final = "A timer is running here. Stop it first."


class Last(TypedDict):
    """What a tracker shows of its newest entry."""

    logged_at: datetime
    local_day: date
    timed: bool
    value: float | None
    choice_id: int | None


_VIEWERS = select(UserTracker.user_id).where(UserTracker.tracker_id == bindparam("tracker"))
_TOUCH = Ready(versions.bump_of(_VIEWERS))

# In whatever order entries come in: one that is older than the newest changes nothing here.
_SHOW_NEWER = Ready(
    sql_update(Tracker)
    .where(
        Tracker.id == bindparam("tracker"),
        or_(Tracker.last_logged_at.is_(None), Tracker.last_logged_at <= bindparam("logged_at")),
    )
    .values(
        last_logged_at=bindparam("logged_at"),
        last_local_day=bindparam("local_day"),
        last_timed=bindparam("timed"),
        last_value=bindparam("value"),
        last_choice_id=bindparam("choice_id"),
    )
)


def touch(tracker_id: int) -> None:
    """Count a write for everybody who sees the tracker, or its invitation."""
    database.run(_TOUCH, {"tracker": tracker_id})


def show_newer(tracker_id: int, last: Last) -> None:
    """Let the tracker show an entry that was just made, unless it shows a later one."""
    database.run(_SHOW_NEWER, {"tracker": tracker_id, **last})


def name_key(name: str) -> str:
    """What makes two tracker names the same."""
    return key(name, NAME_LENGTH * 3)


def create(owner_id: int, new: NewTracker) -> Tracker:
    """A new tracker at the end of the owner's list. Raises Invalid when the name is taken."""
    if Kind(new.kind) is Kind.MULTIPLE_CHOICE and not new.choices:
        raise Invalid.field("choices", SAY_NO_CHOICE)
    tracker = Tracker(
        owner_id=owner_id,
        name=new.name,
        name_key=name_key(new.name),
        description=new.description,
        kind=new.kind,
        unit=new.unit,
        step=new.step,
    )
    _check_name(owner_id, new.name)
    _save_named(tracker)
    db.session.add(
        UserTracker(
            user_id=owner_id,
            tracker_id=tracker.id,
            role=Role.OWNER,
            state=LinkState.ACCEPTED,
            position=queries.next_position(owner_id),
            remind=new.remind,
        )
    )
    db.session.add_all(
        TrackerChoice(
            tracker_id=tracker.id,
            label=label,
            label_key=key(label, CHOICE_LENGTH * 3),
            position=position,
        )
        for position, label in enumerate(new.choices)
    )
    db.session.flush()
    versions.bump([owner_id])
    return tracker


def _say_taken(name: str) -> str:
    return f"You already have a tracker called {name}."


def _check_name(owner_id: int, name: str, but: int | None = None) -> None:
    found = queries.find_named(owner_id, name_key(name))
    if found is not None and found.id != but:
        raise Invalid.field("name", _say_taken(found.name))


def _save_named(tracker: Tracker) -> None:
    # Two requests at once pass the check together; the index lets one of them through.
    name = tracker.name
    try:
        db.session.add(tracker)
        db.session.flush()
    except IntegrityError:
        raise Invalid.field("name", _say_taken(name)) from None


def check_version(tracker: Tracker, if_match: int | None) -> None:
    """Raises LostRace when the asker has not seen the present state."""
    if if_match is not None and if_match != tracker.version:
        raise LostRace(f"Changed elsewhere: it is called {tracker.name} now.")


def update(
    owner_id: int,
    tracker_id: int,
    changes: Mapping[str, Any],
    *,
    has_logs: Callable[[int], bool],
    if_match: int | None = None,
) -> Tracker:
    """Change name, description, unit, step, kind or `archived`.

    `has_logs` tells from a tracker's id whether it has or had entries, which fix its kind.
    Raises NotFound, LostRace, and Invalid with every field that does not go.
    """
    tracker = find_tracker(owner_id, tracker_id, Role.OWNER, lock=True)
    check_version(tracker, if_match)
    kind = changes.get("kind", tracker.kind)
    wrong = []
    if kind != tracker.kind and has_logs(tracker_id):
        wrong.append(FieldError("kind", SAY_KIND_FIXED))
    elif kind != tracker.kind and queries.has_timer(tracker_id):
        # Stopped later, its seconds would become an amount, or nothing at all.
        wrong.append(FieldError("kind", SAY_TIMER_RUNS))
    if kind != Kind.NUMERICAL:
        wrong += [FieldError(f, SAY_OF_NUMBER) for f in ("unit", "step") if changes.get(f)]
    if "name" in changes:
        try:
            _check_name(tracker.owner_id, changes["name"], but=tracker.id)
        except Invalid as taken:
            wrong += taken.errors
    if wrong:
        raise Invalid(errors=wrong)
    _apply(tracker, changes)
    tracker.version += 1
    _save_named(tracker)
    touch(tracker_id)
    return tracker


def _apply(tracker: Tracker, changes: Mapping[str, Any]) -> None:
    for field in ("name", "description", "unit", "step", "kind"):
        if field in changes:
            setattr(tracker, field, changes[field])
    tracker.name_key = name_key(tracker.name)
    if tracker.kind != Kind.NUMERICAL:
        tracker.unit, tracker.step = "", None
    if tracker.kind != Kind.MULTIPLE_CHOICE and "kind" in changes:
        db.session.execute(sql_delete(TrackerChoice).where(TrackerChoice.tracker_id == tracker.id))
    if "archived" in changes and changes["archived"] != (tracker.archived_at is not None):
        tracker.archived_at = now() if changes["archived"] else None


def arrange(
    owner_id: int, tracker_id: int, *, position: int | None = None, remind: bool | None = None
) -> None:
    """Change what is the asker's own: the place (from 0) in their list, and the reminder."""
    link = find_linked(owner_id, tracker_id).link
    if remind is not None:
        link.remind = remind
    if position is not None:
        links = [shown.link for shown in queries.list_shown(owner_id) if shown.link is not link]
        links.insert(position, link)
        for place, moved in enumerate(links):
            moved.position = place
    db.session.flush()
    versions.bump([owner_id])


def delete(owner_id: int, tracker_id: int, if_match: int | None = None) -> Tracker:
    """Put the tracker into the trash for 30 days. Raises NotFound and LostRace."""
    tracker = find_tracker(owner_id, tracker_id, Role.OWNER, lock=True)
    check_version(tracker, if_match)
    tracker.deleted_at = now()
    tracker.version += 1
    db.session.flush()
    touch(tracker_id)
    return tracker


def restore(owner_id: int, tracker_id: int) -> Tracker:
    """Take the tracker out of the trash. Raises NotFound, and Conflict when its name is taken."""
    found = find_linked(owner_id, tracker_id, Role.OWNER, lock=True, deleted=True)
    tracker, name = found.tracker, found.tracker.name
    tracker.deleted_at = None
    tracker.version += 1
    try:
        with db.session.no_autoflush:
            _check_name(tracker.owner_id, name)
        _save_named(tracker)
    except Invalid:
        raise Conflict(
            f"There is another tracker called {name} now. Rename that one first."
        ) from None
    touch(tracker_id)
    return tracker


def purge(owner_id: int, tracker_id: int) -> None:
    """Erase a tracker in the trash for good, with all that hangs on it. Raises NotFound."""
    find_linked(owner_id, tracker_id, Role.OWNER, lock=True, deleted=True)
    erase(tracker_id)


def erase(tracker_id: int) -> None:
    """Delete the tracker's row; choices, links and logs go with it."""
    touch(tracker_id)
    db.session.execute(
        sql_delete(Tracker)
        .where(Tracker.id == tracker_id)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()


def list_expired() -> list[int]:
    """Trackers whose thirty days in the trash are over, a few at once, held until the commit."""
    # Held, so that one which is put back at this moment is looked at once more, and stays.
    return list(
        db.session.scalars(
            select(Tracker.id)
            .where(Tracker.deleted_at < now() - KEPT)
            .order_by(Tracker.id)
            .limit(PURGE_AT_ONCE)
            .with_for_update(key_share=True)
        )
    )


def start_timer(owner_id: int, tracker_id: int) -> tuple[Linked, bool]:
    """Start the asker's timer; False when it was running already. Raises NotFound and Conflict."""
    found = find_linked(owner_id, tracker_id, Role.EDITOR, lock=True)
    if found.tracker.kind != Kind.TIME_DURATION:
        raise Conflict("A timer belongs to a duration.")
    if found.link.timer_started_at is not None:
        return found, False
    found.link.timer_started_at = now()
    db.session.flush()
    versions.bump([owner_id])
    return found, True


def take_timer(owner_id: int, tracker_id: int) -> datetime:
    """Stop the asker's timer; when it was started. Raises NotFound, and Conflict when none ran."""
    link = find_linked(owner_id, tracker_id, Role.EDITOR, lock=True).link
    started = link.timer_started_at
    if started is None:
        raise Conflict("No timer is running here.")
    link.timer_started_at = None
    db.session.flush()
    versions.bump([owner_id])
    return started
