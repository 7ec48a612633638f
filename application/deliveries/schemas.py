"""The shapes in which the log of deliveries leaves, and what a link in a mail stops."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from application.deliveries.messages import Channel
from application.deliveries.models import State


class DeliveryOut(BaseModel):
    """One message and what became of it. `status` is the last answer's code, `error` why not.

    `next_at` is when it is tried next, null when it is over.
    """

    id: int
    kind: str
    label: str
    period: str
    channel: Channel
    to: str
    state: State
    attempts: int
    status: int | None
    error: str | None
    created_at: datetime
    next_at: datetime | None
    sent_at: datetime | None
    can_resend: bool


class DeliveryList(BaseModel):
    """Deliveries, newest first."""

    items: list[DeliveryOut]
    next: int | None = None


class WishOut(BaseModel):
    """The mail that a link stops, and whether it is sent now."""

    kind: Literal["reminder", "report"]
    on: bool
