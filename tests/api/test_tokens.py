"""account/tokens: made, shown once, listed, removed; and what ends them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from application.accounts import recovery, services, services_admin, services_tokens
from application.accounts.queries import find_user
from application.platform import clock, database
from tests.authenticators import set_up_app
from tests.people import PASSWORD, Person, problem
from tests.things import items, script

NEW = "three grey herons over the weir"


def test_it_is_shown_once(alice: Person) -> None:
    answer = alice.post("account/tokens", {"name": " Scale ", "scope": "log"})
    assert answer.status_code == 201
    made = answer.get_json()
    assert re.fullmatch("tend_[a-z0-9]{8}_[A-Za-z0-9]{40}", made["token"])
    assert made["token"].startswith(made["start"] + "_")
    assert (made["name"], made["scope"], made["expires_at"]) == ("Scale", "log", None)
    assert made["last_used_at"] is None
    [listed] = items(alice, "account/tokens")
    assert listed == {name: value for name, value in made.items() if name != "token"}


def test_the_database_keeps_no_secret(alice: Person, sql: Callable[..., Any]) -> None:
    made = script(alice).token
    [row] = sql("SELECT * FROM api_tokens")
    secret = made.rpartition("_")[2]
    assert not any(secret in str(value) or secret.encode() in _bytes(value) for value in row)


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def test_the_newest_stands_first(alice: Person, bob: Person) -> None:
    for name in ("one", "two"):
        alice.post("account/tokens", {"name": name, "scope": "read"})
    assert [token["name"] for token in items(alice, "account/tokens")] == ["two", "one"]
    assert items(bob, "account/tokens") == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scope": "read"}, "name"),
        ({"name": " ", "scope": "read"}, "name"),
        ({"name": "x" * 65, "scope": "read"}, "name"),
        ({"name": "two\nlines", "scope": "read"}, "name"),
        ({"name": "x"}, "scope"),
        ({"name": "x", "scope": "admin"}, "scope"),
        ({"name": "x", "scope": "read", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "x", "scope": "read", "expires_at": "2099-01-01T00:00:00"}, "expires_at"),
        ({"name": "x", "scope": "read", "expires_at": 4102444800}, "expires_at"),
        ({"name": "x", "scope": "read", "expires_at": "9999-12-31T23:59:59-23:59"}, "expires_at"),
        ({"name": "x", "scope": "read", "expires_at": "soon"}, "expires_at"),
        ({"name": "x", "scope": "read", "token": "mine"}, "token"),
    ],
)
def test_it_refuses_what_makes_none(alice: Person, body: Any, field: str) -> None:
    assert field in problem(alice.post("account/tokens", body), 422)
    assert items(alice, "account/tokens") == []


def test_fifty_are_enough(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    assert services_tokens.MOST == 50
    monkeypatch.setattr(services_tokens, "MOST", 2)
    for _ in range(2):
        script(alice)
    problem(alice.post("account/tokens", {"name": "one more", "scope": "read"}), 409)
    alice.delete(f"account/tokens/{items(alice, 'account/tokens')[0]['id']}")
    script(alice)


def test_removed_it_opens_nothing_at_once(alice: Person) -> None:
    kept, gone = script(alice), script(alice)
    assert gone.get("trackers").status_code == 200
    [newest, _] = items(alice, "account/tokens")
    assert alice.delete(f"account/tokens/{newest['id']}").status_code == 204
    problem(gone.get("trackers"), 401)
    assert kept.get("trackers").status_code == 200
    problem(alice.delete(f"account/tokens/{newest['id']}"), 404)


def test_others_do_not_exist(alice: Person, bob: Person) -> None:
    mine = script(alice)
    [token] = items(alice, "account/tokens")
    theirs = bob.delete(f"account/tokens/{token['id']}")
    nobodys = bob.delete("account/tokens/999999")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.get_data() == nobodys.get_data()
    assert mine.get("trackers").status_code == 200


def test_it_is_for_those_inside(visitor: Person) -> None:
    problem(visitor.get("account/tokens"), 401)
    problem(visitor.post("account/tokens", {"name": "x", "scope": "read"}), 401)
    problem(visitor.delete("account/tokens/1"), 401)


def test_making_and_removing_asks_for_a_recent_sign_in(alice: Person) -> None:
    all_day = script(alice)
    [token] = items(alice, "account/tokens")
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        for answer in (
            alice.post("account/tokens", {"name": "Another", "scope": "all"}),
            alice.delete(f"account/tokens/{token['id']}"),
        ):
            problem(answer, 403)
            assert answer.get_json()["type"] == "/problems/recent-sign-in"
        assert alice.get("account/tokens").status_code == 200
        assert alice.delete("account/sessions").status_code == 204  # ending asks for nothing
    assert all_day.get("trackers").status_code == 200


def test_where_everybody_needs_a_second_factor_its_person_has_one(
    app: Flask, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_day = script(alice)
    settings = app.config["TEND"].model_copy(update={"two_factor": "required"})
    monkeypatch.setitem(app.config, "TEND", settings)
    answer = all_day.get("trackers")
    problem(answer, 403)
    assert answer.get_json()["type"] == "/problems/second-factor-needed"
    set_up_app(alice)
    assert all_day.get("trackers").status_code == 200


def test_it_ends_when_its_time_is_over(alice: Person) -> None:
    end = clock.now() + timedelta(hours=1)
    hourly = script(alice, expires_at=end.isoformat())
    assert hourly.get("trackers").status_code == 200
    with time_machine.travel(end + timedelta(seconds=1)):
        problem(hourly.get("trackers"), 401)
        [listed] = items(alice, "account/tokens")  # to be seen, and removed
        assert listed["expires_at"] is not None


def test_it_ends_with_a_disabled_account(app: Flask, alice: Person) -> None:
    all_day = script(alice)
    with app.app_context(), database.transaction():
        find_user(alice.user_id).active = False
    problem(all_day.get("trackers"), 401)
    with app.app_context(), database.transaction():
        find_user(alice.user_id).active = True
    assert all_day.get("trackers").status_code == 200
    with app.app_context(), database.transaction():
        services_admin.set_active(alice.user_id, active=False)
        services_admin.set_active(alice.user_id, active=True)
    problem(all_day.get("trackers"), 401)  # closed on purpose: it does not come back


def test_it_ends_with_the_account(alice: Person, sql: Callable[..., Any]) -> None:
    all_day = script(alice)
    assert alice.delete("account", {"password": PASSWORD}).status_code == 204
    problem(all_day.get("trackers"), 401)
    assert sql("SELECT count(*) FROM api_tokens") == [(0,)]


def test_it_ends_with_a_reset(app: Flask, alice: Person, visitor: Person) -> None:
    all_day = script(alice)
    with app.app_context():
        token = recovery.mint(find_user(alice.user_id))
    answer = visitor.post(f"accounts/reset/{token}", {"password": NEW})
    assert answer.status_code == 200
    problem(all_day.get("trackers"), 401)


def test_it_ends_with_the_operators_new_password(app: Flask, alice: Person) -> None:
    all_day = script(alice)
    with app.app_context(), database.transaction():
        services.set_password(alice.user_id, "not a hash")
    problem(all_day.get("trackers"), 401)


def test_it_outlives_a_change_of_password_and_signing_out(alice: Person) -> None:
    all_day = script(alice)
    change = {"password": PASSWORD, "new_password": NEW}
    assert alice.post("accounts/change", change).status_code == 200
    assert all_day.get("trackers").status_code == 200
    assert alice.post("accounts/logout").status_code == 200
    assert all_day.get("trackers").status_code == 200


def test_another_secret_key_ends_it_unless_the_old_one_is_a_fallback(
    app: Flask, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_day = script(alice)
    before = app.config["TEND"]

    def turn(**keys: str) -> None:
        monkeypatch.setitem(app.config, "TEND", before.model_copy(update=keys))

    new = "another-one-" + "y" * 32
    turn(secret_key=new)
    problem(all_day.get("trackers"), 401)
    turn(secret_key=new, secret_key_fallbacks=before.secret_key)
    answer = all_day.get("trackers")
    assert answer.status_code == 200
    answer.close()  # its use is noted, and with it the new key's seal
    turn(secret_key=new)
    assert all_day.get("trackers").status_code == 200
