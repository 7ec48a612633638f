"""api.yaml, made from the routes and their contracts: `python -m api.openapi` writes it.

Nothing of the contract is written by hand: what a resource promises is what it is held to.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.base import JSON, Contract, NoQuery
from api.guards import anyone
from api.routes import API, ROUTES
from api.scopes import needed
from application import __version__
from application.accounts.schemas_tokens import Scope
from config import ROOT

FILE = ROOT / "api.yaml"
REF = "#/components/schemas/{model}"
TYPES = {"int": "integer", "big": "integer", "string": "string", "path": "string"}
PART = re.compile(r"<(?:(\w+):)?(\w+)>")

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `errors` names every field that needs another look.",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, with its promise."""

    path: str
    method: str
    endpoint: str
    tag: str
    summary: str
    contract: Contract
    open: bool
    scope: Scope | None


def operations() -> Iterator[Operation]:
    """Every operation of the API, in the order of the table of routes."""
    for path, resource, endpoint in ROUTES:
        for method in sorted(resource.methods or ()):
            handler = getattr(resource, method.lower())
            yield Operation(
                f"/{path}",
                method.lower(),
                endpoint,
                resource.__module__.rpartition(".")[2],
                first_sentence(handler.__doc__ or resource.__doc__ or ""),
                handler.contract,
                resource.guard is anyone,
                needed(path, endpoint, method.upper()),
            )


def first_sentence(text: str) -> str:
    """The first line of a docstring."""
    return text.strip().partition("\n")[0]


def document() -> dict[str, Any]:
    """The whole contract as OpenAPI 3.1."""
    found = list(operations())
    schemas = component_schemas(found)
    paths: dict[str, Any] = {}
    for operation in found:
        path = PART.sub(r"{\2}", operation.path)
        paths.setdefault(path, {})[operation.method] = describe(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tend",
            "version": __version__,
            "description": "A self-hosted self-care tracker. Times are ISO 8601 with offset; "
            "lists page by `after`; every refusal is problem+json.",
        },
        "servers": [{"url": API}],
        "security": [{"session": [], "csrf": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(item.tag for item in found)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "tend_session"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-XSRF-TOKEN"},
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of the account, whose scope (read, log or all) is at "
                    "least the one named.",
                },
            },
            "schemas": {**schemas, "Problem": PROBLEM},
        },
    }


def component_schemas(found: list[Operation]) -> dict[str, Any]:
    """The JSON schemas of every body that comes in or goes out, by model name."""
    models: dict[tuple[type[BaseModel], Any], None] = {}
    for operation in found:
        if operation.contract.body is not None:
            models[(operation.contract.body, "validation")] = None
        if operation.contract.out is not None:
            models[(operation.contract.out, "serialization")] = None
        if operation.contract.instead is not None:
            models[(operation.contract.instead, "serialization")] = None
    _, definitions = models_json_schema(list(models), ref_template=REF)
    schemas: dict[str, Any] = definitions.get("$defs", {})
    return schemas


def describe(operation: Operation) -> dict[str, Any]:
    """One operation as OpenAPI says it."""
    terms = operation.contract
    described: dict[str, Any] = {
        "operationId": f"{operation.endpoint}.{operation.method}",
        "tags": [operation.tag],
        "summary": operation.summary,
    }
    parameters = [*path_parameters(operation.path), *query_parameters(terms.query)]
    if terms.idempotent:
        parameters.append(header("Idempotency-Key", "A repeat with this key is answered alike."))
    if terms.versioned and operation.method in {"put", "patch", "delete"}:
        parameters.append(header("If-Match", 'The version last seen, like "7"; 412 when older.'))
    if terms.recent:
        described["description"] = (
            "Asks, always or for parts of what it takes, for a sign-in of the last 15 minutes: "
            "else 403 with the type /problems/recent-sign-in and `methods` (accounts/verify)."
        )
    if parameters:
        described["parameters"] = parameters
    body = request_body(terms)
    if body:
        described["requestBody"] = body
    described["responses"] = responses(operation)
    if operation.open:
        described["security"] = [] if operation.method == "get" else [{"csrf": []}]
    elif operation.scope is not None:
        described["security"] = [{"session": [], "csrf": []}, {"token": [operation.scope]}]
    return described


def path_parameters(path: str) -> list[dict[str, Any]]:
    """The `<int:tracker_id>` parts of a rule."""
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": TYPES[converter or "string"]},
        }
        for converter, name in PART.findall(path)
    ]


def query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    """The fields of a query model."""
    if model is NoQuery:
        return []
    schema = model.model_json_schema(ref_template=REF)
    named = schema.get("$defs", {})
    parameters = []
    for name, field in schema["properties"].items():
        inlined = {**named[field["$ref"].rpartition("/")[2]]} if "$ref" in field else {**field}
        description = inlined.pop("description", None)
        inlined.pop("title", None)
        parameter = {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": inlined,
        }
        if description:
            parameter["description"] = description
        parameters.append(parameter)
    return parameters


def header(name: str, description: str) -> dict[str, Any]:
    """An optional header parameter."""
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string"},
    }


def request_body(terms: Contract) -> dict[str, Any] | None:
    """What comes in: JSON by its model, or an upload."""
    if terms.upload is not None:
        schema = terms.upload.model_json_schema(ref_template=REF)
        schema["properties"]["file"] = {"type": "string", "format": "binary"}
        schema["required"] = [*schema.get("required", ()), "file"]
        return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    if terms.body is None:
        return None
    schema = {"$ref": REF.format(model=terms.body.__name__)}
    wanted = any(field.is_required() for field in terms.body.model_fields.values())
    return {"required": wanted, "content": {"application/json": {"schema": schema}}}


def responses(operation: Operation) -> dict[str, Any]:
    """The good answers, and `default` for every refusal."""
    terms = operation.contract
    answers: dict[str, Any] = {}
    empty = terms.status == 200 and terms.out is None and terms.media == JSON
    for status in (204 if empty else terms.status, *terms.also):
        answers[str(status)] = {"description": "Done"}
        if status == 204:
            continue
        model = terms.instead if terms.instead and status in terms.also else terms.out
        if model is not None:
            schema: dict[str, Any] = {"$ref": REF.format(model=model.__name__)}
            answers[str(status)]["content"] = {"application/json": {"schema": schema}}
        elif terms.media != JSON:
            media = terms.media.partition(";")[0]
            answers[str(status)]["content"] = {media: {"schema": {"type": "string"}}}
    problem = {"application/problem+json": {"schema": {"$ref": REF.format(model="Problem")}}}
    if terms.cached:
        answers["304"] = {"description": "Nothing has changed since (If-None-Match)"}
    answers["default"] = {"description": "Refused", "content": problem}
    return answers


def text() -> str:
    """api.yaml as it should be."""
    head = "# Made from the routes and their contracts by `make api`. Do not edit.\n"
    return head + yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=100)


def main(target: Path = FILE) -> None:
    """Write api.yaml; with --check only say whether it is fresh."""
    fresh = text()
    if "--check" in sys.argv:
        if not target.exists() or target.read_text(encoding="utf-8") != fresh:
            sys.exit("api.yaml is stale: run make api")
        return
    target.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main()
