"""An OpenID Connect issuer of the tests: small, real, on loopback, and wrong where it is told."""

import base64
import hashlib
import http.client
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from application.platform import clock
from config import Settings
from tests.people import Person, problem

CLIENT = "tend-tests"
SECRET = "a secret: between & them"
START = "accounts/oidc/start"
MIRA = {"sub": "mira-1", "preferred_username": "Mira", "email": "Mira@Home.example"}
Twist = Callable[[dict[str, Any]], object]


class Issuer:
    """What the issuer knows: its keys, its codes, who sits before it, and what it gets wrong."""

    def __init__(self) -> None:
        self.name = ""
        self.keys = [make_key()]
        self.codes: dict[str, dict[str, str]] = {}
        self.person: dict[str, Any] = {"sub": "mira-1"}
        self.signed_in_at: float | None = None  # there; None: nobody was, so it asks
        self.told: dict[str, Any] | None = None  # on being asked with the access token
        self.refuses = False
        self.twist: Twist = lambda _claims: None
        self.unsigned = False
        self.silent = threading.Event()
        self.silent.set()
        self.asked: list[str] = []

    def rotate(self) -> None:
        """Sign with another key from now on; the one before is no more."""
        self.keys = [make_key()]

    def description(self) -> dict[str, Any]:
        return {
            "issuer": self.name,
            "authorization_endpoint": f"{self.name}/authorize",
            "token_endpoint": f"{self.name}/token",
            "jwks_uri": f"{self.name}/keys",
            "userinfo_endpoint": f"{self.name}/about",
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes next."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert "openid" in query["scope"].split()
        assert query["code_challenge_method"] == "S256"
        if query.get("prompt") == "login" or self.signed_in_at is None:
            self.signed_in_at = clock.now().timestamp()
        if self.refuses:
            said = {"error": "access_denied", "error_description": "<b>no</b>"}
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = query
            said = {"code": code, "iss": self.name}
        return f"{query['redirect_uri']}?{urlencode({**said, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """What a code is worth, once; None when it is not."""
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        name, _, secret = pair.partition(":")
        if (unquote(name), unquote(secret.replace("+", " "))) != (CLIENT, SECRET):
            return None
        asked = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(
            hashlib.sha256(form["code_verifier"].encode()).digest()
        )
        if asked is None or asked["code_challenge"] != challenge.decode().rstrip("="):
            return None
        if form["redirect_uri"] != asked["redirect_uri"]:
            return None
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.name,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "auth_time": int(self.signed_in_at or 0),
            **self.person,
        }
        self.twist(claims)
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(claims)}

    def sign(self, claims: dict[str, Any]) -> str:
        if self.unsigned:
            parts = [{"alg": "none"}, claims]
            said = [base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts]
            return ".".join(part.decode().rstrip("=") for part in said) + "."
        key = self.keys[0]
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


def make_key() -> RSAKey:
    """A key to sign with."""
    return RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)


class Handler(BaseHTTPRequestHandler):
    """The issuer's HTTP."""

    issuer: Issuer

    def do_GET(self) -> None:
        self.issuer.asked.append(urlsplit(self.path).path)
        self.issuer.silent.wait(20)
        path = urlsplit(self.path).path
        if path == "/authorize":
            self.send_response(302)
            query = {name: value[0] for name, value in parse_qs(urlsplit(self.path).query).items()}
            self.send_header("Location", self.issuer.authorize(query))
            self.end_headers()
        elif path == "/about":
            self.say(self.issuer.told if self.headers["Authorization"] == "Bearer x" else None)
        elif path == "/keys":
            self.say({"keys": [key.as_dict(private=False) for key in self.issuer.keys]})
        elif path == "/.well-known/openid-configuration":
            self.say(self.issuer.description())
        else:
            self.say(None)

    def do_POST(self) -> None:
        self.issuer.asked.append(self.path)
        self.issuer.silent.wait(20)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: value[0] for name, value in parse_qs(body).items()}
        self.say(self.issuer.token(form, self.headers.get("Authorization", "")))

    def say(self, body: dict[str, Any] | None) -> None:
        data = json.dumps(body or {"error": "invalid_grant"}).encode()
        self.send_response(200 if body else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests' output is for their failures."""


@contextmanager
def serving() -> Iterator[Issuer]:
    """An issuer that answers on loopback."""
    issuer = Issuer()
    handler = type("Its", (Handler,), {"issuer": issuer})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        issuer.name = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield issuer
        finally:
            issuer.silent.set()
            server.shutdown()
            thread.join(5)


def using(settings: Settings, issuer: str, **more: Any) -> Settings:
    """The settings of an installation where one can sign in at that issuer."""
    changes = {
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_name": "Home",
    }
    return settings.model_copy(update={**changes, **more})


def leave(person: Person, **query: str) -> str:
    """Go to the issuer; its address."""
    answer = person.get(START, query_string=query)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def at_issuer(url: str) -> str:
    """What the issuer does with the browser: the path of ours that it goes to."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    connection.request("GET", f"{parts.path}?{parts.query}")
    back = urlsplit(connection.getresponse().headers["Location"])
    connection.close()
    assert back.netloc == "localhost:8000"
    return f"{back.path}?{back.query}"


def land(answer: TestResponse) -> str:
    """The page of ours where it ended."""
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    return str(answer.headers["Location"])


def sign_in(person: Person, **query: str) -> str:
    """All the way to the issuer and back; the page where it ended."""
    return land(person.get(at_issuer(leave(person, **query))))


def refused(person: Person, word: str, place: str = "/sign-in") -> None:
    """It ends with that word, and nobody is signed in."""
    assert sign_in(person) == f"{place}?problem={word}"
    problem(person.get("account"), 401)


def link(person: Person) -> str:
    """Link an account elsewhere; the page where it ended."""
    answer = person.post("account/identities")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return land(person.get(at_issuer(answer.get_json()["url"])))
