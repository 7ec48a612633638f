"""Repeated requests: the first answer is kept with its effect, and given again for 24 hours."""

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from application.accounts.models import IdempotencyKey
from application.platform.clock import now
from application.platform.errors import Conflict
from application.platform.extensions import db

KEPT = timedelta(hours=24)


def begin(owner_id: int, key: str, request_hash: bytes) -> IdempotencyKey | None:
    """Claim `key` for this request, or return the answer it already got.

    Two at once: the unique pair lets one through, and the other waits for its commit here.
    Raises Conflict when the key was used for another request.
    """
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    claim = (
        dialect.insert(IdempotencyKey)
        .values(
            user_id=owner_id,
            key=key,
            request_hash=request_hash,
            status=0,
            headers={},
            body=b"",
            created_at=now(),
        )
        .on_conflict_do_nothing(index_elements=["user_id", "key"])
        .returning(IdempotencyKey.id)
    )
    if db.session.scalar(claim) is not None:
        return None
    found = db.session.scalars(
        select(IdempotencyKey).where(IdempotencyKey.user_id == owner_id, IdempotencyKey.key == key)
    ).one()
    if found.request_hash != request_hash:
        raise Conflict("This Idempotency-Key was used for another request.")
    return found


def keep(owner_id: int, key: str, status: int, headers: dict[str, str], body: bytes) -> None:
    """Store the answer beside its effect, in the same transaction."""
    db.session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.user_id == owner_id, IdempotencyKey.key == key)
        .values(status=status, headers=headers, body=body)
        .execution_options(synchronize_session=False)
    )


def drop_old() -> int:
    """Delete the keys that are older than a day; how many."""
    gone = db.session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.created_at < now() - KEPT)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
