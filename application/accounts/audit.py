"""What happened to an account's safety, written down for its person."""

from application.accounts.models import AuditEvent
from application.platform.extensions import db


def note(owner_id: int, kind: str, detail: str = "") -> None:
    """Write an event down in the present transaction; `detail` is a name, never a secret."""
    db.session.add(AuditEvent(user_id=owner_id, kind=kind, detail=detail[:120]))
    db.session.flush()
