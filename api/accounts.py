"""Coming in: register, sign in and out, passwords, recovery. Flask-Security's views do the work.

They begin as readers: what they hash takes a tenth of a second, in which nobody else should wait
for the database's one writer place. Their first write takes it (application/accounts/datastore.py).
"""

from typing import Annotated

from flask import current_app, g
from flask_login import AnonymousUserMixin
from flask_security import views
from flask_security.mail_util import EmailValidateException
from pydantic import StringConstraints

from api import half_open, limits, sessions
from api.account import account_of
from api.base import Query, Resource, contract
from api.guards import anyone
from application.accounts import invitations, passwords, recovery, usernames
from application.accounts.queries import Asker, find_user, is_free
from application.accounts.schemas import (
    AccountOut,
    ChangeIn,
    FreeOut,
    LoginIn,
    NewPasswordIn,
    Nothing,
    RegisterIn,
    ResetIn,
    StrengthIn,
    StrengthOut,
)
from application.accounts.schemas_factors import NextOut
from application.deliveries import recovery as letters
from application.platform import database
from application.platform.errors import Invalid


def begin_as_reader() -> None:
    """Take back the writer's mark; the first write of the view sets it again."""
    database.rollback()


def as_a_stranger() -> None:
    """Let a view see nobody, whoever is signed in: signing in anew takes the old one's place."""
    g._login_user = AnonymousUserMixin()


def begin_as_a_stranger() -> None:
    """How every way of signing in begins: a reader, and nobody."""
    begin_as_reader()
    as_a_stranger()


def newcomer() -> AccountOut:
    """The account that has just signed in."""
    asker: Asker = g.asker
    return account_of(asker, find_user(asker.user_id))


def or_a_step() -> AccountOut | tuple[NextOut, int]:
    """The same, or the step that is left before it is signed in."""
    step = half_open.begin()
    return (step, 202) if step else newcomer()


class RegisterResource(Resource):
    """New accounts."""

    guard = staticmethod(anyone)

    @limits.REGISTER
    @contract(body=RegisterIn, out=AccountOut, also=(202,), instead=NextOut)
    def post(self, asker: Asker | None, body: RegisterIn) -> AccountOut | tuple[NextOut, int]:
        """Make an account and sign it in; 202 where everybody needs a second factor first."""
        invitations.check(body.invite)
        begin_as_a_stranger()
        views.register()
        return or_a_step()


class LoginResource(Resource):
    """Signing in."""

    guard = staticmethod(anyone)

    @limits.SIGN_IN
    @limits.SIGN_IN_NAME
    @limits.counted
    @contract(body=LoginIn, out=AccountOut, also=(202,), instead=NextOut)
    def post(self, asker: Asker | None, body: LoginIn) -> AccountOut | tuple[NextOut, int]:
        """Sign in by username or e-mail address; 202 when a step is left; 401 when they differ."""
        begin_as_a_stranger()
        views.login()
        return or_a_step()


class LogoutResource(Resource):
    """Signing out."""

    guard = staticmethod(anyone)

    @contract(out=Nothing)
    def post(self, asker: Asker | None) -> Nothing:
        """End the session; its cookie opens nothing from now on."""
        begin_as_reader()
        views.logout()
        sessions.end()
        return Nothing()


class ChangeResource(Resource):
    """Another password."""

    @limits.PASSWORD_AGAIN
    @contract(body=ChangeIn, out=Nothing, recent=True)
    def post(self, asker: Asker, body: ChangeIn) -> Nothing:
        """Change the password; this browser goes on in a new session, all others end."""
        begin_as_reader()
        views.change_password()
        return Nothing()


class RecoverResource(Resource):
    """A forgotten password."""

    guard = staticmethod(anyone)

    @limits.RECOVER
    @limits.RECOVER_NAME
    @limits.RECOVER_LETTERS
    @contract(body=ResetIn, out=Nothing)
    def post(self, asker: Asker | None, body: ResetIn) -> Nothing:
        """Ask for a mail with a link. The answer is the same whether the address is known."""
        try:
            email = current_app.extensions["security"].mail_util.normalize(body.email)
        except EmailValidateException as error:
            raise Invalid.field("email", str(error.msg)) from None
        letters.ask(email.lower())
        return Nothing()


class ResetResource(Resource):
    """The link of a recovery mail."""

    guard = staticmethod(anyone)

    @limits.RESET
    @contract(out=Nothing)
    def get(self, asker: Asker | None, token: str) -> Nothing:
        """Whether the link is still good; 410 says why it is not."""
        recovery.check(token)
        return Nothing()

    @limits.RESET
    @contract(body=NewPasswordIn, out=Nothing)
    def post(self, asker: Asker | None, token: str, body: NewPasswordIn) -> Nothing:
        """Set a new password; all sessions end, and the link with them."""
        begin_as_reader()
        recovery.check(token)
        g.by_letter = recovery.came_by_letter(token)
        views.reset_password(token)
        sessions.forget()
        return Nothing()


class FreeQuery(Query):
    """The name one would like."""

    username: Annotated[str, StringConstraints(max_length=320)]


class UsernameFreeResource(Resource):
    """Whether a name can be had."""

    guard = staticmethod(anyone)

    @limits.NAME_FREE
    @contract(query=FreeQuery, out=FreeOut)
    def get(self, asker: Asker | None, query: FreeQuery) -> FreeOut:
        """Whether a new account could have this name."""
        wrong, name = usernames.check(query.username)
        return FreeOut(free=not wrong and is_free(name))


class StrengthResource(Resource):
    """How good a password would be."""

    guard = staticmethod(anyone)

    @limits.STRENGTH
    @contract(body=StrengthIn, out=StrengthOut)
    def post(self, asker: Asker | None, body: StrengthIn) -> passwords.Strength:
        """Judge a password by how soon it would be guessed; nothing is kept."""
        begin_as_reader()
        return passwords.strength(body.password, (body.username, body.email))
