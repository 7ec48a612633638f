"""Every unsafe request must bring the token of its own session; built from the routes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from api.csrf import KIND
from api.guards import FROM_OUTSIDE, SAFE_METHODS
from application.platform.database import Base
from tests.people import PASSWORD, Person, problem


def unsafe_routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Every unsafe method of every URL that needs a token, with 1 for each id."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in FROM_OUTSIDE:
            continue
        for method in (rule.methods or set()) - SAFE_METHODS:
            values: dict[str, Any] = dict.fromkeys(rule.arguments, 1)
            with app.test_request_context():
                yield method, app.url_for(rule.endpoint, **values) if values else rule.rule


def refused(answer: Any) -> None:
    problem(answer, 400)
    assert answer.get_json()["type"] == KIND


@pytest.mark.row("S4")
def test_without_a_token_nothing_is_done(
    app: Flask, alice: Person, sql: Callable[..., Any]
) -> None:
    routes = list(unsafe_routes(app))
    assert len(routes) > 10
    for method, url in routes:
        refused(alice.browser.open(url, method=method, json={}))
        refused(alice.browser.open(url, method=method))
    assert alice.get("account").status_code == 200


def test_a_visitor_needs_one_too(app: Flask, visitor: Person, alice: Person) -> None:
    for method, url in unsafe_routes(app):
        refused(visitor.browser.open(url, method=method, json={}))
    body = {"identity": "alice", "password": PASSWORD}
    refused(visitor.browser.post("/api/v1/accounts/login", json=body))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "A" * 500])
def test_a_made_up_one_is_refused(alice: Person, token: str) -> None:
    refused(alice.patch("account", {}, headers={"X-XSRF-TOKEN": token}))


@pytest.mark.row("S4")
def test_anothers_is_refused(alice: Person, bob: Person, visitor: Person) -> None:
    for other in (bob, visitor):
        other.get("account")
        token = other.browser.get_cookie("XSRF-TOKEN")
        assert token is not None
        refused(alice.patch("account", {}, headers={"X-XSRF-TOKEN": token.value}))


def test_the_one_of_an_ended_session_is_refused(alice: Person) -> None:
    alice.get("account")
    old = alice.browser.get_cookie("XSRF-TOKEN")
    assert old is not None
    alice.post("accounts/logout")
    alice.post("accounts/login", {"identity": "alice", "password": PASSWORD})
    refused(alice.patch("account", {}, headers={"X-XSRF-TOKEN": old.value}))
    assert alice.patch("account", {}).status_code == 200


FOREIGN = ["https://evil.example", "null", "http://localhost.evil", "x", "http://[", "http://[::1"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_another_sites_page_is_refused_even_with_it(alice: Person, origin: str) -> None:
    refused(alice.patch("account", {}, headers={"Origin": origin}))


def test_ones_own_page_is_not(app: Flask, alice: Person) -> None:
    for origin in ("http://localhost", app.config["TEND"].public_url):
        assert alice.patch("account", {}, headers={"Origin": origin}).status_code == 200


def test_over_https_another_sites_referer_is_refused(alice: Person) -> None:
    alice.get("account")
    token = alice.browser.get_cookie("XSRF-TOKEN")
    assert token is not None
    for referer in ({}, {"Referer": "https://evil.example/"}):
        headers = {"X-XSRF-TOKEN": token.value, **referer}
        answer = alice.browser.patch(
            "/api/v1/account", base_url="https://localhost", json={}, headers=headers
        )
        refused(answer)


def test_a_form_field_is_no_token(alice: Person) -> None:
    alice.get("account")
    token = alice.browser.get_cookie("XSRF-TOKEN")
    assert token is not None
    data = {"csrf_token": token.value}
    answer = alice.browser.post("/api/v1/accounts/logout", data=data)
    assert answer.status_code in {400, 415}
    assert alice.get("account").status_code == 200


def test_an_ended_sessions_visitor_is_told_to_sign_in(alice: Person, app: Flask) -> None:
    """Not that a token is missing: the page would fetch a new one and try for ever."""
    elsewhere = Person(app, "alice")
    elsewhere.post("accounts/login", {"identity": "alice", "password": PASSWORD})
    alice.get("account")
    elsewhere.delete("account/sessions")
    problem(alice.patch("account", {}), 401)


def test_reading_needs_none(alice: Person) -> None:
    assert alice.browser.get("/api/v1/account").status_code == 200
    assert alice.browser.open("/api/v1/account", method="HEAD").status_code == 200


def test_no_token_in_a_header_or_query_signs_in(app: Flask, alice: Person) -> None:
    with app.app_context():
        from application.accounts.queries import find_user

        token = str(find_user(alice.user_id).get_auth_token())
    stranger = app.test_client()
    headers = {"Authentication-Token": token}
    problem(stranger.get("/api/v1/account", headers=headers), 401)
    problem(stranger.get("/api/v1/account?auth_token=" + token), 401)
    stranger.set_cookie("remember_token", f"{alice.user_id}|x")
    problem(stranger.get("/api/v1/account"), 401)


@pytest.fixture
def state(sql: Callable[..., Any]) -> Callable[[], Any]:
    """Everything that is in the database, but when somebody was last seen."""

    def look() -> Any:
        return {
            table.name: sorted(map(repr, sql(f"SELECT * FROM {table.name}")))
            for table in Base.metadata.sorted_tables
            if table.name not in {"user_sessions", "heartbeats"}
        }

    return look


def attacks(alice: Person, bob: Person) -> Iterator[tuple[dict[str, Any], set[int]]]:
    """What another site's page could make alice's browser send, and how it may be refused."""
    for person in (alice, bob):
        person.get("account")
    own, others = (person.browser.get_cookie("XSRF-TOKEN") for person in (alice, bob))
    assert own is not None
    assert others is not None
    mine = {"X-XSRF-TOKEN": own.value}
    yield {"json": {}}, {400}
    yield {"json": {}, "headers": {"X-XSRF-TOKEN": others.value}}, {400}
    yield {"json": {}, "headers": {**mine, "Origin": "https://evil.example"}}, {400}
    yield {"json": {}, "headers": {**mine, "Origin": "null"}}, {400}
    plain = {"data": "{}", "content_type": "text/plain"}
    yield {**plain, "headers": {"Origin": "https://evil.example"}}, {400, 415}
    yield {**plain, "headers": mine}, {400, 415}  # a form cannot send JSON, so nobody reads it
    form = {"data": {"csrf_token": own.value}}
    yield {**form, "headers": {"Origin": "https://evil.example"}}, {400, 415}


def test_no_unsafe_route_does_anything_for_another_sites_page(
    app: Flask, alice: Person, bob: Person, state: Callable[[], Any], queue: Any
) -> None:
    """S4: without a token, with another's, cross-site, and with a body that needs no asking."""
    alice.post("trackers", {"name": "Water", "kind": "numerical"})
    before = state()
    routes = list(unsafe_routes(app))
    for more, statuses in attacks(alice, bob):
        for method, url in routes:
            answer = alice.browser.open(url, method=method, **more)
            assert answer.status_code in statuses, (method, url, more, answer.status_code)
    assert state() == before
    assert alice.get("account").status_code == 200
