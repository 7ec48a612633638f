"""Tables of people: the account, its data version, its sessions, and repeated requests."""

from datetime import datetime, time
from typing import Literal

from flask_security import UserMixin
from sqlalchemy import JSON, ForeignKey, LargeBinary, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from application.platform.clock import now
from application.platform.database import NEW_IDS, Base, UtcDateTime

NAME_LENGTH = 32
EMAIL_LENGTH = 254


class User(Base, UserMixin):
    """A person's account and settings; username and email are kept case-folded."""

    __tablename__ = "users"
    __table_args__ = NEW_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(NAME_LENGTH), unique=True)
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    day_starts_at: Mapped[int] = mapped_column(SmallInteger, default=0)
    week_starts_on: Mapped[int] = mapped_column(SmallInteger, default=1)
    reminder_at: Mapped[time | None] = mapped_column(default=time(20, 0))
    # What was due before these two instants is not sent: a setting looks ahead.
    reminder_since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    report_since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    reminder_channel: Mapped[Literal["webhook", "mail"]] = mapped_column(
        String(8), default="webhook"
    )
    webhook: Mapped[str | None] = mapped_column(String(2000))
    webhook_secret: Mapped[str | None] = mapped_column(String(120))
    webhook_old_secret: Mapped[str | None] = mapped_column(String(120))
    webhook_old_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    webhook_failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    webhook_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    webhook_off_reason: Mapped[str | None] = mapped_column(String(500))
    report_format: Mapped[Literal["html", "pdf"]] = mapped_column(String(4), default="html")
    report_paper: Mapped[Literal["a4", "letter"]] = mapped_column(String(6), default="a4")
    report_on: Mapped[bool] = mapped_column(default=True)


class UserVersion(Base):
    """Counts the writes that a person can see; cached answers carry it in their key."""

    __tablename__ = "user_versions"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(default=1)


class UserSession(Base):
    """A signed-in browser; ending it deletes the row, and the cookie is worth nothing at once."""

    __tablename__ = "user_sessions"
    __table_args__ = NEW_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    device: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class IdempotencyKey(Base):
    """The answer given to a creating request, so that its repeat gets the same one for 24 h."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(255))
    request_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int] = mapped_column(SmallInteger, default=0)
    headers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    body: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
