"""Reads of people: who is asking, and who somebody is."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select

from application.accounts.models import User, UserSession, UserVersion
from application.platform.errors import NotFound
from application.platform.extensions import db


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is asking, read in one narrow statement on every request."""

    user_id: int
    session_id: int
    version: int
    timezone: str
    day_starts_at: int

    @property
    def zone(self) -> ZoneInfo:
        """The account's time zone."""
        return ZoneInfo(self.timezone)


def find_user(owner_id: int) -> User:
    """The account of that id. Raises NotFound when it is gone."""
    user = db.session.get(User, owner_id)
    if user is None:
        raise NotFound
    return user


def find_by_name(username: str) -> User | None:
    """The active account with that username (any case), or None."""
    return db.session.scalar(
        select(User).where(User.username == username.casefold(), User.active.is_(True))
    )


def find_version(owner_id: int) -> int:
    """The data version of a person; 0 when there is none."""
    return (
        db.session.scalar(select(UserVersion.version).where(UserVersion.user_id == owner_id)) or 0
    )


def find_asker(secret_hash: bytes) -> tuple[Asker, UserSession, User] | None:
    """Session, account and version behind a session secret's hash; None when any is not alive."""
    row = db.session.execute(
        select(UserSession, User, UserVersion.version)
        .join(User, User.id == UserSession.user_id)
        .join(UserVersion, UserVersion.user_id == User.id)
        .where(UserSession.secret_hash == secret_hash, User.active.is_(True))
    ).one_or_none()
    if row is None:
        return None
    session, user, version = row
    asker = Asker(user.id, session.id, version, user.timezone, user.day_starts_at)
    return asker, session, user
