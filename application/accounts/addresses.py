"""Links that prove an address, move an account to another one, or keep it where it was.

The tokens of the first two are Flask-Security's: they end with the address or the password's
owner that they were made for. The third one outlives the move, for whoever reads the old mailbox.
"""

from dataclasses import dataclass
from typing import Final, Literal

from flask import current_app
from flask_security.change_email import _generate_token, _verify_token_status
from flask_security.confirmable import confirm_email_token_status, generate_confirmation_token
from flask_security.utils import check_and_get_token_status
from itsdangerous import BadData, URLSafeSerializer

from application.accounts.models import EmailChange, User
from application.accounts.queries import find_by, find_user
from application.accounts.queries_addresses import (
    MOVE_WITHIN,
    find_change,
    find_pending,
    is_kept,
)
from application.platform.errors import Conflict, Gone

CONFIRM_WITHIN: Final = MOVE_WITHIN
LONGEST: Final = 2000
SALT: Final = "tend-keep-address"

SAY_OVER: Final = "This link is over: it works for one day. Ask for a new one in the settings."
SAY_DONE: Final = "This address is confirmed already."
SAY_USED: Final = "This link is over: it was used, or taken back."
SAY_BROKEN: Final = "This link is not whole. Copy all of it from the mail."
SAY_TAKEN: Final = "Another account has this address by now. Yours stays as it is."
SAY_KEPT: Final = "There is nothing to take back any more."

What = Literal["confirm", "move", "keep"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a link does: for whom, and to which move of theirs."""

    what: What
    user: User
    email: str
    change: EmailChange | None = None


def confirm_link(user: User) -> str:
    """The link that confirms the present address of `user`."""
    return _link(str(generate_confirmation_token(user)))  # type: ignore[no-untyped-call]


def move_link(user: User, change: EmailChange) -> str:
    """The link in the new mailbox, with which `user` moves there."""
    return _link(str(_generate_token(user, change.new_email)))  # type: ignore[no-untyped-call]


def keep_link(change: EmailChange) -> str:
    """The link in the old mailbox, which stops the move or takes it back."""
    return _link(str(_keeper().dumps(change.id)))


def read(token: str) -> Proof:
    """What the token of a link does. Raises Gone, or Conflict for an address that was taken."""
    if len(token) <= LONGEST:
        for find in (_confirmation, _move, _keep):
            found = find(token)
            if found is not None:
                if not found.user.active:
                    raise Gone(SAY_USED)
                return found
    raise Gone(SAY_BROKEN)


def _confirmation(token: str) -> Proof | None:
    expired, unknown, _ = check_and_get_token_status(token, "confirm", CONFIRM_WITHIN)
    if unknown:
        return None
    if expired:
        raise Gone(SAY_OVER)
    _, wrong, user = confirm_email_token_status(token)  # type: ignore[no-untyped-call]
    if wrong or not isinstance(user, User):
        raise Gone(SAY_USED)
    if user.confirmed_at is not None:
        raise Gone(SAY_DONE)
    return Proof("confirm", user, user.email)


def _move(token: str) -> Proof | None:
    expired, unknown, said = check_and_get_token_status(token, "change_email", MOVE_WITHIN)
    if unknown:
        return None
    if expired:
        raise Gone(SAY_OVER)
    uniquifier, _, new_email = said
    user = find_by("fs_uniquifier", uniquifier)
    change = find_pending(user.id) if user else None
    if user is None or change is None or change.new_email != new_email:
        raise Gone(SAY_USED)
    _, wrong, whose, _ = _verify_token_status(token)  # type: ignore[no-untyped-call]
    if is_kept(new_email, but_for=user.id) or (wrong and whose is not None):
        raise Conflict(SAY_TAKEN)
    if wrong:
        raise Gone(SAY_USED)
    return Proof("move", user, new_email, change)


def _keep(token: str) -> Proof | None:
    try:
        change_id = int(_keeper().loads(token))
    except (BadData, TypeError, ValueError):
        return None
    change = find_change(change_id)
    if change is None:
        raise Gone(SAY_KEPT)
    return Proof("keep", find_user(change.user_id), change.old_email, change)


def _keeper() -> URLSafeSerializer:
    keys: list[str] = current_app.config["TEND"].secret_keys
    return URLSafeSerializer(keys[::-1], salt=SALT)  # the newest signs


def _link(token: str) -> str:
    return f"{current_app.config['TEND'].public_url}/confirm/{token}"
