"""Reads of second factors: which ones somebody has."""

from collections.abc import Sequence

from sqlalchemy import select

from application.accounts.models import Passkey, User
from application.platform.extensions import db


def list_passkeys(owner_id: int) -> Sequence[Passkey]:
    """A person's passkeys, the newest first."""
    mine = select(Passkey).where(Passkey.user_id == owner_id)
    return db.session.scalars(mine.order_by(Passkey.id.desc())).all()


def methods_of(user: User) -> list[str]:
    """How somebody shows who they are beside the password: totp, passkey."""
    has = {"totp": user.tf_totp_secret is not None, "passkey": bool(user.webauthn)}
    return [name for name, there in has.items() if there]
