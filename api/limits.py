"""How often: one named line for each thing that a stranger may try.

Counted in Redis, so that all web processes count together; while Redis is away, in each process.
Nobody can lock another out: what counts a person's tries counts them by address as well.
"""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from flask import Flask, Response, g, request, session
from flask_limiter import Limiter, RateLimitExceeded

from api.errors import problem
from application.accounts.usernames import fold
from application.platform import clock
from config import Settings


def address() -> str:
    """Where a request comes from; of IPv6 the /64, which one home has for itself."""
    said = request.remote_addr or "nowhere"
    try:
        parsed = ip_address(said)
    except ValueError:
        return said
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return f"{int(parsed) >> 64:016x}::/64"
    return said


def person() -> str:
    """Who is signed in, else where the request comes from."""
    asker = g.get("asker")
    return f"user:{asker.user_id}" if asker else address()


def half_open() -> str:
    """Whose sign-in waits for its second step, wherever it comes from; else as `person`."""
    return f"half:{session['tf_user_id']}" if session.get("tf_user_id") else person()


def named(field: str) -> Callable[[], str]:
    """The account that a body's `field` names, as seen from an address."""

    def key() -> str:
        return f"{address()} {fold(str((g.get('body') or {}).get(field, ''))[:320])}"

    return key


limiter = Limiter(
    key_func=person,
    strategy="fixed-window",
    in_memory_fallback_enabled=True,
    headers_enabled=False,
    key_prefix="tend-limit",
)

SIGN_IN = limiter.limit("60 per 15 minutes", key_func=address)
SIGN_IN_NAME = limiter.limit("10 per 15 minutes", key_func=named("identity"))
REGISTER = limiter.limit("20 per hour", key_func=address)
RECOVER = limiter.limit("20 per hour", key_func=address)
RECOVER_NAME = limiter.limit("5 per hour", key_func=named("email"))
RESET = limiter.limit("30 per hour", key_func=address)
NAME_FREE = limiter.limit("60 per 10 minutes", key_func=address)
STRENGTH = limiter.limit("120 per 10 minutes", key_func=address)
PASSWORD_AGAIN = limiter.limit("10 per 15 minutes", key_func=person)
PASSKEY = limiter.limit("60 per 15 minutes", key_func=address)
SECOND_FACTOR = limiter.limit("10 per 15 minutes;60 per day", key_func=half_open)
VERIFY = limiter.limit("10 per 15 minutes", key_func=person)
REPORT = limiter.limit("60 per hour", key_func=person)
TEST = limiter.limit("5 per minute", key_func=person)
NEW_TOKEN = limiter.limit("30 per hour", key_func=person)
NEW_SECRET = limiter.limit("20 per hour", key_func=person)
SEND_AGAIN = limiter.limit("30 per 10 minutes", key_func=person)


def init_app(app: Flask, settings: Settings) -> None:
    """Count in the Redis of `settings`."""
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url.replace("unix://", "redis+unix://", 1)
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
    # Only the decorators above count. Known already, the limiter hangs no hooks of its own onto
    # each request, which would ask whether there are limits for everything (a tenth of a read).
    app.extensions.setdefault("limiter", set()).add(limiter)
    limiter.init_app(app)

    @app.errorhandler(RateLimitExceeded)
    def too_many(_error: RateLimitExceeded) -> Response:
        limit = limiter.current_limit
        seconds = max(1, round(limit.reset_at - clock.now().timestamp())) if limit else 60
        minutes = -(-seconds // 60)
        wait = f"{seconds} seconds" if seconds < 60 else f"{minutes} minutes"
        wait = wait.removesuffix("s") if wait.split()[0] == "1" else wait
        return problem(
            429,
            f"Too many tries. Try again in {wait}.",
            headers={"Retry-After": str(seconds)},
        )
