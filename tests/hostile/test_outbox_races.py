"""The outbox and its webhooks, by two at once: sent once more once, and no secret shown in vain."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from application.accounts import services as accounts
from application.accounts import services_webhooks
from application.deliveries import services
from application.deliveries.messages import Outcome
from application.platform.database import transaction
from tests.hostile.test_races import together, twin
from tests.people import Person, Queue

NEW = "https://hooks.example.org/new"
OLD = "https://hooks.example.org/old"
Sql = Callable[..., Any]


def test_what_arrived_goes_once_more_once(
    app: Flask, alice: Person, queue: Queue, sql: Sql
) -> None:
    with app.app_context():
        with transaction():
            soon = datetime.now(UTC) + timedelta(hours=3)
            services.ask("notice", alice.user_id, "a", "mail", "alice@example.org", soon)
        token, [message], _ = services.claim()
        with transaction():
            services.record(token, {message.id: Outcome("sent", 250)}, {message.id: message})
    again = f"deliveries/{message.id}/resend"
    assert together(alice, [lambda p: p.post(again)] * 4) == [202, 409, 409, 409]
    assert sql("SELECT state, attempts FROM deliveries") == [("due", 0)]
    queue.take()


def test_of_two_new_secrets_both_sign(alice: Person, sql: Sql) -> None:
    alice.patch("account", {"webhook": OLD})
    shown: list[str] = []
    start = threading.Barrier(2)

    def renew() -> None:
        own = twin(alice)
        start.wait()
        shown.append(own.post("webhook/secret").get_json()["secret"])

    for _ in range(5):
        shown.clear()
        threads = [threading.Thread(target=renew) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        [(newest, older)] = sql("SELECT webhook_secret, webhook_old_secret FROM users")
        assert {newest, older.split()[0]} == set(shown)


def test_a_webhook_named_while_the_one_before_is_turned_off_is_on(
    app: Flask, alice: Person, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice.patch("account", {"webhook": OLD})
    looked, real = threading.Event(), accounts._look_ahead

    def turn_off() -> None:
        with app.app_context():
            looked.wait(10)
            with transaction():
                reasons = {alice.user_id: "It says that it is gone."}
                services_webhooks.turn_off(reasons, {alice.user_id: OLD})

    off = threading.Thread(target=turn_off)

    def look(*args: Any) -> None:
        real(*args)
        looked.set()
        off.join(0.5)  # it is over by then where nothing holds it up

    monkeypatch.setattr(accounts, "_look_ahead", look)
    off.start()
    assert alice.patch("account", {"webhook": NEW}).status_code == 200
    off.join()
    assert sql("SELECT webhook, webhook_off_at FROM users") == [(NEW, None)]
