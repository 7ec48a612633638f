"""Writes of webhooks: their secrets, whether they work, and turning off those that do not."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select, update

from application.accounts import audit
from application.accounts.models import User
from application.accounts.queries import find_user
from application.accounts.versions import bump
from application.platform.claims import present
from application.platform.errors import Conflict
from application.platform.extensions import db

PATIENCE = timedelta(days=5)
BOTH_SIGN = timedelta(days=1)
SECRET_BYTES = 32
OLD_SECRETS = 2  # that sign beside the newest
SAY_NO_WEBHOOK = "There is no webhook yet."
SAY_DAYS = "It has not worked for five days. Its last answer: {error}"


@dataclass(frozen=True, slots=True)
class TurnedOff:
    """Somebody whose webhook was turned off."""

    user_id: int
    email: str
    at: datetime


def begin_anew(user: User, *, signed: bool) -> None:
    """The webhook was set: whatever went before is over, and a signed one has a secret."""
    user.webhook_off_at = user.webhook_off_reason = user.webhook_failing_since = None
    if signed and user.webhook_secret is None:
        user.webhook_secret = make_secret()


def forget_secrets(user: User) -> None:
    """There is no webhook any more: the next one begins with a secret of its own."""
    user.webhook_secret = user.webhook_old_secret = user.webhook_old_until = None


def note_change(user: User, webhook: str | None) -> None:
    """Write down in the person's history where their messages go from now on: the host alone."""
    if webhook == user.webhook:
        return
    if webhook is None:
        audit.note(user.id, "webhook_removed", urlsplit(user.webhook or "").hostname or "")
    else:
        audit.note(user.id, "webhook_changed", urlsplit(webhook).hostname or "")


def make_secret() -> str:
    """A secret in the form of the Standard Webhooks."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def renew_secret(owner_id: int) -> User:
    """Another secret; the one before it signs too for a day. Raises Conflict without a webhook.

    So does the one before that, if it still did: who loses a new one before it is copied asks for
    another, and their receiver still knows the first.
    """
    user = _with_webhook(owner_id)
    if user.webhook_secret is not None:
        now, before = present(), (user.webhook_old_secret or "").split()
        signing = before if user.webhook_old_until and user.webhook_old_until > now else []
        user.webhook_old_secret = " ".join([user.webhook_secret, *signing][:OLD_SECRETS])
        user.webhook_old_until = now + BOTH_SIGN
    user.webhook_secret = make_secret()
    audit.note(owner_id, "secret_renewed", urlsplit(user.webhook or "").hostname or "")
    bump([owner_id])
    return user


def enable(owner_id: int) -> User:
    """Turn the webhook on again, from now on. Raises Conflict when there is none."""
    user = _with_webhook(owner_id)
    if user.webhook_off_at is not None:
        user.reminder_since = present()
    begin_anew(user, signed=False)
    db.session.flush()
    bump([owner_id])
    return user


def _with_webhook(owner_id: int) -> User:
    user = find_user(owner_id, lock=True)  # two new secrets at once: each signs for its day
    if user.webhook is None:
        raise Conflict(SAY_NO_WEBHOOK)
    return user


def host_of(owner_id: int) -> str | None:
    """The host of their webhook, as a log shows it; None without one."""
    return urlsplit(find_user(owner_id).webhook or "").hostname


def worked(user_ids: Sequence[int]) -> None:
    """These webhooks took a message: whatever went before is over."""
    if user_ids:
        db.session.execute(
            update(User)
            .where(User.id.in_(user_ids), User.webhook_failing_since.is_not(None))
            .values(webhook_failing_since=None)
            .execution_options(synchronize_session=False)
        )


def did_not_work(errors: Mapping[int, str], tried: Mapping[int, str | None]) -> list[TurnedOff]:
    """These did not take one, for these reasons; those that have not for days are turned off.

    `tried` are the webhooks that were called; who has another one by now is left alone.
    """
    if not errors:
        return []
    now = present()
    people = [
        (user_id, since)
        for user_id, since, webhook in db.session.execute(
            select(User.id, User.webhook_failing_since, User.webhook).where(User.id.in_(errors))
        )
        if tried.get(user_id) in (None, webhook)
    ]
    fresh = [user_id for user_id, since in people if since is None]
    if fresh:
        db.session.execute(
            update(User)
            .where(User.id.in_(fresh))
            .values(webhook_failing_since=now)
            .execution_options(synchronize_session=False)
        )
    late = [user_id for user_id, since in people if since is not None and since < now - PATIENCE]
    said = {user_id: SAY_DAYS.format(error=errors[user_id]) for user_id in late}
    return turn_off(said, tried)


def turn_off(reasons: Mapping[int, str], tried: Mapping[int, str | None]) -> list[TurnedOff]:
    """Nothing goes to these webhooks any more, until their people say so; who was turned off.

    `tried` as in `did_not_work`: an answer may come when its webhook is not the person's any more.
    """
    if not reasons:
        return []
    now = present()
    turned_off = []
    people = select(User).where(User.id.in_(reasons), User.webhook_off_at.is_(None))
    # Held, so that nobody sets another one in between.
    held = people.order_by(User.id).with_for_update(key_share=True)
    for user in db.session.scalars(held.execution_options(populate_existing=True)):
        if user.webhook is None or tried.get(user.id) not in (None, user.webhook):
            continue
        user.webhook_off_at, user.webhook_off_reason = now, reasons[user.id][:500]
        turned_off.append(TurnedOff(user.id, user.email, now))
    db.session.flush()
    bump([person.user_id for person in turned_off])
    return turned_off
