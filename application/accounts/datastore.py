"""How Flask-Security reaches our people: reads as they are, writes in our transaction.

Its views hash passwords (a tenth of a second) between their reads and their first write. So they
run as readers until that write, and only then take the database's one writer place.
"""

import secrets
from typing import Any

from flask_security import SQLAlchemyUserDatastore
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from application.accounts import services_factors as factors
from application.accounts.models import Passkey, Role, User, UserVersion
from application.accounts.queries import find_by
from application.platform import database
from application.platform.errors import Conflict, FieldError, Invalid
from application.platform.extensions import db

FOLDED = frozenset({"username", "email"})


class PeopleStore(SQLAlchemyUserDatastore):
    """The tables of people, their roles and passkeys."""

    def __init__(self) -> None:
        super().__init__(db, User, Role, Passkey)

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> User | None:  # noqa: ARG002
        """The person with that one attribute; names and addresses in any case."""
        ((attribute, value),) = wanted.items()
        return find_by(attribute, str(value).lower() if attribute in FOLDED else value)

    def create_user(self, **values: Any) -> User:
        """A new account with its data version. Raises Invalid when name or address are taken."""
        values = {**values, **{name: str(values[name]).lower() for name in FOLDED}}
        user = User(active=True, fs_uniquifier=secrets.token_hex(16), **values)
        if not database.is_writing():
            database.begin_writing()
        try:
            db.session.add(user)
            db.session.flush()
        except IntegrityError:  # somebody was quicker than the form's own look
            database.rollback()
            raise Invalid(errors=list(self.taken(values))) from None
        db.session.add(UserVersion(user_id=user.id))
        db.session.flush()
        return user

    def taken(self, values: dict[str, Any]) -> list[FieldError]:
        """Which of name and address somebody has."""
        say = {"username": "This name is taken.", "email": "An account has this address already."}
        return [
            FieldError(name, words)
            for name, words in say.items()
            if self.find_user(**{name: values[name]}) is not None
        ]

    def put(self, user: Any) -> Any:
        """Store what was changed on a user or passkey. Raises Conflict if others changed it too."""
        state = inspect(user)
        if state.persistent and not database.is_writing():
            changes = {
                attribute.key: (list(attribute.history.deleted or ()), attribute.value)
                for attribute in state.attrs
                if attribute.history.has_changes()
            }
            database.begin_writing()  # ends the read transaction, and with it the changes
            db.session.refresh(user, with_for_update={"key_share": True})  # two at once: one waits
            for name, (before, after) in changes.items():
                if before and getattr(user, name) != before[0]:
                    raise Conflict("This account was changed meanwhile. Please try again.")
                setattr(user, name, after)
        db.session.add(user)
        db.session.flush()
        return user

    def create_webauthn(self, user: Any, *args: Any, **values: Any) -> None:
        """A new passkey of `user`, with its account held. Raises Conflict or Invalid."""
        user = factors.make_room(user.id, values["name"])
        try:
            super().create_webauthn(user, *args, **values)
        except IntegrityError:  # the same credential at the same instant, from two browsers
            database.rollback()
            raise Conflict("This passkey is known here already.") from None
        factors.settle(user)

    def tf_set(self, *_: Any, **__: Any) -> None:
        """Nothing: a sign-in only repeats what it read; `keep_totp` is what sets one up."""

    def find_user_from_webauthn(self, webauthn: Any) -> User:
        """Whose passkey it is."""
        found: User = webauthn.user
        return found

    def set_uniquifier(self, user: Any, uniquifier: str | None = None) -> None:
        """Make every token worthless that was signed for the old one."""
        user.fs_uniquifier = uniquifier or secrets.token_hex(16)
        self.put(user)

    def commit(self) -> None:
        """Nothing: the request's transaction ends in api/guards.py, after its good answer."""
