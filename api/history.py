"""Coming in and going out, written into the account's history; and where a request comes from."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy.exc import DBAPIError

from application.accounts import audit, devices, places, services_audit
from application.accounts.audit import Whence
from application.accounts.models import User
from application.platform import database

log = logging.getLogger(__name__)

# How somebody proved who they are, by Flask-Security's name for it. A change of password and a new
# account begin a session too, and are events of their own.
OWN_EVENTS = frozenset({"change", "register"})
SECOND = "with a second factor"
WRONG_CODE = "second_factor_failed"
NOT_PROVED = "proof_failed"
WAYS = {"webauthn": "passkey", "authenticator": "code", "oidc": "account elsewhere"}


def whence() -> Whence:
    """The device and place of the request; without one an operator sits at the machine."""
    if not has_request_context():
        return Whence("A command", places.HERE)
    return Whence(
        devices.describe(request.user_agent.string), places.describe(request.remote_addr or "")
    )


def came_in(_app: Flask, user: User, authn_via: list[str] | None = None, **_: Any) -> None:
    """Somebody has just proved who they are."""
    ways = authn_via or [SECOND]  # its second step names none, nor what came before it
    if not OWN_EVENTS.isdisjoint(ways):
        return
    if not database.is_writing():
        database.begin_writing()
    audit.note(user.id, "sign_in", ", ".join(WAYS.get(way, way) for way in ways))


def made(_app: Flask, user: User, **_: Any) -> None:
    """Somebody made an account; where everybody needs a second factor, they are not in yet."""
    audit.note(user.id, "account_made")


def changed(_app: Flask, user: User, **_: Any) -> None:
    """Somebody changed their password."""
    audit.note(user.id, "password_changed")


def reset(_app: Flask, user: User, **_: Any) -> None:
    """Somebody set a new password by a link."""
    audit.note(user.id, "password_reset")


def tried(user_id: int, kind: str = "sign_in_failed") -> None:
    """Somebody tries to be that person (0 is nobody): a refusal is written down either way."""
    g.tried = user_id, kind


def note_tried(response: Response) -> Response:
    """After the answer has left, write down that somebody was not who they said."""
    if "tried" in g and response.status_code in {401, 422}:
        user_id, kind = g.tried
        work = partial(services_audit.note_try, user_id, kind, whence())
        afterwards(response, "a refused try was not noted", work)
    return response


def afterwards(response: Response, otherwise: str, work: Callable[[], None]) -> None:
    """When the answer has left, do `work` in its own transaction; a busy database may lose it."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def do() -> None:
        with app.app_context():
            try:
                with database.transaction():
                    work()
            except DBAPIError as error:
                log.warning("%s: %s", otherwise, type(error.orig).__name__)

    response.call_on_close(do)


def init_app(app: Flask) -> None:
    """Hang it onto `app`; api/security.py tells it of sign-ins and passwords."""
    audit.init_app(app, whence)
    app.after_request(note_tried)
