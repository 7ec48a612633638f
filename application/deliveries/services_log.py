"""Writes of the log of deliveries: send one once more, forget what is old."""

from datetime import timedelta

from sqlalchemy import delete

from application.accounts import services_webhooks as webhooks
from application.deliveries.models import Delivery, State
from application.deliveries.queries import can_resend, find_delivery
from application.deliveries.services import OVER, TASK, new_message_id
from application.platform import background, claims
from application.platform.database import transaction
from application.platform.errors import Conflict
from application.platform.extensions import db
from application.registry import registry

KEPT = timedelta(days=180)
KEPT_UNOWNED = timedelta(days=1)


def resend(owner_id: int, delivery_id: int) -> Delivery:
    """Send it once more. Raises NotFound, and Conflict while it is on its way or too late.

    What had arrived goes under a new id, else the receiver would rightly take it for the same.
    """
    row = find_delivery(owner_id, delivery_id, lock=True)
    now = claims.present()
    if row.state not in OVER:
        raise Conflict("This is on its way already.")
    if not can_resend(row, now):
        raise Conflict("Its day is over; the next one comes by itself.")
    again = registry().deliveries[row.kind].again
    if row.state == State.SENT:
        row.message_id = new_message_id()
    if row.channel == "webhook":  # it goes to the one that they have now
        row.target = webhooks.host_of(owner_id) or row.target
    row.state, row.attempts, row.next_at = State.DUE, 0, now
    row.last_error = row.last_status = row.sent_at = row.enqueued_at = None
    row.expires_at = row.expires_at if again is None else max(row.expires_at, now + again)
    db.session.flush()
    background.send(TASK, queue="deliver")
    return row


def drop_old() -> None:
    """Forget what was sent long ago, and soon what belongs to nobody."""
    with transaction():
        db.session.execute(
            delete(Delivery).where(
                Delivery.state.in_(OVER), Delivery.next_at < claims.instant(-KEPT)
            )
        )
        db.session.execute(
            delete(Delivery).where(
                Delivery.state.in_(OVER),
                Delivery.user_id.is_(None),
                Delivery.next_at < claims.instant(-KEPT_UNOWNED),
            )
        )
