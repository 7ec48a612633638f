"""webhook: what may be one, its secret, turning it on again, and the test that shows the answer."""

import email
import email.policy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import time_machine
from flask import Flask
from sqlalchemy import update
from standardwebhooks import Webhook, WebhookVerificationError

from application.accounts import services_webhooks
from application.accounts.models import User
from application.platform import mail
from application.platform.database import transaction
from application.platform.extensions import db
from tests.hostile.sinks import Sink, status
from tests.people import Person, problem

PLAIN = "https://hooks.example/tend"
SLACK = "https://hooks.slack.com/services/T0/B0/secret"


@pytest.fixture
def trusting(app: Flask) -> Iterator[Callable[[str], None]]:
    """Let the operator list a host:port."""
    before = app.config["TEND"]

    def trust(key: str) -> None:
        app.config["TEND"] = before.model_copy(update={"webhook_trusted_hosts": key})

    yield trust
    app.config["TEND"] = before


@pytest.fixture
def sink(trusting: Callable[[str], None]) -> Iterator[Sink]:
    """A receiver on loopback that the operator listed."""
    with Sink(status(200, body=b"thank you")) as listening:
        trusting(listening.key)
        yield listening


def set_up(person: Person, url: str = PLAIN) -> dict[str, Any]:
    answer = person.patch("account", {"webhook": url})
    assert answer.status_code == 200, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def turn_off(app: Flask, person: Person) -> None:
    with app.app_context(), transaction():
        services_webhooks.turn_off({person.user_id: "It says that it is gone."}, {})


def received(sink: Sink, at: int = -1) -> tuple[dict[str, str], bytes]:
    head, _, body = sink.requests[at].partition(b"\r\n\r\n")
    lines = head.decode().splitlines()[1:]
    return dict(line.split(": ", 1) for line in lines), body


def test_a_webhook_has_a_secret_that_is_shown_once(alice: Person) -> None:
    first = set_up(alice)
    assert first["webhook"] == PLAIN
    assert first["webhook_name"] == "Webhook"
    assert first["webhook_signed"] is True
    assert first["webhook_secret"].startswith("whsec_")
    assert len(first["webhook_secret"]) == len("whsec_") + 44
    for answer in (
        alice.get("account"),
        set_up_again := alice.patch("account", {"webhook": f"{PLAIN}/2"}),
        alice.patch("account", {"week_starts_on": 7}),
    ):
        assert answer.get_json()["webhook_secret"] is None
    assert set_up_again.get_json()["webhook"] == f"{PLAIN}/2"


def test_without_a_webhook_there_is_no_secret_and_the_next_gets_its_own(alice: Person) -> None:
    first = set_up(alice)["webhook_secret"]
    gone = alice.patch("account", {"webhook": None}).get_json()
    assert (gone["webhook"], gone["webhook_name"], gone["webhook_signed"]) == (None, None, False)
    second = set_up(alice)["webhook_secret"]
    assert second
    assert second != first


def test_a_known_service_is_named_and_needs_no_secret(alice: Person) -> None:
    found = set_up(alice, SLACK)
    assert (found["webhook_name"], found["webhook_signed"]) == ("Slack", False)
    assert found["webhook_secret"] is None
    assert set_up(alice)["webhook_secret"]  # now it is a plain one


def test_it_is_kept_in_one_form(alice: Person) -> None:
    assert set_up(alice, "HTTPS://Hooks.Example./tend")["webhook"] == PLAIN


REFUSED = {
    "http://127.0.0.1/": "private network",
    "http://2130706433/": "plain form",
    "http://0x7f.1/": "plain form",
    "http://[::ffff:10.0.0.1]/": "private network",
    "http://169.254.169.254/latest": "private network",
    "http://localhost:8080/": "private network",
    "https://printer/": "private network",
    "https://user:pass@hooks.example/": "before the @",
    "https://hooks.example/#x": "Leave out the #",
    "https://hooks.example:5432/": "Port 5432",
    "https://münchen.example/": "plain letters",
    "gopher://hooks.example/": "https://",
    "https://api.telegram.org/bot1:a/sendMessage": "chat_id",
    "not an address": "https://",
}


@pytest.mark.parametrize("url", REFUSED)
def test_it_refuses_with_a_sentence(alice: Person, url: str) -> None:
    said = problem(alice.patch("account", {"webhook": url, "week_starts_on": 7}), 422)
    assert set(said) == {"webhook"}
    assert REFUSED[url] in said["webhook"]
    assert alice.get("account").get_json()["webhook"] is None
    assert alice.get("account").get_json()["week_starts_on"] == 1


