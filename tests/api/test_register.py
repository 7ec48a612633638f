"""POST accounts/register, and the two questions a sign-up form asks on the way."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from application.accounts import invitations
from application.platform import clock
from config import Settings
from tests.people import PASSWORD, Person, problem

DORA = {
    "username": "dora",
    "email": "dora@example.org",
    "password": PASSWORD,
    "timezone": "Europe/Vienna",
}


def registration(app: Flask, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    settings: Settings = app.config["TEND"]
    changed = settings.model_copy(update={"registration": how})
    monkeypatch.setitem(app.config, "TEND", changed)


def test_it_makes_an_account_and_signs_it_in(visitor: Person) -> None:
    answer = visitor.post("accounts/register", DORA)
    assert answer.status_code == 200
    account = answer.get_json()
    assert {**DORA, **account} == {**account, "password": PASSWORD}
    assert account["reminder_at"] == "20:00"
    assert account["mail"] == "folder"
    assert visitor.get("account").get_json() == account


def test_it_keeps_name_and_address_folded(visitor: Person) -> None:
    answer = visitor.post(
        "accounts/register", DORA | {"username": "DoRa", "email": "Dora@Example.ORG"}
    )
    assert answer.get_json()["username"] == "dora"
    assert answer.get_json()["email"] == "dora@example.org"


def test_it_keeps_no_password_in_the_clear(visitor: Person, sql: Any) -> None:
    visitor.post("accounts/register", DORA)
    [(kept,)] = sql("SELECT password FROM users")
    assert kept.startswith("$argon2id$")


def test_it_names_every_wrong_field_at_once(visitor: Person) -> None:
    bad = {"username": "d o", "email": "dora", "password": "short", "timezone": "Mars/Base"}
    found = problem(visitor.post("accounts/register", bad), 422)
    assert set(found) == {"username", "email", "password", "timezone"}
    assert found["password"] == "Use at least 12 characters."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "ab"),
        ("username", "a" * 33),
        ("username", "dóra"),
        ("username", "dora@home"),
        ("username", ""),
        ("username", "ｄｏｒａ"),
        ("email", "dora@localhost"),
        ("email", "dora@example.org\nBcc: x@example.org"),
        ("email", "a" * 65 + "@example.org"),
        ("email", "dóra@example.org"),
        ("email", ""),
        ("password", "passwordpassword"),
        ("password", "dora@example.org"),
        ("password", "x" * 129),
        ("password", "            "),
        ("timezone", "europe/vienna"),
        ("timezone", "../../etc/passwd"),
        ("timezone", ""),
    ],
)
def test_it_refuses(visitor: Person, field: str, value: str) -> None:
    assert set(problem(visitor.post("accounts/register", DORA | {field: value}), 422)) == {field}


@pytest.mark.parametrize("value", [1, True, None, ["dora"], {"a": 1}])
@pytest.mark.parametrize("field", list(DORA))
def test_it_refuses_other_types(visitor: Person, field: str, value: Any) -> None:
    assert field in problem(visitor.post("accounts/register", DORA | {field: value}), 422)


def test_it_refuses_unknown_fields(visitor: Person) -> None:
    for name in ("active", "id", "confirmed_at", "next", "remember"):
        assert name in problem(visitor.post("accounts/register", DORA | {name: "x"}), 422)


def test_it_says_in_words_what_is_taken(visitor: Person, alice: Person) -> None:
    taken = DORA | {"username": "Alice", "email": "ALICE@example.org"}
    assert problem(visitor.post("accounts/register", taken), 422) == {
        "username": "This name is taken.",
        "email": "An account has this address already.",
    }


def test_a_race_for_a_name_has_one_winner(
    app: Flask, visitor: Person, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = app.extensions["security"].datastore
    real = store.find_user
    looks: list[str] = []

    def blind_first(**wanted: Any) -> Any:
        looks.append(str(wanted))
        return None if len(looks) <= 2 else real(**wanted)

    monkeypatch.setattr(store, "find_user", blind_first)
    answer = visitor.post("accounts/register", DORA | {"username": "alice"})
    assert problem(answer, 422) == {"username": "This name is taken."}
    assert visitor.get("account").status_code == 401


def test_one_who_is_signed_in_becomes_the_other(alice: Person) -> None:
    old = alice.browser.get_cookie("tend_session")
    assert alice.post("accounts/register", DORA).status_code == 200
    assert alice.get("account").get_json()["username"] == "dora"
    assert old is not None
    alice.browser.set_cookie("tend_session", old.value)
    assert alice.get("account").status_code == 401


def test_closed_means_nobody(app: Flask, visitor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    registration(app, monkeypatch, "closed")
    assert visitor.get("about").get_json()["registration"] == "closed"
    problem(visitor.post("accounts/register", DORA), 409)


def test_an_invitation_lets_in(
    app: Flask, visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    registration(app, monkeypatch, "invite")
    assert set(problem(visitor.post("accounts/register", DORA), 422)) == {"invite"}
    bad = DORA | {"invite": "x.y.z"}
    assert set(problem(visitor.post("accounts/register", bad), 422)) == {"invite"}
    with app.app_context():
        good = DORA | {"invite": invitations.invite()}
    assert visitor.post("accounts/register", good).status_code == 200
    late = good | {"username": "late", "email": "late@example.org"}
    with time_machine.travel(clock.now() + timedelta(days=8)):
        said = problem(visitor.post("accounts/register", late), 422)
    assert said == {"invite": "This invitation is older than a week."}


def test_it_is_limited_by_address(visitor: Person) -> None:
    for _ in range(20):
        problem(visitor.post("accounts/register", DORA | {"username": "?"}), 422)
    answer = visitor.post("accounts/register", DORA)
    problem(answer, 429)
    assert 0 < int(answer.headers["Retry-After"]) <= 3601
    elsewhere = {"REMOTE_ADDR": "10.1.2.3"}
    again = visitor.post("accounts/register", DORA, environ_overrides=elsewhere)
    assert again.status_code == 200


def test_a_name_can_be_asked_for(visitor: Person, alice: Person) -> None:
    def free(name: str) -> bool:
        answer: bool = visitor.get(f"accounts/username-free?username={name}").get_json()["free"]
        return answer

    assert free("dora")
    assert not free("Alice")
    assert not free("no%20name")
    problem(visitor.get("accounts/username-free"), 400)


def test_a_password_can_be_judged(visitor: Person, queue: Any) -> None:
    def judge(**body: str) -> tuple[int, str]:
        answer = visitor.post("accounts/password-strength", body)
        assert answer.status_code == 200
        return answer.get_json()["score"], answer.get_json()["message"]

    assert judge(password="short") == (0, "Use at least 12 characters.")
    assert judge(password=PASSWORD)[0] >= 3
    assert judge(password="dora@example.org", email="dora@example.org")[0] < 3
    assert judge(password="")[0] == 0
    assert judge(password="a long walk by the river " * 20)[0] == 4
