"""Signing in elsewhere: OpenID Connect's authorization code flow with PKCE, for one issuer.

Authlib and joserfc check what comes back; every call goes through the one door out.
"""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

import orjson

from application.platform import clock
from application.platform.egress import Closed, Door, Unreachable, issuer_door
from config import Settings

CALLBACK: Final = "/api/v1/accounts/oidc/callback"
SCOPE: Final = "openid email profile"
# Signed by the issuer's own key, and nothing else: neither "none" nor a shared secret.
ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
REMEMBERED: Final = 3600.0  # seconds for which the issuer's description and keys are believed
LEEWAY: Final = 60  # seconds by which two clocks may differ
LONGEST_SUBJECT: Final = 255
NEVER: Final = datetime.fromtimestamp(0, UTC)
# What a new account is made from.
ABOUT: Final = ("email", "email_verified", "preferred_username", "name", "zoneinfo")


class Problem(Exception):
    """It came to nothing; `word` is for the page, which knows a sentence for each."""

    def __init__(self, word: str, why: str = "") -> None:
        self.word = word
        self.why = why  # for the log: no value of the person's
        super().__init__(word)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one browser's way to the issuer and back hangs on."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Attempt":
        """Three secrets that nobody can guess."""
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))


@dataclass(frozen=True, slots=True)
class Person:
    """Who came back: the issuer's name for them, what it said, and a key to ask for more.

    `proved_at` is when they last showed the issuer who they are; the beginning of time when it
    does not say.
    """

    subject: str
    claims: dict[str, Any]
    access: str | None
    proved_at: datetime = NEVER


