"""Cross-site requests: every unsafe one must bring the token that only our own page can read."""

import hmac
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, g, request, session
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError, generate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer

from api import bearer
from api.errors import problem
from api.guards import FROM_OUTSIDE, SAFE_METHODS
from api.sessions import CSRF_FIELD, Session

COOKIE = "XSRF-TOKEN"
HEADER = "X-XSRF-TOKEN"
KIND = "/problems/csrf"
LONGEST = 512


class HeaderOnly(CSRFProtect):
    """Flask-WTF's protection, without its look into form fields: it would read whole uploads."""

    def _get_csrf_token(self) -> str | None:
        return request.headers.get(HEADER)

    def protect(self, apply_exemptions: bool = False) -> None:
        """As Flask-WTF's; but a token is unsigned once, not with each request (a tenth of one)."""
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]
        said = self._get_csrf_token()
        own = session.get(CSRF_FIELD)
        if not said or own is None:
            raise CSRFError("The CSRF token is missing.")
        signed = unsigned(str(current_app.secret_key), said) if len(said) <= LONGEST else None
        if signed is None or not hmac.compare_digest(signed, own):
            raise CSRFError("The CSRF token is invalid.")
        if asked.is_secure and not (asked.referrer or "").startswith(f"https://{asked.host}/"):
            raise CSRFError("The referrer does not match the host.")
        g.csrf_valid = True  # its forms ask


@lru_cache(maxsize=2048)
def unsigned(secret_key: str, token: str) -> str | None:
    """The session's secret in a token of Flask-WTF; None when we did not sign it."""
    try:
        found = URLSafeTimedSerializer(secret_key, salt="wtf-csrf-token").loads(token)
    except BadData:
        return None
    return str(found)


csrf = HeaderOnly()


def check() -> None:
    """Refuse an unsafe request without our token, or one that another site's page sent."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    if asked.method in SAFE_METHODS or asked.routing_exception is not None:
        return
    if asked.endpoint in FROM_OUTSIDE or bearer.is_brought(asked):
        return
    origin = asked.environ.get("HTTP_ORIGIN")
    if origin is not None:
        ours = {asked.host, site_of(current_app.config["TEND"].public_url)}
        if site_of(origin) not in ours:
            raise CSRFError("That request came from another site.")
    csrf.protect()


def site_of(origin: str) -> str | None:
    """Host and port of an origin; None when it is no address at all."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def set_xsrf(response: Response) -> Response:
    """Hand the page its token, in a cookie that its script may read."""
    response.set_cookie(
        COOKIE,
        generate_csrf(),
        path="/",
        secure=current_app.config["TEND"].https,
        httponly=False,
        samesite="Lax",
    )
    return response


def renew(response: Response) -> Response:
    """With GET account, and whenever the session has become another one."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    if bearer.is_brought(asked):
        return response
    looks = asked.endpoint == "account" and asked.method == "GET"
    own = session._get_current_object()  # type: ignore[attr-defined]
    changed = isinstance(own, Session) and own.changed and response.status_code < 400
    return set_xsrf(response) if looks or changed else response


def init_app(app: Flask) -> None:
    """Let Flask-WTF know its settings; `check` itself is hung in api/guards.py's order."""
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,  # it lives as long as its session
        WTF_CSRF_FIELD_NAME=CSRF_FIELD,
    )
    before = list(app.before_request_funcs[None])
    csrf.init_app(app)
    app.before_request_funcs[None] = before  # its own check: ours calls it, where it is due
    app.after_request(renew)

    @app.errorhandler(CSRFError)
    def refused(error: CSRFError) -> Response:
        return problem(400, str(error.description), kind=KIND)
