"""Writes of webhooks: whether they work, and turning off those that do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import select, update

from application.accounts.models import User
from application.accounts.versions import bump
from application.platform.claims import present
from application.platform.extensions import db

PATIENCE = timedelta(days=5)
SAY_DAYS = "It has not worked for five days. Its last answer: {error}"


@dataclass(frozen=True, slots=True)
class TurnedOff:
    """Somebody whose webhook was turned off, and why."""

    user_id: int
    email: str
    host: str
    reason: str
    at: datetime


def worked(user_ids: Sequence[int]) -> None:
    """These webhooks took a message: whatever went before is over."""
    if user_ids:
        db.session.execute(
            update(User)
            .where(User.id.in_(user_ids), User.webhook_failing_since.is_not(None))
            .values(webhook_failing_since=None)
            .execution_options(synchronize_session=False)
        )


def did_not_work(errors: Mapping[int, str]) -> list[TurnedOff]:
    """These did not take one, for these reasons; those that have not for days are turned off."""
    if not errors:
        return []
    now = present()
    people = db.session.execute(
        select(User.id, User.webhook_failing_since).where(User.id.in_(errors))
    ).all()
    fresh = [user_id for user_id, since in people if since is None]
    if fresh:
        db.session.execute(
            update(User)
            .where(User.id.in_(fresh))
            .values(webhook_failing_since=now)
            .execution_options(synchronize_session=False)
        )
    late = [user_id for user_id, since in people if since is not None and since < now - PATIENCE]
    return turn_off({user_id: SAY_DAYS.format(error=errors[user_id]) for user_id in late})


def turn_off(reasons: Mapping[int, str]) -> list[TurnedOff]:
    """Nothing goes to these webhooks any more, until their people say so; who was turned off."""
    if not reasons:
        return []
    now = present()
    turned_off = []
    people = select(User).where(User.id.in_(reasons), User.webhook_off_at.is_(None))
    for user in db.session.scalars(people.execution_options(populate_existing=True)):
        if user.webhook is None:
            continue
        user.webhook_off_at, user.webhook_off_reason = now, reasons[user.id][:500]
        host = urlsplit(user.webhook).hostname or ""
        turned_off.append(TurnedOff(user.id, user.email, host, reasons[user.id], now))
    db.session.flush()
    bump([person.user_id for person in turned_off])
    return turned_off
