"""A forgotten password: accounts/reset, its mail and link; what the operator can do."""

import email
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from application.accounts import recovery
from application.accounts.queries import find_user
from application.deliveries import sending
from application.deliveries.models import Delivery
from application.platform import clock
from application.platform.database import transaction
from tests.people import PASSWORD, Person, Queue, problem
from tests.postmen import Postman, part, serving, using

NEW = "three grey herons over the weir"


@pytest.fixture
def postman(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postman]:
    """A real SMTP server on loopback, and an application that sends to it."""
    found = Postman()
    with serving(found) as port:
        use_smtp(app, monkeypatch, port)
        yield found


def use_smtp(app: Flask, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setitem(app.config, "TEND", using(app.config["TEND"], port, smtp_timeout=1))


def ask(person: Person, queue: Queue, address: str = "alice@example.org") -> None:
    """Ask for a mail."""
    answer = person.post("accounts/reset", {"email": address})
    assert answer.status_code == 200
    assert answer.get_json() == {}
    assert queue.take("deliveries.send") == [()]


def send(app: Flask) -> int:
    """Let the outbox send what is due."""
    with app.app_context():
        return sending.send_due()


def token_in(text: str) -> str:
    found = re.search(r"http://localhost:8000/recover/(\S+)", text)
    assert found is not None
    return found[1]


@pytest.fixture
def token(app: Flask, visitor: Person, alice: Person, queue: Queue, postman: Postman) -> str:
    """What a mail to alice brought."""
    ask(visitor, queue)
    send(app)
    body = postman.letters[0].get_body(("plain",))
    assert body is not None
    return token_in(body.get_content())


def test_the_mail_brings_a_link(token: str, postman: Postman) -> None:
    [letter] = postman.letters
    assert letter["To"] == "alice@example.org"
    assert letter["Subject"] == "A new password for Tend"
    assert letter["Message-ID"].startswith("<tend_")
    assert letter["Auto-Submitted"] == "auto-generated"
    html = letter.get_body(("html",))
    assert html is not None
    assert f'href="http://localhost:8000/recover/{token}"' in html.get_content()


def test_the_link_sets_a_new_password_once(visitor: Person, alice: Person, token: str) -> None:
    assert visitor.get(f"accounts/reset/{token}").get_json() == {}
    answer = visitor.post(f"accounts/reset/{token}", {"password": NEW})
    assert answer.status_code == 200
    assert answer.get_json() == {}
    problem(alice.get("account"), 401)  # all sessions end
    problem(visitor.get("account"), 401)  # and nobody is signed in by a link
    for body in (None, {"password": NEW}):
        method = "GET" if body is None else "POST"
        gone = visitor.call(method, f"accounts/reset/{token}", json=body)
        problem(gone, 410)
        assert gone.get_json()["detail"] == recovery.SAY_USED
    old = {"identity": "alice", "password": PASSWORD}
    problem(visitor.post("accounts/login", old), 401)
    assert visitor.post("accounts/login", old | {"password": NEW}).status_code == 200


def test_the_link_is_over_after_an_hour(visitor: Person, token: str) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        gone = visitor.get(f"accounts/reset/{token}")
        problem(gone, 410)
        assert gone.get_json()["detail"] == recovery.SAY_OVER
        problem(visitor.post(f"accounts/reset/{token}", {"password": NEW}), 410)


def test_the_link_is_over_when_the_password_was_changed(
    visitor: Person, alice: Person, token: str
) -> None:
    alice.post("accounts/change", {"password": PASSWORD, "new_password": NEW})
    problem(visitor.post(f"accounts/reset/{token}", {"password": NEW}), 410)


@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "A" * 3000, "%00"])
def test_a_broken_link_says_so(visitor: Person, token: str) -> None:
    gone = visitor.get(f"accounts/reset/{token}")
    problem(gone, 410)
    assert gone.get_json()["detail"] == recovery.SAY_BROKEN


