"""api.yaml and the routes hold each other: nothing is served unsaid, nothing said unserved."""

import re

from flask import Flask
from openapi_spec_validator import validate

from api import openapi
from api.routes import API


def test_it_is_fresh() -> None:
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.text(), "run make api"


def test_it_is_valid_openapi() -> None:
    validate(openapi.document())


def test_it_says_every_route_and_no_other(app: Flask) -> None:
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(API)), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(f"{API}/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    said = {
        (path, method)
        for path, methods in openapi.document()["paths"].items()
        for method in methods
    }
    assert said == served


def test_every_operation_has_a_summary_and_a_name_of_its_own() -> None:
    found = list(openapi.operations())
    assert all(operation.summary for operation in found)
    names = [openapi.describe(operation)["operationId"] for operation in found]
    assert len(names) == len(set(names))


def test_every_list_says_whether_there_is_more() -> None:
    """A script may ask each for `next`; those that a rule keeps short always say null."""
    schemas = openapi.document()["components"]["schemas"]
    lists = {
        name: schema["properties"] for name, schema in schemas.items() if "properties" in schema
    }
    lists = {name: fields for name, fields in lists.items() if "items" in fields}
    silent = {name for name, fields in lists.items() if "next" not in fields}
    assert silent == {"TodayOut"}  # a day, and not a page of days
