"""S9: the security headers and the cookies' flags, on every route, file and refusal there is."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.wrappers import Response

import api
from api import headers
from api.csrf import COOKIE
from api.limits import limiter
from application import create_app
from tests import servers
from tests.people import PASSWORD, Person
from tests.urls import every_route

NEEDED = {name: value for name, value in headers.EVERYWHERE}  # noqa: C416


def check(answer: Response, path: str, *, https: bool = False) -> None:
    """All of them are there, once, and nothing of one's own is left in a cache."""
    said = answer.headers
    for name, value in NEEDED.items():
        assert len(said.getlist(name)) == 1, (path, name)
        download = said.get("Content-Disposition", "").startswith("attachment")
        wanted = headers.SANDBOX if download and name == "Content-Security-Policy" else value
        assert said[name] == wanted, (path, name)
    if path.startswith("/api/") or answer.status_code >= 400:
        assert said.getlist("Cache-Control") == ["no-store"], path
    if (answer.mimetype or "").startswith("text/"):
        assert answer.mimetype_params.get("charset") == "utf-8", path
    assert ("Strict-Transport-Security" in said) == https, path
    assert len(said["X-Request-ID"]) >= 8, path
    assert "Server" not in said, path


@pytest.fixture
def uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", False)


@pytest.fixture
def secure(tmp_path: Path, valkey_url: str) -> Flask:
    """The application as it stands behind https."""
    servers.migrated_sqlite(tmp_path, valkey_url)
    settings = servers.settings_for(
        tmp_path, redis_url=valkey_url, public_url="https://tend.example"
    )
    app = create_app(settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    api.init_app(app)
    return app


@pytest.mark.row("S9")
def test_every_route_says_them(
    app: Flask, alice: Person, visitor: Person, uncounted: None, queue: Any
) -> None:
    seen = set()
    for person in (visitor, alice):
        for method, path in every_route(app):
            with person.browser.open(path, method=method) as without_token:
                check(without_token, path)
            with person.call(method, path) as answer:
                check(answer, path)
                seen.add(answer.status_code)
    assert {200, 400, 401, 404} <= seen
    queue.take()


@pytest.mark.row("S9")
def test_every_refusal_says_them(app: Flask, alice: Person, visitor: Person) -> None:
    cases: list[tuple[str, str, int, dict[str, Any]]] = [
        ("GET", "/api/v1/nothing", 404, {}),
        ("GET", "/static/none.js", 404, {}),
        ("GET", "/api/v1/trackers/1", 404, {}),
        ("PUT", "/api/v1/today", 405, {}),
        ("POST", "/healthz", 405, {}),
        ("GET", "/api/v1/trackers?x=1", 400, {}),
        ("GET", "/", 400, {"headers": {"Host": "a..b"}}),
        ("GET", "/api/v1/about", 400, {"headers": {"Host": "x" * 400}}),
        ("POST", "/api/v1/trackers", 415, {"data": "x", "content_type": "text/plain"}),
        ("POST", "/api/v1/trackers", 413, {"data": b"x" * (1 << 21)}),
        ("POST", "/api/v1/trackers", 422, {"json": {}}),
    ]
    for method, path, status, more in cases:
        with alice.call(method, path, **more) as answer:
            assert answer.status_code == status, (method, path, answer.status_code)
            check(answer, path)
    check(visitor.get("account"), "/api/v1/account")


def test_a_crash_and_a_limit_say_them(
    app: Flask, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any) -> None:
        raise RuntimeError("no words of this")

    monkeypatch.setattr("api.account.list_sessions", crash)
    crashed = alice.get("account/sessions")
    assert crashed.status_code == 500
    assert crashed.get_json()["reference"] == crashed.headers["X-Request-ID"]
    check(crashed, "/api/v1/account/sessions")
    answers = [alice.post("webhook/test") for _ in range(6)]
    assert answers[-1].status_code == 429
    check(answers[-1], "/api/v1/webhook/test")


def test_a_kept_answer_says_them_and_that_it_is_unchanged(app: Flask, alice: Person) -> None:
    first, again = alice.get("trackers"), alice.get("trackers")
    assert first.headers["X-Request-ID"] != again.headers["X-Request-ID"]
    same = alice.get("trackers", headers={"If-None-Match": first.headers["ETag"]})
    assert [answer.status_code for answer in (first, again, same)] == [200, 200, 304]
    for answer in (first, again, same):
        check(answer, "/api/v1/trackers")


@pytest.mark.row("S9")
def test_over_https_all_say_so_and_the_cookies_keep_to_it(secure: Flask, uncounted: None) -> None:
    person = Person.sign_up(secure, "alice")
    origin = {"base_url": "https://tend.example", "headers": {"Referer": "https://tend.example/"}}
    for path in ("/", "/api/v1/account", "/static/none.js", "/healthz", "/api.yaml"):
        with person.browser.get(path, **origin) as answer:
            check(answer, path, https=True)
    with person.browser.get("/", headers={"Host": "a..b"}) as impossible:
        check(impossible, "/", https=True)
    stranger = secure.test_client()
    stranger.get("/api/v1/account", **origin)
    token = stranger.get_cookie(COOKIE, "tend.example")
    assert token is not None
    origin["headers"] |= {"X-XSRF-TOKEN": token.value}  # type: ignore[operator]
    body = {"identity": "alice", "password": PASSWORD}
    signed_in = stranger.post("/api/v1/accounts/login", json=body, **origin)
    assert signed_in.status_code == 200
    cookies = dict(said.split("=", 1) for said in signed_in.headers.getlist("Set-Cookie"))
    assert set(cookies) == {"__Host-tend_session", COOKIE}
    for name, said in cookies.items():
        words = {word.strip() for word in said.split(";")[1:]}
        assert {"Secure", "Path=/", "SameSite=Lax"} <= words, name
        assert ("HttpOnly" in words) == (name != COOKIE)
        assert not any(word.startswith("Domain") for word in words)


def test_with_a_session_goes_what_the_browser_kept(app: Flask, alice: Person) -> None:
    def cleared(answer: Response) -> bool:
        said = answer.headers.getlist("Clear-Site-Data")
        assert said in ([], ['"cache", "storage"'])  # "cookies" would take the visitor's own too
        return bool(said)

    body = {"identity": "alice", "password": PASSWORD}
    assert not cleared(alice.get("account"))
    assert cleared(alice.post("accounts/logout"))
    assert alice.browser.get_cookie(COOKIE) is not None
    assert not cleared(alice.post("accounts/login", {**body, "password": "wrong"}))
    assert not cleared(alice.post("accounts/login", body))
    here = next(s for s in alice.get("account/sessions").get_json()["items"] if s["current"])
    assert cleared(alice.delete(f"account/sessions/{here['id']}"))
    alice.post("accounts/login", body)
    assert not cleared(alice.delete("account", {"password": "wrong"}))
    assert cleared(alice.delete("account", {"password": PASSWORD}))
