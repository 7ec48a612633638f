"""The table of what people recorded: when, value and note."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from application.platform.clock import now
from application.platform.database import NEW_IDS, Base, BigId, UtcDateTime

NOTE_LENGTH = 2000


class Log(Base):
    """One entry. `value` is a number, 0 or 1, or seconds; a choice is in `choice_id` instead.

    `local_day` is decided when the entry is written, by the logger's zone and day start, and
    `utc_offset` (minutes) keeps the wall clock of that moment. `timed` is false where the person
    gave only a day; the instant is then that day's local noon.
    """

    __tablename__ = "logs"
    __table_args__ = (
        # Read backwards for newest first. (Autogenerate leaves an index on expressions out.)
        Index("ix_logs_newest", "tracker_id", "logged_at", "id"),
        Index("ix_logs_days", "tracker_id", "local_day", "value", "choice_id", "deleted_at"),
        Index("ix_logs_import", "import_id"),
        Index(
            "ix_logs_choice",
            "choice_id",
            sqlite_where=text("choice_id IS NOT NULL"),
            postgresql_where=text("choice_id IS NOT NULL"),
        ),
        Index(
            "ix_logs_trash",
            "tracker_id",
            "deleted_at",
            sqlite_where=text("deleted_at IS NOT NULL"),
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
        NEW_IDS,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tracker_id: Mapped[int] = mapped_column(ForeignKey("trackers.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    logged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    utc_offset: Mapped[int] = mapped_column(SmallInteger, default=0)
    local_day: Mapped[date] = mapped_column()
    timed: Mapped[bool] = mapped_column(default=True)
    value: Mapped[float | None] = mapped_column()
    choice_id: Mapped[int | None] = mapped_column(ForeignKey("tracker_choices.id"))
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    source: Mapped[str] = mapped_column(String(8), default="page")
    import_id: Mapped[int | None] = mapped_column()
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Fresh(NamedTuple):
    """What is shown of a log that was just written, as it was written."""

    id: int
    tracker_id: int
    logged_at: datetime
    utc_offset: int
    local_day: date
    timed: bool
    value: float | None
    choice_id: int | None
    note: str
    source: str
    version: int = 1
    deleted_at: None = None
