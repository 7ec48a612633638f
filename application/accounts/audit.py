"""The history of an account's sign-ins and security, for its person to read."""

from application.accounts.models import AuditEvent
from application.platform.extensions import db


def note(owner_id: int, kind: str, detail: str = "") -> None:
    """Inside a transaction: write down that it happened."""
    db.session.add(AuditEvent(user_id=owner_id, kind=kind, detail=detail))
    db.session.flush()
