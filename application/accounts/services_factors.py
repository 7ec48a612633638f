"""Writes of second factors: the app's secret, recovery codes, passkeys."""

from typing import Final

from sqlalchemy import or_, update

from application.accounts.models import Passkey, User
from application.accounts.queries import find_user
from application.accounts.services_identities import SAY_LAST as SAY_ONLY
from application.accounts.services_identities import list_identities
from application.platform import database
from application.platform.errors import Conflict, Invalid, NotFound
from application.platform.extensions import db

FIRST: Final = "first"
SECOND: Final = "secondary"  # Flask-Security's word
USAGES: Final = [FIRST, SECOND]
MOST_PASSKEYS: Final = 20

SAY_LAST: Final = "Here everybody needs a second factor. Set up another one before you remove this."
SAY_MANY: Final = f"An account holds at most {MOST_PASSKEYS} passkeys."
SAY_NAMED: Final = "Another of your passkeys has this name."


def hold(owner_id: int) -> User:
    """The account as it is now, held until the transaction ends; a reader becomes a writer."""
    if not database.is_writing():
        database.begin_writing()
    return find_user(owner_id, lock=True)


def settle(user: User) -> None:
    """Let one column say whether there is a second factor: the asker's statement reads no more."""
    kinds = (("authenticator", user.tf_totp_secret), ("webauthn", user.webauthn))
    user.tf_primary_method = next((name for name, there in kinds if there), None)
    if user.tf_primary_method is None:
        user.mf_recovery_codes = None
    db.session.flush()


def use_code(owner_id: int, secret: str, anew: str, counter: int) -> bool:
    """Use up the code of these 30 seconds; False when it, or a later one, was used already.

    `secret` is what the code was judged by, `anew` the same one encrypted by today's key.
    """
    if not database.is_writing():
        database.begin_writing()
    used = db.session.execute(
        update(User)
        .where(
            User.id == owner_id,
            User.tf_totp_secret == secret,
            or_(User.totp_counter.is_(None), User.totp_counter < counter),
        )
        .values(totp_counter=counter, tf_totp_secret=anew)
        .returning(User.id)
        .execution_options(synchronize_session=False)
    )
    return used.scalar() is not None


def keep_totp(owner_id: int, secret: str, counter: int) -> User:
    """The account has this authenticator app from now on, in place of any other."""
    user = hold(owner_id)
    user.tf_totp_secret, user.totp_counter = secret, counter
    settle(user)
    return user


def drop_totp(owner_id: int, *, required: bool) -> User:
    """No app any more. Raises NotFound without one, Conflict when it is `required` and the last."""
    user = hold(owner_id)
    if user.tf_totp_secret is None:
        raise NotFound
    if required and not user.webauthn:
        raise Conflict(SAY_LAST)
    user.tf_totp_secret = user.totp_counter = None
    settle(user)
    return user


def keep_codes(user: User, codes: list[str]) -> None:
    """These recovery codes (encrypted) are what the account has."""
    user.mf_recovery_codes = codes
    db.session.flush()


def make_room(owner_id: int, name: str) -> User:
    """Hold the account for one more passkey. Raises Conflict or Invalid when it does not fit."""
    user = hold(owner_id)
    if len(user.webauthn) >= MOST_PASSKEYS:
        raise Conflict(SAY_MANY)
    if any(passkey.name == name for passkey in user.webauthn):
        raise Invalid.field("name", SAY_NAMED)
    return user


def rename_passkey(owner_id: int, passkey_id: int, name: str) -> Passkey:
    """Give a passkey another name. Raises NotFound, or Invalid when another one has it."""
    user = hold(owner_id)
    passkey = _own(user, passkey_id)
    if any(other.name == name for other in user.webauthn if other is not passkey):
        raise Invalid.field("name", SAY_NAMED)
    passkey.name = name
    db.session.flush()
    return passkey


def drop_passkey(owner_id: int, passkey_id: int, *, required: bool) -> str:
    """Forget a passkey; its name.

    Raises NotFound, and Conflict when it is the last factor and `required`, or the only way in.
    """
    user = hold(owner_id)
    passkey = _own(user, passkey_id)
    others = any(other.usage == FIRST for other in user.webauthn if other is not passkey)
    if not (user.has_password or others or list_identities(owner_id)):
        raise Conflict(SAY_ONLY)
    if required and user.tf_totp_secret is None and len(user.webauthn) == 1:
        raise Conflict(SAY_LAST)
    name = passkey.name
    user.webauthn.remove(passkey)
    settle(user)
    return name


def drop_all(owner_id: int) -> None:
    """No second factor at all, nor recovery codes: for somebody who lost everything."""
    user = hold(owner_id)
    user.tf_totp_secret = user.totp_counter = None
    user.webauthn.clear()
    settle(user)


def _own(user: User, passkey_id: int) -> Passkey:
    for passkey in user.webauthn:
        if passkey.id == passkey_id:
            return passkey
    raise NotFound
