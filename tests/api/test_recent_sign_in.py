"""What matters most asks again: which endpoints, when, and how one proves it."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask

from api.routes import ROUTES
from application.platform import clock
from tests.authenticators import Device, add_passkey, ask_passkey, set_up_app
from tests.people import PASSWORD, Person, Queue, problem

NEW = "three grey herons over the weir"
KIND = "/problems/recent-sign-in"
LONG_AGO = 15 * 60 + 1
CUPS = {"kind": "numerical", "unit": "l"}

# Every endpoint that asks, and a body that is right.
ASKING: dict[tuple[str, str], tuple[str, Any]] = {
    ("change", "POST"): ("accounts/change", {"password": PASSWORD, "new_password": NEW}),
    ("account", "PATCH"): ("account", {"webhook": "https://example.org/hook"}),
    ("account", "DELETE"): ("account", {"password": PASSWORD}),
    ("webhook_secret", "POST"): ("webhook/secret", None),
    ("exports", "POST"): ("exports", {"format": "csv"}),
    ("totp", "POST"): ("account/totp", None),
    ("totp", "DELETE"): ("account/totp", None),
    ("totp_confirm", "POST"): ("account/totp/confirm", {"state": "x", "code": "123456"}),
    ("recovery_codes", "POST"): ("account/recovery-codes", None),
    ("passkey_options", "POST"): ("account/passkeys/options", {"name": "Key"}),
    ("passkeys", "POST"): ("account/passkeys", {"state": "x", "credential": {}}),
    ("passkey", "PATCH"): ("account/passkeys/1", {"name": "Key"}),
    ("passkey", "DELETE"): ("account/passkeys/1", None),
    ("email", "POST"): ("account/email", {"email": "new@elsewhere.example"}),
    ("identities", "POST"): ("account/identities", None),
    ("identity", "DELETE"): ("account/identities/1", None),
    ("tokens", "POST"): ("account/tokens", {"name": "Script", "scope": "read"}),
    ("token", "DELETE"): ("account/tokens/1", None),
}
# For who runs this place alone; tests/api/test_admin.py tries them.
OF_ADMINS = {("admin_person", "PATCH"), ("admin_invitations", "POST")}


@pytest.fixture
def clock_hand() -> Iterator[Any]:
    """The clock, to be moved."""
    with time_machine.travel(clock.now()) as traveller:
        yield traveller


def asked_again(answer: Any) -> list[str]:
    """Check that the answer is the refusal that asks again; by what one can prove it."""
    problem(answer, 403)
    assert answer.get_json()["type"] == KIND
    methods: list[str] = answer.get_json()["methods"]
    return methods


def test_the_table_knows_every_endpoint_that_asks() -> None:
    asking = {
        (name, method)
        for _, resource, name in ROUTES
        for method in resource.methods or ()
        if getattr(resource, method.lower()).contract.recent
    }
    assert asking >= set(ASKING)
    missing = asking - set(ASKING) - OF_ADMINS
    assert not missing, f"try these here too: {missing}"


@pytest.mark.parametrize(("name", "method"), ASKING)
def test_it_asks_when_it_was_long_ago(
    alice: Person, clock_hand: Any, queue: Queue, name: str, method: str
) -> None:
    path, body = ASKING[name, method]
    more = {} if body is None else {"json": body}
    clock_hand.shift(LONG_AGO)
    assert asked_again(alice.call(method, path, **more)) == ["password"]
    assert alice.get("account").status_code == 200
    assert alice.post("accounts/verify", {"password": PASSWORD}).status_code == 200
    again = alice.call(method, path, **more)
    assert (again.get_json(silent=True) or {}).get("type") != KIND
    queue.take()  # the export


def test_it_does_not_ask_within_a_quarter_of_an_hour(alice: Person, clock_hand: Any) -> None:
    clock_hand.shift(14 * 60)
    assert alice.post("account/totp").status_code == 200
    body = {"password": PASSWORD, "new_password": NEW}
    assert alice.post("accounts/change", body).status_code == 200


def test_the_rest_goes_on(alice: Person, clock_hand: Any, queue: Queue) -> None:
    water, tea = (alice.post("trackers", {**CUPS, "name": name}) for name in ("Water", "Tea"))
    ids = [made.get_json()["id"] for made in (water, tea)]
    clock_hand.shift(LONG_AGO)
    assert alice.post(f"trackers/{ids[0]}/logs", {"value": 1}).status_code == 201
    assert alice.patch("account", {"week_starts_on": 7}).status_code == 200
    assert alice.post("exports", {"tracker_ids": ids[:1]}).status_code == 202
    queue.take()


def test_an_export_that_names_every_tracker_is_one_of_everything(
    alice: Person, clock_hand: Any, queue: Queue
) -> None:
    made = [alice.post("trackers", {**CUPS, "name": name}).get_json() for name in ("Water", "Tea")]
    ids = [each["id"] for each in made]
    clock_hand.shift(LONG_AGO)
    asked_again(alice.post("exports", {"tracker_ids": ids}))
    asked_again(alice.post("exports", {"tracker_ids": ids[::-1] + ids}))
    asked_again(alice.post("exports", {"tracker_ids": [*ids, 999_999]}))
    assert alice.post("accounts/verify", {"password": PASSWORD}).status_code == 200
    assert alice.post("exports", {"tracker_ids": ids}).status_code == 202
    queue.take()


def test_a_body_that_is_wrong_is_said_first(alice: Person, clock_hand: Any) -> None:
    clock_hand.shift(LONG_AGO)
    problem(alice.post("accounts/change", {"password": PASSWORD}), 422)


def test_what_proves_it_is_said_and_works(alice: Person, clock_hand: Any) -> None:
    app, _ = set_up_app(alice)
    device = Device(verifies=False)
    add_passkey(alice, device)
    clock_hand.shift(LONG_AGO)
    assert asked_again(alice.post("account/totp")) == ["password", "totp", "passkey"]
    wrong = alice.post("accounts/verify", {"code": app.wrong()})
    assert set(problem(wrong, 422)) == {"code"}
    asked_again(alice.post("account/totp"))
    code = app.code()
    assert alice.post("accounts/verify", {"code": code}).get_json() == {}
    assert alice.post("account/totp").status_code == 200
    assert set(problem(alice.post("accounts/verify", {"code": code}), 422)) == {"code"}
    clock_hand.shift(LONG_AGO)
    body = ask_passkey(alice, device, "accounts/verify/passkey")
    assert alice.post("accounts/verify/passkey", body).get_json() == {}
    assert alice.post("account/totp").status_code == 200
    assert set(problem(alice.post("accounts/verify/passkey", body), 422)) == {"credential"}


def test_a_wrong_password_proves_nothing(alice: Person, clock_hand: Any) -> None:
    clock_hand.shift(LONG_AGO)
    wrong = alice.post("accounts/verify", {"password": "wrong"})
    assert set(problem(wrong, 422)) == {"password"}
    for body in ({}, {"password": PASSWORD, "code": "123456"}, {"code": "123456"}):
        problem(alice.post("accounts/verify", body), 422)
    asked_again(alice.post("account/totp"))


def test_somebody_elses_passkey_proves_nothing(alice: Person, bob: Person, clock_hand: Any) -> None:
    hers, his = Device(), Device()
    add_passkey(alice, hers)
    add_passkey(bob, his)
    clock_hand.shift(LONG_AGO)
    asked = alice.post("accounts/verify/passkey/options").get_json()
    [foreign] = his.held
    body = {"state": asked["state"], "credential": his.get(asked["options"], foreign)}
    problem(alice.post("accounts/verify/passkey", body), 422)
    asked_again(alice.post("account/totp"))


def test_it_goes_on_in_a_new_session(app: Flask, alice: Person, clock_hand: Any) -> None:
    other = Person(app, "alice")
    other.post("accounts/login", {"identity": "alice", "password": PASSWORD})
    before = alice.browser.get_cookie("tend_session")
    alice.post("accounts/verify", {"password": PASSWORD})
    after = alice.browser.get_cookie("tend_session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert alice.patch("account", {"week_starts_on": 7}).status_code == 200
    assert other.get("account").status_code == 200
    alice.browser.set_cookie("tend_session", before.value)
    problem(alice.get("account"), 401)


def test_it_is_for_those_inside(visitor: Person) -> None:
    problem(visitor.post("accounts/verify", {"password": PASSWORD}), 401)
    problem(visitor.post("accounts/verify/passkey/options"), 401)
    problem(visitor.post("accounts/verify/passkey", {"state": "x", "credential": {}}), 401)


def test_guessing_is_limited(alice: Person) -> None:
    wrong = {"password": "wrong"}
    statuses = [alice.post("accounts/verify", wrong).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_a_look_asks_no_statement_more(alice: Person, statements: list[str]) -> None:
    set_up_app(alice)
    statements.clear()
    alice.get("account/sessions/none-such")
    assert len(statements) == 1
    assert "passkeys" not in statements[0]
    assert "totp_secret" not in statements[0]
