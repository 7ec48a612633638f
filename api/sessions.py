"""Sessions that live on the server: the cookie of a signed-in person is an opaque random token.

A visitor has a small signed cookie that holds the CSRF token, and for ten minutes that a password
was right and a second step is left. Ending a session deletes its row, and from the next request on
its cookie is worth nothing.
"""

import hashlib
import hmac
import logging
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SessionInterface
from flask_security import user_authenticated
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.sansio.http import parse_cookie

from api import bearer, headers, history
from application.accounts import audit, services
from application.accounts.models import User
from application.accounts.queries import LONGEST, find_asker, find_new_asker
from application.platform import clock, database

log = logging.getLogger(__name__)

COOKIE = "tend_session"
CSRF_FIELD = "csrf_token"
TOKEN_BYTES = 32
HALF_OPEN = timedelta(minutes=10)
HALF = ("tf_user_id", "tf_state", "tf_at")  # the first two are Flask-Security's


class Session(SecureCookieSession):
    """What Flask calls the session: with `token` that of a person, else a visitor's."""

    token: str | None = None
    changed = False  # it has become another one in this request

    def become(self, token: str | None) -> None:
        """Be another session: the one of `token`, or (None) a visitor's new one."""
        self.clear()
        self.token = token
        self.changed = True
        g.pop(CSRF_FIELD, None)  # Flask-WTF keeps its token there for the request
        if token is not None:
            self[CSRF_FIELD] = csrf_of(token)


class Sessions(SessionInterface):
    """How Flask opens and saves them."""

    def open_session(self, app: Flask, request: Request) -> Session:
        """The session named by the cookie; whether it is alive is asked in `recognise`."""
        if bearer.is_brought(request):
            return Session()
        cookie = cookie_of(app, request)
        if "." in cookie:
            try:
                said = signer(app).loads(cookie)
                return Session({CSRF_FIELD: said["csrf"], **half_of(said)})
            except (BadSignature, KeyError, TypeError):
                log.debug("a visitor's cookie was not ours")
        elif cookie.isascii() and 40 <= len(cookie) <= 64:
            found = Session({CSRF_FIELD: csrf_of(cookie)})
            found.token = cookie
            return found
        return Session()

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Send the cookie when it is new; with a session's end goes what the browser kept of it.

        A script is never sent one.
        """
        if bearer.is_brought(request):
            return
        if session.token is None and session.changed and response.status_code < 400:
            response.headers.set(*headers.FORGET)
        if session.token is not None:
            # A refusal took back what the session would have become.
            if session.changed and response.status_code < 400:
                send(app, response, session.token, int(LONGEST.total_seconds()))
        elif session.modified and CSRF_FIELD in session:
            half = [session[name] for name in HALF] if all(map(session.get, HALF)) else None
            said = {"csrf": session[CSRF_FIELD]} | ({"half": half} if half else {})
            send(app, response, str(signer(app).dumps(said)), None)


def half_of(said: dict[str, Any]) -> dict[str, Any]:
    """The sign-in that a visitor has begun, while its time lasts."""
    half = dict(zip(HALF, said.get("half") or (), strict=False))
    began = datetime.fromtimestamp(half.get("tf_at", 0), UTC)
    return half if clock.now() - began < HALF_OPEN else {}


def half_opened_at() -> datetime:
    """When the visitor's password was right."""
    return datetime.fromtimestamp(session.get("tf_at", 0), UTC)


def cookie_of(app: Flask, request: Request) -> str:
    """The session's cookie, or nothing."""
    header = request.environ.get("HTTP_COOKIE", "")
    read = read_cookie if len(header) < 1024 else read_cookie.__wrapped__
    return read(header, cookie_name(app))


# What follows from a cookie is kept: a browser says the same one with every request.
@lru_cache(maxsize=2048)
def read_cookie(header: str, name: str) -> str:
    """The cookie of that name in a Cookie header."""
    return parse_cookie(header).get(name, "")


def brings_token() -> bool:
    """Whether the request looks like a signed-in person's; nothing was asked of the database."""
    own: Session = session._get_current_object()  # type: ignore[attr-defined]
    return own.token is not None


def send(app: Flask, response: Response, value: str, max_age: int | None) -> None:
    """Set the session cookie."""
    response.set_cookie(
        cookie_name(app),
        value,
        max_age=max_age,
        path="/",
        secure=app.config["TEND"].https,
        httponly=True,
        samesite="Lax",
    )


def cookie_name(app: Flask) -> str:
    """`__Host-` binds the cookie to this very host, where browsers allow it: over https."""
    return f"__Host-{COOKIE}" if app.config["TEND"].https else COOKIE


def signer(app: Flask) -> URLSafeSerializer:
    """Signs a visitor's cookie."""
    return URLSafeSerializer(str(app.secret_key), salt="tend-visitor")


@lru_cache(maxsize=2048)
def csrf_of(token: str) -> str:
    """A session's CSRF secret: follows from its token, so nothing need be stored."""
    return hmac.digest(token.encode(), b"csrf", "sha256").hex()


@lru_cache(maxsize=2048)
def digest(token: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()


def recognise() -> None:
    """Find out who is asking, in one statement; the session is believed only if it is alive."""
    database.rollback()
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    if bearer.is_brought(asked):
        bearer.recognise(asked)
        return
    own: Session = session._get_current_object()  # type: ignore[attr-defined]
    if own.token is None or not request.path.startswith("/api/"):
        return
    asker = find_asker(digest(own.token))
    if asker is None:
        return
    g.asker = asker
    own["_user_id"] = str(asker.user_id)  # what Flask-Login looks for
    if clock.now() - asker.last_seen_at > services.SEEN_EVERY:
        g.see = asker.session_id


def begin(_app: Flask, user: User, **_: Any) -> None:
    """A person has just proved who they are: a new session with a new id, the old one ended.

    `g.proved_at` says when that was, where it was elsewhere.
    """
    old = g.get("asker")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    if not database.is_writing():
        database.begin_writing()
    seen = history.whence()
    services.start_session(
        user.id,
        digest(token),
        seen.device,
        replaced=old.session_id if old else None,
        place=seen.place,
        proved_at=g.pop("proved_at", None),
    )
    g.asker = find_new_asker(digest(token))
    g.pop("see", None)
    log.info("user %s signed in", user.id)
    session._get_current_object().become(token)  # type: ignore[attr-defined]


def end() -> None:
    """The session that asks is over."""
    asker = g.get("asker")
    if asker is not None:
        database.begin_writing()
        services.end_session(asker.user_id, asker.session_id)
        audit.note(asker.user_id, "sign_out")
        log.info("user %s signed out", asker.user_id)
    forget()


def forget() -> None:
    """The session that asks is over already, its row gone."""
    g.pop("asker", None)
    g.pop("see", None)
    session._get_current_object().become(None)  # type: ignore[attr-defined]


def note_seen(response: Response) -> Response:
    """After the answer has left, write down that the session was used."""
    session_id = g.get("see")
    if session_id is not None:
        work = partial(services.see, session_id)
        history.afterwards(response, f"session {session_id} not noted as seen", work)
    return response


def init_app(app: Flask) -> None:
    """Hang the sessions onto `app`."""
    app.session_interface = Sessions()
    app.after_request(note_seen)
    user_authenticated.connect(begin, app)
