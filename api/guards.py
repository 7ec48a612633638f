"""Who may enter and what may come in: sign-in, one guard for bodies, one transaction a request."""

import io
from typing import Any

import orjson
from flask import Flask, Request, Response, current_app, g, request
from werkzeug.exceptions import (
    NotFound,
    RequestEntityTooLarge,
    Unauthorized,
    UnsupportedMediaType,
)
from werkzeug.wsgi import get_input_stream

from api.errors import BadRequest
from application.accounts.queries import Asker
from application.accounts.queries_admin import is_admin
from application.platform import database
from application.platform.errors import FactorNeeded, FieldError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
JSON_LIMIT = 1024 * 1024
DEEPEST = 32

# Endpoints that read multipart/form-data: uploads. Everything else speaks JSON.
MULTIPART_ENDPOINTS = {"imports"}
# What other people's programs call, by endpoint: they bring a form, no cookie and no token of ours;
# all that they may do stands in their signed URL. A test knows each by name.
FROM_OUTSIDE = {"one_click"}
# GET links that write, by endpoint: coming back from the issuer; its `state` is our cookie's.
WRITING_LINKS = {"oidc_callback"}


def anyone() -> Asker | None:
    """Guard of what is open to the world, said out loud on each resource that is."""
    return None


def somebody() -> Asker:
    """Guard of what even those may who still lack a second factor: the asker, or 401."""
    asker: Asker | None = g.get("asker")
    if asker is None:
        raise Unauthorized
    return asker


def signed_in() -> Asker:
    """Guard of everything else: the same, with a second factor where everybody needs one."""
    asker = somebody()
    if asker.second_factor is None and current_app.config["TEND"].two_factor == "required":
        raise FactorNeeded
    return asker


def admin() -> Asker:
    """Guard of what is for those who run this place; to everybody else it does not exist."""
    asker = signed_in()
    if not is_admin(asker.user_id):
        raise NotFound
    return asker


def check_body() -> None:
    """Refuse, before anything reads it, a body that no endpoint should see."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    if asked.method in SAFE_METHODS:
        return
    if asked.endpoint in FROM_OUTSIDE:
        _read_limited(asked)
        return
    media = asked.mimetype
    if media == "multipart/form-data":
        if asked.endpoint not in MULTIPART_ENDPOINTS:
            raise UnsupportedMediaType
        return
    data = _read_limited(asked)
    g.body = None
    if not data:
        return
    if media != "application/json":
        raise UnsupportedMediaType
    g.body = parse_object(data)


def parse_object(data: bytes) -> dict[str, Any]:
    """The JSON object in `data`. Raises BadRequest for anything that is not one, or not sane."""
    try:
        body = orjson.loads(data)
    except (orjson.JSONDecodeError, RecursionError):
        raise BadRequest("The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    _check_value(body, "", 1)
    return body


def _check_value(value: object, path: str, depth: int) -> None:
    if depth > DEEPEST:
        raise BadRequest(f"The body is nested deeper than {DEEPEST} levels.")
    if isinstance(value, str):
        if "\0" in value:
            _refuse(path, "A text cannot hold the character NUL.")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_value(key, "a field's name", depth)
            _check_value(item, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_value(item, f"{path}.{index}", depth + 1)


def _refuse(path: str, message: str) -> None:
    raise BadRequest(message, [FieldError(path or "body", message)])


def _read_limited(asked: Request) -> bytes:
    """The whole body, at most JSON_LIMIT; a chunked one over Werkzeug's own limit would be cut."""
    environ = asked.environ
    if (asked.content_length or 0) > JSON_LIMIT:
        raise RequestEntityTooLarge
    stream = get_input_stream(environ, max_content_length=None)
    data = bytearray()
    while chunk := stream.read(JSON_LIMIT + 1 - len(data)):
        data += chunk
        if len(data) > JSON_LIMIT:
            raise RequestEntityTooLarge
    body = bytes(data)
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return body


def open_transaction() -> None:
    """Mark a request that may write as a writer."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    if asked.method in SAFE_METHODS and asked.endpoint not in WRITING_LINKS:
        return
    if asked.mimetype == "multipart/form-data" and g.get("asker"):
        database.rollback()
        asked.files  # noqa: B018 - read now: a slow upload must not hold a writer's lock
    database.begin_writing()


def close_transaction(response: Response) -> Response:
    """Commit what a good answer did before the answer leaves; drop what a refusal left."""
    if database.is_writing():
        if response.status_code < 400:
            database.commit()
        else:
            database.rollback()
    return response


def init_app(app: Flask) -> None:
    """Hang the guards in their order: body, who asks, how often, from which site, then writing."""
    from api import csrf, limits, sessions  # those build on this module

    app.before_request(check_body)
    app.before_request(sessions.recognise)
    app.before_request(limits.check)
    app.before_request(csrf.check)
    app.before_request(open_transaction)
    app.after_request(close_transaction)

    @app.teardown_request
    def forget_transaction(_error: BaseException | None) -> None:
        database.rollback()
