"""Signing in elsewhere: accounts/oidc, against a real issuer that the test runs."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from tests.issuers import START, Issuer, at_issuer, land, leave, link, refused, serving, sign_in
from tests.people import PASSWORD, Person, Queue, problem


def test_a_stranger_gets_an_account_where_that_is_open(
    app: Flask, visitor: Person, issuer: Issuer, sql: Callable[..., Any]
) -> None:
    place = sign_in(visitor, next="/trackers?x=1", timezone="Europe/Vienna")
    assert place == "/trackers?x=1"
    said = visitor.get("account").get_json()
    assert (said["username"], said["email"]) == ("mira", "mira@home.example")
    assert (said["timezone"], said["confirmed"], said["has_password"]) == (
        "Europe/Vienna",
        True,
        False,
    )
    assert sql("SELECT issuer, subject FROM identities") == [(issuer.name, "mira-1")]
    cookie = visitor.browser.get_cookie("tend_oidc")
    assert cookie is None  # the way is over


def test_who_comes_again_is_the_same_in_a_session_of_ours(
    app: Flask, visitor: Person, issuer: Issuer
) -> None:
    sign_in(visitor)
    first = visitor.get("account").get_json()["id"]
    issuer.person |= {"preferred_username": "other", "email": "other@home.example"}
    again = Person(app, "again")
    assert sign_in(again) == "/today"
    assert again.get("account").get_json()["id"] == first
    assert len(again.get("account/sessions").get_json()["items"]) == 2
    again.post("accounts/logout")
    problem(again.get("account"), 401)


def test_an_account_is_never_matched_by_its_address(
    app: Flask, alice: Person, visitor: Person, issuer: Issuer, sql: Callable[..., Any]
) -> None:
    issuer.person["email"] = "alice@example.org"
    refused(visitor, "unlinked")
    assert sql("SELECT count(*) FROM identities") == [(0,)]
    assert sql("SELECT count(*) FROM users") == [(1,)]


def test_a_name_that_is_taken_gets_a_number(alice: Person, visitor: Person, issuer: Issuer) -> None:
    issuer.person["preferred_username"] = "Alice"
    sign_in(visitor)
    assert visitor.get("account").get_json()["username"] == "alice2"


def test_an_unproved_address_is_asked_to_be_confirmed(
    app: Flask, visitor: Person, issuer: Issuer, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.config["TEND"].model_copy(update={"confirm_email": "on"})
    monkeypatch.setitem(app.config, "TEND", settings)
    issuer.person["email_verified"] = "true"  # a text is no yes
    sign_in(visitor)
    assert visitor.get("account").get_json()["confirmed"] is False
    assert queue.take("deliveries.send") == [()]


@pytest.mark.parametrize("email", [None, "", "nobody", 7, ["a@b.org"]])
def test_without_an_address_there_is_no_account(
    visitor: Person, issuer: Issuer, email: Any
) -> None:
    issuer.person["email"] = email
    issuer.told = {"sub": "mira-1"}
    refused(visitor, "unlinked")


@pytest.mark.parametrize(("subject", "place"), [("mira-1", "/today"), ("eve", "")])
def test_an_issuer_is_asked_for_the_address_that_its_token_lacks(
    visitor: Person, issuer: Issuer, subject: str, place: str
) -> None:
    issuer.told = {**issuer.person, "sub": subject}
    issuer.person = {"sub": "mira-1"}
    assert sign_in(visitor) == (place or "/sign-in?problem=token")
    if place:
        assert visitor.get("account").get_json()["email"] == "mira@home.example"


@pytest.mark.parametrize(("registration", "word"), [("closed", "unlinked"), ("invite", "invite")])
def test_registration_holds_here_too(
    app: Flask,
    visitor: Person,
    issuer: Issuer,
    monkeypatch: pytest.MonkeyPatch,
    registration: str,
    word: str,
) -> None:
    settings = app.config["TEND"].model_copy(update={"registration": registration})
    monkeypatch.setitem(app.config, "TEND", settings)
    refused(visitor, word)


def test_an_invitation_lets_in(
    app: Flask, visitor: Person, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from application.accounts import invitations

    settings = app.config["TEND"].model_copy(update={"registration": "invite"})
    monkeypatch.setitem(app.config, "TEND", settings)
    with app.app_context():
        token = invitations.invite()
    assert sign_in(visitor, invite=token) == "/today"


def test_who_is_signed_in_links_and_unlinks(
    app: Flask, alice: Person, issuer: Issuer, sql: Callable[..., Any]
) -> None:
    assert link(alice) == "/settings/security?linked=1"
    [item] = alice.get("account/identities").get_json()["items"]
    assert item["name"] == "Home"
    other = Person(app, "other")
    assert sign_in(other) == "/today"
    assert other.get("account").get_json()["username"] == "alice"
    assert link(alice) == "/settings/security?linked=1"  # twice is the same as once
    assert alice.delete(f"account/identities/{item['id']}").status_code == 204
    assert alice.get("account/identities").get_json()["items"] == []
    kinds = {kind for (kind,) in sql("SELECT kind FROM audit_events")}
    assert {"identity_linked", "identity_unlinked"} <= kinds


def test_what_is_linked_to_another_account_stays_there(
    app: Flask, alice: Person, bob: Person, issuer: Issuer
) -> None:
    link(alice)
    assert link(bob) == "/settings/security?problem=taken"
    assert bob.get("account/identities").get_json()["items"] == []
    [item] = alice.get("account/identities").get_json()["items"]
    problem(bob.delete(f"account/identities/{item['id']}"), 404)


def test_the_only_way_in_cannot_be_unlinked(
    visitor: Person, issuer: Issuer, sql: Callable[..., Any]
) -> None:
    sign_in(visitor)
    [item] = visitor.get("account/identities").get_json()["items"]
    problem(visitor.delete(f"account/identities/{item['id']}"), 409)
    assert sql("SELECT count(*) FROM identities") == [(1,)]


def test_a_link_counts_for_the_session_that_asked_for_it(
    app: Flask, alice: Person, issuer: Issuer
) -> None:
    back = at_issuer(alice.post("account/identities").get_json()["url"])
    alice.post("accounts/logout")
    alice.post("accounts/login", {"identity": "alice", "password": PASSWORD})
    assert land(alice.get(back)) == "/settings/security?problem=state"


def test_somebody_who_was_disabled_stays_out(
    app: Flask, visitor: Person, issuer: Issuer, sql: Callable[..., Any]
) -> None:
    from application.accounts.queries import find_by_name
    from application.platform.database import transaction

    sign_in(visitor)
    with app.app_context(), transaction():
        user = find_by_name("mira")
        assert user is not None
        user.active = False
    refused(Person(app, "again"), "inactive")


def test_another_state_is_refused(visitor: Person, issuer: Issuer) -> None:
    back = at_issuer(leave(visitor))
    state = parse_qs(urlsplit(back).query)["state"][0]
    answer = visitor.get(back.replace(state, state[::-1]))
    assert land(answer) == "/sign-in?problem=state"
    problem(visitor.get("account"), 401)


def test_another_browsers_way_is_refused(app: Flask, visitor: Person, issuer: Issuer) -> None:
    back = at_issuer(leave(visitor))
    victim = Person(app, "victim")
    assert land(victim.get(back)) == "/sign-in?problem=state"
    leave(victim)  # and so it is with a way of its own under way
    assert land(victim.get(back)) == "/sign-in?problem=state"
    problem(victim.get("account"), 401)


def test_a_way_back_works_once(app: Flask, visitor: Person, issuer: Issuer) -> None:
    back = at_issuer(leave(visitor))
    cookie = visitor.browser.get_cookie("tend_oidc")
    assert cookie is not None
    assert land(visitor.get(back)) == "/today"
    assert land(visitor.get(back)) == "/sign-in?problem=state"
    again = Person(app, "again")
    again.browser.set_cookie("tend_oidc", cookie.value)
    assert land(again.get(back)) == "/sign-in?problem=provider"  # the code was used
    problem(again.get("account"), 401)


def test_who_says_no_is_back_at_the_sign_in(visitor: Person, issuer: Issuer) -> None:
    issuer.refuses = True
    refused(visitor, "refused")


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody-else"},
        {"aud": ["tend-tests", "somebody-else"]},
        {"aud": ["tend-tests", "somebody-else"], "azp": "somebody-else"},
        {"iss": "http://127.0.0.1:1"},
        {"iss": None},
        {"exp": 1_700_000_000},
        {"exp": "never"},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "a\0b"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_now_is_refused(
    visitor: Person, issuer: Issuer, wrong: dict[str, Any]
) -> None:
    def twist(claims: dict[str, Any]) -> None:
        claims.update(wrong)
        for name in [name for name, value in wrong.items() if value is None]:
            del claims[name]

    issuer.twist = twist
    refused(visitor, "token")


def test_an_unsigned_token_is_refused(visitor: Person, issuer: Issuer) -> None:
    issuer.unsigned = True
    refused(visitor, "token")


def test_a_token_signed_by_somebody_else_is_refused(visitor: Person, issuer: Issuer) -> None:
    from tests.issuers import make_key

    other, sign = make_key(), issuer.sign

    def forge(claims: dict[str, Any]) -> str:
        kept, issuer.keys = issuer.keys, [other]
        token = sign(claims)
        issuer.keys = kept
        return token

    issuer.sign = forge  # type: ignore[method-assign]
    refused(visitor, "token")


def test_new_keys_of_the_issuer_are_fetched(app: Flask, visitor: Person, issuer: Issuer) -> None:
    sign_in(visitor)
    assert sign_in(Person(app, "again")) == "/today"
    assert issuer.asked.count("/keys") == 1
    issuer.rotate()
    assert sign_in(Person(app, "third")) == "/today"
    assert issuer.asked.count("/keys") == 2
    assert issuer.asked.count("/.well-known/openid-configuration") == 1


def test_an_issuer_that_is_away_is_said_in_a_word(
    app: Flask, visitor: Person, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.config["TEND"].model_copy(update={"oidc_issuer": "http://127.0.0.1:1"})
    monkeypatch.setitem(app.config, "TEND", settings)
    assert land(visitor.get(START)) == "/sign-in?problem=provider"


def test_a_silent_issuer_holds_nobody_for_long(visitor: Person, issuer: Issuer) -> None:
    back = at_issuer(leave(visitor))
    issuer.silent.clear()
    begun = time.monotonic()
    assert land(visitor.get(back)) == "/sign-in?problem=provider"
    assert time.monotonic() - begun < 5


def test_an_issuer_that_calls_itself_otherwise_is_refused(
    visitor: Person, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = issuer.description() | {"issuer": "https://evil.example"}
    monkeypatch.setattr(issuer, "description", lambda: said)
    assert land(visitor.get(START)) == "/sign-in?problem=provider"


def test_what_it_says_of_the_network_inside_is_not_believed(
    visitor: Person, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as canary:
        said = issuer.description() | {"token_endpoint": f"{canary.name}/token"}
        monkeypatch.setattr(issuer, "description", lambda: said)
        refused(visitor, "provider")
        assert canary.asked == []


def test_an_answer_without_end_is_refused(
    visitor: Person, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = issuer.description() | {"padding": "x" * 300_000}
    monkeypatch.setattr(issuer, "description", lambda: said)
    assert land(visitor.get(START)) == "/sign-in?problem=provider"


@pytest.mark.parametrize(
    "place",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "evil",
        "",
        "/a\tb",
        "/é",
        "/\n/x",
    ],
)
def test_the_way_ends_at_a_place_of_ours(visitor: Person, issuer: Issuer, place: str) -> None:
    assert sign_in(visitor, next=place) == "/today"


@pytest.mark.parametrize("query", ["", "?code=x", "?error=x", "?state=x&code=y", "?iss=z&more=1"])
def test_a_way_back_from_nowhere_is_refused(visitor: Person, issuer: Issuer, query: str) -> None:
    answer = visitor.get(f"accounts/oidc/callback{query}")
    assert land(answer) == "/sign-in?problem=state"


def test_it_is_not_here_without_an_issuer(visitor: Person, alice: Person) -> None:
    problem(visitor.get(START), 404)
    problem(visitor.get("accounts/oidc/callback"), 404)
    problem(alice.post("account/identities"), 404)
    assert visitor.get("about").get_json()["oidc"] is None


def test_the_page_knows_its_name(visitor: Person, issuer: Issuer) -> None:
    assert visitor.get("about").get_json()["oidc"] == {"name": "Home"}


def test_linking_needs_our_own_page(alice: Person, issuer: Issuer) -> None:
    answer = alice.browser.post("/api/v1/account/identities")
    problem(answer, 400)


def test_no_log_line_holds_what_the_issuer_said(
    app: Flask, visitor: Person, issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    back = at_issuer(leave(visitor))
    visitor.get(back)
    issuer.twist = lambda claims: claims.update(nonce="another")
    refused(Person(app, "again"), "token")
    said = parse_qs(urlsplit(back).query)
    for value in ("mira-1", "home.example", said["code"][0], said["state"][0]):
        assert value not in caplog.text.lower()


def test_the_cookie_of_a_way_is_closed_to_scripts(
    app: Flask, visitor: Person, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.config["TEND"].model_copy(update={"public_url": "https://tend.example"})
    monkeypatch.setitem(app.config, "TEND", settings)
    answer = visitor.get(START)
    [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if "tend_oidc" in c]
    assert cookie.startswith("__Host-tend_oidc=")
    for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=600"):
        assert word in cookie
