"""The outbox: one row a message that must reach someone; the row is the truth, the queue a hint."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import JSON, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from application.platform.clock import now
from application.platform.database import NEW_IDS, Base, BigId, UtcDateTime


class State(StrEnum):
    """Where a delivery stands; the last three are final."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"


class Delivery(Base):
    """One message to one person. `message_id` is the same on every try, so a receiver can tell.

    `params` holds what its words need beside the person. `user_id` is null where an address asked
    that may be nobody's (a forgotten password): then `params` is emptied when it is over.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("user_id", "kind", "period"),
        Index("ix_deliveries_due", "state", "next_at"),
        Index("ix_deliveries_person", "user_id", "id"),
        NEW_IDS,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(32))
    period: Mapped[str] = mapped_column(String(64))
    channel: Mapped[Literal["webhook", "mail"]] = mapped_column(String(8))
    target: Mapped[str] = mapped_column(String(255))
    message_id: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[State] = mapped_column(String(8), default=State.DUE)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    enqueued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claim: Mapped[str | None] = mapped_column(String(32))
    last_status: Mapped[int | None] = mapped_column(SmallInteger)
    last_error: Mapped[str | None] = mapped_column(String(500))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
