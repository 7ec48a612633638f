"""The mail that tells somebody of a change to how one gets into their account."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Final

from flask import current_app

from application.accounts import audit
from application.accounts.queries import find_user, list_reaches
from application.accounts.usernames import spoken
from application.deliveries import services
from application.deliveries.messages import (
    SAY_GONE,
    SAY_UNCONFIRMED,
    Content,
    Due,
    Message,
    Skip,
    each,
)
from application.platform import claims
from application.platform.mail import Letter

KIND: Final = "alert"
TRIED: Final = timedelta(days=2)

# What is told by mail: its title, and what it means.
TOLD: Final[dict[str, tuple[str, str]]] = {
    "password_changed": (
        "Your password was changed",
        "All other browsers were signed out.",
    ),
    "second_factor_on": (
        "An authenticator app was set up",
        "From now on, signing in with the password asks for a code too.",
    ),
    "second_factor_off": (
        "The authenticator app was removed",
        "Its codes are not asked for any more.",
    ),
    "second_factor_reset": (
        "Your second factors were removed",
        "Who runs this place did that. Until you set up a new one, the password alone signs in.",
    ),
    "passkey_added": (
        "A passkey was added",
        "With it one can sign in to your account.",
    ),
    "passkey_removed": (
        "A passkey was removed",
        "It does not sign in to your account any more.",
    ),
    "recovery_code_used": (
        "A recovery code was used",
        "Somebody signed in with your password and a recovery code. It works no more.",
    ),
    "recovery_codes_made": (
        "New recovery codes were made",
        "Those from before work no more.",
    ),
    "identity_linked": (
        "An account elsewhere was linked",
        "With it one can sign in to your account.",
    ),
    "identity_unlinked": (
        "An account elsewhere was unlinked",
        "It does not sign in to your account any more.",
    ),
}


def tell(owner_id: int, kind: str, detail: str = "") -> None:
    """Inside a transaction: write a change down, and warn its person by mail."""
    audit.note(owner_id, kind, detail)
    warn(owner_id, kind, detail)


def warn(owner_id: int, kind: str, detail: str = "") -> None:
    """Inside a transaction: a mail about something that is written down already.

    Nobody waits for it, so the sweep of the next seconds finds it; nothing goes on the queue.
    """
    user = find_user(owner_id)
    now = claims.present()
    due = Due(
        user_id=owner_id,
        period=f"{kind}-{token_hex(8)}",
        channel="mail",
        target=user.email,
        expires_at=now + TRIED,
        params={"what": kind, "detail": detail, "at": f"{now:%d %B %Y, %H:%M} UTC"},
    )
    services.leave(KIND, due)


def compose(
    messages: Sequence[Message],
    now: datetime,  # noqa: ARG001 - every kind is asked the same way
) -> Mapping[int, Content | Skip]:
    """The mail to each."""
    people = list_reaches([message.user_id for message in messages if message.user_id])
    link = f"{current_app.config['TEND'].public_url}/settings/security"

    def say(message: Message) -> Content | Skip:
        person = people.get(message.user_id or 0)
        if person is None:
            return Skip(SAY_GONE)
        if not person.confirmed:
            return Skip(SAY_UNCONFIRMED)
        title, meaning = TOLD[message.params["what"]]
        detail = message.params["detail"]
        context = {
            "username": spoken(person.username),
            "title": f"{title}: {detail}" if detail else title,
            "subject": title,
            "meaning": meaning,
            "at": message.params["at"],
            "link": link,
        }
        letter = Letter(to=person.email, name="alert", id=message.message_id, context=context)
        return Content(title, "", link, {}, letter)

    return each(messages, say)
