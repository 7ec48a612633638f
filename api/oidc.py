"""Signing in elsewhere (OpenID Connect): the way to the issuer, and the way back.

What a way hangs on (state, nonce, PKCE's verifier) is in a signed cookie of its own, for ten
minutes, so that only the browser that left can come back. However it ends, the browser lands on a
page of ours; what went wrong is one word in the query, for which the page has a sentence.
"""

import hmac
import logging
import re
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import quote

from flask import Response, current_app, g, redirect, request, session
from flask_security.utils import login_user
from itsdangerous import BadData, URLSafeTimedSerializer
from pydantic import BaseModel, ConfigDict, StringConstraints

from api import half_open, limits, sessions
from api.account import settings
from api.accounts import as_a_stranger
from api.base import RECENT, Query, Resource, contract
from api.guards import anyone
from api.security import ways_changed
from application.accounts import invitations, oidc, services_identities
from application.accounts.models import User
from application.accounts.queries import Asker
from application.deliveries import addresses as letters
from application.platform import clock, database
from application.platform.errors import Conflict, Invalid, NotFound

log = logging.getLogger(__name__)

COOKIE: Final = "tend_oidc"
LASTS: Final = 600  # seconds
HOME: Final = "/today"
SIGN_IN: Final = "/sign-in"
SETTINGS: Final = "/settings/security"
# A place of ours: one slash, then nothing that a browser could take for a host.
PLACE: Final = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}")

Some = Annotated[str, StringConstraints(max_length=1000)]


@dataclass(frozen=True, slots=True)
class Way:
    """One browser's way to the issuer and back. `session_id` is set where it is to be linked.

    `again`: somebody who is signed in is to show once more who they are.
    """

    attempt: oidc.Attempt
    next: str = HOME
    timezone: str = ""
    invite: str = ""
    session_id: int | None = None
    again: bool = False

    @property
    def page(self) -> str:
        """Where it ends when it came to nothing."""
        return SETTINGS if self.again or self.session_id is not None else SIGN_IN


class StartQuery(Query):
    """Where to go afterwards (a place of ours), and what a new account needs."""

    next: Some = HOME
    timezone: Annotated[str, StringConstraints(max_length=64)] = ""
    invite: Some = ""


class CallbackQuery(BaseModel):
    """What an issuer sends back; it may send more."""

    model_config = ConfigDict(extra="ignore")

    state: Annotated[str, StringConstraints(max_length=2000)] = ""
    code: Annotated[str, StringConstraints(max_length=4000)] = ""
    error: Some = ""
    iss: Some = ""


def issuer() -> oidc.Issuer:
    """The issuer of this installation. Raises NotFound when there is none."""
    if not settings().oidc_issuer:
        raise NotFound
    return oidc.issuer(settings())


def local(place: str) -> str:
    """`place` if it is one of ours, else the usual one."""
    return place if PLACE.fullmatch(place) else HOME


def cookie_name() -> str:
    """`__Host-` binds it to this very host, where browsers allow it: over https."""
    return f"__Host-{COOKIE}" if settings().https else COOKIE


def signer() -> URLSafeTimedSerializer:
    """Signs the cookie of a way."""
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="tend-oidc")


def land(place: str, **said: str) -> Response:
    """On a page of ours."""
    more = "&".join(f"{name}={quote(word, safe='')}" for name, word in said.items() if word)
    mark = "&" if "?" in place else "?"
    return redirect(f"{place}{mark}{more}" if more else place, 303)  # type: ignore[return-value]


def remember(response: Response, way: Way) -> Response:
    """Let only this browser come back by this way."""
    return _set_cookie(response, str(signer().dumps(asdict(way))), LASTS)


def forget(response: Response) -> Response:
    """The way is over, whatever became of it."""
    return _set_cookie(response, "", 0)


def _set_cookie(response: Response, value: str, seconds: int) -> Response:
    response.set_cookie(
        cookie_name(),
        value,
        max_age=seconds,
        path="/",
        secure=settings().https,
        httponly=True,
        samesite="Lax",
    )
    return response


def known_way(state: str) -> Way:
    """The way of this browser, if it is the one that `state` belongs to. Raises Problem."""
    try:
        said: dict[str, Any] = signer().loads(request.cookies.get(cookie_name(), ""), LASTS)
        way = Way(**{**said, "attempt": oidc.Attempt(**said["attempt"])})
    except (BadData, TypeError, KeyError):
        raise oidc.Problem("state", "no way of this browser") from None
    if not hmac.compare_digest(way.attempt.state.encode(), state.encode()):
        raise oidc.Problem("state", "another browser's state")
    return way


