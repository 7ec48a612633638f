"""How often: ONE TABLE, a named line for each thing that somebody might try too often.

Counted in Redis, so that all web processes count together; while Redis is away, in each process.
Nobody can lock another out: what counts a person's tries counts them by address as well. What
happens with every request is counted in the process alone (application/platform/throttle.py).
docs/limits.md is made from this table (api/limits_page.py).
"""

import hmac
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, wraps
from ipaddress import IPv6Address, ip_address
from typing import Any, TypeVar

from flask import Flask, Request, Response, current_app, g, request, session
from flask_limiter import Limiter, RateLimitExceeded, RouteLimit
from limits import RateLimitItem, parse

from api.errors import problem
from api.guards import SAFE_METHODS
from application.accounts.usernames import fold
from application.platform import clock
from application.platform.errors import TooMany
from application.platform.throttle import Throttle
from config import Settings

log = logging.getLogger(__name__)

Handler = TypeVar("Handler", bound=Callable[..., Any])
PREFIX = "tend-limit"


def address() -> str:
    """Where a request comes from; of IPv6 the /64, which one home has for itself."""
    return network(request.remote_addr or "nowhere", 64)


@lru_cache(maxsize=4096)
def network(said: str, kept: int) -> str:
    """An address as it is counted: of IPv6 the first `kept` bits."""
    try:
        parsed = ip_address(said)
    except ValueError:
        return said
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        left = 128 - kept
        return f"{IPv6Address(int(parsed) >> left << left)}/{kept}"
    return said


def person() -> str:
    """Who is signed in, else where the request comes from."""
    asker = g.get("asker")
    return f"user:{asker.user_id}" if asker else address()


def half_open() -> str:
    """Whose sign-in waits for its second step, wherever it comes from; else as `person`."""
    return f"half:{session['tf_user_id']}" if session.get("tf_user_id") else person()


def mailbox(said: str) -> str:
    """An address as letters go to it: full-width letters, too, make the same domain."""
    try:
        return str(current_app.extensions["security"].mail_util.normalize(said)).lower()
    except ValueError:  # it is no address
        return fold(said)


def account(field: str, kept: Callable[[str], str] = fold) -> Callable[[], str]:
    """The account that a body's `field` names, from anywhere; its name is not told to Redis."""

    def key() -> str:
        said = kept(str((g.get("body") or {}).get(field, ""))[:320])
        secret = str(current_app.secret_key).encode()
        return hmac.digest(secret, said.encode(errors="replace"), "sha256").hex()[:24]

    return key


def named(whose: Callable[[], str]) -> Callable[[], str]:
    """The account that `whose` finds, as tried from an address."""

    def key() -> str:
        return f"{address()} {whose()}"

    return key


identity, letters = account("identity"), account("email", mailbox)


def named_anywhere() -> str:
    """The account that is tried, from an address; while many try it, from a whole site of IPv6."""
    where = network(request.remote_addr or "nowhere", 48) if is_crowded() else address()
    return f"{where} {identity()}"


