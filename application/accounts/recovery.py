"""A forgotten password: the mail with a link that works for an hour, once.

The request only leaves a job; who the address belongs to is looked up by the worker, which also
makes the token. So the answer to a known and to an unknown address is the same work.
"""

from datetime import timedelta
from typing import Any

from flask import current_app
from flask_security.recoverable import generate_reset_password_token, reset_password_token_status

from application.accounts.models import User
from application.accounts.queries import find_by_email
from application.platform import database, mail
from application.platform.errors import Gone

KIND = "recovery_mail"
MOST_TRIES = 8
LONGEST_PAUSE = timedelta(minutes=5)

SAY_OVER = "This link is over: it works for one hour. Ask for a new one."
SAY_USED = "This link was used already. Ask for a new one."
SAY_BROKEN = "This link is not whole. Copy all of it from the mail, or ask for a new one."


def mint(user: User) -> str:
    """A signed token for one new password of `user`."""
    return str(generate_reset_password_token(user))  # type: ignore[no-untyped-call]


def link_for(user: User) -> str:
    """The link with which `user` sets a new password; the next new password ends it."""
    url = current_app.config["TEND"].public_url
    return f"{url}/recover/{mint(user)}"


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


def run(current: Any) -> None:
    """Send the mail of a recovery job (`current` is the jobs domain's Run)."""
    user = find_by_email(str(current.params.get("email", "")))
    letter = None
    if user is not None:
        letter = mail.Letter(
            to=user.email,
            name="recovery",
            id=f"recovery-{current.job_id}",
            context={"username": user.username, "link": link_for(user)},
        )
    database.rollback()  # no transaction stays open while the mail server takes its time
    if letter is None:
        finish(current, "done")
        return
    with database.transaction():
        current.hold(timedelta(minutes=1))
    try:
        mail.send(letter)
    except mail.NotNow:
        if current.attempts < MOST_TRIES:
            pause = min(timedelta(seconds=15) * 2 ** (current.attempts - 1), LONGEST_PAUSE)
            with database.transaction():
                current.postpone(pause)
        else:
            finish(current, "failed", error="The mail server could not be reached.")
    except mail.Never as refusal:
        finish(current, "failed", error=str(refusal))
    else:
        finish(current, "done")


def finish(current: Any, state: str, **values: Any) -> None:
    """End the job; the address is not kept."""
    with database.transaction():
        current.finish(state, params={}, **values)
