"""Half-open sign-ins: the password was right, one step is left. They open nothing but that step.

Flask-Security keeps them in what Flask calls the session; ours carries them in the visitor's
signed cookie (api/sessions.py), for ten minutes, and no longer than the password holds.
"""

from contextlib import suppress

from flask import current_app, g, session
from flask_security import Security

from api import sessions
from api.guards import somebody
from application.accounts import services, services_factors
from application.accounts.factors import AppCodes
from application.accounts.models import User
from application.accounts.queries import Asker, find_by
from application.accounts.queries_factors import methods_of
from application.accounts.schemas_factors import NextOut
from application.platform import clock, database
from application.platform.errors import HalfOver, NotFound

SECOND = "ready"  # Flask-Security's words
SET_UP = "setup_from_login"


def security() -> Security:
    """Flask-Security's object."""
    found: Security = current_app.extensions["security"]
    return found


def app_codes() -> AppCodes:
    """The judge of an authenticator app's codes."""
    found: AppCodes = security().totp_factory  # type: ignore[assignment]  # which we gave it
    return found


def waiting(*states: str) -> User | None:
    """Whose sign-in waits in one of these states, or nobody."""
    state = session.get("tf_state")
    if state not in states:
        return None
    user = find_by("fs_uniquifier", session.get("tf_user_id"))
    if user is None or not user.active:
        return None
    # Set up meanwhile, elsewhere: who knows no more than the password must not replace it.
    return None if state == SET_UP and user.tf_primary_method else user


def need(*states: str) -> User:
    """The same. Raises HalfOver when it is nobody."""
    user = waiting(*states)
    if user is None:
        raise HalfOver
    return user


def begin() -> NextOut | None:
    """The step that is left after a view has let a password in; None when it signed in."""
    user_id = session.get("tf_user_id")
    if user_id is None:
        return None
    user = find_by("fs_uniquifier", user_id)
    if user is None:
        raise HalfOver
    methods = methods_of(user)
    if methods and user.mf_recovery_codes:
        methods.append("recovery_code")
    leave_session()
    session.update(
        tf_user_id=user_id,
        tf_state=SECOND if methods else SET_UP,
        tf_at=int(clock.now().timestamp()),
    )
    return NextOut.model_validate(
        {"next": "second_factor" if methods else "set_up", "methods": methods}
    )


def leave_session() -> None:
    """Whoever was signed in here is not any more: a new sign-in takes the place."""
    asker: Asker | None = g.get("asker")
    if asker is None:
        return
    if not database.is_writing():
        database.begin_writing()
    with suppress(NotFound):
        services.end_session(asker.user_id, asker.session_id)
    sessions.forget()


def finish(user: User) -> None:
    """Every step is done: sign in. Flask-Security says so to all who listen."""
    security().two_factor_plugins.tf_complete(user, True)


def hold(asker: Asker) -> None:
    """Before a factor is kept: who half signed in to set one up still has none. Raises HalfOver."""
    if g.get("asker") is None:
        services_factors.hold(asker.user_id)
        need(SET_UP)


def setting_up() -> Asker:
    """Guard of setting a factor up: who is signed in, or has half signed in to do that."""
    if g.get("asker") is not None:
        return somebody()
    user = need(SET_UP)
    return Asker(
        user.id, 0, 0, user.timezone, user.day_starts_at, proved_at=sessions.half_opened_at()
    )
