"""Accounts elsewhere: who signs in by one, linking and unlinking it, and coming here for the first
time.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from flask import current_app
from flask_security import hash_password
from flask_security.mail_util import EmailValidateException
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from application.accounts import audit, usernames, zones
from application.accounts.models import Identity, Passkey, User
from application.accounts.queries import find_user, is_free
from application.platform import database
from application.platform.clock import now
from application.platform.errors import Conflict, Invalid, NotFound
from application.platform.extensions import db

SAY_OTHERS: Final = "Another account here is linked to it."
SAY_LAST: Final = "Without it there is no way into your account. Set a password first."
TRIES: Final = 30


def find_linked_user(issuer: str, subject: str) -> User | None:
    """Whose account the issuer's `subject` signs in to, active or not; or None."""
    return db.session.scalar(
        select(User)
        .join(Identity, Identity.user_id == User.id)
        .where(Identity.issuer == issuer, Identity.subject == subject)
    )


def list_identities(owner_id: int) -> Sequence[Identity]:
    """The accounts elsewhere that sign in to this one."""
    return db.session.scalars(
        select(Identity).where(Identity.user_id == owner_id).order_by(Identity.id)
    ).all()


def link(owner_id: int, issuer: str, subject: str) -> bool:
    """Let `subject` of the issuer sign in; False when it does already.

    Raises Conflict when it signs in to another account.
    """
    linked = find_linked_user(issuer, subject)
    if linked is not None:
        if linked.id != owner_id:
            raise Conflict(SAY_OTHERS)
        return False
    try:
        db.session.add(Identity(user_id=owner_id, issuer=issuer, subject=subject))
        db.session.flush()
    except IntegrityError:
        database.rollback()
        raise Conflict(SAY_OTHERS) from None
    return True


def unlink(owner_id: int, identity_id: int) -> None:
    """It signs in no more. Raises NotFound, and Conflict when nothing else does."""
    user = find_user(owner_id, lock=True)
    found = list_identities(owner_id)
    gone = next((one for one in found if one.id == identity_id), None)
    if gone is None:
        raise NotFound
    if not user.has_password and len(found) == 1 and not _has_passkey(owner_id):
        raise Conflict(SAY_LAST)
    db.session.delete(gone)
    db.session.flush()


def unlink_all(owner_id: int) -> None:
    """None of them signs in any more."""
    for found in list_identities(owner_id):
        db.session.delete(found)
        audit.note(owner_id, "identity_unlinked", urlsplit(found.issuer).hostname or "")
    db.session.flush()


def _has_passkey(owner_id: int) -> bool:
    found = select(Passkey.id).where(Passkey.user_id == owner_id, Passkey.usage == "first")
    return db.session.scalar(found.limit(1)) is not None


def random_password() -> str:
    """The hash of a password that nobody knows; it takes as long as any (so: not in a writer)."""
    return str(hash_password(secrets.token_urlsafe(48)))


def settle(issuer: str, claims: Mapping[str, Any], password: str, timezone: str) -> User:
    """A new account for who came from the issuer; `password` from `random_password`.

    Raises Invalid: for `email` when the issuer names none that could be kept, or an account has
    it. That account is never taken for theirs: who says so is the issuer, not its owner.
    """
    email = _address(claims)
    zone = next((z for z in (timezone, claims.get("zoneinfo")) if _is_zone(z)), "UTC")
    more: dict[str, Any] = {"confirmed_at": now()} if claims.get("email_verified") is True else {}
    user: User = current_app.extensions["security"].datastore.create_user(
        username=_free_name(claims, email),
        email=email,
        password=password,
        has_password=False,
        timezone=zone,
        **more,
    )
    link(user.id, issuer, claims["sub"])
    audit.note(user.id, "account_made")
    return user


def _address(claims: Mapping[str, Any]) -> str:
    said = claims.get("email")
    try:
        if not isinstance(said, str):
            raise EmailValidateException("none")
        return str(current_app.extensions["security"].mail_util.validate(said)).lower()
    except EmailValidateException:
        raise Invalid.field("email", "No address came along.") from None


def _is_zone(name: object) -> bool:
    try:
        zones.check(name)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return False
    return True


def _free_name(claims: Mapping[str, Any], email: str) -> str:
    said = [claims.get("preferred_username"), claims.get("name"), email.partition("@")[0]]
    name = usernames.derive([text for text in said if isinstance(text, str)])
    for number in range(1, TRIES):
        found = name if number == 1 else f"{name}{number}"
        if is_free(found):
            return found
    return f"{name}-{secrets.token_hex(2)}"
