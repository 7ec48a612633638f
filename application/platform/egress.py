"""The one door out: calls to addresses that people wrote down, and nothing else.

Every address is looked at in the moment of connecting, and the connection goes to the very address
that was looked at; no redirect is followed, no proxy, netrc or cookie used. A call takes 20 s in
all, however slowly the other side drips, and reads 2 kB at most, as they come. What lies inside
the network is called where the operator listed its exact host:port, or named it as issuer.
"""

import contextlib
import http.client
import os
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests_hardened.ip_filter import InvalidIPAddress
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_match_hostname import CertificateError

from application.platform import cutoff
from application.platform.addresses import SAY_INSIDE, SAY_OWN, Target, key_of, read
from application.platform.connections import (
    LookupTimeout,
    OwnServer,
    Rules,
    Session,
    current,
    roots,
)
from config import Settings

LIMIT: Final = 20.0  # seconds in all
PATIENCE: Final = 2.0  # seconds for the body, once the status is known
MOST: Final = 2048  # bytes of it
ISSUER_LIMIT: Final = 3.0  # seconds
ISSUER_MOST: Final = 256 * 1024  # bytes; a long list of keys takes 20 kB

SAY_HUNG_UP: Final = "It hung up before it answered."
SAY_REFUSED: Final = "Nothing answers at this address: the connection was refused."
SAY_NO_NAME: Final = "This name is not known to DNS."
SAY_NO_WAY: Final = "There is no way to this address from here."
SAY_NO_HTTP: Final = "What came back was not HTTP."
# What OpenSSL calls it; the numbers are X509_V_ERR_*.
CERTIFICATES: Final = {
    9: "Its certificate is not valid yet.",
    10: "Its certificate has expired.",
    18: "Its certificate is self-signed.",
    19: "Its certificate is self-signed.",
    20: "Its certificate comes from nobody that is trusted here.",
    21: "Its certificate comes from nobody that is trusted here.",
    62: "Its certificate is for another name.",
    64: "Its certificate is for another name.",
}


class Closed(Exception):
    """The address may not be called, and no connection was made; `reason` is a sentence."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Unreachable(Exception):
    """There was no answer; `reason` is a sentence."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: header names in lower case, and the first 2 kB of the body as they came."""

    status: int
    headers: dict[str, str]
    body: bytes


def check(url: str, trusted: Collection[str], own: Collection[str] = ()) -> str:
    """The URL in its one form. Raises ValueError with a sentence when it may not be called."""
    return read(url, trusted, own).url


