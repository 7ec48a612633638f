"""Flask-Security's outer half: the forms of its views, and their answers in our one shape.

The views do the work (look up, hash, check, sign in and out); our resources call them. A form
that is refused raises our own error with every field, so no second shape of error exists.
"""

import logging
import secrets
from functools import partial
from typing import Any, NoReturn

from flask import Flask, Response, current_app, g
from flask_principal import AnonymousIdentity, Identity, identity_loaded
from flask_security import (
    ChangePasswordForm,
    FormInfo,
    LoginForm,
    RegisterFormV2,
    ResetPasswordForm,
    Security,
    UserMixin,
    current_user,
    hash_password,
    password_changed,
    password_reset,
    user_authenticated,
    user_registered,
    verify_password,
)
from flask_security.forms import RequiredLocalize, username_validator
from flask_security.forms import _unique_username as unique_username
from flask_security.utils import set_request_attr
from werkzeug.exceptions import Unauthorized
from werkzeug.local import LocalProxy
from wtforms import Form, PasswordField, StringField
from wtforms import ValidationError as BadField

from api import factor_forms, history, sessions, tries
from application.accounts import services, services_addresses, zones
from application.accounts.models import User
from application.accounts.queries import find_by
from application.deliveries import addresses, alerts
from application.platform.errors import FieldError, Invalid, WrongPair
from application.platform.extensions import db

log = logging.getLogger(__name__)

needed = RequiredLocalize(message="This is needed.")


def refuse(form: Form) -> NoReturn:
    """Raise Invalid with everything that `form` found."""
    raise Invalid(
        errors=[
            FieldError(name or "body", str(messages[0])) for name, messages in form.errors.items()
        ]
    )


class SignUp(RegisterFormV2):
    """Name, address, password and zone; the invitation is the resource's matter."""

    password_confirm = None
    username = StringField(validators=[needed, username_validator, unique_username])
    timezone = StringField(validators=[needed])

    def validate_timezone(self, field: StringField) -> None:
        """A zone that exists."""
        try:
            zones.check(field.data)
        except ValueError as error:
            raise BadField(str(error)) from None

    def validate(self, **more: Any) -> bool:
        """True. Raises Invalid with every field."""
        return super().validate(**more) or refuse(self)


class SignIn(LoginForm):
    """A name or an address in `identity`; never says which part was wrong."""

    email = None
    identity = StringField(validators=[needed])
    # Described, because the form would otherwise look for a page of Flask-Security's own.
    password = PasswordField(validators=[needed], description="The password")

    def validate(self, **more: Any) -> bool:
        """True. Raises WrongPair, after as much work for an unknown name as for a known one."""
        self.ifield = self.identity
        self.user = find_identity((self.identity.data or "").strip())
        password = self.password.data or ""
        decoy = decoy_hash()
        closed = tries.is_spent(self.user.id if self.user else 0) or self.user is None
        if closed and password:
            verify_password(normalize(password), decoy)
        if closed or not super().validate(**more):
            history.tried(self.user.id if self.user else 0)
            log.warning("a sign-in failed, of user %s", self.user.id if self.user else "unknown")
            raise WrongPair
        return True


class ChangePassword(ChangePasswordForm):
    """The present password and the new one, once."""

    new_password_confirm = None

    def validate(self, **more: Any) -> bool:
        """True. Raises Invalid with every field."""
        return super().validate(**more) or refuse(self)


class NewPassword(ResetPasswordForm):
    """The new password, once."""

    password_confirm = None

    def validate(self, **more: Any) -> bool:
        """True. Raises Invalid with every field."""
        return super().validate(**more) or refuse(self)


FORMS = {
    "register_form": SignUp,
    "login_form": SignIn,
    "change_password_form": ChangePassword,
    "reset_password_form": NewPassword,
} | factor_forms.FORMS


def decoy_hash() -> str:
    """Nobody's password: checking against it takes as long as checking against somebody's.

    (Flask-Security hashes anew for an unknown name, which takes a tenth longer than a check.)
    """
    kept = current_app.extensions
    if "tend_decoy" not in kept:
        kept["tend_decoy"] = hash_password(secrets.token_urlsafe())
    return str(kept["tend_decoy"])


def normalize(password: str) -> str:
    """The password as Flask-Security hashes it."""
    return str(current_app.extensions["security"].password_util.normalize(password))


