"""Every URL that there is, from the map itself: so that no new route can be left out of a test."""

from collections.abc import Iterator
from typing import Any

from flask import Flask


def every_route(app: Flask, value: Any = 1) -> Iterator[tuple[str, str]]:
    """Method and path of every route, with `value` for each argument of a path."""
    for rule in app.url_map.iter_rules():
        values: dict[str, Any] = dict.fromkeys(rule.arguments, value)
        with app.test_request_context():
            path = app.url_for(rule.endpoint, **values) if values else rule.rule
        for method in sorted(rule.methods or ()):
            yield method, path
