"""POST accounts/login, logout and change."""

import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask_principal import UserNeed
from flask_security import current_user
from flask_security.utils import get_hmac

import api
from api import limits
from application import create_app
from application.accounts.queries import find_user
from application.platform import database
from tests import servers
from tests.people import PASSWORD, Person, problem

NEW = "three grey herons over the weir"


def session_of(person: Person) -> str:
    cookie = person.browser.get_cookie("tend_session")
    assert cookie is not None
    return str(cookie.value)


@pytest.mark.parametrize(
    "identity", ["alice", "ALICE", " alice ", "alice@example.org", "Alice@Example.ORG"]
)
def test_it_lets_in_by_name_or_address(visitor: Person, alice: Person, identity: str) -> None:
    answer = visitor.post("accounts/login", {"identity": identity, "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.get_json()["id"] == alice.user_id
    assert visitor.get("account").status_code == 200


def test_it_never_says_which_part_was_wrong(visitor: Person, alice: Person, sql: Any) -> None:
    tries = [
        {"identity": "alice", "password": "wrong"},
        {"identity": "nobody", "password": "wrong"},
        {"identity": "nobody@example.org", "password": PASSWORD},
        {"identity": "", "password": PASSWORD},
        {"identity": "alice", "password": ""},
    ]
    answers = [visitor.post("accounts/login", body) for body in tries]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.get_data() for answer in answers}) == 1
    assert len({tuple(sorted(dict(answer.headers))) for answer in answers}) == 1
    assert answers[0].get_json()["detail"] == "That username and password do not go together."


def test_a_disabled_account_is_as_unknown(app: Flask, visitor: Person, alice: Person) -> None:
    disable(app, alice)
    wrong = visitor.post("accounts/login", {"identity": "nobody", "password": PASSWORD})
    answer = visitor.post("accounts/login", {"identity": "alice", "password": PASSWORD})
    assert (answer.status_code, answer.get_data()) == (401, wrong.get_data())


def disable(app: Flask, person: Person) -> None:
    with app.app_context(), database.transaction():
        find_user(person.user_id).active = False


