"""admin/*: who runs this place sees its accounts, opens and closes them; nobody else does."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from api import openapi
from application.accounts import services_admin
from application.accounts.models import User
from application.platform import clock, database
from application.platform.extensions import db
from tests.people import PASSWORD, Person, problem
from tests.things import items, script, tracker

NOBODYS = 987_654


def give_keys(*people: Person) -> None:
    for person in people:
        with person.app.app_context(), database.transaction():
            services_admin.give_admin(person.user_id)


@pytest.fixture
def alice(alice: Person) -> Person:
    """She runs this place."""
    give_keys(alice)
    return alice


def operations() -> list[tuple[str, str]]:
    """Everything below admin/, by the table of routes."""
    found = [
        (item.method.upper(), openapi.PART.sub("{}", item.path).lstrip("/"))
        for item in openapi.operations()
        if item.path.startswith("/admin/")
    ]
    assert len(found) == 3
    return found


def test_it_lists_accounts_and_nothing_of_what_is_in_them(alice: Person, bob: Person) -> None:
    tracker(bob, name="Private")
    bob.post("accounts/logout")
    Person(bob.app, "bob").post("accounts/login", {"identity": "bob", "password": PASSWORD})
    first, second = items(alice, "admin/people")
    assert (first["username"], first["admin"], first["active"]) == ("alice", True, True)
    assert (second["username"], second["admin"], second["second_factor"]) == ("bob", False, False)
    assert second["last_seen_at"] >= second["created_at"]
    assert set(first) == {
        "id",
        "username",
        "created_at",
        "last_seen_at",
        "second_factor",
        "active",
        "admin",
    }


def test_it_says_when_somebody_was_last_here(alice: Person, bob: Person, app: Flask) -> None:
    assert bob.post("accounts/logout").status_code == 200
    [_, gone] = items(alice, "admin/people")
    assert gone["last_seen_at"] is not None  # by the sign-out, though no session lives
    charlie = Person.sign_up(app, "charlie")
    charlie.browser.delete_cookie("tend_session")
    assert items(alice, "admin/people")[2]["last_seen_at"] is not None


def test_it_comes_by_the_page(alice: Person, bob: Person, charlie: Person) -> None:
    first = alice.get("admin/people?limit=2").get_json()
    assert [item["username"] for item in first["items"]] == ["alice", "bob"]
    second = alice.get(f"admin/people?limit=2&after={first['next']}").get_json()
    assert [item["username"] for item in second["items"]] == ["charlie"]
    assert second["next"] is None


def test_a_list_of_many_takes_no_more_statements(
    alice: Person, bob: Person, charlie: Person, statements: list[str]
) -> None:
    statements.clear()
    alice.get("admin/people")
    assert len(statements) == 3, statements  # who asks, may they, the list


def test_closing_ends_sessions_and_tokens_at_once(alice: Person, bob: Person) -> None:
    his = script(bob)
    answer = alice.patch(f"admin/people/{bob.user_id}", {"active": False})
    assert answer.status_code == 200
    assert answer.get_json()["active"] is False
    problem(bob.get("account"), 401)
    problem(his.get("trackers"), 401)
    again = Person(bob.app, "bob")
    body = {"identity": "bob", "password": PASSWORD}
    problem(again.post("accounts/login", body), 401)
    assert alice.patch(f"admin/people/{bob.user_id}", {"active": True}).status_code == 200
    problem(bob.get("account"), 401)  # what ended stays ended
    problem(his.get("trackers"), 401)
    assert again.post("accounts/login", body).status_code == 200
    told = [event["words"] for event in items(again, "account/events")]
    assert told[1:3] == [
        "Account enabled by who runs this",
        "Account disabled by who runs this; all sessions and tokens ended",
    ]


def test_closing_what_is_closed_changes_nothing(alice: Person, bob: Person, sql: Any) -> None:
    for _ in range(2):
        assert alice.patch(f"admin/people/{bob.user_id}", {"active": False}).status_code == 200
    assert sql("SELECT kind FROM audit_events WHERE kind = 'disabled'") == [("disabled",)]


def test_the_last_one_who_runs_it_stays(alice: Person, bob: Person) -> None:
    problem(alice.patch(f"admin/people/{alice.user_id}", {"active": False}), 409)
    assert alice.get("account").status_code == 200
    give_keys(bob)
    assert alice.patch(f"admin/people/{alice.user_id}", {"active": False}).status_code == 200
    problem(alice.get("account"), 401)
    problem(bob.patch(f"admin/people/{bob.user_id}", {"active": False}), 409)
    assert bob.patch(f"admin/people/{alice.user_id}", {"active": True}).status_code == 200


def test_an_invitation_is_a_link(alice: Person, app: Flask, monkeypatch: Any) -> None:
    answer = alice.post("admin/invitations")
    assert answer.status_code == 201
    link = answer.get_json()["link"]
    assert link.startswith(f"{app.config['TEND'].public_url}/sign-up?invite=")
    closed = app.config["TEND"].model_copy(update={"registration": "closed"})
    monkeypatch.setitem(app.config, "TEND", closed)
    problem(alice.post("admin/invitations"), 409)


@pytest.mark.parametrize("body", [{}, {"active": "no"}, {"active": None}, {"admin": True}])
def test_it_refuses_other_changes(alice: Person, bob: Person, body: Any) -> None:
    problem(alice.patch(f"admin/people/{bob.user_id}", body), 422)


def test_who_is_not_there_cannot_be_closed(alice: Person) -> None:
    problem(alice.patch(f"admin/people/{NOBODYS}", {"active": False}), 404)


def test_for_everybody_else_it_does_not_exist(alice: Person, bob: Person, visitor: Person) -> None:
    nothing = bob.get("admin/none-such")
    for method, path in operations():
        asked = path.format(alice.user_id)
        body = {"json": {"active": False}} if method == "PATCH" else {}
        answer = bob.call(method, asked, **body)
        problem(answer, 404)
        assert answer.get_data() == nothing.get_data(), path
        problem(visitor.call(method, asked, **body), 401)
        problem(script(alice).call(method, asked, **body), 403)
    assert alice.get("account").status_code == 200


def test_the_body_is_not_looked_at_before_the_role(alice: Person, bob: Person) -> None:
    problem(bob.patch(f"admin/people/{alice.user_id}", {"wrong": 1}), 404)
    problem(bob.get("admin/people?wrong=1"), 404)


def test_the_account_says_who_runs_it(alice: Person, bob: Person) -> None:
    assert alice.get("account").get_json()["admin"] is True
    assert bob.get("account").get_json()["admin"] is False


def test_changes_ask_for_a_recent_sign_in(alice: Person, bob: Person) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert alice.get("admin/people").status_code == 200
        for answer in (
            alice.patch(f"admin/people/{bob.user_id}", {"active": False}),
            alice.post("admin/invitations"),
        ):
            problem(answer, 403)
            assert answer.get_json()["type"] == "/problems/recent-sign-in"
        problem(bob.post("admin/invitations"), 404)  # who is no admin hears no more than before
    assert bob.get("account").status_code == 200


def test_keys_that_were_taken_away_open_nothing_at_once(
    alice: Person, sql: Any, app: Flask
) -> None:
    with app.app_context(), database.transaction():
        user = db.session.get(User, alice.user_id)
        assert user is not None
        user.roles.clear()
    problem(alice.get("admin/people"), 404)
