"""Sessions that live on the server: account/sessions, their lifetime and their cookie."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from application.accounts import services
from application.accounts.queries import find_user
from application.platform import clock, database
from tests.people import PASSWORD, Person, problem

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


def sign_in(person: Person, name: str = "alice", **more: Any) -> Person:
    answer = person.post("accounts/login", {"identity": name, "password": PASSWORD}, **more)
    assert answer.status_code == 200
    return person


def test_it_lists_ones_own_in_words(alice: Person, bob: Person, visitor: Person) -> None:
    sign_in(visitor, headers={"User-Agent": FIREFOX})
    items = visitor.get("account/sessions").get_json()["items"]
    assert [(item["device"], item["current"]) for item in items] == [
        ("Firefox on Linux", True),
        ("a test", False),
    ]
    assert len(bob.get("account/sessions").get_json()["items"]) == 1


def test_one_can_be_ended(alice: Person, visitor: Person) -> None:
    sign_in(visitor)
    [other] = [
        item for item in alice.get("account/sessions").get_json()["items"] if not item["current"]
    ]
    assert alice.delete(f"account/sessions/{other['id']}").status_code == 204
    problem(visitor.get("account"), 401)
    assert alice.get("account").status_code == 200


def test_all_others_can_be_ended(app: Flask, alice: Person) -> None:
    others = [sign_in(Person(app, "alice")) for _ in range(3)]
    assert alice.delete("account/sessions").status_code == 204
    assert [other.get("account").status_code for other in others] == [401] * 3
    assert alice.get("account").status_code == 200


def test_ones_own_can_be_ended_too(alice: Person) -> None:
    [own] = alice.get("account/sessions").get_json()["items"]
    assert alice.delete(f"account/sessions/{own['id']}").status_code == 204
    problem(alice.get("account"), 401)
    assert sign_in(alice).get("account").status_code == 200


def test_others_do_not_exist(alice: Person, bob: Person) -> None:
    [his] = bob.get("account/sessions").get_json()["items"]
    theirs = alice.delete(f"account/sessions/{his['id']}")
    nobodys = alice.delete("account/sessions/999999")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.get_data() == nobodys.get_data()
    assert bob.get("account").status_code == 200


def test_it_is_for_those_inside(visitor: Person) -> None:
    problem(visitor.get("account/sessions"), 401)
    problem(visitor.delete("account/sessions"), 401)
    problem(visitor.delete("account/sessions/1"), 401)


def test_a_disabled_account_is_out_at_once(app: Flask, alice: Person) -> None:
    with app.app_context(), database.transaction():
        find_user(alice.user_id).active = False
    problem(alice.get("account"), 401)


@pytest.mark.parametrize(("days", "status"), [(29, 200), (31, 401)])
def test_an_idle_one_ends(alice: Person, days: int, status: int) -> None:
    with time_machine.travel(clock.now() + timedelta(days=days)):
        assert alice.get("account").status_code == status


def test_even_a_busy_one_ends(alice: Person) -> None:
    began = clock.now()
    for days in range(20, 180, 20):
        with time_machine.travel(began + timedelta(days=days)):
            answer = alice.get("account")
            assert answer.status_code == 200
            answer.close()  # what follows the answer happens when it has left
    with time_machine.travel(began + timedelta(days=181)):
        problem(alice.get("account"), 401)


def test_its_use_is_noted_seldom_and_after_the_answer(alice: Person, statements: list[str]) -> None:
    alice.get("account").close()
    assert not [said for said in statements if said.startswith("UPDATE")]
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        answer = alice.get("account")
        assert not [said for said in statements if said.startswith("UPDATE")]
        answer.close()
        alice.get("account").close()
    assert len([said for said in statements if said.startswith("UPDATE")]) == 1


def test_who_asks_is_one_narrow_statement(alice: Person, statements: list[str]) -> None:
    alice.get("account/sessions/none-such")
    assert len(statements) == 1
    assert "password" not in statements[0]


def test_what_needs_no_session_asks_nothing(
    visitor: Person, alice: Person, statements: list[str]
) -> None:
    visitor.get("about")
    alice.get("/static/none-such.js")
    assert not statements


def test_the_old_are_cleared(app: Flask, alice: Person, sql: Callable[..., Any]) -> None:
    with (
        time_machine.travel(clock.now() + timedelta(days=31)),
        app.app_context(),
        database.transaction(),
    ):
        services.drop_old_sessions()
    assert sql("SELECT count(*) FROM user_sessions") == [(0,)]


def test_the_database_keeps_no_token(alice: Person, sql: Callable[..., Any]) -> None:
    cookie = alice.browser.get_cookie("tend_session")
    assert cookie is not None
    [(kept,)] = sql("SELECT secret_hash FROM user_sessions")
    assert len(bytes(kept)) == 32
    assert cookie.value.encode() not in bytes(kept)


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "é" * 43, "a.b.c", "." * 50, "A" * 4000])
def test_a_strange_cookie_is_a_visitor(visitor: Person, cookie: str) -> None:
    visitor.browser.set_cookie("tend_session", cookie)
    problem(visitor.get("account"), 401)
    assert visitor.post("accounts/logout").status_code == 200


def test_its_cookie_is_for_the_server_alone(visitor: Person, alice: Person) -> None:
    answer = visitor.post("accounts/login", {"identity": "alice", "password": PASSWORD})
    cookies = {said.partition("=")[0]: said for said in answer.headers.getlist("Set-Cookie")}
    assert "HttpOnly" in cookies["tend_session"]
    assert "SameSite=Lax" in cookies["tend_session"]
    assert "HttpOnly" not in cookies["XSRF-TOKEN"]


def test_over_https_it_is_bound_to_the_host(
    app: Flask, visitor: Person, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.config["TEND"].model_copy(update={"public_url": "https://tend.example"})
    monkeypatch.setitem(app.config, "TEND", settings)
    base = "https://tend.example"
    first = visitor.browser.get("/api/v1/account", base_url=base)
    token = visitor.browser.get_cookie("XSRF-TOKEN", domain="tend.example")
    assert token is not None
    assert first.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    answer = visitor.browser.post(
        "/api/v1/accounts/login",
        base_url=base,
        json={"identity": "alice", "password": PASSWORD},
        headers={"X-XSRF-TOKEN": token.value, "Referer": f"{base}/sign-in"},
    )
    assert answer.status_code == 200
    [said] = [
        said for said in answer.headers.getlist("Set-Cookie") if said.startswith("__Host-tend")
    ]
    assert all(word in said for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "Domain" not in said


def test_a_busy_database_only_loses_the_note(
    alice: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def busy(_session_id: int) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(services, "see", busy)
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        alice.get("account").close()
    assert "not noted as seen" in caplog.text
    assert alice.get("account").status_code == 200
