"""One line of the log for each request, and the id by which it is known there and outside.

The line says the route's template, never the URL: that may hold a token. It takes the short way
past Python's logging, for it is written all day.
"""

import os
import re
import time

from flask import Flask, Request, Response, g, has_request_context, request

import loglines
from api import limits
from api.finished import Finished
from application.platform import clock
from config import Settings

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Somebody was not let in: what an operator looks for, and where it came from.
DENIED = frozenset({401, 403, 429})


def new_id() -> str:
    """An id that no request has had."""
    return os.urandom(8).hex()


def request_id() -> str:
    """The id of the request that is under way."""
    found: str = g.get("request_id") or new_id()
    g.request_id = found
    return found


def fields() -> loglines.Fields:
    """What every line that is written in a request says of it."""
    if not has_request_context():
        return {}
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    asker = g.get("asker")
    rule = asked.url_rule
    return {
        "request": g.get("request_id"),
        "user": asker.user_id if asker else None,
        "method": asked.method,
        "route": rule.rule if rule else None,
    }


def init_app(app: Flask, settings: Settings) -> None:
    """Hang it onto `app`, before everything else: first in, last out."""
    trusted = settings.trusted_proxy_hops > 0
    quiet = settings.log_level not in {"DEBUG", "INFO"}

    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()
        said = request.environ.get("HTTP_X_REQUEST_ID") if trusted else None
        g.request_id = said if said and SANE.fullmatch(said) else new_id()

    @app.after_request
    def _note(response: Response) -> Response:
        sign(response, request_id())
        journal = loglines.journal
        if journal is not None and (not quiet or response.status_code in DENIED):
            journal.put(line(response))
        return response

    if fields not in loglines.contexts:
        loglines.contexts.append(fields)


def sign(response: Response, known_as: str) -> None:
    """Let an answer say the id."""
    if isinstance(response, Finished):
        response.add((HEADER, known_as))
    else:
        response.headers[HEADER] = known_as


def line(response: Response) -> loglines.Fields:
    """What the log says of a request that has its answer."""
    status = response.status_code
    taken = time.perf_counter() - g.get("began", time.perf_counter())
    said = fields()
    said = {
        "at": clock.now(),
        "level": "warning" if status in DENIED else "error" if status >= 500 else "info",
        "logger": "api.access",
        "message": f"{said['method']} {said['route']} {status}",
        **said,
        "status": status,
        "ms": round(taken * 1000, 2),
    }
    if status in DENIED:
        said["from"] = limits.address()
    return said
