"""The log of deliveries: whose it is, what it shows, and sending once more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from application.deliveries import sending, services
from application.deliveries.messages import Outcome
from application.platform import mail
from application.platform.database import transaction
from tests.people import Person, Queue, problem
from tests.postmen import part, read

Sql = Callable[..., Any]


def deliver(app: Flask, person: Person, period: str, outcome: Outcome | None) -> None:
    """A notice to that person, settled with `outcome`, or still waiting."""
    soon = datetime.now(UTC) + timedelta(hours=3)
    with app.app_context():
        with transaction():
            services.ask("notice", person.user_id, period, "mail", f"{person.name}@x.org", soon)
        if outcome is not None:
            token, messages, _ = services.claim()
            with transaction():
                services.record(
                    token,
                    {messages[0].id: outcome},
                    {message.id: message for message in messages},
                )


@pytest.fixture
def sent(app: Flask, alice: Person, bob: Person, queue: Queue) -> list[dict[str, Any]]:
    """Alice's log: one waits, one did not arrive, one did; bob has one too."""
    deliver(app, alice, "a", Outcome("sent", 250))
    deliver(app, alice, "b", Outcome("failed", 550, "This address does not exist."))
    deliver(app, bob, "c", Outcome("sent", 250))
    deliver(app, alice, "d", None)
    queue.take()
    items: list[dict[str, Any]] = alice.get("deliveries").get_json()["items"]
    return items


def test_it_shows_ones_own_newest_first(sent: list[dict[str, Any]]) -> None:
    assert [(item["period"], item["state"], item["status"]) for item in sent] == [
        ("d", "due", None),
        ("b", "failed", 550),
        ("a", "sent", 250),
    ]
    waiting, refused, arrived = sent
    assert waiting["next_at"] is not None
    assert not waiting["can_resend"]
    assert refused["error"] == "This address does not exist."
    assert refused["can_resend"]
    assert arrived["sent_at"] is not None
    assert arrived["next_at"] is None
    assert {item["label"] for item in sent} == {"Notice"}
    assert {item["to"] for item in sent} == {"alice@x.org"}


@pytest.mark.parametrize(("state", "periods"), [("due", "d"), ("failed", "b"), ("skipped", "")])
def test_it_can_be_sifted_by_state(
    alice: Person, sent: list[dict[str, Any]], state: str, periods: str
) -> None:
    found = alice.get(f"deliveries?state={state}").get_json()["items"]
    assert "".join(item["period"] for item in found) == periods


def test_it_comes_in_pages(alice: Person, sent: list[dict[str, Any]]) -> None:
    first = alice.get("deliveries?limit=2").get_json()
    rest = alice.get(f"deliveries?limit=2&after={first['next']}").get_json()
    assert [item["period"] for item in first["items"] + rest["items"]] == ["d", "b", "a"]
    assert rest["next"] is None


def test_what_did_not_arrive_goes_again_under_its_own_id(
    alice: Person, sent: list[dict[str, Any]], queue: Queue, sql: Sql
) -> None:
    before = sql("SELECT message_id FROM deliveries WHERE period = 'b'")
    answer = alice.post(f"deliveries/{sent[1]['id']}/resend")
    assert (answer.status_code, answer.get_json()["state"]) == (202, "due")
    assert queue.take("deliveries.send") == [()]
    assert sql("SELECT message_id FROM deliveries WHERE period = 'b'") == before


def test_what_arrived_goes_again_under_a_new_id(
    alice: Person, sent: list[dict[str, Any]], queue: Queue, sql: Sql
) -> None:
    before = sql("SELECT message_id FROM deliveries WHERE period = 'a'")
    assert alice.post(f"deliveries/{sent[2]['id']}/resend").status_code == 202
    queue.take()
    assert sql("SELECT message_id FROM deliveries WHERE period = 'a'") != before


def test_what_is_on_its_way_is_not_sent_twice(alice: Person, sent: list[dict[str, Any]]) -> None:
    problem(alice.post(f"deliveries/{sent[0]['id']}/resend"), 409)


def test_somebody_elses_does_not_exist(
    charlie: Person, sent: list[dict[str, Any]], queue: Queue
) -> None:
    assert charlie.get("deliveries").get_json()["items"] == []
    problem(charlie.post(f"deliveries/{sent[1]['id']}/resend"), 404)


def test_a_notice_sent_once_more_still_says_what_it_said(
    app: Flask, alice: Person, queue: Queue
) -> None:
    alice.patch("account", {"webhook": "https://hooks.example.org/alice"})
    soon = datetime.now(UTC) + timedelta(hours=3)
    with app.app_context():
        with transaction():
            services.ask("test", alice.user_id, "a", "webhook", "hooks.example.org", soon)
        token, messages, _ = services.claim()
        gone = Outcome("gone", 410, "It says that this webhook is gone for good (410).")
        with transaction():
            services.record(token, {messages[0].id: gone}, {messages[0].id: messages[0]})
        sending.send_due()
        notice = alice.get("deliveries?state=sent").get_json()["items"][0]
        assert alice.post(f"deliveries/{notice['id']}/resend").status_code == 202
        queue.take()
        sending.send_due()
        folder = app.config["TEND"].mail_folder
        letters = [read(path.read_bytes()) for path in folder.glob("*-alice@example.org.eml")]
        mail.forget("alice@example.org")
    notices = [part(letter, "plain") for letter in letters if "webhook" in letter["Subject"]]
    assert len(notices) == 2
    for text in notices:
        assert "hooks.example.org" in text
        assert "gone for good (410)" in text


def test_what_goes_to_another_webhook_now_says_so(app: Flask, alice: Person, queue: Queue) -> None:
    soon = datetime.now(UTC) + timedelta(hours=3)
    with app.app_context():
        with transaction():
            services.ask("notice", alice.user_id, "a", "webhook", "old.example.org", soon)
        token, [message], _ = services.claim()
        with transaction():
            failed = Outcome("failed", 404, "There is no webhook at this address (404).")
            services.record(token, {message.id: failed}, {message.id: message})
    alice.patch("account", {"webhook": "https://new.example.org/x"})
    again = alice.post(f"deliveries/{message.id}/resend").get_json()
    assert (again["to"], again["state"], again["error"]) == ("new.example.org", "due", None)
    queue.take()