def test_it_names_every_wrong_field_at_once(alice: Person) -> None:
    body = {"webhook": "http://127.0.0.1/", "timezone": "Nowhere/Land"}
    assert set(problem(alice.patch("account", body), 422)) == {"webhook", "timezone"}
    body = {"webhook": "x" * 3000, "timezone": "Nowhere/Land"}
    assert set(problem(alice.patch("account", body), 422)) == {"webhook", "timezone"}


def test_what_the_operator_listed_may_lie_inside(
    alice: Person, trusting: Callable[[str], None]
) -> None:
    trusting("ntfy.lan:8099,192.168.1.7:80")
    assert set_up(alice, "http://ntfy.lan:8099/mira")["webhook_name"] == "ntfy"
    set_up(alice, "http://192.168.1.7/x")
    problem(alice.patch("account", {"webhook": "http://192.168.1.7:8080/x"}), 422)
    problem(alice.patch("account", {"webhook": "http://ntfy.lan/x"}), 422)


def test_a_new_secret_signs_beside_the_old_one_for_a_day(
    app: Flask, alice: Person, sink: Sink
) -> None:
    old = set_up(alice, sink.url())["webhook_secret"]
    before = datetime.now(UTC)
    answer = alice.post("webhook/secret")
    found = answer.get_json()
    assert answer.status_code == 200
    assert found["secret"].startswith("whsec_")
    assert found["secret"] != old
    until = datetime.fromisoformat(found["old_until"])
    assert timedelta(hours=23, minutes=59) < until - before < timedelta(hours=24, minutes=1)
    assert alice.get("account").get_json()["webhook_secret"] is None

    alice.post("webhook/test", {"channel": "webhook"})
    headers, body = received(sink)
    for secret in (old, found["secret"]):
        assert Webhook(secret).verify(body, headers)["type"] == "tend.test"

    with app.app_context(), transaction():  # a day later
        over = datetime.now(UTC) - timedelta(seconds=1)
        db.session.execute(update(User).values(webhook_old_until=over))
    alice.post("webhook/test", {})
    headers, body = received(sink)
    Webhook(found["secret"]).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(body, headers)


def test_two_new_secrets_in_a_day_leave_the_first_one_signing(
    alice: Person, sink: Sink, sql: Any
) -> None:
    secrets = [set_up(alice, sink.url())["webhook_secret"]]
    secrets += [alice.post("webhook/secret").get_json()["secret"] for _ in range(2)]
    alice.post("webhook/test", {"channel": "webhook"})
    headers, body = received(sink)
    for secret in secrets:
        Webhook(secret).verify(body, headers)
    alice.post("webhook/secret")
    [(kept,)] = sql("SELECT webhook_old_secret FROM users WHERE username = 'alice'")
    assert len(kept) <= 120  # as many as the column holds


def test_without_a_webhook_there_is_nothing_to_do(alice: Person) -> None:
    for path in ("webhook/secret", "webhook/enable"):
        problem(alice.post(path), 409)
    problem(alice.post("webhook/test", {"channel": "webhook"}), 409)


def test_one_that_was_turned_off_says_so_and_is_turned_on_again(app: Flask, alice: Person) -> None:
    set_up(alice)
    assert alice.get("account").get_json()["webhook_off"] is None
    turn_off(app, alice)
    off = alice.get("account").get_json()["webhook_off"]
    assert off["reason"] == "It says that it is gone."
    assert datetime.fromisoformat(off["at"]) <= datetime.now(UTC)
    answer = alice.post("webhook/enable")
    assert answer.status_code == 200
    assert answer.get_json()["webhook_off"] is None
    assert alice.post("webhook/enable").get_json()["webhook_off"] is None


def test_turning_it_on_again_looks_ahead(app: Flask, alice: Person, sql: Any) -> None:
    set_up(alice)
    turn_off(app, alice)
    [(before,)] = sql("SELECT reminder_since FROM users")
    alice.post("webhook/enable")
    [(after,)] = sql("SELECT reminder_since FROM users")
    assert after > before


@pytest.mark.parametrize("url", [PLAIN, SLACK, None])
def test_naming_it_turns_it_on_again(app: Flask, alice: Person, url: str | None) -> None:
    set_up(alice)
    turn_off(app, alice)
    assert alice.patch("account", {"week_starts_on": 7}).get_json()["webhook_off"]
    assert alice.patch("account", {"webhook": url}).get_json()["webhook_off"] is None