limiter = Limiter(
    key_func=person,
    strategy="fixed-window",
    in_memory_fallback_enabled=True,
    headers_enabled=False,
    key_prefix=PREFIX,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table, in words too."""

    name: str
    often: str
    by: str
    what: str
    here: bool = False  # counted in the process, not in Redis


LINES: list[Line] = []
# Whose count it is, in words.
BY: dict[Callable[[], str], str] = {address: "address", person: "person", half_open: "account"}


def line(
    name: str,
    often: str,
    key: Callable[[], str],
    what: str,
    by: str = "",
    rule: Callable[[], str] | None = None,
) -> RouteLimit:
    """A line of the table, as a decorator for handlers; `rule` says how often by what it sees."""
    LINES.append(Line(name, often, by or BY[key], what))
    return limiter.shared_limit(
        lambda: many_times(rule() if rule else often), name, key_func=key, error_message=name
    )


def many_times(often: str) -> str:
    """As often as the operator's LIMIT_TIMES makes of it."""
    amount, _, rest = often.partition(" ")
    return f"{max(1, int(int(amount) * current_app.config['TEND'].limit_times))} {rest}"


# While an account is tried more often than this, by whomever, each address has one try left.
CROWD = "100 per hour"
FEW = "1 per 15 minutes"
USUAL = "10 per 15 minutes"


def few_while_crowded() -> str:
    """How often one address may try one account."""
    return FEW if is_crowded() else USUAL


def is_crowded() -> bool:
    """Whether the account that is tried has been tried too often in this hour, from anywhere."""
    if "crowded" not in g:
        g.crowded = not limiter.limiter.test(crowd(), PREFIX, identity(), "crowd")
    return bool(g.crowded)


def crowd() -> RateLimitItem:
    """The line CROWD."""
    return parse(many_times(CROWD))


def counted(method: Handler) -> Handler:
    """Count, for CROWD, a try that the lines above let through."""

    @wraps(method)
    def count(*args: Any, **kwargs: Any) -> Any:
        if limiter.enabled:
            with suppress(Exception):  # Redis went away just now; the next request finds out
                limiter.limiter.hit(crowd(), PREFIX, identity(), "crowd")
        return method(*args, **kwargs)

    return count  # type: ignore[return-value]


ACCOUNT = "account as it was typed"
FROM = f"{ACCOUNT}, from an address"
SIGN_IN = line("sign_in", "60 per 15 minutes", address, "signing in with a password")
SIGN_IN_NAME = line(
    *("sign_in_account", USUAL, named_anywhere, "signing in with a password"),
    by=f"{FROM}; {FEW} from each address (IPv6: /48) while that account is tried {CROWD}",
    rule=few_while_crowded,
)
PASSKEY = line("passkey", "60 per 15 minutes", address, "signing in with a passkey")
SECOND_FACTOR = line(
    "second_factor", "10 per 15 minutes", half_open, "a code of the second factor, or for recovery"
)
SECOND_FACTOR_DAY = line(
    "second_factor_day", "60 per day", half_open, "a code of the second factor, or for recovery"
)
OIDC = line("oidc", "60 per 15 minutes", address, "signing in through another provider")
REGISTER = line("register", "20 per hour", address, "making an account")
RECOVER = line("recover", "20 per hour", address, "asking for a new password")
RECOVER_NAME = line(
    "recover_account", "5 per hour", named(letters), "asking for a new password", by=FROM
)
RECOVER_LETTERS = line(
    "recover_letters", "10 per hour", letters, "asking for a new password", by=ACCOUNT
)
RESET = line("reset", "30 per hour", address, "opening or using the link to a new password")
CONFIRM = line("confirm", "30 per hour", address, "opening the link that confirms an address")
MAIL_ADDRESS = line("mail_address", "10 per hour", person, "moving to another mail address")
CONFIRM_LETTER = line("confirm_letter", "5 per hour", person, "having a confirmation sent")
NAME_FREE = line("name_free", "60 per 10 minutes", address, "asking whether a name is free")
STRENGTH = line("strength", "120 per 10 minutes", address, "asking how good a password is")
PASSWORD_AGAIN = line(
    "password_again", "10 per 15 minutes", person, "giving one's password again, to change or leave"
)
VERIFY = line(
    "verify", "10 per 15 minutes", person, "proving again who one is, or a new app's first code"
)
VERIFY_DAY = line("verify_day", "60 per day", person, "proving again who one is")
NEW_TOKEN = line("new_token", "20 per hour", person, "making a token for scripts")
NEW_SECRET = line(
    *("new_secret", "20 per hour", person),
    "a new secret for the webhook, an app or a passkey; new recovery codes",
)
TEST = line("test", "5 per minute", person, "sending a test to the webhook")
SEND_AGAIN = line("send_again", "30 per 10 minutes", person, "sending something once more")
REPORT = line("report", "60 per hour", person, "building a report")
EXPORT = line("export", "60 per hour", person, "taking data out")
IMPORT = line("import", "60 per hour", person, "bringing a file in")

WRITES = Line("writes", "1200 per minute", "person, or address", "any other change", here=True)
READS = Line("reads", "3000 per minute", "person, or address", "any other look", here=True)
LINES += [WRITES, READS]


def throttle(said: Line, times: float = 1) -> Throttle:
    """The counter of a line that is counted here."""
    item = parse(said.often)
    return Throttle(item.amount * times, item.get_expiry())


writes, reads = throttle(WRITES), throttle(READS)


def check() -> None:
    """Count every call of the API in this process. Raises TooMany."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    if not asked.path.startswith("/api/") or not limiter.enabled:
        return
    asker = vars(g._get_current_object()).get("asker")
    counter = reads if asked.method in SAFE_METHODS else writes
    wait = counter.wait(asker.user_id if asker else address())
    if wait:
        log.warning("the limit %s is reached", (READS if counter is reads else WRITES).name)
        raise TooMany(retry_after=int(wait) + 1)


def seconds_left(error: RateLimitExceeded) -> int:
    """How long until the line that was reached counts anew."""
    found = limiter.current_limit
    with suppress(Exception):  # Redis went away between counting and asking
        if found is not None:
            return max(1, round(found.reset_at - clock.now().timestamp()))
    return int(error.limit.limit.get_expiry()) if error.limit else 60


def in_words(seconds: int) -> str:
    """A time to wait, as one says it."""
    amount, unit = (seconds, "second") if seconds < 60 else (-(-seconds // 60), "minute")
    return f"{amount} {unit}" + "s" * (amount != 1)


def init_app(app: Flask, settings: Settings) -> None:
    """Count in the Redis of `settings`, and as often as they say."""
    global writes, reads
    writes, reads = throttle(WRITES, settings.limit_times), throttle(READS, settings.limit_times)
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url.replace("unix://", "redis+unix://", 1)
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
    # It tells its log whom it counted, and with that what they typed; we say which line it was.
    logging.getLogger("flask-limiter").setLevel(logging.WARNING)
    # Only the decorators above count. Known already, the limiter hangs no hooks of its own onto
    # each request, which would ask whether there are limits for everything (a tenth of a read).
    app.extensions.setdefault("limiter", set()).add(limiter)
    limiter.init_app(app)

    @app.errorhandler(RateLimitExceeded)
    def too_many(error: RateLimitExceeded) -> Response:
        log.warning("the limit %s is reached", error.description)
        seconds = seconds_left(error)
        return problem(
            429,
            f"Too many tries. Try again in {in_words(seconds)}.",
            headers={"Retry-After": str(seconds)},
        )