def test_a_new_password_must_be_good(visitor: Person, token: str) -> None:
    for bad in ("short", "alice@example.org", "passwordpassword"):
        answer = visitor.post(f"accounts/reset/{token}", {"password": bad})
        assert set(problem(answer, 422)) == {"password"}
    assert visitor.get(f"accounts/reset/{token}").status_code == 200


def test_known_and_unknown_are_answered_alike(
    app: Flask, visitor: Person, alice: Person, queue: Queue, statements: list[str]
) -> None:
    visitor.get("account")
    seen = []
    for address in ("alice@example.org", "nobody@example.org"):
        statements.clear()
        answer = visitor.post("accounts/reset", {"email": address})
        seen.append((answer.status_code, answer.get_data(), list(statements)))
    assert seen[0] == seen[1]
    queue.take()


def test_an_unknown_address_gets_no_mail_and_is_not_kept(
    app: Flask,
    visitor: Person,
    queue: Queue,
    postman: Postman,
    sql: Callable[..., Any],
) -> None:
    ask(visitor, queue, "nobody@example.org")
    send(app)
    assert not postman.letters
    [row] = sql("SELECT * FROM deliveries")
    assert "skipped" in row
    assert "nobody@" not in str(row)


def test_a_disabled_account_gets_none(
    app: Flask, visitor: Person, alice: Person, queue: Queue, postman: Postman
) -> None:
    from application.accounts.queries import find_user

    with app.app_context(), transaction():
        find_user(alice.user_id).active = False
    ask(visitor, queue)
    send(app)
    assert not postman.letters


def test_the_row_holds_the_address_until_it_is_over_and_never_a_token(
    app: Flask,
    visitor: Person,
    alice: Person,
    queue: Queue,
    postman: Postman,
    sql: Callable[..., Any],
) -> None:
    ask(visitor, queue)
    [(user_id, target, params)] = sql("SELECT user_id, target, params FROM deliveries")
    assert (user_id, target) == (None, "")
    kept = json.loads(params) if isinstance(params, str) else params
    assert kept == {"email": "alice@example.org"}
    send(app)
    [row] = sql("SELECT * FROM deliveries")
    assert "sent" in row
    assert "alice@" not in str(row)
    assert token_in(part(postman.letters[0], "plain")) not in str(row)


def test_it_is_in_nobodys_log(
    app: Flask, alice: Person, visitor: Person, queue: Queue, postman: Postman
) -> None:
    ask(visitor, queue)
    send(app)
    assert alice.get("deliveries").get_json()["items"] == []


@pytest.mark.parametrize("address", ["", "alice", "a@b", "alice@example.org\nBcc: x@x.org", 1])
def test_it_refuses(visitor: Person, address: Any) -> None:
    assert set(problem(visitor.post("accounts/reset", {"email": address}), 422)) == {"email"}


def test_it_is_limited_by_address(visitor: Person, queue: Queue) -> None:
    for _ in range(5):
        ask(visitor, queue)
    problem(visitor.post("accounts/reset", {"email": "ALICE@example.org"}), 429)
    ask(visitor, queue, "bob@example.org")


def test_a_busy_server_is_tried_again_with_a_link_as_good(
    app: Flask,
    visitor: Person,
    alice: Person,
    queue: Queue,
    postman: Postman,
    sql: Callable[..., Any],
) -> None:
    ask(visitor, queue)
    postman.says = "421 come again"
    send(app)
    assert sql("SELECT state, attempts, last_status FROM deliveries") == [("due", 1, 421)]
    postman.says = "250 OK"
    with app.app_context(), transaction() as session:
        session.execute(update(Delivery).values(next_at=clock.now() - timedelta(seconds=1)))
    send(app)
    assert sql("SELECT state, attempts FROM deliveries") == [("sent", 2)]
    [letter] = postman.letters
    link = token_in(part(letter, "plain"))
    assert visitor.get(f"accounts/reset/{link}").status_code == 200