def test_known_and_unknown_are_the_same_work(
    visitor: Person, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    context = visitor.app.extensions["security"].pwd_context
    for name in ("hash", "verify"):
        real = getattr(context, name)

        def noted(*args: Any, name: str = name, real: Any = real, **more: Any) -> Any:
            done.append(name)
            return real(*args, **more)

        monkeypatch.setattr(context, name, noted)
    visitor.post("accounts/login", {"identity": "alice", "password": "wrong"})
    done.clear()  # the first one in a process makes the decoy
    visitor.post("accounts/login", {"identity": "alice", "password": "wrong"})
    visitor.post("accounts/login", {"identity": "nobody", "password": "wrong"})
    assert done == ["verify", "verify"]


def test_the_writers_place_is_free_while_it_hashes(
    app: Flask, visitor: Person, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Argon2 takes long; in that time nobody else may have to wait."""
    writing: list[bool] = []
    context = app.extensions["security"].pwd_context
    for name in ("hash", "verify"):
        real = getattr(context, name)

        def noted(*args: Any, real: Any = real, **more: Any) -> Any:
            writing.append(database.is_writing())
            return real(*args, **more)

        monkeypatch.setattr(context, name, noted)
    visitor.post("accounts/login", {"identity": "alice", "password": PASSWORD})
    visitor.post("accounts/change", {"password": PASSWORD, "new_password": NEW})
    visitor.post("accounts/logout")
    visitor.post(
        "accounts/register",
        {
            "username": "dora",
            "email": "dora@example.org",
            "password": PASSWORD,
            "timezone": "UTC",
        },
    )
    visitor.delete("account", {"password": PASSWORD})
    assert len(writing) >= 5
    assert not any(writing)


def test_it_gives_a_new_session_each_time(visitor: Person, alice: Person) -> None:
    seen = set()
    for _ in range(3):
        visitor.post("accounts/login", {"identity": "alice", "password": PASSWORD})
        seen.add(session_of(visitor))
    assert len(seen) == 3
    assert len(visitor.get("account/sessions").get_json()["items"]) == 2  # alice's own, and this


def test_it_takes_no_session_that_was_offered(visitor: Person, alice: Person) -> None:
    """Fixation: a token somebody else planted is not the one that gets signed in."""
    planted = "A" * 43
    visitor.browser.set_cookie("tend_session", planted)
    visitor.post("accounts/login", {"identity": "alice", "password": PASSWORD})
    assert session_of(visitor) != planted


def test_it_is_limited_by_name_and_address_without_locking_out(
    visitor: Person, alice: Person
) -> None:
    wrong = {"identity": "Alice", "password": "wrong"}
    statuses = [visitor.post("accounts/login", wrong).status_code for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    right = {"identity": "alice", "password": PASSWORD}
    assert visitor.post("accounts/login", right).status_code == 429
    forged = {"X-Forwarded-For": "10.9.9.9"}
    assert visitor.post("accounts/login", right, headers=forged).status_code == 429
    elsewhere = {"REMOTE_ADDR": "10.1.2.3"}
    assert visitor.post("accounts/login", right, environ_overrides=elsewhere).status_code == 200


def test_two_names_of_an_account_are_not_twice_as_many_tries(
    app: Flask, visitor: Person, alice: Person, bob: Person
) -> None:
    def attempt(identity: str, password: str = "wrong", where: str = "127.0.0.1") -> int:
        body = {"identity": identity, "password": password}
        overrides = {"REMOTE_ADDR": where}
        answer = visitor.post("accounts/login", body, environ_overrides=overrides)
        return int(answer.status_code)

    assert [attempt("alice") for _ in range(11)] == [401] * 10 + [429]
    # Nothing tells that this is the same account; but its password is not tried any more.
    assert attempt("alice@example.org", PASSWORD) == 401
    assert attempt("nobody@example.org", PASSWORD) == 401
    assert attempt("bob@example.org", PASSWORD) == 200
    assert attempt("alice@example.org", PASSWORD, "10.1.2.3") == 200


def test_signing_out_ends_the_session_at_once(alice: Person) -> None:
    old = session_of(alice)
    assert alice.post("accounts/logout").get_json() == {}
    alice.browser.set_cookie("tend_session", old)
    problem(alice.get("account"), 401)
    problem(alice.get("account/sessions"), 401)


def test_signing_out_twice_is_fine(alice: Person) -> None:
    alice.post("accounts/logout")
    assert alice.post("accounts/logout").status_code == 200


def test_a_changed_password_ends_the_others(visitor: Person, alice: Person) -> None:
    visitor.post("accounts/login", {"identity": "alice", "password": PASSWORD})
    before = session_of(alice)
    answer = alice.post("accounts/change", {"password": PASSWORD, "new_password": NEW})
    assert answer.get_json() == {}
    assert session_of(alice) != before
    assert alice.get("account").status_code == 200
    assert alice.patch("account", {"day_starts_at": 1}).status_code == 200
    problem(visitor.get("account"), 401)
    assert visitor.post("accounts/login", {"identity": "alice", "password": NEW}).status_code == 200
    alice.browser.set_cookie("tend_session", before)
    problem(alice.get("account"), 401)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": "wrong", "new_password": NEW}, "password"),
        ({"password": PASSWORD, "new_password": "short"}, "new_password"),
        ({"password": PASSWORD, "new_password": "alice@example.org"}, "new_password"),
        ({"password": PASSWORD, "new_password": PASSWORD}, "password"),
        ({"password": PASSWORD}, "new_password"),
        (
            {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW},
            "new_password_confirm",
        ),
    ],
)
def test_a_change_names_what_is_wrong(alice: Person, body: dict[str, str], field: str) -> None:
    assert set(problem(alice.post("accounts/change", body), 422)) == {field}
    assert alice.get("account").status_code == 200


def test_a_change_is_for_those_inside(visitor: Person) -> None:
    problem(visitor.post("accounts/change", {"password": PASSWORD, "new_password": NEW}), 401)


def test_two_changes_at_once_have_one_winner(
    app: Flask, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from application.accounts import services

    real = database.begin_writing

    def another_first() -> None:
        monkeypatch.setattr(database, "begin_writing", real)
        with app.app_context(), database.transaction():
            services.set_password(alice.user_id, "$argon2id$other")
        real()

    def later() -> None:
        calls.append(1)
        (another_first if len(calls) == 2 else real)()

    calls: list[int] = []
    monkeypatch.setattr(database, "begin_writing", later)
    problem(alice.post("accounts/change", {"password": PASSWORD, "new_password": NEW}), 409)


def test_redis_being_away_keeps_the_limits(
    visitor: Person, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.limits import limiter

    def away(*_: Any, **__: Any) -> None:
        raise ConnectionError("no Redis")

    monkeypatch.setattr(limiter._limiter, "hit", away)
    wrong = {"identity": "alice", "password": "wrong"}
    began = time.monotonic()
    try:
        statuses = [visitor.post("accounts/login", wrong).status_code for _ in range(11)]
    finally:
        limiter._storage_dead = False
        limiter._fallback_limiter.storage.reset()  # type: ignore[union-attr]
    assert statuses == [401] * 10 + [429]
    assert time.monotonic() - began < 10


def test_a_password_hashed_the_old_way_is_hashed_anew(
    app: Flask, visitor: Person, alice: Person, sql: Any
) -> None:
    """When the cost of hashing is raised, everybody gets it at their next sign-in."""
    context = app.extensions["security"].pwd_context
    with app.app_context(), database.transaction():
        older = context.using(argon2__time_cost=2).hash(get_hmac(PASSWORD).decode())
        find_user(alice.user_id).password = older
    answer = visitor.post("accounts/login", {"identity": "alice", "password": PASSWORD})
    assert answer.status_code == 200
    [(kept,)] = sql("SELECT password FROM users")
    assert "t=1" in kept
    assert visitor.get("account").status_code == 200


def test_roles_are_asked_for_lazily(app: Flask, alice: Person, statements: list[str]) -> None:
    """Flask-Principal must not load the user on every request, but still knows who it is."""
    with alice.browser:
        alice.get("accounts/username-free?username=x")
        assert len(statements) == 1
        assert UserNeed(current_user.fs_uniquifier) in g.identity.provides
    with app.test_client() as stranger:
        stranger.get("/api/v1/about")
        assert not g.identity.provides


@pytest.mark.parametrize(("hops", "counted"), [(0, "127.0.0.1"), (1, "10.0.0.2"), (2, "10.0.0.1")])
def test_only_trusted_proxies_say_where_from(
    tmp_path: Path, valkey_url: str, hops: int, counted: str
) -> None:
    settings = servers.settings_for(tmp_path, redis_url=valkey_url, trusted_proxy_hops=hops)
    app = create_app(settings)
    api.init_app(app)
    with app.test_client() as client:
        client.get("/static/none", headers={"X-Forwarded-For": "6.6.6.6, 10.0.0.1, 10.0.0.2"})
        assert limits.address() == counted
