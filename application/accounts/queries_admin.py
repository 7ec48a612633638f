"""Reads for those who run this place: who they are, and which accounts there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, exists, func, select

from application.accounts.models import (
    ApiToken,
    AuditEvent,
    Role,
    User,
    UserSession,
    users_roles,
)
from application.platform.extensions import db
from application.platform.readers import Lookup

ADMIN: Final = "admin"
SIGNED: Final = ("sign_in", "sign_out", "account_made")

_IS_ADMIN = Lookup(
    select(users_roles.c.user_id)
    .join(Role, Role.id == users_roles.c.role_id)
    .where(users_roles.c.user_id == bindparam("user_id"), Role.name == bindparam("role"))
)


@dataclass(frozen=True, slots=True)
class Known:
    """An account as those who run this place see it: nothing of what is in it."""

    id: int
    username: str
    created_at: datetime
    last_seen_at: datetime | None
    second_factor: bool
    active: bool
    admin: bool


def is_admin(user_id: int) -> bool:
    """Whether that person runs this place; asked of the database each time."""
    return bool(_IS_ADMIN.all(db.engine, user_id=user_id, role=ADMIN))


def list_known(after: int, limit: int, only: int | None = None) -> list[Known]:
    """Accounts in the order of their ids, from `after` on; or the one account `only`."""
    has_role = exists().where(
        users_roles.c.user_id == User.id, users_roles.c.role_id == Role.id, Role.name == ADMIN
    )
    statement = select(
        User.id,
        User.username,
        User.created_at,
        User.active,
        User.tf_primary_method.is_not(None),
        has_role,
        *_seen(),
    )
    if only is not None:
        statement = statement.where(User.id == only)
    rows: Iterable[Any] = db.session.execute(
        statement.where(User.id > after).order_by(User.id).limit(limit)
    )
    return [
        Known(
            id=user_id,
            username=username,
            created_at=created_at,
            last_seen_at=max((at for at in seen if at is not None), default=None),
            second_factor=bool(second_factor),
            active=active,
            admin=bool(admin),
        )
        for user_id, username, created_at, active, second_factor, admin, *seen in rows
    ]


def _seen() -> Sequence[Any]:
    """When somebody was last here: a session that lives, a token, or else a sign-in or -out."""
    session = select(func.max(UserSession.last_seen_at)).where(UserSession.user_id == User.id)
    token = select(func.max(ApiToken.last_used_at)).where(ApiToken.user_id == User.id)
    event = select(func.max(AuditEvent.at)).where(
        AuditEvent.user_id == User.id, AuditEvent.kind.in_(SIGNED)
    )
    return [found.scalar_subquery() for found in (session, token, event)]
