"""The Host header, judged first: some of them Werkzeug refuses outside Flask's error handlers."""

import logging
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from werkzeug.exceptions import SecurityError
from werkzeug.wsgi import get_host

from api import access, headers
from api.errors import problem

log = logging.getLogger(__name__)

LONGEST = 253 + len(":65535")  # of a name, with a port

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@lru_cache(maxsize=1024)
def is_readable(scheme: str, host: str | None, name: str, port: str) -> bool:
    """Whether a URL can be bound to the host that was asked for; mostly that is the same one."""
    said = {} if host is None else {"HTTP_HOST": host}
    try:
        found = get_host(
            {"wsgi.url_scheme": scheme, "SERVER_NAME": name, "SERVER_PORT": port, **said}
        )
        found.partition(":")[0].encode("idna")
    except (SecurityError, UnicodeError):
        return False
    return True


def judge(app: Wsgi, *, https: bool) -> Wsgi:
    """`app`, with 400 for a request to a host that no name server could know."""

    def judged(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST")
        server = environ["SERVER_NAME"], environ["SERVER_PORT"]
        if len(host or "") > LONGEST or not is_readable(environ["wsgi.url_scheme"], host, *server):
            refused = problem(400, "The Host header is no host's name.")
            headers.dress(refused, environ["PATH_INFO"], https=https)
            access.sign(refused, known_as := access.new_id())
            log.warning("request %s went to a host that is none", known_as)
            return refused(environ, start_response)
        return app(environ, start_response)

    return judged
