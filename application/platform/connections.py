"""Connections of the one door out: addresses looked at while connecting, sockets watched.

Built on requests-hardened, whose adapter resolves a name, refuses what lies inside, and connects
to the very address it looked at. Added here: a limit on the whole call, one TLS context for all,
a second look at the address, and no memory of anything but the connections. Used by egress.py.
"""

import contextlib
import logging
import os
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from ipaddress import IPv4Address, IPv6Address
from time import monotonic
from typing import Any, Final, TypeVar

from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from application.platform.addresses import is_inside, literal
from application.platform.cutoff import Cutoff

AGENT: Final = "Tend"
IDLE: Final = 20.0  # seconds until a kept connection is not believed to be there still
PARALLEL: Final = 32  # hosts whose connections a thread keeps
T = TypeVar("T")

# Of an answer with a strange header urllib3 writes down the whole URL, and in it lie people's keys.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class OwnServer(Exception):
    """The address leads to a server of Tend's own."""


class LookupTimeout(Exception):
    """The name was not found in time."""


class Current(threading.local):
    """The call that a thread is in."""

    limit: Cutoff
    fresh: bool = False  # whether it opened a connection of its own


current = Current()


class _Watched:
    """A connection that shows each of its sockets to the watchdog."""

    sock: Any

    def _new_conn(self) -> socket.socket:
        current.fresh = True
        made: socket.socket = super()._new_conn()  # type: ignore[misc]
        current.limit.watch(made)  # before the TLS handshake, in which one can drip as well
        return made

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None:  # kept from an earlier call
            current.limit.watch(self.sock)
        super().request(*args, **kwargs)  # type: ignore[misc]


class _Plain(_Watched, HTTPConnection):
    pass


class _Secure(_Watched, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


@dataclass(frozen=True, slots=True)
class Rules:
    """What all connections of a door have in common."""

    context: Callable[[], ssl.SSLContext]
    own_ports: frozenset[int]


class _Adapter(HTTPAdapter):
    """Watched connections, and a TLS context that is made once: reading the roots takes 20 ms."""

    rules: Rules

    def init_poolmanager(self, *_args: Any, **_kwargs: Any) -> None:
        super().init_poolmanager(PARALLEL, 1)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is left to load: the context has the roots, and always verifies."""

    def finish(self, found: tuple[dict[str, Any], dict[str, Any]]) -> Any:
        if found[0]["scheme"] == "https":
            found[1]["ssl_context"] = self.rules.context()
        return found


class _Open(_Adapter, IPFilterAdapter):
    """For the whole internet."""

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        look_up = super().build_connection_pool_key_attributes
        found = in_time(lambda: look_up(*args, **kwargs), current.limit)
        host, port = found[0]["host"].strip("[]"), found[0]["port"]
        address = literal(host)
        if address is None or is_inside(address):
            raise InvalidIPAddress(host)
        port = port or (443 if found[0]["scheme"] == "https" else 80)
        if port in self.rules.own_ports and is_mine(address):
            raise OwnServer
        return self.finish(found)


class _Trusted(_Adapter):
    """For the exact addresses that the operator listed, wherever they lie."""

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        found = super().build_connection_pool_key_attributes(*args, **kwargs)
        host = found[0]["host"]
        if literal(host) is None:  # looked up here first, because this can be given up in time
            in_time(lambda: socket.getaddrinfo(host, None), current.limit)
        return self.finish(found)


class Session(HTTPSession):
    """Remembers connections and nothing else: no cookies, and nothing from the environment."""

    def __init__(self, rules: Rules, *, trusted: bool) -> None:
        super().__init__(
            Config(
                ip_filter_enable=not trusted,
                ip_filter_allow_loopback_ips=False,
                never_redirect=True,
                default_timeout=(10.0, 10.0),
                user_agent_override=AGENT,
            )
        )
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.used = monotonic()
        for secure, scheme in enumerate(("http://", "https://")):
            adapter: _Adapter = _Trusted()
            if not trusted:
                adapter = _Open(is_https_proto=bool(secure))  # type: ignore[call-arg]
            adapter.rules = rules
            self.mount(scheme, adapter)

    def get_redirect_target(self, resp: object) -> None:
        """None: asked for it, requests would read the whole body before it lets go of it."""

    def rested(self) -> "Session":
        """Itself, without connections that have rested so long that a router may have cut them."""
        if monotonic() - self.used > IDLE:
            self.close()
        self.used = monotonic()
        return self


def in_time(work: Callable[[], T], limit: Cutoff) -> T:
    """The result of `work`, which looks up a name; LookupTimeout when it takes too long.

    The system's resolver cannot be told a limit, so it works in a thread that may be left behind.
    """
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=run, name="lookup", daemon=True).start()
    try:
        return done.result(limit.left)
    except TimeoutError:
        if done.done():
            raise
        raise LookupTimeout from None


def is_mine(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address is one of this machine's: one can be bound to those alone."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with contextlib.closing(socket.socket(family, socket.SOCK_DGRAM)) as probe:
        try:
            probe.bind((str(address), 0))
        except OSError:
            return False
    return True


@lru_cache(maxsize=1)
def _roots(_process: int) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    return context


def roots() -> ssl.SSLContext:
    """This process's TLS context: the system's roots and those that requests brings."""
    return _roots(os.getpid())
