"""A line of the log for each request that is worth one, and the id by which all know it.

The line says the route's template, never the URL: that may hold a token. It takes the short way
past Python's logging, for it is written all day.
"""

import logging
import os
import re
import time
from itertools import count
from typing import Any

from flask import Flask, Request, Response, g, has_request_context, request

import loglines
from api import limits
from api.finished import Finished
from api.guards import SAFE_METHODS
from application.platform import clock
from config import Settings

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Somebody was not let in: what an operator looks for, and where it came from.
DENIED = frozenset({401, 403, 429})
SLOW = 1.0  # seconds


# Half of an id is the process's, so that counting on is enough; a fork is another process.
_half = [os.urandom(4).hex()]
_count = count()
os.register_at_fork(after_in_child=lambda: _half.__setitem__(0, os.urandom(4).hex()))


def new_id() -> str:
    """An id that no request has had."""
    return f"{_half[0]}{next(_count) & 0xFFFFFFFF:08x}"


def known() -> dict[str, Any]:
    """What is kept of the request; through Flask's `g` each look at it takes 30 times as long."""
    found: dict[str, Any] = vars(g._get_current_object())
    return found


def fields() -> loglines.Fields:
    """What every line that is written in a request says of it."""
    if not has_request_context():
        return {}
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    own = known()
    asker, rule = own.get("asker"), asked.url_rule
    return {
        "request": own.get("request_id"),
        "user": asker.user_id if asker else None,
        "method": asked.method,
        "route": rule.rule if rule else None,
    }


def init_app(app: Flask, settings: Settings) -> None:
    """Hang it onto `app`, before everything else: first in, last out."""
    trusted = settings.trusted_proxy_hops > 0

    @app.before_request
    def _begin() -> None:
        own = known()
        own["began"] = time.perf_counter()
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]
        said = asked.environ.get("HTTP_X_REQUEST_ID") if trusted else None
        own["request_id"] = said if said and SANE.fullmatch(said) else new_id()

    @app.after_request
    def _note(response: Response) -> Response:
        own = known()
        sign(response, own["request_id"])
        journal = loglines.journal
        if journal is not None:
            taken = time.perf_counter() - own["began"]
            if is_worth_a_line(request.method, response.status_code, taken):
                journal.put(line(response, taken))
        return response

    if fields not in loglines.contexts:
        loglines.contexts.append(fields)


def sign(response: Response, known_as: str) -> None:
    """Let an answer say the id."""
    if isinstance(response, Finished):
        response.add((HEADER, known_as))
    else:
        response.headers[HEADER] = known_as


def is_worth_a_line(method: str, status: int, taken: float) -> bool:
    """Whether the log tells of a request that took so many seconds.

    Of looks that went well only at DEBUG: they are nine of ten, cost a seventh of a cached answer
    to write down, and say when somebody reads their diary.
    """
    if status in DENIED or log.isEnabledFor(logging.DEBUG):
        return True
    if method in SAFE_METHODS and status < 400 and taken < SLOW:
        return False
    return log.isEnabledFor(logging.INFO)


def line(response: Response, taken: float) -> loglines.Fields:
    """What the log says of a request that has its answer, after so many seconds."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    own = known()
    status, asker, rule = response.status_code, own.get("asker"), asked.url_rule
    said = {
        "at": clock.now(),
        "level": "warning" if status in DENIED else "error" if status >= 500 else "info",
        "logger": "api.access",
        "message": "answered",
        "status": status,
        "method": asked.method,
        "route": rule.rule if rule else None,
        "ms": round(taken * 1000, 2),
        "user": asker.user_id if asker else None,
        "request": own["request_id"],
    }
    if status in DENIED:
        said["from"] = limits.address()
    return said
