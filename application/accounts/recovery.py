"""A forgotten password: the link that works for an hour, once."""

from typing import Final

from flask import current_app
from flask_security.recoverable import generate_reset_password_token, reset_password_token_status
from flask_security.utils import hash_data

from application.accounts.models import User
from application.platform.errors import Gone

SAY_OVER = "This link is over: it works for one hour. Ask for a new one."
SAY_USED = "This link was used already. Ask for a new one."
SAY_BROKEN = "This link is not whole. Copy all of it from the mail, or ask for a new one."

BY_HAND: Final = "by hand"


def mint(user: User, *, by_hand: bool = False) -> str:
    """A signed token for one new password of `user`; `by_hand`: not for a letter to them."""
    if by_hand:
        said = [str(user.fs_uniquifier), hash_data(user.password), BY_HAND]
        return str(current_app.extensions["security"].reset_serializer.dumps(said))
    return str(generate_reset_password_token(user))  # type: ignore[no-untyped-call]


def link_for(user: User, *, by_hand: bool = False) -> str:
    """The link with which `user` sets a new password; the next new password ends it."""
    url = current_app.config["TEND"].public_url
    return f"{url}/recover/{mint(user, by_hand=by_hand)}"


def came_by_letter(token: str) -> bool:
    """Whether a token that `check` let through was read in the mailbox of its account."""
    said = current_app.extensions["security"].reset_serializer.loads(token)
    return BY_HAND not in said


def check(token: str) -> User:
    """Whose new password `token` allows. Raises Gone in words."""
    expired, invalid, user = reset_password_token_status(token)  # type: ignore[no-untyped-call]
    if invalid:
        raise Gone(SAY_BROKEN)
    if expired:
        raise Gone(SAY_OVER)
    if not isinstance(user, User) or not user.active:
        raise Gone(SAY_USED)
    return user
