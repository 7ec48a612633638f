"""Tables of people: the account, its data version, its ways in, and repeated requests."""

from datetime import datetime, time
from typing import Literal

from flask_security import RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from application.platform.clock import now
from application.platform.database import NEW_IDS, Base, BigId, UtcDateTime

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
    # The names of these are Flask-Security's. Secret and codes are stored encrypted.
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON()))
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(  # type: ignore[assignment]
        String(64), unique=True, index=True
    )
    # The 30 seconds of the last code that signed in: no code does so twice.
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)
    roles: Mapped[list["Role"]] = relationship(  # type: ignore[assignment]
        secondary="users_roles"
    )
    webauthn: Mapped[list["Passkey"]] = relationship(  # type: ignore[assignment]
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True
    )


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
    # When the person last proved who they are: what matters most is asked for within minutes.
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    place: Mapped[str] = mapped_column(String(80), default="")


users_roles = Table(
    "users_roles",
    Base.metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """What some people may do beyond their own account; `admin` is the only one."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    description: Mapped[str] = mapped_column(String(255), default="")


class Passkey(Base, WebAuthnMixin):
    """A WebAuthn credential; the columns are those that Flask-Security reads and writes."""

    __tablename__ = "passkeys"
    __table_args__ = NEW_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    user: Mapped[User] = relationship(back_populates="webauthn")
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(1024))
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    transports: Mapped[list[str] | None] = mapped_column(JSON)
    backup_state: Mapped[bool] = mapped_column(default=False)
    device_type: Mapped[str] = mapped_column(String(64), default="")
    extensions: Mapped[str | None] = mapped_column(String(255))
    create_datetime: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    lastuse_datetime: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(64))


class ApiToken(Base):
    """A script's way in: found by `lookup`, believed by the HMAC of its secret."""

    __tablename__ = "api_tokens"
    __table_args__ = NEW_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    lookup: Mapped[str] = mapped_column(String(16), unique=True)
    secret_hmac: Mapped[bytes] = mapped_column(LargeBinary(32))
    scope: Mapped[Literal["read", "log", "all"]] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Identity(Base):
    """An account elsewhere (OpenID Connect) that signs in to an account here."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class AuditEvent(Base):
    """A sign-in or a change of security, for the person to read; ids and words, never a secret."""

    __tablename__ = "audit_events"
    __table_args__ = NEW_IDS

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    kind: Mapped[str] = mapped_column(String(40))
    device: Mapped[str] = mapped_column(String(120), default="")
    place: Mapped[str] = mapped_column(String(80), default="")
    detail: Mapped[str] = mapped_column(String(120), default="")


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
