"""What every resource stands on: a guard, and a contract of what comes in and goes out.

`contract` reads and checks the query and the body, calls the handler with the asker first, and
turns its result into bytes. The same words generate api.yaml, so the two cannot disagree.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial, wraps
from typing import Any, ClassVar, TypeVar

import flask_restful
import orjson
from flask import Request, Response, current_app, g, request
from pydantic import BaseModel, ConfigDict, ValidationError

from api import finished
from api.days import today_of
from api.errors import BadRequest, field_errors, problem
from api.guards import close_transaction, signed_in
from application.accounts import idempotency
from application.accounts.queries import Asker, find_user
from application.accounts.queries_factors import is_linked, methods_of
from application.platform import clock
from application.platform.errors import FieldError, Invalid
from config import Settings

Handler = TypeVar("Handler", bound=Callable[..., Any])
MoreErrors = Callable[[], list[FieldError]]

JSON = "application/json; charset=utf-8"
RECENT = timedelta(minutes=15)
NOT_RECENT = "/problems/recent-sign-in"


class Query(BaseModel):
    """Base of query models: unknown parameters are refused."""

    model_config = ConfigDict(extra="forbid")


class NoQuery(Query):
    """The query of an endpoint that takes none."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What an endpoint promises; api.yaml is made from it.

    `cached`: the answer depends only on the asker's data version and the parameters; `daily`: and
    on their logical day; `quick`: it is made in less time than Redis takes to be asked and told,
    so it is kept in the process alone. `idempotent`: honours Idempotency-Key. `versioned`: the
    result has a `version`, sent as ETag, and unsafe methods get `if_match` (an int or None).
    `media`: what a handler returning bytes sends. `upload`: the form fields beside a `file`.
    `also`: further good statuses; the handler then returns `(result, status)`, of the model
    `instead` if one is named. `recent`: who proved long ago who they are is asked again, always or
    when `recent()`, which looks at the request, says so.
    """

    query: type[BaseModel]
    body: type[BaseModel] | None
    out: type[BaseModel] | None
    status: int
    cached: bool
    quick: bool
    daily: bool
    idempotent: bool
    versioned: bool
    media: str
    upload: type[BaseModel] | None
    also: tuple[int, ...]
    instead: type[BaseModel] | None
    recent: bool | Callable[[], bool]


class Resource(flask_restful.Resource):
    """A resource of the API; signed in unless its guard says `anyone`."""

    guard: ClassVar[Callable[..., Asker | None]] = staticmethod(signed_in)

    def dispatch_request(self, *args: Any, **kwargs: Any) -> Any:
        """Let the asker in first; then Flask-RESTful's dispatch by method."""
        g.admitted = self.guard()
        return super().dispatch_request(*args, **kwargs)


def contract(
    *,
    query: type[BaseModel] = NoQuery,
    body: type[BaseModel] | None = None,
    out: type[BaseModel] | None = None,
    status: int = 200,
    cached: bool = False,
    quick: bool = False,
    daily: bool = False,
    idempotent: bool = False,
    versioned: bool = False,
    media: str = JSON,
    upload: type[BaseModel] | None = None,
    also: tuple[int, ...] = (),
    instead: type[BaseModel] | None = None,
    recent: bool | Callable[[], bool] = False,
    wrong: Callable[..., list[FieldError]] | None = None,
) -> Callable[[Handler], Handler]:
    """Declare an endpoint. The handler is called as `handler(self, asker, **ids, query=, body=)`.

    What each term means says Contract. `wrong`: called as `wrong(asker, **ids)` when the body's
    shape is refused, for what else is wrong with its fields.
    """
    terms = Contract(
        *(query, body, out, status, cached, quick, daily, idempotent, versioned, media, upload),
        *(also, instead, recent),
    )

    def decorate(method: Handler) -> Handler:
        @wraps(method)
        def endpoint(self: Resource, **ids: Any) -> Response:
            asker: Asker = g.admitted
            more_wrong = partial(wrong, asker, **ids) if wrong else None
            return _serve(terms, asker, partial(method, self, asker, **ids), more_wrong)

        endpoint.contract = terms  # type: ignore[attr-defined]
        return endpoint  # type: ignore[return-value]

    return decorate


def _serve(
    terms: Contract, asker: Asker, handle: Callable[..., Any], wrong: MoreErrors | None
) -> Response:
    """The answer of a handler that waits only for what the request says."""
    if terms.cached:  # its query was checked when the answer was made

        def finish() -> bytes:
            return to_bytes(terms.out, handle(**_read_request(terms, wrong)))

        day = today_of(asker) if terms.daily else None
        return finished.answer(asker, day, terms.media, finish, shared=not terms.quick)
    said = _read_request(terms, wrong)
    if terms.recent and (terms.recent is True or terms.recent()) and is_long_ago(asker):
        return ask_again(asker)

    def make() -> Response:
        return _answer(terms, handle(**said))

    made = _once(asker, make) if terms.idempotent else make()
    return close_transaction(made)  # nobody need wait while headers are hung onto it


