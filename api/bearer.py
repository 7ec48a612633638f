"""Scripts that bring a token, `Authorization: Bearer tend_…`, in place of a cookie.

No other site's page can make a browser send that header, so such a request needs no CSRF token;
its cookies are not looked at, and its answer sets none.
"""

from functools import partial

from flask import Flask, Request, Response, g

from api import history, limits, scopes
from api.errors import problem
from application.accounts import services_tokens, tokens
from application.accounts.queries import Asker
from application.accounts.queries_tokens import find_script
from application.accounts.services import SEEN_EVERY
from application.accounts.tokens import Said
from application.platform import clock

API = "/api/v1/"
SCHEME = "bearer"
CHALLENGE = {"WWW-Authenticate": "Bearer"}
NOT_FOR_TOKENS = "/problems/not-for-tokens"
TOO_NARROW = "/problems/token-scope"
TITLE = "Not with this token"
SAY_WRONG = "This token opens nothing: it is not whole, its time is over, or it was removed."
SAY_CLOSED = "No token opens this. Sign in and do it on the page."
SAY_NARROW = "This token may not do that: it needs one whose scope is {wanted}."


class NotWithToken(Exception):
    """A token that opens nothing (401), or not this (403)."""

    def __init__(self, status: int, detail: str, kind: str = "about:blank") -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind = status, detail, kind


def is_brought(asked: Request) -> bool:
    """Whether the request says a token, good or not; then its cookies count for nothing."""
    header: str | None = asked.environ.get("HTTP_AUTHORIZATION")
    if header is None or not asked.path.startswith("/api/"):
        return False
    return header[: len(SCHEME)].lower() == SCHEME


def recognise(asked: Request) -> None:
    """Find out whose token it is, in one statement, and whether it may do this.

    Raises NotWithToken, on what is open to the world too: a script shall hear that its token ended.
    """
    said = tokens.read(asked.environ["HTTP_AUTHORIZATION"][len(SCHEME) :].strip(" "))
    asker = None if said is None else find_script(said)
    if said is None or asker is None:
        limits.check()  # no further guard will see it, and each costs a statement
        raise NotWithToken(401, SAY_WRONG)
    g.asker = asker
    try:
        admit(asked, asker)
    except NotWithToken:
        limits.check()
        raise
    if asker.token_id is not None and clock.now() - asker.last_seen_at > SEEN_EVERY:
        g.used = asker.token_id, said


def admit(asked: Request, asker: Asker) -> None:
    """Let a token in where its scope reaches. Raises NotWithToken elsewhere."""
    rule = asked.url_rule
    if rule is None or asker.scope is None:  # 404 or 405 is what it will hear
        return
    wanted = scopes.needed(rule.rule.removeprefix(API), rule.endpoint, asked.method)
    if wanted is None:
        raise NotWithToken(403, SAY_CLOSED, NOT_FOR_TOKENS)
    if not scopes.allows(asker.scope, wanted):
        raise NotWithToken(403, SAY_NARROW.format(wanted=wanted), TOO_NARROW)


def note_used(response: Response) -> Response:
    """After the answer has left, write down that the token was used."""
    used: tuple[int, Said] | None = g.get("used")
    if used is not None:
        token_id, said = used
        work = partial(services_tokens.use, token_id, tokens.seal(said))
        history.afterwards(response, f"token {token_id} not noted as used", work)
    return response


def init_app(app: Flask) -> None:
    """Hang the answers to tokens onto `app`; `recognise` is called by api/sessions.py."""
    app.after_request(note_used)

    @app.errorhandler(NotWithToken)
    def refused(error: NotWithToken) -> Response:
        if error.status == 401:
            return problem(401, error.detail, headers=CHALLENGE)
        return problem(error.status, error.detail, kind=error.kind, title=TITLE)