def test_a_test_is_sent_now_and_shows_the_answer(alice: Person, sink: Sink) -> None:
    secret = set_up(alice, sink.url("/hook?x=1"))["webhook_secret"]
    answer = alice.post("webhook/test", {})
    assert answer.status_code == 200
    found = answer.get_json()
    assert 0 <= found.pop("took_ms") < 20_000
    assert found == {
        "ok": True,
        "channel": "webhook",
        "to": "127.0.0.1",
        "status": 200,
        "message": "127.0.0.1 took it (200).",
        "answer": "thank you",
    }
    headers, body = received(sink)
    assert Webhook(secret).verify(body, headers)
    said = orjson.loads(body)
    assert "Hello Alice," in said["text"]
    assert said["text"].endswith("http://localhost:8000/settings/reminders")
    alice.post("webhook/test", {})
    assert received(sink)[0]["webhook-id"] != headers["webhook-id"]


@pytest.mark.parametrize(
    ("code", "said"),
    [(302, "redirect"), (404, "no webhook"), (410, "gone"), (500, "went wrong")],
)
def test_a_test_says_what_is_wrong_and_changes_nothing(
    alice: Person, sink: Sink, code: int, said: str
) -> None:
    set_up(alice, sink.url())
    sink.answering = status(code, body=b"<b>no</b>\r\n")
    found = alice.post("webhook/test", {}).get_json()
    assert (found["ok"], found["status"]) == (False, code)
    assert said in found["message"]
    assert found["answer"] == "<b>no</b>"
    assert len(sink.requests) == 1  # never tried again
    assert alice.get("account").get_json()["webhook_off"] is None
    assert alice.get("deliveries").get_json()["items"] == []


def test_a_test_of_an_address_that_is_no_longer_listed(
    alice: Person, sink: Sink, trusting: Callable[[str], None]
) -> None:
    set_up(alice, sink.url())
    trusting("")
    found = alice.post("webhook/test", {}).get_json()
    assert (found["ok"], found["status"], found["answer"]) == (False, None, "")
    assert "private network" in found["message"]
    assert sink.connections == 0


def test_a_test_holds_no_transaction_open(app: Flask, alice: Person, sink: Sink) -> None:
    """While the other side thinks, somebody else can write, on SQLite too."""
    set_up(alice, sink.url())
    wrote: list[int] = []

    def answer(client: Any) -> None:
        with app.app_context(), transaction():
            db.session.execute(update(User).values(week_starts_on=3))
            wrote.append(1)
        status(200)(client)

    sink.answering = answer
    assert alice.post("webhook/test", {}).get_json()["ok"]
    assert wrote == [1]


@pytest.mark.parametrize(("code", "still"), [(204, False), (500, True)])
def test_a_test_that_arrives_ends_the_days_it_did_not_work(
    app: Flask, alice: Person, sink: Sink, code: int, still: bool, sql: Any
) -> None:
    set_up(alice, sink.url())
    with app.app_context(), transaction():
        days_ago = datetime.now(UTC) - timedelta(days=4)
        db.session.execute(update(User).values(webhook_failing_since=days_ago))
    sink.answering = status(code)
    assert alice.post("webhook/test", {"channel": "webhook"}).get_json()["ok"] is not still
    [(since,)] = sql("SELECT webhook_failing_since FROM users WHERE username = 'alice'")
    assert (since is not None) is still


def test_a_test_by_mail(app: Flask, alice: Person) -> None:
    with app.app_context():
        mail.forget("alice@example.org")  # what other tests sent her
    alice.patch("account", {"reminder_channel": "mail"})
    found = alice.post("webhook/test", {}).get_json()
    assert (found["ok"], found["channel"], found["to"]) == (True, "mail", "alice@example.org")
    assert "data folder" in found["message"]
    folder: Path = app.config["TEND"].mail_folder
    [letter] = folder.glob("*-alice@example.org.eml")
    with letter.open("rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    assert message["To"] == "alice@example.org"
    letter.unlink()


def test_tests_are_limited(alice: Person, sink: Sink) -> None:
    set_up(alice, sink.url())
    with time_machine.travel(datetime(2026, 11, 21, 12, 0, 1, tzinfo=UTC)):
        for _ in range(5):
            assert alice.post("webhook/test", {}).status_code == 200
        problem(alice.post("webhook/test", {}), 429)


@pytest.mark.parametrize("body", [{"channel": "pigeon"}, {"channel": 1}, {"url": "http://x/"}])
def test_it_refuses_other_bodies(alice: Person, body: dict[str, Any]) -> None:
    problem(alice.post("webhook/test", body), 422)


def test_it_is_for_those_inside(visitor: Person) -> None:
    for path in ("webhook/secret", "webhook/enable", "webhook/test"):
        problem(visitor.post(path, {} if path.endswith("test") else None), 401)


def test_nobody_sees_or_changes_anothers(alice: Person, bob: Person, sink: Sink) -> None:
    set_up(alice, sink.url())
    problem(bob.post("webhook/secret"), 409)
    problem(bob.post("webhook/test", {"channel": "webhook"}), 409)
    assert bob.get("account").get_json()["webhook"] is None
    assert sink.connections == 0