def is_long_ago(asker: Asker) -> bool:
    """Whether the asker last proved who they are too long ago for what matters most."""
    return clock.now() - asker.proved_at >= RECENT


def ask_again(asker: Asker) -> Response:
    """The refusal that lets a page ask once more, and then try again."""
    settings: Settings = current_app.config["TEND"]
    user = find_user(asker.user_id)
    elsewhere = settings.oidc_issuer and is_linked(user.id, settings.oidc_issuer)
    methods = ["password"] * user.has_password + methods_of(user) + ["oidc"] * bool(elsewhere)
    sentence = "Please show once more that it is you. Then this goes through."
    return problem(403, sentence, kind=NOT_RECENT, methods=methods)


def _read_request(terms: Contract, wrong: MoreErrors | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    query = read_query(terms.query)
    if terms.query is not NoQuery:
        found["query"] = query
    if terms.body is not None:
        found["body"] = read_body(terms.body, wrong)
    elif g.get("body"):
        raise BadRequest("This request takes no body.")
    if terms.versioned and request.method in {"PUT", "PATCH", "DELETE"}:
        found["if_match"] = read_if_match()
    return found


def read_query(model: type[BaseModel]) -> BaseModel:
    """The query as `model`. Raises BadRequest for unknown, repeated or wrong parameters."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    try:
        if not asked.query_string:
            return without_query(model)
        repeated = [name for name, values in asked.args.lists() if len(values) > 1]
        if repeated:
            raise BadRequest(
                "A parameter stands there twice.",
                [FieldError(name, "This stands there more than once.") for name in repeated],
            )
        if any("\0" in name or "\0" in value for name, value in asked.args.items()):
            raise BadRequest("A text cannot hold the character NUL.")
        return model.model_validate(asked.args.to_dict())
    except ValidationError as error:
        raise BadRequest("The query needs another look.", field_errors(error)) from None


@cache
def without_query(model: type[BaseModel]) -> BaseModel:
    """The query where nothing was said, which is the same every time."""
    return model.model_validate({})


def read_body(model: type[BaseModel], wrong: MoreErrors | None = None) -> BaseModel:
    """The body as `model`. Raises Invalid naming every wrong field, those of `wrong` too."""
    try:
        return model.model_validate(g.get("body") or {})
    except ValidationError as error:
        found = field_errors(error)
        named = {item.field for item in found}
        found += [item for item in (wrong() if wrong else ()) if item.field not in named]
        raise Invalid(errors=found) from None


def read_if_match() -> int | None:
    """The version that the asker last saw (`If-Match: "7"`), or None when not said."""
    said = request.headers.get("If-Match", "").strip()
    if not said or said == "*":
        return None
    text = said.removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadRequest('If-Match must be a version in quotes, like "7".')
    return int(text)


def _answer(terms: Contract, result: Any) -> Response:
    if isinstance(result, Response):
        return result
    status = terms.status
    if isinstance(result, tuple):
        result, status = result
    if result is None:
        return Response(status=204 if terms.out is None and status == 200 else status)
    etag = f'"{result.version}"' if terms.versioned else None
    return finished.once(status, to_bytes(terms.out, result), terms.media, etag)


def to_bytes(out: type[BaseModel] | None, result: Any) -> bytes:
    """A handler's result as bytes: bytes stay, models are dumped, anything else goes by orjson."""
    if isinstance(result, bytes):
        return result
    if isinstance(result, BaseModel):
        return result.model_dump_json().encode()
    if out is not None:
        return out.model_validate(result, from_attributes=True).model_dump_json().encode()
    return orjson.dumps(result)


def _once(asker: Asker, make: Callable[[], Response]) -> Response:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return make()
    if not (0 < len(key) <= 255 and key.isprintable()):
        raise BadRequest("An Idempotency-Key has 1 to 255 printable characters.")
    what = hashlib.sha256(f"{request.method} {request.full_path}\n".encode() + request.get_data())
    found = idempotency.begin(asker.user_id, key, what.digest())
    if found is not None:
        return Response(found.body, found.status, {**found.headers, "Idempotent-Replay": "true"})
    response = make()
    kept = {
        name: value for name, value in response.headers.items() if name in {"Content-Type", "ETag"}
    }
    idempotency.keep(asker.user_id, key, response.status_code, kept, response.get_data())
    return response
