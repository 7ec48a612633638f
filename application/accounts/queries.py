"""Reads of people: who is asking, and who somebody is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from application.accounts.models import User, UserSession, UserVersion
from application.platform.clock import now
from application.platform.errors import NotFound
from application.platform.extensions import db
from application.platform.readers import Lookup

IDLE = timedelta(days=30)  # a session ends when nobody used it for so long,
LONGEST = timedelta(days=180)  # and after this however much it was used
EPOCH = datetime.min.replace(tzinfo=UTC)


# All there are: ZoneInfo itself keeps eight, and reads the file again for the ninth.
_zone = lru_cache(maxsize=1024)(ZoneInfo)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is asking, read in one narrow statement on every request.

    A script asks by a token: then `scope` says what it may, and `session_id` is 0.
    """

    user_id: int
    session_id: int
    version: int
    timezone: str
    day_starts_at: int
    last_seen_at: datetime = EPOCH
    proved_at: datetime = EPOCH
    second_factor: str | None = None
    token_id: int | None = None
    scope: Literal["read", "log", "all"] | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The account's time zone."""
        return _zone(self.timezone)


@dataclass(frozen=True, slots=True)
class Reach:
    """How somebody can be reached. `secrets` sign for their webhook, the newest first.

    `webhook_off` is why their webhook was turned off, or None.
    """

    user_id: int
    username: str
    email: str
    webhook: str | None
    webhook_off: str | None
    secrets: tuple[str, ...]


def find_user(owner_id: int, *, lock: bool = False) -> User:
    """The account of that id; `lock` reads it anew and holds it. Raises NotFound when it is gone.

    Held, it lets others write what belongs to the person, but not the account itself.
    """
    held: dict[str, Any] = {"with_for_update": {"key_share": True}, "populate_existing": True}
    user = db.session.get(User, owner_id, **(held if lock else {}))
    if user is None:
        raise NotFound
    return user


def find_by_name(username: str) -> User | None:
    """The active account with that username (any case), or None."""
    return db.session.scalar(
        select(User).where(User.username == username.casefold(), User.active.is_(True))
    )


def find_by(attribute: str, value: object) -> User | None:
    """The account, active or not, whose unique `attribute` is exactly `value`, or None."""
    return db.session.scalar(select(User).where(getattr(User, attribute) == value))


def find_by_emails(emails: Collection[str]) -> dict[str, User]:
    """The active accounts with these addresses, as they are kept, by address."""
    people = db.session.scalars(select(User).where(User.email.in_(emails), User.active.is_(True)))
    return {user.email: user for user in people}


def is_free(username: str) -> bool:
    """Whether nobody has that username (as it is kept)."""
    return db.session.scalar(select(User.id).where(User.username == username)) is None


_ASKER = (
    select(
        User.id,
        UserSession.id,
        UserVersion.version,
        User.timezone,
        User.day_starts_at,
        UserSession.last_seen_at,
        UserSession.proved_at,
        User.tf_primary_method,
        UserSession.created_at,
    )
    .join(UserSession, UserSession.user_id == User.id)
    .join(UserVersion, UserVersion.user_id == User.id)
    .where(UserSession.secret_hash == bindparam("secret_hash"), User.active.is_(True))
)
_LOOKUP = Lookup(_ASKER)


def find_asker(secret_hash: bytes) -> Asker | None:
    """Who is behind a session secret's hash; None when session or account are not alive.

    Asked on every request, past SQLAlchemy's session: what this request has not committed yet is
    not seen, and what it reads afterwards is never older than the version found here.
    """
    rows = _LOOKUP.all(db.engine, secret_hash=secret_hash)
    return _alive(rows[0]) if rows else None


def find_new_asker(secret_hash: bytes) -> Asker | None:
    """The same, of a session that the present transaction has only just begun."""
    row = db.session.connection().execute(_ASKER, {"secret_hash": secret_hash}).one_or_none()
    return None if row is None else _alive(row)


def _alive(row: Sequence[Any]) -> Asker | None:
    *said, created_at = row
    asker, present = Asker(*said), now()
    if present - asker.last_seen_at >= IDLE or present - created_at >= LONGEST:
        return None
    return asker


def list_reaches(user_ids: Collection[int]) -> dict[int, Reach]:
    """How these people can be reached, by id, in one statement; who is not active is left out."""
    if not user_ids:
        return {}
    rows = db.session.execute(
        select(
            User.id,
            User.username,
            User.email,
            User.webhook,
            User.webhook_off_at,
            User.webhook_off_reason,
            User.webhook_secret,
            User.webhook_old_secret,
            User.webhook_old_until,
        ).where(User.id.in_(user_ids), User.active.is_(True))
    )
    present = now()
    return {
        row.id: Reach(
            user_id=row.id,
            username=row.username,
            email=row.email,
            webhook=row.webhook,
            webhook_off=(row.webhook_off_reason or "") if row.webhook_off_at else None,
            secrets=_signing(row, present),
        )
        for row in rows
    }


def list_sessions(owner_id: int) -> Sequence[UserSession]:
    """The living sessions of a person, the latest seen first."""
    present = now()
    return db.session.scalars(
        select(UserSession)
        .where(
            UserSession.user_id == owner_id,
            UserSession.last_seen_at > present - IDLE,
            UserSession.created_at > present - LONGEST,
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    ).all()


def _signing(row: Any, present: datetime) -> tuple[str, ...]:
    """The secrets that sign now; of the old ones, which end together, a space stands between."""
    newest = (row.webhook_secret,) if row.webhook_secret else ()
    if row.webhook_old_until is None or row.webhook_old_until <= present:
        return newest
    return (*newest, *(row.webhook_old_secret or "").split())
