"""Writes of tokens: made, used, removed; and all of them ended."""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, or_, select, update

from application.accounts import audit, tokens
from application.accounts.models import ApiToken
from application.accounts.queries import find_user
from application.accounts.schemas_tokens import Scope
from application.accounts.services import SEEN_EVERY
from application.accounts.tokens import Said
from application.platform.clock import now
from application.platform.errors import Conflict, Invalid, NotFound
from application.platform.extensions import db

MOST: Final = 50
SAY_MANY: Final = f"There are {MOST} tokens already. Remove one first."
SAY_PAST: Final = "Choose a time that is still to come."


def create(
    owner_id: int, name: str, scope: Scope, expires_at: datetime | None
) -> tuple[ApiToken, Said]:
    """A new token, and what it says, which nobody can read again. Raises Conflict and Invalid."""
    if expires_at is not None and expires_at <= now():
        raise Invalid.field("expires_at", SAY_PAST)
    find_user(owner_id, lock=True)  # two at once: neither may be the one too many
    many = select(func.count()).where(ApiToken.user_id == owner_id)
    if (db.session.scalar(many) or 0) >= MOST:
        raise Conflict(SAY_MANY)
    said = tokens.make()
    token = ApiToken(
        user_id=owner_id,
        name=name,
        lookup=said.lookup,
        secret_hmac=tokens.seal(said),
        scope=scope,
        expires_at=expires_at,
    )
    db.session.add(token)
    audit.note(owner_id, "token_made", name)
    return token, said


def remove(owner_id: int, token_id: int) -> None:
    """End a token at once. Raises NotFound when it is not the owner's."""
    name = db.session.scalar(
        delete(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.user_id == owner_id)
        .returning(ApiToken.name)
    )
    if name is None:
        raise NotFound
    audit.note(owner_id, "token_removed", name)


def use(token_id: int, seal: bytes) -> None:
    """Note that the token was used, under the present key; kept to a few minutes, as sessions."""
    present = now()
    db.session.execute(
        update(ApiToken)
        .where(
            ApiToken.id == token_id,
            or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at < present - SEEN_EVERY),
        )
        .values(last_used_at=present, secret_hmac=seal)
    )
