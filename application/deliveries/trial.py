"""A test message, sent now and never again: what the settings page shows of the way out."""

from functools import partial
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from flask import current_app

from application.accounts.queries import Reach, find_user, list_reaches
from application.accounts.services_webhooks import SAY_NO_WEBHOOK, worked
from application.accounts.usernames import spoken
from application.deliveries import channels
from application.deliveries.messages import SAY_CONFIRM, Channel, Content, Outcome
from application.deliveries.schemas import TrialOut
from application.deliveries.sending import Try, mail_it, post_it
from application.deliveries.services import new_message_id
from application.platform import claims, egress, mail
from application.platform.database import rollback, transaction
from application.platform.errors import Conflict, NotFound
from application.platform.mail import Letter
from config import Settings

KIND: Final = "test"
SAY_FILED: Final = "No mail server is set up, so it was written into the data folder as a file."


def send(owner_id: int, channel: Channel | None = None) -> TrialOut:
    """Send a test by that channel, or by the one that reminders take; what became of it.

    Takes up to 20 s, in which no transaction is open. One that arrives ends the days that a webhook
    did not work, as any message does. Raises Conflict when there is no webhook, or when the address
    is not confirmed.
    """
    settings: Settings = current_app.config["TEND"]
    channel = channel or find_user(owner_id).reminder_channel
    person = list_reaches([owner_id]).get(owner_id)
    if person is None:
        raise NotFound
    name, to, attempt = (by_webhook if channel == "webhook" else by_mail)(person, settings)
    rollback()
    begun = monotonic()
    outcome = attempt()
    took = round((monotonic() - begun) * 1000)
    ok = outcome.result == "sent"
    if ok and channel == "webhook":  # else one late evening would end what a test showed to work
        with transaction():
            worked([owner_id])
    said = in_words(name, outcome) if ok else outcome.error
    return TrialOut(
        ok=ok,
        channel=channel,
        to=to,
        status=outcome.status,
        message=said,
        answer=outcome.answer,
        took_ms=took,
    )


def by_webhook(person: Reach, settings: Settings) -> tuple[str, str, Try]:
    """Who takes it, by name and by host, and the try."""
    if person.webhook is None:
        raise Conflict(SAY_NO_WEBHOOK)
    link = f"{settings.public_url}/settings/reminders"
    text = (
        f"Hello {spoken(person.username)}, this is a test from Tend. "
        f"Your evening reminder comes this way: {link}"
    )
    content = Content(title="A test from Tend", text=text, link=link)
    posting = channels.shape(
        person.webhook, content, new_message_id(), person.secrets, claims.present(), KIND
    )
    host = urlsplit(person.webhook).hostname or ""
    name = host if posting.name == channels.WEBHOOK else posting.name
    return name, host, partial(post_it, posting, egress.door(settings))


def by_mail(person: Reach, settings: Settings) -> tuple[str, str, Try]:
    """The mail server, the address, and the try. Raises Conflict until the address is proved."""
    if not person.confirmed:
        raise Conflict(SAY_CONFIRM)
    letter = Letter(to=person.email, name="test", id=new_message_id())
    try:
        message = mail.compose(letter, settings)
    except mail.Never as error:
        refused = Outcome("failed", error.code, str(error))
        return "", person.email, lambda: refused
    name = "" if settings.mail == "folder" else "The mail server"
    return name, person.email, partial(mail_it, message, settings)


def in_words(name: str, outcome: Outcome) -> str:
    """That it arrived, and where."""
    if not name:
        return SAY_FILED
    return f"{name} took it ({outcome.status})." if outcome.status else f"{name} took it."
