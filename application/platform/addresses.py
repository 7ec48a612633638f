"""Which addresses on the web may be called at all: what a URL may say, and what lies inside. Pure.

A URL is taken apart once, by these rules, and put together again from the parts, so that whoever
reads it next finds the same host. What a name leads to is looked at where the connection is made
(egress.py): a name that is harmless now may lead inside a second later.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import quote, urlsplit

from requests_hardened.ip_filter import EXTRA_BLOCKED_NET_RANGES

PORTS: Final = frozenset({80, 443, 8080, 8443})
LONGEST: Final = 2000
GLOBAL_V6: Final = ip_network("2000::/3")  # all that is handed out to the internet of IPv6
# Azure's machines are told their secrets at an address that looks like everybody's.
BESIDE: Final = frozenset({IPv4Address("168.63.129.16")})
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Names that mean something inside a network alone.
INSIDE = re.compile(
    r"[^.]+|.*\.(localhost|local|localdomain|internal|intranet|lan|home|home\.arpa)"
)
SAFE: Final = "%/:=&?~+!$,;'@()*[]"

SAY_WEB: Final = "Write an address that starts with https:// or http://."
SAY_CREDENTIALS: Final = "Leave out the name and password before the @."
SAY_FRAGMENT: Final = "Leave out the # and what follows it."
SAY_LETTERS: Final = "Write the host in plain letters, a to z; other letters as xn--…"
SAY_NUMBERS: Final = "Write the host as a name, or as an IP address in its plain form."
SAY_INSIDE: Final = (
    "This address lies inside a private network. Whoever runs this Tend can allow it, "
    "with WEBHOOK_TRUSTED_HOSTS."
)
SAY_OWN: Final = "This is Tend's own address: choose one that takes messages."
SAY_LONG: Final = f"This address is too long; {LONGEST:,} characters fit."


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be called: `key` is its exact host:port, `trusted` whether that is listed."""

    url: str
    host: str
    port: int
    trusted: bool

    @property
    def key(self) -> str:
        """host:port, as WEBHOOK_TRUSTED_HOSTS lists it."""
        return key_of(self.host, self.port)


def key_of(host: str, port: int) -> str:
    """An exact host:port; an address of IPv6 stands in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def read(url: str, trusted: Collection[str] = (), own: Collection[str] = ()) -> Target:
    """Take a URL apart. Raises ValueError with a sentence when it may not be called.

    `trusted` lists exact host:port that may be called although they lie inside; `own` those of
    Tend's own servers, which may not unless they are listed.
    """
    url = url.strip()
    if len(url) > LONGEST:
        raise ValueError(SAY_LONG)
    if not url.isprintable() or " " in url or "\\" in url:
        raise ValueError(SAY_WEB)
    try:
        parts = urlsplit(url)
        said = parts.port
    except ValueError:
        raise ValueError(SAY_WEB) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or said == 0:
        raise ValueError(SAY_WEB)
    if "@" in parts.netloc:
        raise ValueError(SAY_CREDENTIALS)
    if "#" in url:
        raise ValueError(SAY_FRAGMENT)
    host = _host(parts.hostname, bracketed="[" in parts.netloc)
    port = said or (443 if parts.scheme == "https" else 80)
    key = key_of(host, port)
    if key not in trusted:
        _refuse_strangers(host, port, key in own)
    netloc = key if said else key.removesuffix(f":{port}")
    path = quote(parts.path, safe=SAFE) or "/"
    query = f"?{quote(parts.query, safe=SAFE)}" if parts.query else ""
    return Target(f"{parts.scheme}://{netloc}{path}{query}", host, port, key in trusted)


def _host(said: str, *, bracketed: bool) -> str:
    """The host in its one form: lower case, no dot at its end, IP addresses as usual."""
    if bracketed:
        address = literal(said)
        if address is None or "%" in said:  # a zone names a network card of this machine
            raise ValueError(SAY_NUMBERS)
        return str(address)
    if not said.isascii():
        raise ValueError(SAY_LETTERS)
    host = said.lower().removesuffix(".")
    labels = host.split(".")
    if NUMBER.fullmatch(labels[-1]):  # other programs read 127.1, 0177.0.0.1 and 2130706433 alike
        try:
            return str(IPv4Address(host))
        except ValueError:
            raise ValueError(SAY_NUMBERS) from None
    if len(host) > 253 or not all(LABEL.fullmatch(label) for label in labels):
        raise ValueError(SAY_WEB)
    return host


def _refuse_strangers(host: str, port: int, own: bool) -> None:
    if own:
        raise ValueError(SAY_OWN)
    address = literal(host)
    inside = is_inside(address) if address else INSIDE.fullmatch(host)
    if inside:
        raise ValueError(SAY_INSIDE)
    if port not in PORTS:
        raise ValueError(
            f"Port {port} is closed to webhooks here; 80, 443, 8080 and 8443 are open."
        )


def literal(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that `host` is, or None when it is a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_inside(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is anything but one machine on the open internet."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_inside(address.ipv4_mapped)
        if address not in GLOBAL_V6:
            return True
    blocked = any(address in network for network in EXTRA_BLOCKED_NET_RANGES)
    return (
        blocked
        or address in BESIDE
        or not address.is_global
        or address.is_multicast
        or address.is_reserved
    )
