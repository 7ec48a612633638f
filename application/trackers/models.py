"""Tables of what people follow: trackers, their choices, and who is linked to them how."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from application.platform.clock import now
from application.platform.database import NEW_IDS, Base, UtcDateTime

NAME_LENGTH = 100
DESCRIPTION_LENGTH = 2000
UNIT_LENGTH = 20
CHOICE_LENGTH = 60
MOST_CHOICES = 1000


class Role(StrEnum):
    """What a link lets its person do: everything, write logs, or look."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class LinkState(StrEnum):
    """An invitation is pending until the invited person accepts it."""

    PENDING = "pending"
    ACCEPTED = "accepted"


class Tracker(Base):
    """Something followed; the owner's id stands here too, so that names are unique per owner."""

    __tablename__ = "trackers"
    __table_args__ = (
        Index(
            "uq_trackers_owner_name",
            "owner_id",
            "name_key",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        # Of the deleted alone: SQLite takes an index of all for a short way to those that are not,
        # and reads every one of everybody.
        Index(
            "ix_trackers_trash",
            "deleted_at",
            sqlite_where=text("deleted_at IS NOT NULL"),
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
        CheckConstraint(
            "kind IN ('numerical', 'multiple_choice', 'boolean', 'time_duration')", name="kind"
        ),
        NEW_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_key: Mapped[str] = mapped_column(String(NAME_LENGTH * 3))  # case-folded; can grow
    description: Mapped[str] = mapped_column(String(DESCRIPTION_LENGTH), default="")
    kind: Mapped[str] = mapped_column(String(16))
    unit: Mapped[str] = mapped_column(String(UNIT_LENGTH), default="")
    step: Mapped[float | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    last_logged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_local_day: Mapped[date | None] = mapped_column()
    last_timed: Mapped[bool] = mapped_column(default=True)
    last_value: Mapped[float | None] = mapped_column()
    last_choice_id: Mapped[int | None] = (
        mapped_column()
    )  # no foreign key: the two tables would circle


class TrackerChoice(Base):
    """One answer of a multiple-choice tracker; a choice in use is archived, not deleted."""

    __tablename__ = "tracker_choices"
    __table_args__ = (UniqueConstraint("tracker_id", "label_key"), NEW_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    tracker_id: Mapped[int] = mapped_column(ForeignKey("trackers.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(CHOICE_LENGTH))
    label_key: Mapped[str] = mapped_column(String(CHOICE_LENGTH * 3))
    position: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UserTracker(Base):
    """A link between a person and a tracker: role, place in the list, reminder, running timer.

    A pending link may name somebody who does not exist (`user_id` null): the owner's list then
    tells nothing about who has an account here.
    """

    __tablename__ = "user_trackers"
    __table_args__ = (
        UniqueConstraint("user_id", "tracker_id"),
        UniqueConstraint("tracker_id", "invited_name"),
        NEW_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    tracker_id: Mapped[int] = mapped_column(
        ForeignKey("trackers.id", ondelete="CASCADE"), index=True
    )
    invited_name: Mapped[str | None] = mapped_column(String(32))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    role: Mapped[Role] = mapped_column(String(6), default=Role.OWNER)
    state: Mapped[LinkState] = mapped_column(String(8), default=LinkState.ACCEPTED)
    position: Mapped[int] = mapped_column(default=0)
    remind: Mapped[bool] = mapped_column(default=True)
    timer_started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
