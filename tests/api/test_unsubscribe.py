"""The link that stops a mail: unsubscribe/{token}, and the one click of a mail program."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from flask import Flask

from application.accounts.queries import find_user
from application.accounts.services import change_settings
from application.deliveries import unsubscribe
from application.deliveries.unsubscribe import Kind
from application.platform.database import transaction
from tests.people import PASSWORD, Person, problem

HOUR = time(21, 30)


def token(app: Flask, person: Person, kind: Kind = "report", at: time | None = None) -> str:
    """What a mail to the person brought."""
    url = unsubscribe.link(person.user_id, kind, app.config["TEND"], at)
    start, _, found = url.rpartition("/")
    assert start == "http://localhost:8000/unsubscribe"
    return found


def remind(app: Flask, person: Person, channel: str, at: time) -> None:
    with app.app_context(), transaction():
        changes = {"reminder_channel": channel, "reminder_at": at}
        change_settings(person.user_id, changes)


def reminded(app: Flask, person: Person) -> tuple[str, time | None]:
    with app.app_context():
        user = find_user(person.user_id)
        return user.reminder_channel, user.reminder_at


def test_it_works(app: Flask, alice: Person, visitor: Person) -> None:
    path = f"unsubscribe/{token(app, alice)}"
    on, off = {"kind": "report", "on": True}, {"kind": "report", "on": False}
    assert visitor.get(path).get_json() == on
    assert visitor.post(path).get_json() == off
    assert alice.get("account").get_json()["report_on"] is False
    assert visitor.post(path).get_json() == off  # twice is the same as once
    assert visitor.get(path).get_json() == off
    assert visitor.delete(path).get_json() == on
    assert alice.get("account").get_json()["report_on"] is True


def test_a_reminder_comes_back_at_its_hour(app: Flask, alice: Person, visitor: Person) -> None:
    remind(app, alice, "mail", HOUR)
    path = f"unsubscribe/{token(app, alice, 'reminder', HOUR)}"
    assert visitor.get(path).get_json() == {"kind": "reminder", "on": True}
    assert visitor.post(path).get_json() == {"kind": "reminder", "on": False}
    assert reminded(app, alice) == ("mail", None)
    assert alice.get("account").get_json()["report_on"] is True
    assert visitor.delete(path).get_json() == {"kind": "reminder", "on": True}
    assert reminded(app, alice) == ("mail", HOUR)


def test_a_reminder_by_webhook_goes_on(app: Flask, alice: Person, visitor: Person) -> None:
    remind(app, alice, "webhook", HOUR)
    path = f"unsubscribe/{token(app, alice, 'reminder')}"
    assert visitor.get(path).get_json() == {"kind": "reminder", "on": False}
    assert visitor.post(path).get_json() == {"kind": "reminder", "on": False}
    assert reminded(app, alice) == ("webhook", HOUR)


@pytest.mark.parametrize(
    "more",
    [
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"data": {"List-Unsubscribe": "One-Click"}, "content_type": "multipart/form-data"},
        {"data": b"List-Unsubscribe=One-Click", "content_type": "text/plain"},
        {"data": b"{not json", "content_type": "application/json"},
        {},
    ],
)
def test_one_click_needs_neither_cookie_nor_token(
    app: Flask, alice: Person, bob: Person, more: dict[str, Any]
) -> None:
    stranger = app.test_client()
    headers = {"Origin": "https://mail.example"}
    answer = stranger.post(f"/unsubscribe/{token(app, alice)}", headers=headers, **more)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert alice.get("account").get_json()["report_on"] is False
    assert bob.get("account").get_json()["report_on"] is True


def test_looking_changes_nothing(app: Flask, alice: Person) -> None:
    stranger = app.test_client()
    remind(app, alice, "mail", HOUR)
    for kind in ("report", "reminder"):
        for method in ("GET", "HEAD", "OPTIONS"):
            found = token(app, alice, kind)
            answer = stranger.open(f"/unsubscribe/{found}", method=method)
            assert answer.status_code in {200, 503}  # the page; 503 where it is not built
            stranger.open(f"/api/v1/unsubscribe/{found}", method=method)
    assert alice.get("account").get_json()["report_on"] is True
    assert reminded(app, alice) == ("mail", HOUR)


def test_other_methods_do_nothing(app: Flask, alice: Person) -> None:
    stranger = app.test_client()
    for method in ("PUT", "PATCH", "DELETE"):
        answer = stranger.open(f"/unsubscribe/{token(app, alice)}", method=method)
        assert answer.status_code == 405
    assert alice.get("account").get_json()["report_on"] is True


def test_a_huge_body_is_refused(app: Flask, alice: Person) -> None:
    answer = app.test_client().post(f"/unsubscribe/{token(app, alice)}", data=b"x" * 2_000_000)
    assert answer.status_code == 413
    assert alice.get("account").get_json()["report_on"] is True


@pytest.mark.parametrize("bad", ["x", "é", "A" * 5000, "WzEsInJlcG9ydCJd.x", "%00", "a.b.c"])
def test_what_was_not_made_here_is_refused(app: Flask, visitor: Person, bad: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = visitor.call(method, f"unsubscribe/{bad}")
        problem(answer, 404)
        assert answer.get_json()["detail"] == unsubscribe.SAY_NOT_WHOLE
    assert app.test_client().post(f"/unsubscribe/{bad}").status_code == 404


def test_a_token_of_another_use_is_refused(app: Flask, alice: Person, visitor: Person) -> None:
    from itsdangerous import URLSafeSerializer

    other = URLSafeSerializer(app.config["TEND"].secret_key, salt="another")
    for said in ([alice.user_id, "report"], "x", 1):
        problem(visitor.post(f"unsubscribe/{other.dumps(said)}"), 404)
    assert alice.get("account").get_json()["report_on"] is True


def test_a_deleted_persons_link_says_so(app: Flask, alice: Person, visitor: Person) -> None:
    links = [token(app, alice, kind) for kind in ("report", "reminder")]
    assert alice.delete("account", {"password": PASSWORD}).status_code == 204
    for link in links:
        for method in ("GET", "POST", "DELETE"):
            answer = visitor.call(method, f"unsubscribe/{link}")
            problem(answer, 404)
            assert answer.get_json()["detail"] == unsubscribe.SAY_GONE
        assert app.test_client().post(f"/unsubscribe/{link}").status_code == 404


def test_another_tab_sees_the_change(app: Flask, alice: Person, visitor: Person) -> None:
    before = alice.get("today").headers["ETag"]
    visitor.post(f"unsubscribe/{token(app, alice)}")
    assert alice.get("today").headers["ETag"] != before


def test_it_takes_no_body(app: Flask, alice: Person, visitor: Person) -> None:
    problem(visitor.post(f"unsubscribe/{token(app, alice)}", {"kind": "reminder"}), 400)


def test_what_was_due_before_does_not_come_at_once(
    app: Flask, alice: Person, visitor: Person, sql: Callable[..., Any]
) -> None:
    path = f"unsubscribe/{token(app, alice)}"
    [(before,)] = sql("SELECT report_since FROM users")
    visitor.post(path)
    visitor.delete(path)
    [(after,)] = sql("SELECT report_since FROM users")
    assert after > before
