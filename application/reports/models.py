"""The reports that were made: what they say is kept as facts, so they stay what they were."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from application.platform.clock import now
from application.platform.database import NEW_IDS, Base, UtcDateTime


class State(StrEnum):
    """Where the making of a report stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Report(Base):
    """One report of a span of days; `file` is the storage key of its mail, pictures and PDF."""

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_owner", "owner_id", "id"),
        Index(
            "ix_reports_trash",
            "deleted_at",
            sqlite_where=text("deleted_at IS NOT NULL"),
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
        NEW_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(String(32))
    first_day: Mapped[date] = mapped_column()
    last_day: Mapped[date] = mapped_column()
    format: Mapped[Literal["html", "pdf"]] = mapped_column(String(4), default="html")
    paper: Mapped[Literal["a4", "letter"]] = mapped_column(String(6), default="a4")
    tracker_ids: Mapped[list[int] | None] = mapped_column(JSON)
    scheduled: Mapped[bool] = mapped_column(default=False)
    state: Mapped[State] = mapped_column(String(8), default=State.QUEUED)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    sentence: Mapped[str | None] = mapped_column(Text)
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    file: Mapped[str | None] = mapped_column(String(80))
    size: Mapped[int | None] = mapped_column()
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
