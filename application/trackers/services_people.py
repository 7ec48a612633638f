"""Writes of links between people and trackers: invite, accept, change the role, part."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete as sql_delete
from sqlalchemy import func, or_, select

from application.accounts import versions
from application.accounts.queries import find_by_name, find_user
from application.platform.errors import Conflict, Invalid, NotFound
from application.platform.extensions import db
from application.trackers.models import NAME_LENGTH, LinkState, Role, Tracker, UserTracker
from application.trackers.queries import (
    Linked,
    find_linked,
    find_named,
    list_viewers,
    next_position,
)
from application.trackers.queries_people import find_invitation, find_link
from application.trackers.services import erase, name_key, touch

MOST_PEOPLE: Final = 100
SAY_LAST_OWNER: Final = "The last owner cannot leave. Make somebody else an owner first."


def invite(owner_id: int, tracker_id: int, username: str, role: Role) -> None:
    """Ask somebody to follow the tracker too. It is done silently whoever that is.

    A name nobody has gets a pending link like any other, so that nothing tells who has an
    account. Raises NotFound, Invalid for one's own name, Conflict when too many are asked.
    """
    find_linked(owner_id, tracker_id, Role.OWNER, lock=True)
    if username == find_user(owner_id).username:
        raise Invalid.field("username", "That is you.")
    user = find_by_name(username)
    user_id = user.id if user else None
    link = db.session.scalar(
        select(UserTracker).where(
            UserTracker.tracker_id == tracker_id,
            or_(UserTracker.invited_name == username, UserTracker.user_id == user_id)
            if user_id
            else UserTracker.invited_name == username,
        )
    )
    if link is None:
        _check_room(tracker_id)
        link = UserTracker(
            tracker_id=tracker_id, invited_name=username, state=LinkState.PENDING, remind=False
        )
        db.session.add(link)
    if link.state == LinkState.PENDING:
        link.user_id, link.role, link.invited_by_id = user_id, role, owner_id
    db.session.flush()
    touch(tracker_id)


def _check_room(tracker_id: int) -> None:
    count = db.session.scalar(select(func.count()).where(UserTracker.tracker_id == tracker_id))
    if (count or 0) >= MOST_PEOPLE:
        raise Conflict(f"A tracker is shared with at most {MOST_PEOPLE} people.")


def accept(owner_id: int, link_id: int) -> int:
    """Take the invitation; the tracker's id. Raises NotFound."""
    link = find_invitation(owner_id, link_id)
    link.state = LinkState.ACCEPTED
    link.invited_name = None
    link.position = next_position(owner_id)
    link.remind = Role(link.role) is not Role.VIEWER
    db.session.flush()
    touch(link.tracker_id)
    return link.tracker_id


def decline(owner_id: int, link_id: int) -> None:
    """Refuse the invitation. Raises NotFound."""
    link = find_invitation(owner_id, link_id)
    touch(link.tracker_id)
    db.session.delete(link)
    db.session.flush()


def change_role(owner_id: int, tracker_id: int, link_id: int, role: Role) -> UserTracker:
    """Give that person another role. Raises NotFound, and Conflict when no owner would be left."""
    found = find_linked(owner_id, tracker_id, Role.OWNER, lock=True)
    link = find_link(tracker_id, link_id)
    if role is Role.OWNER and link.state == LinkState.PENDING:
        raise Conflict("They have to accept first.")
    if Role(link.role) is Role.OWNER and role is not Role.OWNER:
        _hand_on(found.tracker, link)
    link.role = role
    if role is Role.VIEWER:
        link.timer_started_at = None  # who only looks could never stop it
    db.session.flush()
    touch(tracker_id)
    return link


def remove(owner_id: int, tracker_id: int, link_id: int) -> None:
    """Take a link back, or leave by one's own. Raises NotFound, Conflict for the last owner."""
    found = find_linked(owner_id, tracker_id, lock=True)
    link = find_link(tracker_id, link_id)
    if link.user_id != owner_id and Role(found.link.role) is not Role.OWNER:
        raise NotFound
    if Role(link.role) is Role.OWNER:
        _hand_on(found.tracker, link)
    touch(tracker_id)
    db.session.delete(link)
    db.session.flush()


def _hand_on(tracker: Tracker, leaving: UserTracker) -> None:
    heir = _find_heir(tracker.id, leaving)
    if heir is None:
        raise Conflict(SAY_LAST_OWNER)
    if tracker.owner_id == leaving.user_id:
        _give(tracker, heir)


def _find_heir(tracker_id: int, leaving: UserTracker) -> UserTracker | None:
    return db.session.scalar(
        select(UserTracker)
        .where(
            UserTracker.tracker_id == tracker_id,
            UserTracker.id != leaving.id,
            UserTracker.role == Role.OWNER,
            UserTracker.state == LinkState.ACCEPTED,
        )
        .order_by(UserTracker.id)
        .limit(1)
    )


def _give(tracker: Tracker, heir: UserTracker) -> None:
    assert heir.user_id is not None
    # The heir may have a tracker of that name already.
    name, number = tracker.name, 2
    while find_named(heir.user_id, name_key(name)) is not None:
        ending = f" ({number})"
        name = tracker.name[: NAME_LENGTH - len(ending)] + ending
        number += 1
    tracker.owner_id = heir.user_id
    tracker.name, tracker.name_key = name, name_key(name)
    tracker.version += 1
    db.session.flush()


def forget(owner_id: int) -> None:
    """Before an account goes: its trackers pass to another owner or are erased, its links end."""
    rows = db.session.execute(
        select(Tracker, UserTracker)
        .join(UserTracker, UserTracker.tracker_id == Tracker.id)
        .where(UserTracker.user_id == owner_id)
        .order_by(Tracker.id)
        .with_for_update(of=Tracker)
    )
    found: Sequence[Linked] = [Linked(tracker, link) for tracker, link in rows]
    versions.bump(list_viewers([item.tracker.id for item in found]))
    for item in found:
        if Role(item.link.role) is Role.OWNER and item.link.state == LinkState.ACCEPTED:
            _pass_on_or_erase(item)
    db.session.execute(
        sql_delete(UserTracker)
        .where(UserTracker.user_id == owner_id)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()


def _pass_on_or_erase(item: Linked) -> None:
    heir = _find_heir(item.tracker.id, item.link)
    if heir is None:
        erase(item.tracker.id)
    elif item.tracker.owner_id == item.link.user_id:
        _give(item.tracker, heir)
