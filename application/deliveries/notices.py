"""The mail that says a webhook was turned off, and why: as its account says when it is sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from flask import current_app

from application.accounts.queries import list_reaches
from application.accounts.services_webhooks import TurnedOff
from application.accounts.usernames import spoken
from application.deliveries.messages import (
    SAY_GONE,
    SAY_UNCONFIRMED,
    Content,
    Due,
    Message,
    Skip,
    each,
)
from application.platform.mail import Letter

KIND: Final = "notice"
TRIED: Final = timedelta(days=2)
SAY_ON: Final = "That webhook is not off any more."


def webhook_is_off(person: TurnedOff) -> Due:
    """The notice that is due to somebody whose webhook was turned off."""
    return Due(
        user_id=person.user_id,
        period=f"webhook-off-{person.at:%Y%m%dT%H%M%S}",
        channel="mail",
        target=person.email,
        expires_at=person.at + TRIED,
    )


def compose(
    messages: Sequence[Message],
    now: datetime,  # noqa: ARG001 - every kind is asked the same way
) -> Mapping[int, Content | Skip]:
    """The mail to each."""
    people = list_reaches([message.user_id for message in messages if message.user_id])
    link = f"{current_app.config['TEND'].public_url}/settings/reminders"

    def say(message: Message) -> Content | Skip:
        person = people.get(message.user_id or 0)
        if person is None or person.webhook is None or person.webhook_off is None:
            return Skip(SAY_ON if person else SAY_GONE)
        if not person.confirmed:
            return Skip(SAY_UNCONFIRMED)
        context = {
            "username": spoken(person.username),
            "host": urlsplit(person.webhook).hostname or "",
            "reason": person.webhook_off,
            "link": link,
        }
        letter = Letter(to=person.email, name="notice", id=message.message_id, context=context)
        return Content("Your webhook is off", "", link, {}, letter)

    return each(messages, say)
