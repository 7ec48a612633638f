"""TWO_FACTOR=required: first set one up; and the operator's way out."""

import threading
from typing import Any

import pytest
from flask import Flask

from application.accounts.factors import AppCodes
from application.accounts.models import User
from tests.authenticators import (
    CodeApp,
    Device,
    add_passkey,
    ask_passkey,
    half_sign_in,
    set_up_app,
)
from tests.people import PASSWORD, Person, problem

NEEDED = "/problems/second-factor-needed"


@pytest.fixture
def required(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator asks everybody for a second factor."""
    settings = app.config["TEND"].model_copy(update={"two_factor": "required"})
    monkeypatch.setitem(app.config, "TEND", settings)
    monkeypatch.setitem(app.config, "SECURITY_TWO_FACTOR_REQUIRED", True)


@pytest.mark.usefixtures("required")
def test_who_is_in_already_may_set_one_up_or_leave(alice: Person) -> None:
    looks = ("account", "trackers", "today", "account/sessions", "reports", "exports")
    for path in looks:
        answer = alice.get(path)
        problem(answer, 403)
        assert answer.get_json()["type"] == NEEDED
    for path in ("trackers", "account/recovery-codes", "webhook/secret", "exports"):
        problem(alice.post(path, {}), 403)
    problem(alice.post("accounts/change", {"password": PASSWORD, "new_password": "x" * 20}), 403)
    problem(alice.delete("account", {"password": PASSWORD}), 403)
    assert alice.get("account/second-factor").get_json()["required"] is True
    assert alice.get("about").get_json()["two_factor_required"] is True
    set_up_app(alice)
    assert [alice.get(path).status_code for path in looks] == [200] * len(looks)


@pytest.mark.usefixtures("required")
def test_who_is_in_already_may_sign_out(alice: Person) -> None:
    assert alice.post("accounts/logout").status_code == 200
    problem(alice.get("account"), 401)


@pytest.mark.usefixtures("required")
def test_who_signs_in_sets_an_app_up_and_is_in(alice: Person, visitor: Person) -> None:
    assert half_sign_in(visitor) == {"next": "set_up", "methods": []}
    problem(visitor.get("account"), 401)
    problem(visitor.post("accounts/second-factor", {"code": "123456"}), 401)
    _, codes = set_up_app(visitor)
    assert len(codes) == 10
    assert visitor.get("account").get_json()["id"] == alice.user_id
    problem(alice.get("account"), 401)  # that one had only the password


@pytest.mark.usefixtures("required")
def test_who_signs_in_adds_a_passkey_and_is_in(alice: Person, visitor: Person) -> None:
    half_sign_in(visitor)
    device = Device()
    made = add_passkey(visitor, device)
    assert len(made["recovery_codes"]) == 10
    assert visitor.get("account").get_json()["id"] == alice.user_id
    other = Person(visitor.app, "alice")
    assert other.post("accounts/passkey", ask_passkey(other, device)).status_code == 200
    assert other.get("account").status_code == 200


@pytest.mark.usefixtures("required")
def test_half_a_sign_in_to_set_up_opens_nothing_else(alice: Person, visitor: Person) -> None:
    half_sign_in(visitor)
    for path in ("account", "trackers", "account/sessions", "today"):
        problem(visitor.get(path), 401)
    problem(visitor.post("account/recovery-codes"), 401)
    problem(visitor.post("accounts/verify", {"password": PASSWORD}), 401)
    problem(visitor.delete("account/totp"), 404)


@pytest.mark.usefixtures("required")
def test_half_a_sign_in_does_not_replace_what_was_set_up_meanwhile(
    app: Flask, alice: Person, visitor: Person
) -> None:
    half_sign_in(visitor)
    made = visitor.post("account/totp").get_json()
    device = Device()
    asked = visitor.post("account/passkeys/options", {"name": "Theirs"}).get_json()
    set_up_app(alice)
    body = {"state": made["state"], "code": CodeApp(made["secret"]).code()}
    problem(visitor.post("account/totp"), 401)
    problem(visitor.post("account/totp/confirm", body), 401)
    new = {"state": asked["state"], "credential": device.create(asked["options"])}
    problem(visitor.post("account/passkeys", new), 401)
    problem(visitor.get("account/second-factor"), 401)
    assert alice.get("account/second-factor").get_json()["passkeys"] == 0
    assert half_sign_in(Person(app, "again"))["next"] == "second_factor"


@pytest.mark.usefixtures("required")
def test_nor_what_is_set_up_in_that_very_moment(
    alice: Person, visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_sign_in(visitor)
    made = visitor.post("account/totp").get_json()
    seen = AppCodes.match_new

    def meanwhile(codes: AppCodes, token: str, secret: str) -> int | None:
        monkeypatch.setattr(AppCodes, "match_new", seen)
        other = threading.Thread(target=set_up_app, args=[alice])
        other.start()
        other.join()
        return seen(codes, token, secret)

    monkeypatch.setattr(AppCodes, "match_new", meanwhile)
    body = {"state": made["state"], "code": CodeApp(made["secret"]).code()}
    problem(visitor.post("account/totp/confirm", body), 401)
    assert alice.get("account").status_code == 200


@pytest.mark.usefixtures("required")
def test_a_wrong_first_code_does_not_sign_in(alice: Person, visitor: Person) -> None:
    half_sign_in(visitor)
    made = visitor.post("account/totp").get_json()
    body = {"state": made["state"], "code": CodeApp(made["secret"]).wrong()}
    problem(visitor.post("account/totp/confirm", body), 422)
    problem(visitor.get("account"), 401)


@pytest.mark.usefixtures("required")
def test_a_new_account_sets_one_up_first(visitor: Person) -> None:
    body = {"username": "dora", "email": "dora@example.org", "password": PASSWORD}
    answer = visitor.post("accounts/register", {**body, "timezone": "UTC"})
    assert answer.status_code == 202
    assert answer.get_json() == {"next": "set_up", "methods": []}
    problem(visitor.get("account"), 401)
    set_up_app(visitor)
    assert visitor.get("account").status_code == 200
    told = [event["kind"] for event in visitor.get("account/events").get_json()["items"]]
    assert told == ["second_factor_on", "sign_in", "account_made"]


@pytest.mark.usefixtures("required")
def test_the_last_one_stays(alice: Person) -> None:
    set_up_app(alice)
    problem(alice.delete("account/totp"), 409)
    made = add_passkey(alice, Device())
    assert alice.delete("account/totp").status_code == 204
    problem(alice.delete(f"account/passkeys/{made['id']}"), 409)
    assert alice.get("account").status_code == 200
    assert alice.get("account/second-factor").get_json()["recovery_codes"] == 10


@pytest.mark.usefixtures("required")
def test_it_costs_no_statement(alice: Person, statements: list[str]) -> None:
    set_up_app(alice)
    statements.clear()
    alice.get("account/sessions/none-such")
    assert len(statements) == 1


def test_the_operator_lets_in_who_lost_everything(
    app: Flask, alice: Person, visitor: Person, sql: Any
) -> None:
    set_up_app(alice)
    add_passkey(alice, Device())
    half_sign_in(visitor)
    done = app.test_cli_runner().invoke(args=["reset-second-factor", "ALICE"])
    assert done.exit_code == 0, done.output
    problem(alice.get("account"), 401)
    login = {"identity": "alice", "password": PASSWORD}
    assert visitor.post("accounts/login", login).status_code == 200
    nothing = {"totp": False, "passkeys": 0, "recovery_codes": 0, "required": False}
    assert visitor.get("account/second-factor").get_json() == nothing
    assert sql("SELECT count(*) FROM passkeys") == [(0,)]
    [kind] = sql("SELECT kind FROM audit_events WHERE kind = 'second_factor_reset'")
    assert kind == ("second_factor_reset",)
    assert sql("SELECT count(*) FROM deliveries WHERE period LIKE 'second_factor_reset-%'") == [
        (1,)
    ]


def test_the_operator_is_told_of_a_wrong_name(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["reset-second-factor", "nobody"])
    assert done.exit_code == 1
    assert "no active account called nobody" in done.output


def test_the_column_of_the_asker_says_whether_there_is_one(alice: Person, sql: Any) -> None:
    """`tf_primary_method` is null exactly when there is no factor: the guard reads nothing else."""

    def said() -> str | None:
        [(method,)] = sql(f"SELECT tf_primary_method FROM {User.__tablename__}")
        return str(method) if method else None

    assert said() is None
    made = add_passkey(alice, Device())
    assert said() == "webauthn"
    set_up_app(alice)
    assert said() == "authenticator"
    alice.delete("account/totp")
    assert said() == "webauthn"
    alice.delete(f"account/passkeys/{made['id']}")
    assert said() is None
