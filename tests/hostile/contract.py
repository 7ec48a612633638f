"""Schemathesis against api.yaml through WSGI: as a person, as a stranger, as a script's token."""

import copy
import secrets
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import schemathesis
from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from werkzeug.sansio.http import parse_cookie

from api.sessions import COOKIE, digest, signer
from application.accounts.models import ApiToken, User, UserSession
from application.accounts.services import start_session
from application.platform.database import transaction
from application.platform.extensions import db
from tests.hostile import bodies
from tests.hostile.tally import Tally
from tests.people import Person

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
CSRF = b"/problems/csrf"
AS_HERSELF = "HTTP_X_AS_HERSELF"
COLUMNS = ApiToken.__table__.columns

# A check that is off, or answers that it lets pass, and why.
CHECKS: dict[str, Any] = {
    # 4.32.5 cannot ask again through WSGI (EnvironBuilder knows no max_redirects). Every route is
    # asked without a session, and with one that is over, in test_every_route, test_ended_sessions.
    "ignored_auth": {"enabled": False},
    # api.yaml says the shape of a field. Whether there is a zone of that name, a day of that date,
    # a password that good is said in words: 422 of a body, 400 of a query; 401, 410 of a code.
    "positive_data_acceptance": {
        "expected-statuses": [
            "2xx", "304", "400", "401", "403", "404", "409", "410", "412", "413", "422", "429",
            "503",
        ],
    },
    # Ours besides the default ones: gone, changed elsewhere, too large.
    "negative_data_rejection": {
        "expected-statuses": [
            "400", "401", "403", "404", "405", "406", "409", "410", "412", "413", "415", "422",
            "429",
        ],
    },
}  # fmt: skip


class Door:
    """The application, with what a browser does by itself: it repeats the CSRF token it was given.

    What ends the session that is used (signing out, say) is made good before the next request:
    else all that follows would only ever be asked in front of a closed door.
    """

    def __init__(self, app: Flask, person: Person) -> None:
        self.app, self.person = app, person
        self.script: ApiToken | None = None
        with app.app_context():
            found = db.session.scalar(db.select(ApiToken).filter_by(user_id=person.user_id))
            if found is not None:
                db.session.expunge(found)
                self.script = found
        cookie = person.browser.get_cookie(COOKIE)
        self.token = cookie.value if cookie else ""
        person.get("account")
        xsrf = person.browser.get_cookie("XSRF-TOKEN")
        self.xsrf = xsrf.value if xsrf else ""
        csrf = secrets.token_hex(20)
        self.visitor = str(signer(app).dumps({"csrf": csrf}))
        with app.test_request_context():
            session["csrf_token"] = csrf
            self.visitors_xsrf = generate_csrf()
        self.statuses: Counter[int] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        environ.pop("HTTP_ACCEPT_ENCODING", None)  # its WSGI client does not unpack
        if environ.pop(AS_HERSELF, None):  # nor does it send a Cookie header
            environ["HTTP_COOKIE"] = f"{COOKIE}={self.token}"
        said = parse_cookie(environ.get("HTTP_COOKIE", "")).get(COOKIE)
        if said is None and "HTTP_AUTHORIZATION" not in environ:
            more = "; ".join(filter(None, (environ.get("HTTP_COOKIE"), f"{COOKIE}={self.visitor}")))
            environ["HTTP_COOKIE"] = more
        if said in (self.token, self.visitor, None):
            own = said == self.token
            environ["HTTP_X_XSRF_TOKEN"] = self.xsrf if own else self.visitors_xsrf
        kept: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[..., Any]:
            kept[:] = [status, headers]
            return lambda _: None

        answer = self.app.wsgi_app(environ, start)
        try:
            parts = [bytes(part) for part in answer]
        finally:
            getattr(answer, "close", lambda: None)()
        status, headers = kept
        if status.startswith("400") and any(CSRF in part for part in parts):
            # A session that is none of ours has no token: refused before anybody asks who it is.
            status = "401 UNAUTHORIZED"
        self.statuses[int(status[:3])] += 1
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD", "OPTIONS"):
            self.revive()
        start_response(status, headers)
        return parts

    def revive(self) -> None:
        """The account, its session and its token are there again."""
        if not self.token:
            return
        if self.script is not None:
            self.bring_back_the_script()
        with self.app.app_context(), transaction():
            if db.session.get(User, self.person.user_id) is None:
                raise AssertionError("the account was erased without its password")
            kept = db.select(UserSession.id).where(UserSession.secret_hash == digest(self.token))
            if db.session.scalar(kept) is None:
                start_session(self.person.user_id, digest(self.token), "a test")

    def bring_back_the_script(self) -> None:
        with self.app.app_context(), transaction() as session:
            kept = {column.key: getattr(self.script, column.key) for column in COLUMNS}
            if session.get(ApiToken, kept["id"]) is None:
                session.add(ApiToken(**kept))


def document() -> dict[str, Any]:
    """api.yaml; the CSRF token is no secret that lets anybody in (see Door), S4 looks at it."""
    said = copy.deepcopy(bodies.document())
    del said["components"]["securitySchemes"]["csrf"]
    said["security"] = [_without_csrf(one) for one in said["security"]]
    for methods in said["paths"].values():
        for operation in methods.values():
            if "security" in operation:
                kept = [_without_csrf(one) for one in operation["security"]]
                operation["security"] = [one for one in kept if one]
    return said


def _without_csrf(wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if name != "csrf"}


def run(
    door: Door, headers: dict[str, str], examples: int, seed: int, tally: Tally, **more: Any
) -> None:
    """All operations, all checks; what is wrong goes into the tally, each kind once."""
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "headers": headers,
            "checks": CHECKS,
            "continue-on-failure": True,
            "cache": {"enabled": False},
            "generation": {
                "max-examples": examples,
                "database": "none",
                "no-shrink": True,
                # No text may hold NUL: 400 before a schema is asked. F2 puts it into every field.
                "allow-x00": False,
                # Ours come by `headers`; made up ones beside them would be read first.
                "with-security-parameters": False,
            },
            "suppress-health-check": ["all"],
            **more,
        }
    )
    schema = schemathesis.openapi.from_dict(document(), config=config)
    schema.app = door
    schema.location = "/api/v1"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text in failures(from_schema(schema).execute()):
            if text not in tally.failures:
                tally.failed(text)
    for status, times in door.statuses.items():
        tally.inputs += times
        tally.accepted += times if status < 400 else 0
        tally.refused += times if 400 <= status < 500 else 0


def failures(stream: Iterable[Any]) -> Iterator[str]:
    """What a run found, in words."""
    for event in stream:
        if isinstance(event, events.ScenarioFinished):
            for checks in event.recorder.checks.values():
                for check in checks:
                    if check.failure_info is not None:
                        told = check.failure_info
                        yield (
                            f"{event.recorder.label} {check.name}: {told.failure.title}: "
                            f"{told.failure.message[:400]}\n    {told.code_sample[:600]}"
                        )
        elif isinstance(event, events.NonFatalError):
            yield f"{event.label}: {event.info.title} {event.value!r}"[:600]
        elif isinstance(event, events.FatalError):
            raise event.exception
