"""Reads of the links between people and trackers, and of invitations."""

from collections.abc import Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased

from application.accounts.models import User
from application.platform.errors import NotFound
from application.platform.extensions import db
from application.trackers.models import LinkState, Role, Tracker, UserTracker
from application.trackers.queries import find_linked


def list_people(owner_id: int, tracker_id: int) -> list[tuple[UserTracker, str]]:
    """Who follows the tracker, with their names; who is only asked, owners alone are told.

    Raises NotFound.
    """
    own = find_linked(owner_id, tracker_id).link
    statement = (
        select(UserTracker, func.coalesce(User.username, UserTracker.invited_name, ""))
        .outerjoin(User, User.id == UserTracker.user_id)
        .where(UserTracker.tracker_id == tracker_id)
        .order_by(UserTracker.id)
    )
    if Role(own.role) is not Role.OWNER:
        statement = statement.where(UserTracker.state == LinkState.ACCEPTED)
    return [(link, name) for link, name in db.session.execute(statement)]


def find_link(tracker_id: int, link_id: int) -> UserTracker:
    """That link of the tracker. Raises NotFound."""
    link = db.session.scalar(
        select(UserTracker).where(UserTracker.id == link_id, UserTracker.tracker_id == tracker_id)
    )
    if link is None:
        raise NotFound
    return link


def list_invitations(owner_id: int) -> Sequence[Row[UserTracker, Tracker, str]]:
    """What the asker is invited to: link, tracker, and who asks."""
    host, owner = aliased(User), aliased(User)
    return db.session.execute(
        select(UserTracker, Tracker, func.coalesce(host.username, owner.username))
        .join(Tracker, Tracker.id == UserTracker.tracker_id)
        .join(owner, owner.id == Tracker.owner_id)
        .outerjoin(host, host.id == UserTracker.invited_by_id)
        .where(
            UserTracker.user_id == owner_id,
            UserTracker.state == LinkState.PENDING,
            Tracker.deleted_at.is_(None),
        )
        .order_by(UserTracker.id)
    ).all()


def find_invitation(owner_id: int, link_id: int) -> UserTracker:
    """The asker's pending link, locked after its tracker as everywhere. Raises NotFound."""
    link = db.session.scalar(
        select(UserTracker)
        .join(Tracker, Tracker.id == UserTracker.tracker_id)
        .where(
            UserTracker.id == link_id,
            UserTracker.user_id == owner_id,
            UserTracker.state == LinkState.PENDING,
            Tracker.deleted_at.is_(None),
        )
        .with_for_update(of=[Tracker, UserTracker], key_share=True)
        .execution_options(populate_existing=True)
    )
    if link is None:
        raise NotFound
    return link
