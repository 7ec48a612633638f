"""Writes of accounts' histories that are not a change's own: tries, and forgetting in time."""

import logging
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, insert, literal, select

from application.accounts.audit import Whence
from application.accounts.models import AuditEvent, User
from application.platform.clock import now
from application.platform.database import UtcDateTime
from application.platform.extensions import db

log = logging.getLogger(__name__)

KEPT: Final = timedelta(days=365)


def note_try(user_id: int, kind: str, whence: Whence) -> None:
    """A wrong password or code for that account; 0 is nobody's, for which nothing is written.

    One statement either way: the next answer must not tell by its time whether there is anybody.
    """
    said = {"device": whence.device, "place": whence.place, "kind": kind, "detail": ""}
    found = select(
        User.id, literal(now(), UtcDateTime), *(literal(value) for value in said.values())
    ).where(User.id == user_id)
    db.session.execute(insert(AuditEvent).from_select(["user_id", "at", *said], found))
    log.info("account %s: %s", user_id or "unknown", kind)


def drop_old_events() -> None:
    """Forget what happened more than a year ago."""
    db.session.execute(delete(AuditEvent).where(AuditEvent.at < now() - KEPT))
