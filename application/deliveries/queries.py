"""Reads of the outbox: the log of a person's deliveries, and what is known of their ways."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from application.deliveries.models import Delivery, State
from application.deliveries.schemas import DeliveryOut
from application.platform.errors import NotFound
from application.platform.extensions import db
from application.registry import registry

Filter = Literal["due", "sent", "failed", "skipped"]


def shown_kinds() -> list[str]:
    """The kinds of delivery that a person is shown."""
    return [name for name, kind in registry().deliveries.items() if not kind.private]


def find_delivery(owner_id: int, delivery_id: int, *, lock: bool = False) -> Delivery:
    """That delivery of the owner; `lock` holds the row. Raises NotFound for others' and private."""
    statement = select(Delivery).where(Delivery.id == delivery_id, Delivery.user_id == owner_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(statement)
    if row is None or row.kind not in shown_kinds():
        raise NotFound
    return row


def list_deliveries(
    owner_id: int, state: Filter | None, after: int | None, limit: int
) -> Sequence[Delivery]:
    """The person's deliveries, newest first, older than id `after`; `due` includes those at it."""
    statement = select(Delivery).where(
        Delivery.user_id == owner_id, Delivery.kind.in_(shown_kinds())
    )
    if state is not None:
        wanted = [State.DUE, State.SENDING] if state == "due" else [State(state)]
        statement = statement.where(Delivery.state.in_(wanted))
    if after is not None:
        statement = statement.where(Delivery.id < after)
    return db.session.scalars(statement.order_by(Delivery.id.desc()).limit(limit)).all()


def as_shown(row: Delivery, now: datetime) -> DeliveryOut:
    """The row as its person sees it."""
    on_its_way = row.state in (State.DUE, State.SENDING)
    return DeliveryOut(
        id=row.id,
        kind=row.kind,
        label=registry().deliveries[row.kind].label,
        period=row.period,
        channel=row.channel,
        to=row.target,
        state=row.state,
        attempts=row.attempts,
        status=row.last_status,
        error=row.last_error,
        created_at=row.created_at,
        next_at=row.next_at if on_its_way else None,
        sent_at=row.sent_at,
        can_resend=can_resend(row, now),
    )


def can_resend(row: Delivery, now: datetime) -> bool:
    """Whether sending it once more makes sense: it is over, and was not the word of a past day."""
    kind = registry().deliveries.get(row.kind)
    if kind is None or row.state not in (State.SENT, State.FAILED, State.SKIPPED):
        return False
    return kind.again is not None or row.expires_at > now
