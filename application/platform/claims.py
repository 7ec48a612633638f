"""Claim, lease and sweep: how several workers share rows of work, and none is lost with a worker.

A worker owns a row while its lease runs, and renews it with each batch. A row whose lease ran out
belongs to whoever claims it next; the old owner notices at its next batch, and stops. Time is the
database's wherever several machines could disagree about it.
"""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, update

from application.platform.clock import now
from application.platform.database import UtcDateTime
from application.platform.extensions import db

LEASE = timedelta(seconds=30)
ENQUEUE_AGAIN = timedelta(seconds=15)


class ClaimLost(Exception):
    """The lease ran out and the row is somebody else's now; stop without a trace."""


def instant(plus: timedelta = timedelta()) -> ColumnElement[Any]:
    """The database's present instant, shifted by `plus`, as an SQL expression."""
    if db.engine.dialect.name == "postgresql":
        return func.clock_timestamp() + plus
    return literal(now() + plus, UtcDateTime())  # SQLite has no clock but this machine's


def present() -> datetime:
    """The database's present instant."""
    found: datetime | None = db.session.scalar(select(instant()))
    assert found is not None  # for the types: it is an expression, not a row
    return found.astimezone(UTC)


def claim(model: Any, row_id: int, ready: str, taken: str, lease: timedelta = LEASE) -> str | None:
    """Take the row if it is `ready`, or `taken` with its lease over: the claim's token, or None."""
    token = secrets.token_hex(8)
    statement = (
        update(model)
        .where(
            model.id == row_id,
            or_(model.state == ready, and_(model.state == taken, model.lease_until < instant())),
        )
        .values(
            state=taken,
            claim=token,
            attempts=model.attempts + 1,
            heartbeat_at=instant(),
            lease_until=instant(lease),
        )
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    return token if db.session.scalar(statement) is not None else None


def claim_due(model: Any, ready: str, taken: str, limit: int, lease: timedelta) -> tuple[str, Any]:
    """Take up to `limit` rows that are `ready` and due, the longest due first: (token, rows)."""
    token = secrets.token_hex(8)
    due = (
        select(model.id)
        .where(model.state == ready, model.next_at <= instant())
        .order_by(model.next_at, model.id)
        .limit(limit)
    )
    if db.engine.dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    # A CTE, for PostgreSQL may run a plain subquery more than once, and take more than the limit.
    statement = (
        update(model)
        .where(model.id.in_(select(due.cte().c.id)), model.state == ready)
        .values(state=taken, claim=token, attempts=model.attempts + 1, lease_until=instant(lease))
        .returning(model)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return token, db.session.scalars(statement).all()


def reclaim(model: Any, ready: str, taken: str) -> int:
    """Make those due again whose owner fell over (the lease is over); how many."""
    statement = (
        update(model)
        .where(model.state == taken, model.lease_until < instant())
        .values(state=ready, claim=None, lease_until=None, enqueued_at=None)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    return len(db.session.scalars(statement).all())


def offer(model: Any, ready: str, limit: int, again: timedelta) -> int:
    """Stamp up to `limit` due rows that wait without a message, or whose message is old by `again`.

    How many there were: what is stamped is to be put on the queue after the commit.
    """
    due = (
        select(model.id)
        .where(
            model.state == ready,
            model.next_at <= instant(),
            or_(model.enqueued_at.is_(None), model.enqueued_at < instant(-again)),
        )
        .order_by(model.next_at, model.id)
        .limit(limit)
    )
    if db.engine.dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    statement = (
        update(model)
        .where(model.id.in_(select(due.cte().c.id)))
        .values(enqueued_at=instant())
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    return len(db.session.scalars(statement).all())


def renew(
    model: Any,
    row_id: int,
    token: str,
    lease: timedelta = LEASE,
    *,
    tell: Any = None,
    **values: Any,
) -> Any:
    """Keep the row for another lease and store `values`; its column `tell`. Raises ClaimLost."""
    statement = (
        update(model)
        .where(model.id == row_id, model.claim == token)
        .values(heartbeat_at=instant(), lease_until=instant(lease), **values)
        .returning(model.id if tell is None else tell)
        .execution_options(synchronize_session=False)
    )
    told = db.session.scalar(statement)
    if told is None:
        raise ClaimLost
    return told


def release(model: Any, row_id: int, token: str, **values: Any) -> None:
    """End the claim and store `values` (the new state among them). Raises ClaimLost."""
    statement = (
        update(model)
        .where(model.id == row_id, model.claim == token)
        .values(claim=None, lease_until=None, enqueued_at=None, **values)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(statement) is None:
        raise ClaimLost


def sweep(model: Any, ready: str, taken: str, limit: int = 500) -> list[int]:
    """Stamp and return the rows that wait without a message, or whose owner fell over."""
    waiting = and_(
        model.state == ready,
        or_(model.enqueued_at.is_(None), model.enqueued_at < instant(-ENQUEUE_AGAIN)),
    )
    fallen = and_(
        model.state == taken,
        model.lease_until < instant(),
        or_(model.enqueued_at.is_(None), model.enqueued_at < instant(-ENQUEUE_AGAIN)),
    )
    rows = select(model.id).where(or_(waiting, fallen)).order_by(model.id).limit(limit)
    if db.engine.dialect.name == "postgresql":
        rows = rows.with_for_update(skip_locked=True)
    statement = (
        update(model)
        .where(model.id.in_(rows.scalar_subquery()))
        .values(enqueued_at=instant())
        .returning(model.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(db.session.scalars(statement))
