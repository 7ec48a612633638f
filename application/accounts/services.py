"""Writes of people: settings, sessions, and leaving for good."""

import secrets
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete, or_, update

from application.accounts import audit
from application.accounts.models import ApiToken, EmailChange, User, UserSession
from application.accounts.queries import IDLE, LONGEST, find_user
from application.accounts.queries_addresses import list_past_addresses
from application.accounts.services_webhooks import begin_anew, forget_secrets, note_change
from application.accounts.versions import bump
from application.platform import mail
from application.platform.clock import now
from application.platform.database import after_commit
from application.platform.errors import NotFound
from application.platform.extensions import db
from application.registry import registry

SEEN_EVERY = timedelta(minutes=10)


# Whoever changes one of these looks ahead: what was due before does not come at once.
REMINDS = ("reminder_at", "reminder_channel", "timezone")


def change_settings(owner_id: int, changes: dict[str, Any], *, signed: bool = False) -> User:
    """Store the changed settings. Days that are over stay as they were counted.

    `signed`: what goes to the webhook named among them is signed, so it needs a secret.
    """
    # Held: a worker that turns the webhook off just now does so before or after, not in between.
    user = find_user(owner_id, lock=True)
    _look_ahead(user, changes)
    if "webhook" in changes:
        begin_anew(user, signed=signed and changes["webhook"] is not None)
        if changes["webhook"] is None:
            forget_secrets(user)
        note_change(user, changes["webhook"])
    for name, value in changes.items():
        setattr(user, name, value)
    bump([owner_id])
    db.session.flush()
    return user


def _look_ahead(user: User, changes: dict[str, Any]) -> None:
    """Let settings that really change count from now on.

    A report knows no zone here: on the first of a month, moving must not cost the month's report,
    and its period keeps it from coming twice.
    """
    reachable = user.webhook is not None and user.webhook_off_at is None
    begins = not reachable and changes.get("webhook") is not None
    if begins or any(name in changes and changes[name] != getattr(user, name) for name in REMINDS):
        user.reminder_since = now()
    if changes.get("report_on") and not user.report_on:
        user.report_since = now()


def set_password(owner_id: int, hashed: str) -> None:
    """Give the person another password; sessions, tokens and links of the old one end."""
    user = find_user(owner_id)
    user.password, user.has_password = hashed, True
    user.fs_uniquifier = secrets.token_hex(16)
    end_everything(owner_id)
    audit.note(owner_id, "password_set", mine=False)


def delete_account(owner_id: int) -> None:
    """Erase the person: every domain forgets them, then the account itself goes."""
    # Locked first: who writes for this person now has finished, and nobody begins.
    user = db.session.get(User, owner_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound
    addresses = {user.email, *list_past_addresses(owner_id)}
    registry().forget(owner_id)
    db.session.flush()
    for address in addresses:
        after_commit(partial(mail.forget, address))
    db.session.execute(delete(User).where(User.id == owner_id))


def start_session(
    owner_id: int,
    secret_hash: bytes,
    device: str,
    replaced: int | None = None,
    place: str = "",
    proved_at: datetime | None = None,
) -> int:
    """A new session of the person, in place of the session `replaced`; its id.

    `proved_at`: when they proved who they are, if it was not just now.
    """
    if replaced is not None:
        db.session.execute(delete(UserSession).where(UserSession.id == replaced))
    session = UserSession(
        user_id=owner_id,
        secret_hash=secret_hash,
        device=device,
        place=place,
        proved_at=proved_at or now(),
    )
    db.session.add(session)
    db.session.flush()
    return session.id


def end_session(owner_id: int, session_id: int) -> None:
    """Sign one browser out. Raises NotFound when it is not the owner's."""
    ended = db.session.scalar(
        delete(UserSession)
        .where(UserSession.id == session_id, UserSession.user_id == owner_id)
        .returning(UserSession.id)
    )
    if ended is None:
        raise NotFound


def end_sessions(owner_id: int, keep: int | None = None) -> None:
    """Sign the person's browsers out, all but the session `keep`."""
    statement = delete(UserSession).where(UserSession.user_id == owner_id)
    if keep is not None:
        statement = statement.where(UserSession.id != keep)
    db.session.execute(statement)


def end_everything(owner_id: int) -> None:
    """End all that opens the account without its password: browsers, scripts, a move of mail.

    The letter of a move is composed whenever it is tried, so a new password alone does not end it.
    """
    end_sessions(owner_id)
    db.session.execute(delete(ApiToken).where(ApiToken.user_id == owner_id))
    end_move(owner_id)


def end_move(owner_id: int) -> bool:
    """End the person's move to another address that waits for its link; whether there was one."""
    ended = db.session.scalars(
        update(EmailChange)
        .where(
            EmailChange.user_id == owner_id,
            EmailChange.confirmed_at.is_(None),
            EmailChange.ended_at.is_(None),
        )
        .values(ended_at=now())
        .returning(EmailChange.id)
        .execution_options(synchronize_session=False)
    )
    return bool(ended.all())


def see(session_id: int) -> None:
    """Note that the session was used; kept to a few minutes, so most requests write nothing."""
    present = now()
    db.session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.last_seen_at < present - SEEN_EVERY)
        .values(last_seen_at=present)
    )


def drop_old_sessions() -> None:
    """Delete the sessions that are over."""
    present = now()
    db.session.execute(
        delete(UserSession).where(
            or_(
                UserSession.last_seen_at < present - IDLE,
                UserSession.created_at < present - LONGEST,
            )
        )
    )