class Door:
    """Calls addresses. One serves all threads of a process; each keeps its own connections."""

    def __init__(
        self,
        trusted: Collection[str],
        own: Collection[str] = (),
        *,
        seconds: float = LIMIT,
        most: int = MOST,
        context: Callable[[], ssl.SSLContext] = roots,
    ) -> None:
        self.trusted = frozenset(trusted)
        self.own = frozenset(own)
        self.seconds = seconds
        self.most = most
        # What this machine serves is refused by all of its addresses, whatever name leads there.
        here = [key.rpartition(":") for key in self.own]
        ports = frozenset(int(port) for host, _, port in here if host == "localhost")
        self._rules = Rules(context=context, own_ports=ports)
        self._kept = threading.local()

    def check(self, url: str) -> str:
        """The URL in its one form. Raises ValueError with a sentence when it may not be called."""
        return check(url, self.trusted, self.own)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """POST `body`; a redirect is an answer like any other.

        Raises Closed when the address may not be called, Unreachable when no answer came.
        """
        return self._call(url, body, headers)

    def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """GET; otherwise as `post`."""
        return self._call(url, None, headers)

    def _call(self, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        try:
            target = read(url, self.trusted, self.own)
        except ValueError as error:
            raise Closed(str(error)) from None
        with cutoff.within(self.seconds) as limit:
            current.limit = limit
            try:
                return self._try(target, body, headers)
            except Unreachable as error:
                if current.fresh or limit.over or error.reason != SAY_HUNG_UP:
                    raise
                return self._try(target, body, headers)  # a kept connection that was no more

    def _try(self, target: Target, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        session = self._session(target.trusted)
        current.fresh = False
        patience = current.limit.left
        try:
            with session.request(
                "GET" if body is None else "POST",
                target.url,
                data=body,
                headers={"Accept-Encoding": "identity", **headers},
                timeout=(patience, patience),
                stream=True,
            ) as found:
                if current.limit.over:  # in its headers, and the parser took that for their end
                    raise TimeoutError
                names = {name.lower(): value for name, value in found.headers.items()}
                return Answer(found.status_code, names, _beginning(found.raw, self.most))
        except (InvalidIPAddress, OwnServer) as error:
            raise Closed(SAY_OWN if isinstance(error, OwnServer) else SAY_INSIDE) from None
        except (HTTPError, http.client.HTTPException, LookupTimeout, OSError, ValueError) as error:
            session.close()
            raise Unreachable(self._in_words(error)) from None

    def _session(self, trusted: bool) -> Session:
        """This thread's session, for addresses that are listed or for all others."""
        name = f"{os.getpid()} {trusted}"  # a forked process must not speak into its parent's
        kept: dict[str, Session] = self._kept.__dict__
        if name not in kept:
            kept[name] = Session(self._rules, trusted=trusted)
        return kept[name].rested()

    def close(self) -> None:
        """Hang up this thread's connections."""
        for session in self._kept.__dict__.values():
            session.close()

    def _in_words(self, error: BaseException) -> str:
        causes = list(_causes(error))
        late = TimeoutError, LookupTimeout, requests.Timeout
        if current.limit.over or any(isinstance(cause, late) for cause in causes):
            return f"It did not answer within {self.seconds:g} seconds."
        for cause in causes:
            if said := _of_one(cause):
                return said
        return SAY_NO_HTTP


def _of_one(cause: BaseException) -> str:
    """What one error in a chain of them says to a person; "" when it says nothing."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return CERTIFICATES.get(cause.verify_code, "Its certificate is not valid.")
    for kind, said in (
        (CertificateError, CERTIFICATES[62]),
        (ssl.SSLEOFError, SAY_HUNG_UP),
        (ssl.SSLError, "It does not speak TLS as it should."),
        (requests.exceptions.SSLError, "Its certificate is not valid."),
        (socket.gaierror, SAY_NO_NAME),
        (ConnectionRefusedError, SAY_REFUSED),
        (ConnectionError, SAY_HUNG_UP),
        (http.client.RemoteDisconnected, SAY_HUNG_UP),
        (http.client.HTTPException, SAY_NO_HTTP),
    ):
        if isinstance(cause, kind):
            return said
    # What is left of the system's errors: network or host unreachable, no route.
    return SAY_NO_WAY if isinstance(cause, OSError) and cause.errno else ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The errors that an error stands for, innermost first."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        found = waiting.pop()
        if found in seen:
            continue
        seen.append(found)
        inner = [found.__cause__, found.__context__, getattr(found, "reason", None), *found.args]
        waiting += [cause for cause in inner if isinstance(cause, BaseException)]
    return reversed(seen)


def _beginning(raw: Any, most: int) -> bytes:
    """At most `most` bytes of a body, undecoded. A body that drips, ends early or never ends is no
    error: the status has been said. Read to its end, it leaves the connection open for the next
    call.
    """
    current.limit.end_in(PATIENCE)
    body = b""
    with contextlib.suppress(HTTPError, http.client.HTTPException, OSError, ValueError):
        while len(body) <= most:
            more = raw.read1(most + 1 - len(body), decode_content=False)
            if not more:
                break
            body += more
    return body[:most]


@lru_cache(maxsize=4)
def _door(trusted: frozenset[str], own: frozenset[str]) -> Door:
    return Door(trusted, own)


def door(settings: Settings) -> Door:
    """This process's door, for an installation's settings."""
    return _door(settings.trusted_hosts, own_servers(settings))


@lru_cache(maxsize=4)
def _issuer_door(trusted: frozenset[str], own: frozenset[str]) -> Door:
    return Door(trusted, own, seconds=ISSUER_LIMIT, most=ISSUER_MOST)


def issuer_door(settings: Settings) -> Door:
    """The door to the issuer that the operator named, wherever it lies: a person waits for it."""
    parts = urlsplit(settings.oidc_issuer)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    here = frozenset({key_of((parts.hostname or "").lower(), port)})
    return _issuer_door(here, own_servers(settings))


def own_servers(settings: Settings) -> frozenset[str]:
    """host:port of Tend itself, its database, its cache and its queue, where they have one."""
    here = settings.host
    found = {key_of(here, settings.port), key_of("localhost", settings.port)}
    ports = {"https": 443, "http": 80, "redis": 6379, "rediss": 6379, "amqp": 5672, "amqps": 5671}
    for url in (
        settings.public_url,
        settings.database_url,
        settings.redis_url,
        settings.celery_broker_url,
    ):
        parts = urlsplit(url)
        port = parts.port or ports.get(parts.scheme) or (5432 if "postgres" in parts.scheme else 0)
        if parts.hostname and port:
            found.add(key_of(parts.hostname.lower(), port))
    return frozenset(found)
