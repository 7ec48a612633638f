"""Signing in elsewhere, and what Tend asks for itself: a second factor, and a recent sign-in."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from application.accounts import recovery
from application.accounts.queries import find_user
from application.platform import clock, database
from tests.authenticators import Device, add_passkey, half_sign_in, set_up_app
from tests.issuers import START, Issuer, at_issuer, land, leave, link, sign_in
from tests.people import PASSWORD, Person, Queue, problem

LONG_AGO = timedelta(minutes=16)
NEW = "three grey herons over the weir"


@pytest.fixture
def clock_hand() -> Iterator[Any]:
    """The clock, to be moved."""
    with time_machine.travel(clock.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def stranger(app: Flask, visitor: Person, issuer: Issuer) -> Person:
    """Somebody who has no password here."""
    assert sign_in(visitor) == "/today"
    visitor.user_id = visitor.get("account").get_json()["id"]
    return visitor


def test_the_second_factor_of_here_is_asked_for(
    app: Flask, alice: Person, issuer: Issuer, clock_hand: Any
) -> None:
    link(alice)
    device, _ = set_up_app(alice)
    other = Person(app, "other")
    place = sign_in(other, next="/reports")
    assert place == ("/sign-in?step=second_factor&methods=totp%2Crecovery_code&next=%2Freports")
    problem(other.get("account"), 401)
    clock_hand.shift(30)
    problem(other.post("accounts/second-factor", {"code": device.wrong()}), 401)
    assert other.post("accounts/second-factor", {"code": device.code()}).status_code == 200
    assert other.get("account").get_json()["username"] == "alice"


def test_a_step_that_was_left_open_is_not_the_next_ones(
    app: Flask, alice: Person, stranger: Person, issuer: Issuer
) -> None:
    set_up_app(alice)
    other = Person(app, "other")
    half_sign_in(other)  # as alice
    assert sign_in(other) == "/today"
    assert other.get("account").get_json()["username"] == "mira"


def test_who_must_have_a_second_factor_sets_it_up(
    app: Flask, visitor: Person, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.config["TEND"].model_copy(update={"two_factor": "required"})
    monkeypatch.setitem(app.config, "TEND", settings)
    monkeypatch.setitem(app.config, "SECURITY_TWO_FACTOR_REQUIRED", True)
    assert sign_in(visitor) == "/sign-in?step=set_up&next=%2Ftoday"
    problem(visitor.get("account"), 401)


def test_moving_and_linking_need_a_recent_sign_in(
    alice: Person, issuer: Issuer, queue: Queue, clock_hand: Any
) -> None:
    link(alice)
    [item] = alice.get("account/identities").get_json()["items"]
    clock_hand.shift(LONG_AGO)
    for method, path, body in (
        ("POST", "account/email", {"email": "new@example.org"}),
        ("POST", "account/identities", None),
        ("DELETE", f"account/identities/{item['id']}", None),
    ):
        answer = alice.call(method, path, json=body)
        problem(answer, 403)
        assert answer.get_json()["type"] == "/problems/recent-sign-in"
        assert answer.get_json()["methods"] == ["password", "oidc"]
    assert not queue.take()


def test_without_a_password_one_shows_it_at_the_issuer(
    stranger: Person, issuer: Issuer, queue: Queue, clock_hand: Any
) -> None:
    clock_hand.shift(LONG_AGO)
    answer = stranger.post("account/email", {"email": "new@example.org"})
    problem(answer, 403)
    assert answer.get_json()["methods"] == ["oidc"]
    url = leave(stranger, next="/settings/account")
    assert "prompt=login" in url
    assert land(stranger.get(at_issuer(url))) == "/settings/account"
    assert len(stranger.get("account/sessions").get_json()["items"]) == 1
    assert stranger.post("account/email", {"email": "new@example.org"}).status_code == 202
    queue.take()


def test_who_is_not_signed_in_is_not_asked_twice(visitor: Person, issuer: Issuer) -> None:
    url = leave(visitor)
    assert "prompt=" not in url
    assert "max_age=" not in url


def test_who_is_signed_in_there_all_day_has_shown_nothing(
    stranger: Person, issuer: Issuer, clock_hand: Any
) -> None:
    clock_hand.shift(LONG_AGO)
    other = Person(stranger.app, "other")
    assert sign_in(other) == "/today"  # the issuer asked nothing: its session was there
    answer = other.post("account/email", {"email": "new@example.org"})
    problem(answer, 403)
    assert answer.get_json()["type"] == "/problems/recent-sign-in"


def without_asking(url: str) -> str:
    """What somebody at another's desk makes of the way to the issuer."""
    return url.replace("&prompt=login", "").replace("&max_age=900", "")


def without_time(claims: dict[str, Any]) -> None:
    del claims["auth_time"]


