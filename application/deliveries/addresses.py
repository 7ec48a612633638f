"""Letters about an address: confirm it, move to it, and to the old one: your account moves away.

As with a forgotten password, no row holds a token: it is made with the letter, anew on each try.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from application.accounts import addresses
from application.accounts.models import EmailChange
from application.accounts.queries import find_user, list_people
from application.accounts.queries_addresses import KEPT, MOVE_WITHIN, list_changes, list_taken
from application.accounts.usernames import spoken
from application.deliveries import services
from application.deliveries.messages import SAY_GONE, Content, Message, Skip, each
from application.platform import claims
from application.platform.mail import Letter

CONFIRM: Final = "confirm_address"
MOVE: Final = "new_address"
KEEP: Final = "old_address"

SAY_DONE: Final = "This address is confirmed."
SAY_OVER: Final = "The account does not move to this address any more."

Said = Mapping[int, Content | Skip]


def ask_to_confirm(owner_id: int) -> None:
    """Inside a transaction: a letter with a link that confirms the person's address."""
    expires_at = claims.present() + MOVE_WITHIN
    services.ask(CONFIRM, owner_id, secrets.token_hex(16), "mail", "", expires_at)


def ask_to_move(change: EmailChange) -> None:
    """Inside a transaction: a letter to the new address, and one to the old if that is proved.

    An old one that never was proved may be a stranger's, who should not get the account.
    """
    present, period = claims.present(), str(change.id)
    services.ask(MOVE, change.user_id, period, "mail", "", present + MOVE_WITHIN)
    if find_user(change.user_id).confirmed_at is not None:
        services.ask(KEEP, change.user_id, period, "mail", "", present + KEPT)


def compose_confirmations(
    messages: Sequence[Message],
    now: datetime,  # noqa: ARG001 - every kind is asked the same way
) -> Said:
    """The letter that asks to confirm the address, to each who has not."""
    people = list_people([message.user_id or 0 for message in messages])

    def say(message: Message) -> Content | Skip:
        user = people.get(message.user_id or 0)
        if user is None or user.confirmed_at is not None:
            return Skip(SAY_DONE if user else SAY_GONE)
        link = addresses.confirm_link(user)
        context = {"username": spoken(user.username), "link": link}
        letter = Letter(user.email, "confirm", message.message_id, context)
        return Content("Confirm your address", "", link, letter=letter)

    return each(messages, say)


def compose_moves(
    messages: Sequence[Message],
    now: datetime,  # noqa: ARG001 - as above
) -> Said:
    """The letter to the new address: its link, or that an account has it already."""
    people = list_people([message.user_id or 0 for message in messages])
    changes = list_changes([int(message.period) for message in messages])
    taken = list_taken({change.new_email for change in changes.values()})

    def say(message: Message) -> Content | Skip:
        change, user = changes.get(int(message.period)), people.get(message.user_id or 0)
        if change is None or user is None:
            return Skip(SAY_OVER if user else SAY_GONE)
        if change.new_email in taken:
            letter = Letter(change.new_email, "taken", message.message_id, {})
            return Content("This address has an account", "", "", letter=letter)
        link = addresses.move_link(user, change)
        context = {"username": spoken(user.username), "link": link}
        letter = Letter(change.new_email, "move", message.message_id, context)
        return Content("Your new address", "", link, letter=letter)

    return each(messages, say)


def compose_notices(
    messages: Sequence[Message],
    now: datetime,  # noqa: ARG001 - as above
) -> Said:
    """The letter to the old address: where the account moves to, and the link that stops it."""
    people = list_people([message.user_id or 0 for message in messages])
    changes = list_changes([int(message.period) for message in messages], stoppable=True)

    def say(message: Message) -> Content | Skip:
        change, user = changes.get(int(message.period)), people.get(message.user_id or 0)
        if change is None or user is None:
            return Skip(SAY_OVER if user else SAY_GONE)
        link = addresses.keep_link(change)
        context = {
            "username": spoken(user.username),
            "address": veiled(change.new_email),
            "link": link,
        }
        letter = Letter(change.old_email, "moving", message.message_id, context)
        return Content("Your account moves", "", link, letter=letter)

    return each(messages, say)


def veiled(email: str) -> str:
    """An address that its owner knows again and nobody else learns: m…@example.org."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}…@{domain}"
