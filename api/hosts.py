"""The Host header, judged first: some of them Werkzeug refuses outside Flask's error handlers."""

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import SecurityError
from werkzeug.wsgi import get_host

from api.errors import problem

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def is_readable(environ: dict[str, Any]) -> bool:
    """Whether a URL can be bound to the host that was asked for."""
    try:
        get_host(environ).partition(":")[0].encode("idna")
    except (SecurityError, UnicodeError):
        return False
    return True


def judge(app: Wsgi) -> Wsgi:
    """`app`, with 400 for a request to a host that no name server could know."""

    def judged(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not is_readable(environ):
            return problem(400, "The Host header is no host's name.")(environ, start_response)
        return app(environ, start_response)

    return judged
