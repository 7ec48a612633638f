"""Reads of an account's history."""

from collections.abc import Sequence

from sqlalchemy import select

from application.accounts.models import AuditEvent
from application.platform.extensions import db


def list_events(owner_id: int, after: int | None, limit: int) -> Sequence[AuditEvent]:
    """What happened to the account, newest first, from the event `after` on."""
    statement = select(AuditEvent).where(AuditEvent.user_id == owner_id)
    if after is not None:
        statement = statement.where(AuditEvent.id < after)
    return db.session.scalars(statement.order_by(AuditEvent.id.desc()).limit(limit)).all()