def find_identity(said: str) -> User | None:
    """The person with that address (it has an @) or username."""
    attribute = "email" if "@" in said else "username"
    return find_by(attribute, said.lower())


def answer(
    payload: dict[str, Any], code: int, _headers: dict[str, str] | None, _user: UserMixin | None
) -> Response:
    """What a view answers: its refusals as ours; what a good one says is the resource's matter."""
    if code == 401:
        raise Unauthorized
    if code >= 400:
        raise Invalid(str(payload.get("errors", [""])[0]) or None)
    g.said = payload
    return Response(status=code)


def not_signed_in(*_: Any, **__: Any) -> NoReturn:
    """Flask-Security found nobody: 401 in our shape, never a redirect."""
    raise Unauthorized


def load_user(_user_id: str) -> User | None:
    """The asker's whole account, for Flask-Security's views; everything else needs g.asker only."""
    asker = g.get("asker")
    if asker is None:
        return None
    set_request_attr("fs_authn_via", "session")
    return db.session.get(User, asker.user_id)


def load_identity(app: Flask) -> Identity:
    """Who asks, as Flask-Principal's role checks want it."""
    if "loaded_identity" not in g:
        asker = g.get("asker")
        known = asker is not None and asker.scope is None  # a token has no roles
        found = Identity(current_user.fs_uniquifier) if known else AnonymousIdentity()
        identity_loaded.send(app, identity=found)
        g.loaded_identity = found
    loaded: Identity = g.loaded_identity
    return loaded


def greet(_app: Flask, user: User, **_: Any) -> None:
    """Somebody has just made an account: where it is wanted, a letter asks for their address."""
    if user.confirmed_at is None:
        addresses.ask_to_confirm(user.id)


def end_others(_app: Flask, user: User, **_: Any) -> None:
    """After a change of password only the session that changed it goes on; tokens do too.

    A move to another address that waits for its link is over: somebody else may have asked for it.
    """
    user.has_password = True
    services.end_move(user.id)
    asker = g.get("asker")
    services.end_sessions(user.id, keep=asker.session_id if asker else None)
    alerts.warn(user.id, "password_changed")
    log.info("user %s has a new password", user.id)


def ways_changed(owner_id: int, kind: str, detail: str = "") -> None:
    """The ways in are others now: only the session that did it goes on, and its person knows."""
    asker = g.get("asker")
    services.end_sessions(owner_id, keep=asker.session_id if asker else None)
    alerts.tell(owner_id, kind, detail)


def end_all(_app: Flask, user: User, **_: Any) -> None:
    """After a reset no session goes on, and no token: somebody else may have made them."""
    user.has_password = True
    services.end_everything(user.id)
    if g.by_letter:  # the operator's link was handed over, so it says nothing of the mailbox
        services_addresses.take_over(user)
    alerts.warn(user.id, "password_changed")
    log.info("user %s has a new password", user.id)


def init_app(app: Flask) -> None:
    """Add forms, answers and loaders to the Security object that create_app made."""
    security: Security = app.extensions["security"]
    for name, form in FORMS.items():
        security.set_form_info(name, FormInfo(cls=form))
    security.render_json(answer)
    security.want_json(lambda _request: True)
    security.unauthn_handler(not_signed_in)
    security.two_factor_plugins.register_tf_impl(app, "webauthn", factor_forms.PasskeyFactor)
    manager = security.login_manager
    manager.user_loader(load_user)
    manager.request_loader(None)  # no token in a header or a query opens anything
    manager.session_protection = None
    password_changed.connect(end_others, app)
    user_registered.connect(greet, app)
    user_registered.connect(history.made, app)
    password_reset.connect(end_all, app)
    be_lazy(app, security)
    user_authenticated.connect(history.came_in, app)
    password_changed.connect(history.changed, app)
    password_reset.connect(history.reset, app)
    sessions.init_app(app)
    history.init_app(app)


def be_lazy(app: Flask, security: Security) -> None:
    """Let what Flask-Principal and Flask-Login do on every request wait, or not be at all.

    Principal loads the user; here it waits until a role is asked for. Login looks for people to
    remember; nobody is remembered here but by their session.
    """
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)
    identity = LocalProxy(partial(load_identity, app))

    @app.before_request
    def _identity() -> None:
        g.identity = identity
