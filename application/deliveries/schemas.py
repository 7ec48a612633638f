"""The shapes in which the log of deliveries leaves, and what a link in a mail stops."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from application.deliveries.messages import Channel
from application.deliveries.models import State
from application.platform.schemas import Body


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


class TrialIn(Body):
    """The channel to try; the one that reminders take when it is not said."""

    channel: Channel | None = None


class TrialOut(BaseModel):
    """What became of a test: `message` says it in a sentence, `answer` is what came back."""

    ok: bool
    channel: Channel
    to: str
    status: int | None
    message: str
    answer: str
    took_ms: int


class WishOut(BaseModel):
    """The mail that a link stops, and whether it is sent now."""

    kind: Literal["reminder", "report"]
    on: bool