def test_a_refusal_is_final(
    app: Flask,
    visitor: Person,
    alice: Person,
    queue: Queue,
    postman: Postman,
    sql: Callable[..., Any],
) -> None:
    postman.says = "550 no such mailbox"
    ask(visitor, queue)
    send(app)
    assert sql("SELECT state, last_status, last_error FROM deliveries") == [
        ("failed", 550, "The mail server does not take this letter (550 no such mailbox).")
    ]


def test_a_server_that_is_away_is_given_up_when_the_hour_is_over(
    app: Flask,
    visitor: Person,
    alice: Person,
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
    sql: Callable[..., Any],
) -> None:
    use_smtp(app, monkeypatch, 1)  # nobody listens there
    ask(visitor, queue)
    send(app)
    assert sql("SELECT state FROM deliveries") == [("due",)]
    past = clock.now() - timedelta(seconds=1)
    with app.app_context(), transaction() as session:
        session.execute(update(Delivery).values(next_at=past, expires_at=past))
    send(app)
    [(state, params, error)] = sql("SELECT state, params, last_error FROM deliveries")
    assert state == "failed"
    assert "alice" not in str(params)
    assert error == "No mail server answers at 127.0.0.1, port 1."


def test_without_a_server_mail_is_filed(
    app: Flask, visitor: Person, alice: Person, queue: Queue
) -> None:
    ask(visitor, queue)
    send(app)
    [path] = app.config["TEND"].mail_folder.glob("*.eml")
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = letter.get_body(("plain",))
    assert body is not None
    assert visitor.get(f"accounts/reset/{token_in(body.get_content())}").status_code == 200
    assert path.stat().st_mode & 0o077 == 0
    path.unlink()


def test_the_operator_can_make_a_link(app: Flask, visitor: Person, alice: Person) -> None:
    found = app.test_cli_runner().invoke(args=["reset-password", "Alice"])
    assert found.exit_code == 0
    link = token_in(found.output)
    assert visitor.post(f"accounts/reset/{link}", {"password": NEW}).status_code == 200


def test_a_link_of_the_operators_proves_no_address(
    app: Flask, visitor: Person, alice: Person
) -> None:
    """It is asked for where no letter arrives, as at an address that was mistyped."""
    assert alice.patch("account", {"webhook": "https://hooks.example/x"}).status_code == 200
    with app.app_context(), transaction():
        find_user(alice.user_id).confirmed_at = None
    link = token_in(app.test_cli_runner().invoke(args=["reset-password", "alice"]).output)
    assert visitor.post(f"accounts/reset/{link}", {"password": NEW}).status_code == 200
    body = {"identity": "alice", "password": NEW}
    assert visitor.post("accounts/login", body).status_code == 200
    said = visitor.get("account").get_json()
    assert (said["confirmed"], said["webhook"]) == (False, "https://hooks.example/x")
    problem(alice.get("account"), 401)


def test_the_operator_can_set_a_password(app: Flask, visitor: Person, alice: Person) -> None:
    runner = app.test_cli_runner()
    weak = runner.invoke(args=["reset-password", "alice", "--set"], input="short\nshort\n")
    assert weak.exit_code == 1
    assert "at least 12" in weak.output
    done = runner.invoke(args=["reset-password", "alice", "--set"], input=f"{NEW}\n{NEW}\n")
    assert done.exit_code == 0
    problem(alice.get("account"), 401)
    body = {"identity": "alice", "password": NEW}
    assert visitor.post("accounts/login", body).status_code == 200


def test_the_operator_is_told_of_an_unknown_name(app: Flask) -> None:
    found = app.test_cli_runner().invoke(args=["reset-password", "nobody"])
    assert found.exit_code == 1
    assert "no active account called nobody" in found.output


def test_the_operator_can_invite(app: Flask) -> None:
    found = app.test_cli_runner().invoke(args=["invite"])
    assert found.output.startswith("http://localhost:8000/sign-up?invite=")
