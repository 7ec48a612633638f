"""Invitations to make an account, where REGISTRATION is invite: signed links, no table."""

from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from application.platform.errors import Conflict, Invalid

VALID = timedelta(days=7)
SAY_CLOSED = "New accounts cannot be made here."


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="tend-invitation")


def invite() -> str:
    """A token with which, for a week, accounts can be made."""
    return str(_signer().dumps("invitation"))


def link() -> str:
    """Where accounts can be made for a week. Raises Conflict where none can be made at all."""
    if current_app.config["TEND"].registration == "closed":
        raise Conflict(SAY_CLOSED)
    return f"{current_app.config['TEND'].public_url}/sign-up?invite={invite()}"


def check(token: str | None) -> None:
    """Let a registration go on. Raises Conflict when closed, Invalid when the token is not good."""
    registration = current_app.config["TEND"].registration
    if registration == "open":
        return
    if registration == "closed":
        raise Conflict(SAY_CLOSED)
    if not token:
        raise Invalid.field("invite", "Here an account needs an invitation. Ask who runs this.")
    try:
        _signer().loads(token, max_age=int(VALID.total_seconds()))
    except SignatureExpired:
        raise Invalid.field("invite", "This invitation is older than a week.") from None
    except BadSignature:
        raise Invalid.field("invite", "This invitation is not whole.") from None
