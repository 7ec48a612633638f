"""A batch goes out: posted and mailed for real on loopback, every outcome recorded."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask

from application.accounts.queries import find_user
from application.deliveries import sending, services
from application.deliveries.messages import Content, Message, Skip, Wait
from application.platform.database import transaction
from application.platform.mail import Letter
from application.registry import DeliveryKind, registry
from tests.people import Person, Queue

Sql = Callable[..., Any]
Row = tuple[str, int | None, str | None]


class Sink(ThreadingHTTPServer):
    """A receiver on loopback; `answers` by path, and what it was sent."""

    answers: Mapping[str, int] = {}
    hold: threading.Event | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.seen: list[tuple[str, str]] = []


class Receiver(BaseHTTPRequestHandler):
    """Notes the id of each message and answers as the path says."""

    server: Sink

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, self.headers["webhook-id"]))
        if self.server.hold is not None:
            self.server.hold.wait(10)
        self.send_response(self.server.answers.get(self.path, 204))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def house(app: Flask, sink: Sink) -> Iterator[Flask]:
    """The application, with the sink listed as trusted and a kind of delivery to try."""
    before = app.config["TEND"]
    trusted = f"127.0.0.1:{sink.server_port}"
    app.config["TEND"] = before.model_copy(update={"webhook_trusted_hosts": trusted})
    with app.app_context():
        kinds = registry().deliveries
        kinds["test"] = DeliveryKind("test", "Test", say)
        yield app
        del kinds["test"]
    app.config["TEND"] = before


def say(messages: Sequence[Message], now: datetime) -> Mapping[int, Content | Skip | Wait]:
    """Says what its period asks for."""
    found: dict[int, Content | Skip | Wait] = {}
    for message in messages:
        if message.period == "broken":
            raise ValueError("no words")
        letter = Letter(
            to="alice@example.org",
            name="recovery",
            id=message.message_id,
            html="<p>h</p>",
            text="t",
        )
        content = Content("Hello", "Hello.", "http://localhost", {}, letter)
        others: dict[str, Skip | Wait] = {"skip": Skip("Everything was logged."), "wait": Wait(30)}
        found[message.id] = others.get(message.period, content)
    return found


def ask(
    person: Person, sink: Sink, period: str, channel: Any = "webhook", kind: str = "test"
) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    with transaction():
        find_user(person.user_id).webhook = f"http://127.0.0.1:{sink.server_port}/{person.name}"
        services.ask(kind, person.user_id, period, channel, "here", later)


def rows(sql: Sql) -> dict[str, Row]:
    found = sql("SELECT period, state, last_status, last_error FROM deliveries")
    return {row[0]: tuple(row[1:]) for row in found}


def test_each_is_recorded_as_what_became_of_it(
    house: Flask, alice: Person, sink: Sink, sql: Sql, queue: Queue
) -> None:
    for period in ("good", "skip", "wait", "broken"):
        ask(alice, sink, period)
    assert sending.send_due() == 4
    found = rows(sql)
    assert found["good"] == ("sent", 204, None)
    assert found["skip"] == ("skipped", None, "Everything was logged.")
    assert found["wait"] == ("due", None, None)
    assert found["broken"] == ("due", None, sending.SAY_OURS)
    # What breaks here is no fault of the webhook's, which is not to be turned off for it.
    assert sql("SELECT webhook_failing_since FROM users") == [(None,)]
    assert sql("SELECT attempts FROM deliveries WHERE period IN ('wait', 'skip')") == [(0,)] * 2
    assert [(path, id_) for path, id_ in sink.seen] == [
        ("/alice", sql("SELECT message_id FROM deliveries WHERE period = 'good'")[0][0])
    ]
    queue.take()


def test_every_repeat_has_the_same_id(
    house: Flask, alice: Person, sink: Sink, sql: Sql, queue: Queue
) -> None:
    ask(alice, sink, "good")
    sink.answers = {"/alice": 503}
    sending.send_due()
    assert rows(sql)["good"][:2] == ("due", 503)
    with transaction():
        services.wake(alice.user_id, "test", "good")
    sink.answers = {}
    sending.send_due()
    assert rows(sql)["good"] == ("sent", 204, None)
    assert len(sink.seen) == 2
    assert len(set(sink.seen)) == 1
    queue.take()


def test_a_webhook_that_was_taken_away_or_turned_off_gets_nothing(
    house: Flask, alice: Person, bob: Person, sink: Sink, sql: Sql, queue: Queue
) -> None:
    ask(alice, sink, "none")
    ask(bob, sink, "off")
    with transaction():
        find_user(alice.user_id).webhook = None
        find_user(bob.user_id).webhook_off_at = datetime.now(UTC)
    sending.send_due()
    assert rows(sql)["none"] == ("skipped", None, sending.SAY_NO_WEBHOOK)
    assert rows(sql)["off"] == ("skipped", None, sending.SAY_OFF)
    assert sink.seen == []
    queue.take()


def test_mail_carries_the_id_of_its_row(
    house: Flask, alice: Person, sink: Sink, sql: Sql, queue: Queue
) -> None:
    ask(alice, sink, "good", channel="mail")
    sending.send_due()
    assert rows(sql)["good"] == ("sent", None, None)
    message_id = sql("SELECT message_id FROM deliveries")[0][0]
    letters = [
        message_from_bytes(path.read_bytes())
        for path in house.config["TEND"].mail_folder.glob("*.eml")
    ]
    assert any(str(letter["Message-ID"]).startswith(f"<{message_id}@") for letter in letters)
    queue.take()


def test_what_does_not_begin_in_time_is_given_back_untried(
    house: Flask,
    alice: Person,
    bob: Person,
    charlie: Person,
    sink: Sink,
    sql: Sql,
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for person in (alice, bob, charlie):
        ask(person, sink, "good")
    monkeypatch.setattr(sending, "START_WITHIN", -1.0)
    token, messages, late = services.claim()
    sending.send_batch(token, messages, late)
    assert sink.seen == []
    assert sql("SELECT state, attempts FROM deliveries") == [("due", 0)] * 3
    queue.take()


def test_a_full_batch_takes_the_same_few_statements_as_a_small_one(
    house: Flask, alice: Person, sink: Sink, statements: list[str], queue: Queue
) -> None:
    counts = []
    for many in (2, 40):
        for place in range(many):
            ask(alice, sink, f"{many}-{place}")
        token, messages, _late = services.claim()
        statements.clear()
        sending.prepare(messages)
        counts.append(len(statements))
        with transaction():
            services.give_back(token, {message.id: 3600.0 for message in messages})
    assert counts[0] == counts[1]
    queue.take()


@pytest.mark.parametrize(("at_once", "first"), [(2, 5), (100, 10)])
def test_words_that_take_long_hold_nobody_up(
    house: Flask,
    alice: Person,
    sink: Sink,
    sql: Sql,
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
    at_once: int,
    first: int,
) -> None:
    passed = [0.0]

    def slowly(messages: Sequence[Message], now: datetime) -> Mapping[int, Content | Skip | Wait]:
        passed[0] += 3 * sending.START_WITHIN / 10 * len(messages)
        return say(messages, now)

    monkeypatch.setattr(sending, "monotonic", lambda: passed[0])
    slow = DeliveryKind("slow", "Slow", slowly, at_once=at_once)
    monkeypatch.setitem(registry().deliveries, "slow", slow)
    for place in range(10):
        ask(alice, sink, f"slow-{place}", kind="slow")
    ask(alice, sink, "quick")
    token, messages, late = services.claim()
    sending.send_batch(token, messages, late)
    sent = {period for period, row in rows(sql).items() if row[0] == "sent"}
    assert len(sent) == first
    assert ("quick" in sent) == (at_once == 2)  # quick kinds go first
    for _ in range(3):
        sending.send_batch(*services.claim())
    assert {row[0] for row in rows(sql).values()} == {"sent"}
    assert len(sink.seen) == len(set(sink.seen)) == 11
    queue.take()


@pytest.mark.parametrize("status", [410, 404])
def test_an_answer_of_the_webhook_before_says_nothing_of_the_one_now(
    house: Flask,
    alice: Person,
    sink: Sink,
    sql: Sql,
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
) -> None:
    ask(alice, sink, "good")
    real = sending._gather

    def and_meanwhile(*args: Any) -> Any:
        found = real(*args)
        alice.patch("account", {"webhook": "https://hooks.example.org/new"})
        return found

    monkeypatch.setattr(sending, "_gather", and_meanwhile)
    sink.answers = {"/alice": status}
    sending.send_due()
    assert rows(sql)["good"][:2] == ("failed", status)
    off = "SELECT webhook_off_at, webhook_failing_since FROM users"
    assert sql(off) == [(None, None)]
    assert sql("SELECT count(*) FROM deliveries") == [(1,)]
    queue.take()