class Issuer:
    """The issuer of an installation, as it describes itself."""

    def __init__(self, settings: Settings) -> None:
        self.name = settings.oidc_issuer
        self.client_id = settings.oidc_client_id
        self.secret = settings.oidc_client_secret
        self.callback = f"{settings.public_url}{CALLBACK}"
        self.door: Door = issuer_door(settings)
        self._lock = Lock()
        self._described: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, Any] | None = None

    def url(self, attempt: Attempt, within: timedelta | None = None) -> str:
        """Where the browser goes. Raises Problem.

        `within`: the issuer is to ask who it is, whoever sits there, and to say when it did.
        """
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.callback,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
        }
        if within is not None:
            asked |= {"prompt": "login", "max_age": str(int(within.total_seconds()))}
        where = self._endpoint("authorization_endpoint")
        return f"{where}{'&' if urlsplit(where).query else '?'}{urlencode(asked)}"

    def person(self, code: str, attempt: Attempt) -> Person:
        """Who brought `code`, by the issuer's signed word. Raises Problem."""
        found = self._exchange(code, attempt)
        token, access = found.get("id_token"), found.get("access_token")
        if not isinstance(token, str):
            raise Problem("token", "there was no ID token")
        access = access if isinstance(access, str) else None
        claims = self._proved(token, attempt.nonce, access)
        about = {name: claims.get(name) for name in ABOUT}
        return Person(claims["sub"], about, access, proved_at(claims))

    def about(self, person: Person) -> dict[str, Any]:
        """What a new account is made from; some issuers say it on being asked alone. Problem."""
        described = "userinfo_endpoint" in self._description()
        if person.claims["email"] is not None or person.access is None or not described:
            return person.claims
        key = {"Authorization": f"Bearer {person.access}"}
        said = self._call(self._endpoint("userinfo_endpoint"), key)
        if said.get("sub") != person.subject:
            raise Problem("token", "it spoke of somebody else")
        return {name: said.get(name) for name in ABOUT}

    def _exchange(self, code: str, attempt: Attempt) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": attempt.verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        ways = self._description().get("token_endpoint_auth_methods_supported")
        if not self.secret:
            form["client_id"] = self.client_id
        elif isinstance(ways, list) and "client_secret_basic" not in ways:
            form |= {"client_id": self.client_id, "client_secret": self.secret}
        else:
            pair = f"{quote_plus(self.client_id)}:{quote_plus(self.secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return self._call(self._endpoint("token_endpoint"), headers, urlencode(form).encode())

    def _proved(self, token: str, nonce: str, access: str | None) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import JoseError

        try:
            read = self._read(token)
            wanted = {
                "iss": {"essential": True, "value": self.name},
                "aud": {"essential": True, "value": self.client_id},
            }
            known = {"nonce": nonce, "client_id": self.client_id}
            if access:
                known["access_token"] = access
            claims = CodeIDToken(read.claims, read.header, wanted, known)
            claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise Problem("token", type(error).__name__) from None
        subject = claims["sub"]
        if not (isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT):
            raise Problem("token", "the subject is no short text")
        if not subject.isprintable():
            raise Problem("token", "the subject is not printable")
        return dict(claims)

    def _read(self, token: str) -> Any:
        """The token, its signature checked; with the issuer's newest keys if those kept do not fit.

        Raises what joserfc raises.
        """
        from joserfc import jwt
        from joserfc.errors import JoseError

        kept = self._keys is not None
        try:
            return jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            if not kept:
                raise
            return jwt.decode(token, self._key_set(fresh=True), algorithms=ALGORITHMS)

    def _key_set(self, *, fresh: bool = False) -> Any:
        from joserfc.jwk import KeySet

        with self._lock:
            kept = self._keys
        if kept is None or fresh or monotonic() - kept[0] > REMEMBERED:
            said = self._call(self._endpoint("jwks_uri"), {}).get("keys")
            kept = monotonic(), KeySet(readable(said if isinstance(said, list) else []))
            with self._lock:
                self._keys = kept
        return kept[1]

    def _description(self) -> dict[str, Any]:
        with self._lock:
            kept = self._described
        if kept is None or monotonic() - kept[0] > REMEMBERED:
            base = self.name.rstrip("/")
            said = self._call(f"{base}/.well-known/openid-configuration", {})
            if said.get("issuer") != self.name:
                raise Problem("provider", "the issuer calls itself by another name")
            kept = monotonic(), said
            with self._lock:
                self._described = kept
        return kept[1]

    def _endpoint(self, name: str) -> str:
        """One of its addresses, protected as the issuer's own is. Raises Problem."""
        url = self._description().get(name)
        scheme = urlsplit(self.name).scheme
        if not isinstance(url, str) or not url.startswith(("https://", f"{scheme}://")):
            raise Problem("provider", f"its {name} is no address")
        return url

    def _call(
        self, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> dict[str, Any]:
        """The JSON object that answers. Raises Problem."""
        headers = {"Accept": "application/json", **headers}
        try:
            if body is None:
                answer = self.door.get(url, headers)
            else:
                answer = self.door.post(url, body, headers)
            said = orjson.loads(answer.body) if answer.status == 200 else None
        except (Closed, Unreachable) as error:
            raise Problem("provider", error.reason) from None
        except orjson.JSONDecodeError:
            raise Problem("provider", "its answer was not JSON") from None
        if not isinstance(said, dict):
            raise Problem("provider", f"it answered {answer.status}")
        return said


def proved_at(claims: Mapping[str, Any]) -> datetime:
    """When the issuer last saw who it is (`auth_time`), which is never later than now."""
    said, present = claims.get("auth_time"), clock.now()
    if not isinstance(said, int | float) or not said > 0:  # it may be no number at all: NaN
        return NEVER
    return datetime.fromtimestamp(min(said, present.timestamp()), UTC)


def readable(keys: list[Any]) -> list[Any]:
    """The keys that sign and that we can read; an issuer may have others, too."""
    from joserfc.errors import JoseError
    from joserfc.jwk import JWKRegistry

    found = []
    for key in keys:
        if isinstance(key, dict) and key.get("kty") != "oct" and key.get("use") != "enc":
            try:
                found.append(JWKRegistry.import_key(key))
            except (JoseError, ValueError, TypeError, KeyError):
                continue
    return found


_issuers: dict[tuple[str, ...], Issuer] = {}


def issuer(settings: Settings) -> Issuer:
    """This process's issuer. Its description and keys are asked for when they are needed."""
    key = (
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret,
        settings.public_url,
    )
    return _issuers.setdefault(key, Issuer(settings))


def forget_issuers() -> None:
    """Ask them anew: their keys and descriptions."""
    _issuers.clear()
