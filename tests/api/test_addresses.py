"""Addresses: confirm one, move to another, take that back; their letters and links."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from application.accounts import addresses, recovery
from application.accounts.queries import find_user
from application.deliveries import sending
from application.platform import clock
from tests.people import PASSWORD, Person, Queue, problem
from tests.postmen import Postman, part, serving, using

NEW = "mira@elsewhere.example"
SIGN_UP = {
    "username": "mira",
    "email": "Mira@Example.org",
    "password": "three grey herons over the weir",
    "timezone": "Europe/Vienna",
}


@pytest.fixture
def postman(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postman]:
    """A real SMTP server on loopback, and an application that confirms addresses."""
    found = Postman()
    with serving(found) as port:
        settings = using(app.config["TEND"], port, smtp_timeout=1, confirm_email="on")
        monkeypatch.setitem(app.config, "TEND", settings)
        yield found


def send(app: Flask, queue: Queue) -> None:
    """Let the outbox send what is due."""
    queue.take("deliveries.send")
    with app.app_context():
        sending.send_due()


def link_to(postman: Postman, address: str) -> str:
    """The token in the newest letter to `address`."""
    letter = [found for found in postman.letters if found["To"] == address][-1]
    found = re.search(r"http://localhost:8000/confirm/(\S+)", part(letter, "plain"))
    assert found is not None
    assert found[0] in part(letter, "html")
    return found[1]


def account(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = person.get("account").get_json()
    return found


@pytest.fixture
def mira(app: Flask, visitor: Person, queue: Queue, postman: Postman) -> Person:
    """Somebody who has just signed up, her letter delivered."""
    assert visitor.post("accounts/register", SIGN_UP).status_code == 200
    send(app, queue)
    return visitor


@pytest.fixture
def moving(app: Flask, alice: Person, queue: Queue, postman: Postman) -> Person:
    """Alice, who asked to move to NEW."""
    answer = alice.post("account/email", {"email": NEW.title()})
    assert (answer.status_code, answer.get_json()) == (202, {})
    send(app, queue)
    return alice


def test_a_newcomer_confirms_by_the_link_once(mira: Person, app: Flask, postman: Postman) -> None:
    assert account(mira)["confirmed"] is False
    [letter] = postman.letters
    assert letter["Subject"] == "Confirm your address for Tend"
    token = link_to(postman, "mira@example.org")
    said = {"what": "confirm", "email": "mira@example.org"}
    stranger = Person(app, "stranger")  # the mail may be read on another device
    assert stranger.get(f"accounts/confirm/{token}").get_json() == said
    assert account(mira)["confirmed"] is False
    assert stranger.post(f"accounts/confirm/{token}").get_json() == said
    problem(stranger.get("account"), 401)  # nobody is signed in by a link
    assert account(mira)["confirmed"] is True
    gone = stranger.post(f"accounts/confirm/{token}")
    problem(gone, 410)
    assert gone.get_json()["detail"] == addresses.SAY_DONE


def test_it_can_be_sent_once_more(mira: Person, app: Flask, queue: Queue, postman: Postman) -> None:
    assert mira.post("account/email/confirm").status_code == 202
    send(app, queue)
    tokens = [link_to(postman, "mira@example.org")]
    assert len(postman.letters) == 2
    assert mira.post(f"accounts/confirm/{tokens[0]}").status_code == 200
    problem(mira.post("account/email/confirm"), 409)


def test_nobody_is_asked_where_it_is_off(visitor: Person, app: Flask, queue: Queue) -> None:
    assert app.config["TEND"].confirm_email == "off"
    said = visitor.post("accounts/register", SIGN_UP).get_json()
    assert said["confirmed"] is True
    assert not queue.take()
    assert visitor.get("about").get_json()["confirm_email"] is False


def test_a_link_is_over_after_a_day(mira: Person, postman: Postman) -> None:
    token = link_to(postman, "mira@example.org")
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        gone = mira.get(f"accounts/confirm/{token}")
        problem(gone, 410)
        assert gone.get_json()["detail"] == addresses.SAY_OVER


@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "A" * 3000, "%00"])
def test_a_broken_link_says_so(visitor: Person, token: str) -> None:
    for method in ("GET", "POST"):
        gone = visitor.call(method, f"accounts/confirm/{token}")
        problem(gone, 410)
        assert gone.get_json()["detail"] == addresses.SAY_BROKEN


def test_no_letter_of_hers_goes_to_an_address_that_is_not_confirmed(
    mira: Person, app: Flask, queue: Queue, postman: Postman, sql: Callable[..., Any]
) -> None:
    from application.reminders import queries
    from application.reports import queries_planning

    mira.patch("account", {"reminder_channel": "mail"})
    problem(mira.post("webhook/test", {"channel": "mail"}), 409)  # it may be a stranger's
    with app.app_context():
        assert queries_planning.list_zones() == []
        assert queries.list_zones() == []
    mira.post(f"accounts/confirm/{link_to(postman, 'mira@example.org')}")
    assert mira.post("webhook/test", {"channel": "mail"}).get_json()["ok"] is True
    with app.app_context():
        assert queries_planning.list_zones() == ["Europe/Vienna"]
        assert queries.list_zones() == ["Europe/Vienna"]


def test_the_account_moves_with_the_link_in_the_new_mailbox(
    moving: Person, app: Flask, postman: Postman, sql: Callable[..., Any]
) -> None:
    said = account(moving)
    assert (said["email"], said["new_email"]) == ("alice@example.org", NEW)
    token = link_to(postman, NEW)
    assert moving.post(f"accounts/confirm/{token}").get_json() == {"what": "move", "email": NEW}
    said = account(moving)  # she goes on where she was
    assert (said["email"], said["new_email"], said["confirmed"]) == (NEW, None, True)
    problem(moving.post(f"accounts/confirm/{token}"), 410)
    body = {"identity": "alice@example.org", "password": PASSWORD}
    problem(Person(app, "again").post("accounts/login", body), 401)
    assert Person(app, "again").post("accounts/login", body | {"identity": NEW.upper()}).get_json()
    kinds = sql("SELECT kind FROM audit_events WHERE kind LIKE 'email%' ORDER BY id")
    assert kinds == [("email_asked",), ("email_changed",)]


def test_no_row_holds_a_token_and_no_log_shows_the_letters(
    moving: Person, postman: Postman, sql: Callable[..., Any]
) -> None:
    rows = str(sql("SELECT * FROM deliveries")) + str(sql("SELECT * FROM email_changes"))
    assert link_to(postman, NEW) not in rows
    assert link_to(postman, "alice@example.org") not in rows
    assert moving.get("deliveries").get_json()["items"] == []


def test_a_password_link_of_the_old_mailbox_opens_nothing_afterwards(
    moving: Person, app: Flask, queue: Queue, postman: Postman
) -> None:
    visitor = Person(app, "visitor")
    visitor.post("accounts/reset", {"email": "alice@example.org"})
    send(app, queue)
    found = re.search(r"/recover/(\S+)", part(postman.letters[-1], "plain"))
    assert found is not None
    assert visitor.get(f"accounts/reset/{found[1]}").status_code == 200
    moving.post(f"accounts/confirm/{link_to(postman, NEW)}")
    problem(visitor.get(f"accounts/reset/{found[1]}"), 410)


def test_it_can_be_taken_back_before_the_link_is_opened(moving: Person, postman: Postman) -> None:
    assert moving.delete("account/email").status_code == 204
    assert account(moving)["new_email"] is None
    gone = moving.post(f"accounts/confirm/{link_to(postman, NEW)}")
    problem(gone, 410)
    assert gone.get_json()["detail"] == addresses.SAY_USED
    assert moving.delete("account/email").status_code == 204


def test_asking_anew_ends_what_was_asked_before(
    moving: Person, app: Flask, queue: Queue, postman: Postman
) -> None:
    first = link_to(postman, NEW)
    moving.post("account/email", {"email": "third@example.org"})
    send(app, queue)
    problem(moving.post(f"accounts/confirm/{first}"), 410)
    assert account(moving)["new_email"] == "third@example.org"


def test_the_link_works_for_a_day(moving: Person, postman: Postman) -> None:
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        problem(moving.post(f"accounts/confirm/{link_to(postman, NEW)}"), 410)
        assert account(moving)["new_email"] is None


def test_the_old_mailbox_stops_it(moving: Person, app: Flask, postman: Postman) -> None:
    [notice] = [found for found in postman.letters if found["To"] == "alice@example.org"]
    assert "m…@elsewhere.example" in part(notice, "plain")
    assert NEW not in part(notice, "plain")
    reader = Person(app, "reader")
    token = link_to(postman, "alice@example.org")
    said = {"what": "keep", "email": "alice@example.org"}
    assert reader.get(f"accounts/confirm/{token}").get_json() == said
    assert reader.post(f"accounts/confirm/{token}").get_json() == said
    problem(moving.get("account"), 401)  # whoever moved it is out
    problem(reader.post(f"accounts/confirm/{link_to(postman, NEW)}"), 410)
    problem(reader.post(f"accounts/confirm/{token}"), 410)  # and it works once


def test_the_old_mailbox_takes_a_move_back_for_a_week_whatever_came_after(
    moving: Person, app: Flask, queue: Queue, postman: Postman, sql: Callable[..., Any]
) -> None:
    keep = link_to(postman, "alice@example.org")
    moving.post(f"accounts/confirm/{link_to(postman, NEW)}")
    moving.post("account/email", {"email": "third@example.org"})
    send(app, queue)
    second = link_to(postman, NEW)
    moving.post(f"accounts/confirm/{link_to(postman, 'third@example.org')}")
    reader = Person(app, "reader")
    with time_machine.travel(clock.now() + timedelta(days=6)):
        assert reader.post(f"accounts/confirm/{keep}").status_code == 200
        problem(reader.post(f"accounts/confirm/{second}"), 410)
    assert sql("SELECT email FROM users") == [("alice@example.org",)]


def test_the_week_ends(moving: Person, postman: Postman) -> None:
    moving.post(f"accounts/confirm/{link_to(postman, NEW)}")
    with time_machine.travel(clock.now() + timedelta(days=8)):
        problem(moving.post(f"accounts/confirm/{link_to(postman, 'alice@example.org')}"), 410)


def test_nobody_takes_the_old_address_while_the_move_can_be_taken_back(
    moving: Person, app: Flask, queue: Queue, postman: Postman, bob: Person
) -> None:
    moving.post(f"accounts/confirm/{link_to(postman, NEW)}")
    body = SIGN_UP | {"email": "alice@example.org"}
    assert set(problem(Person(app, "x").post("accounts/register", body), 422)) == {"email"}
    bob.post("account/email", {"email": "alice@example.org"})
    send(app, queue)
    problem(bob.post(f"accounts/confirm/{link_to(postman, 'alice@example.org')}"), 409)


def test_a_taken_address_is_answered_alike_and_its_owner_is_told(
    alice: Person, bob: Person, app: Flask, queue: Queue, postman: Postman, statements: list[str]
) -> None:
    seen = []
    for address in ("bob@example.org", "nobody@example.org"):
        alice.get("account")
        statements.clear()
        answer = alice.post("account/email", {"email": address})
        seen.append((answer.status_code, answer.get_data(), list(statements)))
        send(app, queue)
    assert seen[0] == seen[1]
    [told] = [found for found in postman.letters if found["To"] == "bob@example.org"]
    assert told["Subject"] == "This address has a Tend account already"
    assert "/confirm/" not in part(told, "plain")


def test_an_address_that_was_taken_meanwhile_says_so(
    moving: Person, bob: Person, app: Flask, queue: Queue, postman: Postman
) -> None:
    mine = link_to(postman, NEW)
    bob.post("account/email", {"email": NEW})
    send(app, queue)
    assert bob.post(f"accounts/confirm/{link_to(postman, NEW)}").status_code == 200
    late = moving.post(f"accounts/confirm/{mine}")
    problem(late, 409)
    assert late.get_json()["detail"] == addresses.SAY_TAKEN
    assert account(moving)["email"] == "alice@example.org"


def test_an_unproved_old_address_gets_no_say(
    mira: Person, app: Flask, queue: Queue, postman: Postman
) -> None:
    postman.letters.clear()
    mira.post("account/email", {"email": NEW})
    send(app, queue)
    assert [letter["To"] for letter in postman.letters] == [NEW]
    mira.post(f"accounts/confirm/{link_to(postman, NEW)}")
    assert account(mira)["confirmed"] is True


@pytest.mark.parametrize("address", ["", "alice", "a@b", "a@example.org\nBcc: x@x.org", 1, None])
def test_it_refuses(alice: Person, address: Any) -> None:
    assert set(problem(alice.post("account/email", {"email": address}), 422)) == {"email"}


def test_it_refuses_the_present_one_in_any_case(alice: Person) -> None:
    answer = alice.post("account/email", {"email": "ALICE@example.org"})
    assert set(problem(answer, 422)) == {"email"}


def test_it_guards(visitor: Person) -> None:
    problem(visitor.post("account/email", {"email": NEW}), 401)
    problem(visitor.delete("account/email"), 401)
    problem(visitor.post("account/email/confirm"), 401)


def test_it_is_limited(alice: Person, queue: Queue) -> None:
    for _ in range(10):
        assert alice.post("account/email", {"email": NEW}).status_code == 202
    problem(alice.post("account/email", {"email": NEW}), 429)
    queue.take()


@pytest.mark.parametrize("forgotten", [True, False])
def test_a_new_password_ends_a_move_whose_letter_was_not_taken_yet(
    app: Flask, alice: Person, visitor: Person, queue: Queue, postman: Postman, forgotten: bool
) -> None:
    """A receiver that puts the letter off would else have a link made after the new password."""
    assert alice.post("account/email", {"email": NEW}).status_code == 202
    new = SIGN_UP["password"]
    if forgotten:
        with app.app_context():
            token = recovery.mint(find_user(alice.user_id))
        answer = visitor.post(f"accounts/reset/{token}", {"password": new})
    else:
        answer = alice.post("accounts/change", {"password": PASSWORD, "new_password": new})
    assert answer.status_code == 200
    send(app, queue)
    assert NEW not in [letter["To"] for letter in postman.letters]
    body = {"identity": "alice", "password": new}
    assert visitor.post("accounts/login", body).status_code == 200
    assert account(visitor)["new_email"] is None
