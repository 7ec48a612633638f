"""A forgotten password, through the outbox: whose the address is, is found out when it is sent.

The request only leaves a row, the same for a known and for an unknown address. The row holds the
address until it is over, and never a token: that is made with the letter, anew on every try.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from application.accounts.queries import find_by_emails
from application.accounts.recovery import link_for
from application.deliveries import services
from application.deliveries.messages import Content, Message, Skip
from application.platform import claims
from application.platform.mail import Letter

KIND: Final = "recovery"
TRIED: Final = timedelta(hours=1)
SAY_NOBODY: Final = "Nobody has this address."


def ask(email: str) -> None:
    """Inside a transaction: a mail with a link to whoever has that address, if anybody has."""
    expires_at = claims.present() + TRIED
    services.ask(KIND, None, secrets.token_hex(16), "mail", "", expires_at, {"email": email})


def compose(
    messages: Sequence[Message],
    now: datetime,  # noqa: ARG001 - every kind is asked the same way
) -> Mapping[int, Content | Skip]:
    """The mail to each, with a fresh link."""
    asked = {message.id: str(message.params.get("email", "")) for message in messages}
    people = find_by_emails(set(asked.values()))
    found: dict[int, Content | Skip] = {}
    for message in messages:
        user = people.get(asked[message.id])
        if user is None:
            found[message.id] = Skip(SAY_NOBODY)
            continue
        link = link_for(user)
        context = {"username": user.username, "link": link}
        letter = Letter(user.email, "recovery", message.message_id, context)
        found[message.id] = Content("A new password for Tend", "", link, letter=letter)
    return found
