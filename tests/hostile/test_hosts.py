"""The Host header: what no name server could know is refused, never a crash outside of Flask."""

import pytest
from flask import Flask

from tests.people import problem


@pytest.mark.row("F2")
@pytest.mark.parametrize("host", ["x" * 64, "9" * 400, "a..b", ".", "a" * 64 + ".example:80"])
@pytest.mark.parametrize("path", ["/", "/api/v1/about", "/healthz", "/nowhere/at/all"])
def test_an_impossible_host_is_refused(app: Flask, host: str, path: str) -> None:
    problem(app.test_client().get(path, headers={"Host": host}), 400)


@pytest.mark.row("F2")
@pytest.mark.parametrize("host", ["localhost", "tend.example:8000", "[::1]:8000", "127.0.0.1", ""])
def test_others_are_served(app: Flask, host: str) -> None:
    assert app.test_client().get("/api/v1/about", headers={"Host": host}).status_code == 200