@pytest.mark.parametrize("twist", [None, without_time])
def test_the_issuers_word_for_when_counts(
    stranger: Person, issuer: Issuer, clock_hand: Any, twist: Any
) -> None:
    clock_hand.shift(LONG_AGO)
    url = leave(stranger, next="/settings/account")
    assert "max_age=900" in url
    if twist is None:
        url = without_asking(url)
    else:
        issuer.twist = twist
    assert land(stranger.get(at_issuer(url))) == "/settings/security?problem=stale"
    assert stranger.get("account").status_code == 200  # as they were before
    problem(stranger.post("account/email", {"email": "new@example.org"}), 403)


@pytest.mark.parametrize(("linked", "word"), [(True, "taken"), (False, "other")])
def test_nobody_else_can_show_it_for_one(
    app: Flask, alice: Person, issuer: Issuer, linked: bool, word: str
) -> None:
    if linked:
        assert sign_in(Person(app, "mira")) == "/today"
    url = leave(alice, next="/settings/account")
    assert land(alice.get(at_issuer(url))) == f"/settings/security?problem={word}"
    assert alice.get("account").get_json()["username"] == "alice"
    assert sign_in(Person(app, "third")) == "/today"  # as mira, or for the first time


def test_linking_and_unlinking_end_the_other_browsers(
    app: Flask, alice: Person, issuer: Issuer
) -> None:
    body = {"identity": "alice", "password": PASSWORD}
    other = Person(app, "other")
    assert other.post("accounts/login", body).status_code == 200
    link(alice)
    problem(other.get("account"), 401)
    assert other.post("accounts/login", body).status_code == 200
    [item] = alice.get("account/identities").get_json()["items"]
    assert alice.delete(f"account/identities/{item['id']}").status_code == 204
    problem(other.get("account"), 401)
    assert alice.get("account").status_code == 200


@pytest.mark.parametrize("said", ["now", True, -1, float("nan"), 1e300, None])
def test_a_strange_time_is_no_crash(
    visitor: Person, issuer: Issuer, queue: Queue, said: Any
) -> None:
    issuer.person["auth_time"] = said
    assert sign_in(visitor) in {"/today", "/sign-in?problem=token"}
    queue.take()


def test_a_password_can_be_set_by_mail_and_then_the_issuer_left(
    app: Flask, stranger: Person, issuer: Issuer
) -> None:
    with app.app_context():
        token = recovery.mint(find_user(stranger.user_id))
    other = Person(app, "other")
    assert other.post(f"accounts/reset/{token}", {"password": NEW}).status_code == 200
    body = {"identity": "mira", "password": NEW}
    assert other.post("accounts/login", body).get_json()["has_password"] is True
    [item] = other.get("account/identities").get_json()["items"]
    assert other.delete(f"account/identities/{item['id']}").status_code == 204
    assert sign_in(Person(app, "third")) == "/sign-in?problem=unlinked"


def test_the_only_way_in_stays_when_it_is_a_passkey(stranger: Person, issuer: Issuer) -> None:
    made = add_passkey(stranger, Device())
    [item] = stranger.get("account/identities").get_json()["items"]
    assert stranger.delete(f"account/identities/{item['id']}").status_code == 204
    problem(stranger.delete(f"account/passkeys/{made['id']}"), 409)
    second = add_passkey(stranger, Device(), "Other")
    assert stranger.delete(f"account/passkeys/{made['id']}").status_code == 204
    problem(stranger.delete(f"account/passkeys/{second['id']}"), 409)


def test_no_password_signs_in_where_there_is_none(app: Flask, stranger: Person) -> None:
    for said in ("", " ", "!", "None"):
        body = {"identity": "mira", "password": said}
        assert Person(app, "x").post("accounts/login", body).status_code in {401, 422}


def test_who_has_no_password_can_leave_for_good(stranger: Person, issuer: Issuer) -> None:
    assert stranger.delete("account", {"password": ""}).status_code == 204
    problem(stranger.get("account"), 401)


def test_linking_is_told_by_mail(
    app: Flask, alice: Person, issuer: Issuer, sql: Any, queue: Queue
) -> None:
    link(alice)
    assert sql("SELECT kind, channel FROM deliveries") == [("alert", "mail")]
    assert alice.get(START, query_string={"next": "/x"}).status_code == 303


@pytest.mark.parametrize("proved", [True, False])
def test_a_letter_unties_what_somebody_else_may_have_tied(
    app: Flask, alice: Person, visitor: Person, issuer: Issuer, proved: bool
) -> None:
    """An account can be made with a stranger's address; the stranger gets it back for herself."""
    link(alice)
    assert alice.patch("account", {"webhook": "https://hooks.example/x"}).status_code == 200
    with app.app_context(), database.transaction():
        user = find_user(alice.user_id)
        user.confirmed_at = user.confirmed_at if proved else None
    with app.app_context():
        token = recovery.mint(find_user(alice.user_id))
    new = {"password": "another long password 7"}
    assert visitor.post(f"accounts/reset/{token}", new).status_code == 200
    assert visitor.post("accounts/login", {"identity": "alice", **new}).status_code == 200
    said = visitor.get("account").get_json()
    assert said["confirmed"] is True
    assert bool(said["webhook"]) is proved
    assert bool(visitor.get("account/identities").get_json()["items"]) is proved
