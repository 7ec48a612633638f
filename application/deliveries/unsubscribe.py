"""The link that stops a kind of mail: signed, for whoever has the mail, good for as long as it is.

A reminder's link remembers the hour it came at, so that turning it on again brings that back.
"""

from dataclasses import dataclass
from datetime import time
from typing import Any, Final, Literal

from itsdangerous import BadData, URLSafeSerializer

from application.accounts.models import User
from application.accounts.queries import find_user
from application.accounts.services import change_settings
from application.platform.errors import NotFound
from config import Settings

Kind = Literal["reminder", "report"]

USUAL: Final = time(20, 0)
SALT: Final = "stop this mail"
LONGEST: Final = 500
SAY_NOT_WHOLE: Final = "This link is not whole. Copy all of it from the mail."
SAY_GONE: Final = "There is nothing to stop: this account is gone."


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose mail of which kind a link stops; `at` is the hour that a reminder came at."""

    user_id: int
    kind: Kind
    at: time | None = None


def link(user_id: int, kind: Kind, settings: Settings, at: time | None = None) -> str:
    """The URL at the foot of a mail (GET is a page) and in List-Unsubscribe (POST stops it)."""
    return f"{settings.public_url}/unsubscribe/{token(user_id, kind, settings, at)}"


def token(user_id: int, kind: Kind, settings: Settings, at: time | None = None) -> str:
    """The signed part of the link."""
    said = [user_id, kind] if at is None else [user_id, kind, at.hour * 60 + at.minute]
    return str(_signer(settings).dumps(said))


def read(text: str, settings: Settings) -> Wish:
    """What a token asks for. Raises NotFound in words for one that was not made here."""
    try:
        user_id, kind, *rest = _signer(settings).loads(text[: LONGEST + 1])
    except (BadData, ValueError, TypeError):
        raise NotFound(SAY_NOT_WHOLE) from None
    at = time(rest[0] // 60, rest[0] % 60) if rest else None
    return Wish(user_id, kind, at)


def is_on(wish: Wish) -> bool:
    """Whether that mail is sent now. Raises NotFound when the account is gone."""
    user = _person(wish)
    return user.report_on if wish.kind == "report" else reminds_by_mail(user)


def stop(wish: Wish) -> None:
    """No more mail of that kind; twice is the same as once. Raises NotFound.

    A reminder that has gone by webhook since the mail came goes on: it is no mail.
    """
    if wish.kind == "report":
        _change(wish, report_on=False)
    elif reminds_by_mail(_person(wish)):
        _change(wish, reminder_at=None)


def start(wish: Wish) -> None:
    """That mail again, a reminder at the hour that it came at. Raises NotFound."""
    if is_on(wish):
        return
    if wish.kind == "report":
        _change(wish, report_on=True)
    else:
        hour = _person(wish).reminder_at or wish.at or USUAL
        _change(wish, reminder_at=hour, reminder_channel="mail")


def reminds_by_mail(user: User) -> bool:
    """Whether the evening reminder comes as a mail."""
    return user.reminder_at is not None and user.reminder_channel == "mail"


def _person(wish: Wish) -> User:
    try:
        return find_user(wish.user_id)
    except NotFound:
        raise NotFound(SAY_GONE) from None


def _change(wish: Wish, **changes: Any) -> None:
    try:
        change_settings(wish.user_id, changes)
    except NotFound:
        raise NotFound(SAY_GONE) from None


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.secret_key, salt=SALT)
