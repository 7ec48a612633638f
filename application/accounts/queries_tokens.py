"""Reads of tokens: whose a token is, and which ones a person has."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from application.accounts import tokens
from application.accounts.models import ApiToken, User, UserVersion
from application.accounts.queries import EPOCH, Asker
from application.accounts.tokens import Said
from application.platform.clock import now
from application.platform.extensions import db
from application.platform.readers import Lookup

_LOOKUP = Lookup(
    select(
        User.id,
        UserVersion.version,
        User.timezone,
        User.day_starts_at,
        User.tf_primary_method,
        ApiToken.id,
        ApiToken.scope,
        ApiToken.secret_hmac,
        ApiToken.expires_at,
        ApiToken.last_used_at,
    )
    .join(ApiToken, ApiToken.user_id == User.id)
    .join(UserVersion, UserVersion.user_id == User.id)
    .where(ApiToken.lookup == bindparam("lookup"), User.active.is_(True))
)


def find_script(said: Said) -> Asker | None:
    """Who is behind a token; None when token or account are not alive. One narrow statement."""
    rows = _LOOKUP.all(db.engine, lookup=said.lookup)
    if not rows:
        return None
    user_id, version, zone, day_starts_at, factor, *token = rows[0]
    token_id, scope, kept, expires_at, used_at = token
    if not tokens.is_sealed(said, bytes(kept)):
        return None
    if expires_at is not None and expires_at <= now():
        return None
    return Asker(
        user_id=user_id,
        session_id=0,
        version=version,
        timezone=zone,
        day_starts_at=day_starts_at,
        last_seen_at=used_at or EPOCH,
        second_factor=factor,
        token_id=token_id,
        scope=scope,
    )


def list_tokens(owner_id: int) -> Sequence[ApiToken]:
    """The tokens of a person, the newest first; those that are over too, until removed."""
    return db.session.scalars(
        select(ApiToken).where(ApiToken.user_id == owner_id).order_by(ApiToken.id.desc())
    ).all()