class OidcStartResource(Resource):
    """The way to the issuer."""

    guard = staticmethod(anyone)

    @limits.OIDC
    @contract(query=StartQuery, status=303)
    def get(self, asker: Asker | None, query: StartQuery) -> Response:
        """Go there; `next` is where to go when signed in. Who is signed in has to prove it anew."""
        way = Way(oidc.Attempt.new(), local(query.next), query.timezone, query.invite)
        way = replace(way, again=g.get("asker") is not None)
        try:
            url = issuer().url(way.attempt, RECENT if way.again else None)
        except oidc.Problem as problem:
            log.warning("the issuer cannot be asked: %s", problem.why)
            return land(way.page, problem=problem.word)
        return remember(redirect(url, 303), way)  # type: ignore[arg-type]


class OidcCallbackResource(Resource):
    """The way back."""

    guard = staticmethod(anyone)

    @limits.OIDC
    @contract(query=CallbackQuery, status=303)
    def get(self, asker: Asker | None, query: CallbackQuery) -> Response:
        """Sign in, link, or make an account; then go on, or say in a word why not (`problem`)."""
        database.rollback()  # nobody waits for the writer's place while the issuer is asked
        place = SIGN_IN
        try:
            known = issuer()
            way = known_way(query.state)
            place = way.page
            return forget(come_back(known, way, query))
        except oidc.Problem as problem:
            log.info("signing in elsewhere came to nothing: %s, %s", problem.word, problem.why)
            database.rollback()
            return forget(land(place, problem=problem.word))


def come_back(known: oidc.Issuer, way: Way, query: CallbackQuery) -> Response:
    """Who came back, and what they came for. Raises Problem."""
    if query.error or not query.code:
        raise oidc.Problem("refused" if query.error == "access_denied" else "provider", "an error")
    if query.iss and query.iss != known.name:
        raise oidc.Problem("provider", "another issuer answered")
    person = known.person(query.code, way.attempt)
    if way.session_id is not None:
        return link(known, way, person.subject)
    user = services_identities.find_linked_user(known.name, person.subject)
    here: Asker | None = g.get("asker")
    if way.again and here is not None and (user is None or user.id != here.user_id):
        raise oidc.Problem("taken" if user else "other", "somebody else than who is signed in")
    if user is None:
        user = settle(known, way, person)
    if not user.active:
        raise oidc.Problem("inactive")
    return enter(user, way, person.proved_at)


def link(known: oidc.Issuer, way: Way, subject: str) -> Response:
    """Link it to the account whose very session went there. Raises Problem."""
    here: Asker | None = g.get("asker")
    if here is None or here.session_id != way.session_id:
        raise oidc.Problem("state", "another session came back")
    database.begin_writing()
    try:
        if services_identities.link(here.user_id, known.name, subject):
            ways_changed(here.user_id, "identity_linked", settings().oidc_name)
    except Conflict:
        raise oidc.Problem("taken") from None
    return land(way.next, linked="1")


def settle(known: oidc.Issuer, way: Way, person: oidc.Person) -> User:
    """A new account, where that may be made. Raises Problem."""
    if settings().registration == "closed":
        raise oidc.Problem("unlinked")
    try:
        invitations.check(way.invite or None)
        about = {**known.about(person), "sub": person.subject}
        password = services_identities.random_password()
        database.begin_writing()
        user = services_identities.settle(known.name, about, password, way.timezone)
    except Invalid as refused:
        fields = {error.field for error in refused.errors}
        word = "invite" if "invite" in fields else "unlinked" if "email" in fields else "again"
        raise oidc.Problem(word) from None
    if user.confirmed_at is None:
        letters.ask_to_confirm(user.id)
    return user


def enter(user: User, way: Way, proved_at: datetime) -> Response:
    """Sign in, by a session of ours; a second factor is asked for as after a password.

    The session is as recent as what the issuer saw: who is signed in there all day has shown
    nothing by coming here once more. Raises Problem when that was all they came for.
    """
    as_a_stranger()
    for name in sessions.HALF:  # a step that was left open here is over, whosever it was
        session.pop(name, None)
    current_app.extensions["security"].two_factor_plugins.tf_enter(user, False, "oidc", None)
    step = half_open.begin()
    if step is not None:
        return land(SIGN_IN, step=step.next, methods=",".join(step.methods), next=way.next)
    if way.again and clock.now() - proved_at >= RECENT:
        raise oidc.Problem("stale", "it did not ask anew, or does not say when it did")
    g.proved_at = proved_at
    login_user(user, authn_via=["oidc"])
    return land(way.next)
