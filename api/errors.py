"""One error shape for everything: RFC 9457 problem+json, with every bad field at once."""

import logging
from collections.abc import Iterable
from typing import Any, cast

import orjson
from flask import Flask, Response, g
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from application.accounts.queries import find_user
from application.platform import database, errors, troubles
from application.platform.errors import FieldError

log = logging.getLogger(__name__)

STATUS: dict[type[errors.Refused], int] = {
    errors.WrongPair: 401,
    errors.WrongCode: 401,
    errors.HalfOver: 401,
    errors.FactorNeeded: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.LostRace: 412,
    errors.TooLarge: 413,
    errors.Invalid: 422,
    errors.TooMany: 429,
}

# Refusals that the page tells apart by more than their status.
KINDS: dict[type[errors.Refused], str] = {
    errors.HalfOver: "/problems/sign-in-again",
    errors.FactorNeeded: "/problems/second-factor-needed",
}

TITLES = {
    400: "That request cannot be read",
    401: "Please sign in",
    403: "One more step is needed",
    404: "There is nothing here",
    405: "That cannot be done here",
    406: "Not in that form",
    409: "That does not fit what is here now",
    410: "That has expired",
    412: "Changed elsewhere",
    413: "That is too large",
    415: "That kind of body is not read here",
    422: "Some fields need another look",
    429: "A little too fast",
    500: "That went wrong on our side",
    503: "Not just now",
    507: "There is no room left on the disk",
}


class BadRequest(Exception):
    """The request itself cannot be read: its JSON, its query, its headers."""

    def __init__(self, detail: str, errors: Iterable[FieldError] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)


def problem(
    status: int,
    detail: str = "",
    errors: Iterable[FieldError] = (),
    *,
    kind: str = "about:blank",
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    """The answer for a refusal, in the one shape."""
    body = {
        "type": kind,
        "title": TITLES.get(status, HTTP_STATUS_CODES.get(status, "Error")),
        "status": status,
        "detail": detail or TITLES.get(status, ""),
        "errors": [{"field": error.field, "message": error.message} for error in errors],
        **more,
    }
    return Response(
        orjson.dumps(body), status, headers, content_type="application/problem+json; charset=utf-8"
    )


# pydantic's findings in the words of the page; `{…}` is filled from the finding's context.
WORDS = {
    "extra_forbidden": "There is no field of this name here.",
    "missing": "This is needed.",
    "string_type": "Write a text here.",
    "string_too_long": "At most {max_length} characters fit.",
    "string_too_short": "At least {min_length} characters, please.",
    "string_pattern_mismatch": "This does not have the right form.",
    "int_type": "Write a whole number here.",
    "int_parsing": "Write a whole number here.",
    "int_parsing_size": "This number is too large.",
    "int_from_float": "Write a whole number here.",
    "float_type": "Write a number here.",
    "float_parsing": "Write a number here.",
    "finite_number": "Write a number here.",
    "bool_type": "Write true or false here.",
    "bool_parsing": "Write true or false here.",
    "list_type": "Write a list here.",
    "dict_type": "Write an object here.",
    "model_type": "Write an object here.",
    "too_long": "At most {max_length} fit here; these are {actual_length}.",
    "literal_error": "Choose one of {expected}.",
    "enum": "Choose one of {expected}.",
    "greater_than_equal": "Write a number of at least {ge}.",
    "less_than_equal": "Write a number of at most {le}.",
    "greater_than": "Write a number above {gt}.",
}


def field_errors(error: ValidationError) -> list[FieldError]:
    """pydantic's findings as ours: a dotted path and a sentence."""
    found = []
    for item in error.errors(include_url=False, include_input=False):
        path = ".".join(str(part) for part in item["loc"]) or "body"
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] in WORDS:
            message = WORDS[item["type"]].format_map(item.get("ctx", {}))
        found.append(FieldError(path, message))
    return found


def refused(error: errors.Refused) -> Response:
    """The product said no: the status is in the table."""
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    headers = {}
    if isinstance(error, errors.TooMany):
        headers["Retry-After"] = str(error.retry_after)
    kind = KINDS.get(type(error), "about:blank")
    return problem(status, error.message, error.errors, kind=kind, headers=headers)


def bad_request(error: BadRequest) -> Response:
    """The request could not be read."""
    return problem(400, error.detail, error.errors)


def invalid(error: ValidationError) -> Response:
    """A shape was refused further in than where bodies are read."""
    return problem(422, errors.Invalid.message, field_errors(error))


def http_error(error: HTTPException) -> Response:
    """What Werkzeug or a guard raised, such as 404, 405 and 415."""
    if error.response is not None:  # a finished answer, such as a redirect
        return cast(Response, error.response)
    cause = getattr(error, "original_exception", None)
    if cause is not None and troubles.passes(cause):  # such as the commit of an answer
        return trouble(cause)
    headers = {
        name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}
    }
    detail = "" if error.code in TITLES else error.description or ""
    return problem(error.code or 500, detail, headers=headers)


def crashed(error: Exception) -> Response:
    """Anything else: the machine's trouble, an account that has just gone, or a mistake of ours."""
    if troubles.passes(error):
        return trouble(error)
    if is_gone():
        return problem(401)
    if isinstance(error, StaleDataError):
        return problem(409, "This was changed meanwhile. Please try again.")
    log.error("a request failed", exc_info=error)
    return problem(500, "What you saved is safe.", reference=g.get("request_id"))


def trouble(error: Exception) -> Response:
    """The answer while the machine itself is in trouble: nothing was changed, come again."""
    cause = type(getattr(error, "orig", None) or error).__name__
    if troubles.is_full(error):
        log.error("the disk is full: %s", cause)
        return problem(507, "Nothing was changed. Whoever runs this Tend must make room.")
    log.error("database is away or busy: %s", cause)
    return problem(503, "The database does not answer just now.", headers={"Retry-After": "2"})


def is_gone() -> bool:
    """Whether the asker's account was deleted while this request was under way."""
    asker = g.get("asker")
    if asker is None:
        return False
    try:
        database.rollback()
        find_user(asker.user_id)
    except errors.NotFound:
        return True
    except SQLAlchemyError:
        log.warning("whether user %s is still there could not be asked", asker.user_id)
    return False


def init_app(app: Flask) -> None:
    """Register the handlers; Flask-RESTful is told elsewhere to let errors through to them."""
    app.register_error_handler(errors.Refused, refused)
    app.register_error_handler(BadRequest, bad_request)
    app.register_error_handler(ValidationError, invalid)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, crashed)
