"""Requests made from api.yaml: a good body for each operation, or anything in any field of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from api import openapi

Schema = dict[str, Any]
Way = tuple[str | int, ...]
MEDIA = "application/json"
FORM = "multipart/form-data"
HERE = "@@here@@"
OF_TYPE: dict[str, Any] = {"string": "x", "integer": 1, "number": 1, "boolean": True, "null": None}

# What makes a body good, by the field's name; of all others the schema's type will do.
GOOD: dict[str, Any] = {
    "username": "dora", "email": "dora@example.org", "password": "x", "new_password": "y",
    "timezone": "UTC", "identity": "dora", "kind": "numerical", "name": "Hostile", "value": 1,
    "label": "Hostile", "role": "viewer", "unit": "l",
    "logged_at": "2026-01-01", "note": "", "period": "2025", "lines": {"1": "keep"},
    "webhook": "https://hooks.example/x", "reminder_at": "20:00", "from": "2025-01-01",
    "to": "2025-01-31", "expires_at": "2027-01-01T00:00:00Z", "tracker_ids": [1],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One operation of api.yaml."""

    path: str
    method: str
    said: dict[str, Any]

    @property
    def place(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def open(self) -> bool:
        """Whether it is for anybody."""
        return self.said.get("security") in ([], [{"csrf": []}])

    def parameters(self, where: str) -> list[str]:
        """The names of those in the path, the query or the headers."""
        return [one["name"] for one in self.said.get("parameters", ()) if one["in"] == where]

    def schema(self, media: str = MEDIA) -> Schema | None:
        """The shape of the body, or None where there is none of that kind."""
        content = self.said.get("requestBody", {}).get("content", {})
        return content[media]["schema"] if media in content else None


@cache
def document() -> dict[str, Any]:
    """api.yaml; another test says that the file is the same."""
    return openapi.document()


def operations() -> Iterator[Asked]:
    """Every operation there is."""
    for path, methods in document()["paths"].items():
        for method, said in methods.items():
            yield Asked(path, method, said)


def named(name: str) -> dict[str, Any] | None:
    """A good body for the operation of that operationId; None when it takes none."""
    for asked in operations():
        if asked.said["operationId"] == name:
            schema = asked.schema()
            found = None if schema is None else sample(schema)
            return found if isinstance(found, dict) else None
    return None


def resolve(schema: Schema) -> Schema:
    """The schema itself: what it refers to, or the first alternative that is not null."""
    while True:
        if "$ref" in schema:
            schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema or "oneOf" in schema:
            choices = schema.get("anyOf") or schema["oneOf"]
            schema = next((one for one in choices if one.get("type") != "null"), choices[0])
        else:
            return schema


def sample(schema: Schema, name: str = "") -> Any:
    """Something that fits the schema: only what must be there."""
    if name in GOOD:
        return GOOD[name]
    found = resolve(schema)
    if "const" in found:
        return found["const"]
    if "enum" in found:
        return found["enum"][0]
    kind = found.get("type")
    if kind == "object":
        fields = found.get("properties", {})
        return {one: sample(fields[one], one) for one in found.get("required", ())}
    if kind == "array":
        return [sample(found.get("items", {}))] * max(1, found.get("minItems", 0))
    return max(found["minimum"], 1) if "minimum" in found else OF_TYPE.get(str(kind), "x")


def ways(schema: Schema, so_far: Way = ()) -> Iterator[Way]:
    """The way to every field, those inside of others too."""
    found = resolve(schema)
    for name, field in found.get("properties", {}).items():
        yield (*so_far, name)
        yield from ways(field, (*so_far, name))
    if "items" in found:
        yield (*so_far, 0)
        yield from ways(found["items"], (*so_far, 0))
    if isinstance(found.get("additionalProperties"), dict) or "patternProperties" in found:
        yield (*so_far, "1")


def with_value(schema: Schema, way: Way, value: bytes) -> bytes:
    """A good body with `value`, as it stands, in that one field."""
    body = sample(schema)
    assert isinstance(body, dict)
    _put(body, schema, way)
    return orjson.dumps(body).replace(orjson.dumps(HERE), value)


def _put(holder: Any, schema: Schema, way: Way) -> None:
    step, rest = way[0], way[1:]
    if not rest:
        holder[step] = HERE
        return
    found = resolve(schema)
    below = found["items"] if isinstance(step, int) else found.get("properties", {}).get(step, {})
    there = holder[step] if isinstance(step, int) or step in holder else None
    if not isinstance(there, dict | list):
        there = [HERE] if isinstance(rest[0], int) else sample(below)
        there = there if isinstance(there, dict | list) else {}
    holder[step] = orjson.loads(orjson.dumps(there))  # its own, not the table's
    if isinstance(rest[0], int) and not holder[step]:
        holder[step] = [HERE]
    _put(holder[step], below, rest)
