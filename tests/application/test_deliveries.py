"""The outbox: one row a message, claimed under a lease, recorded, and found again when lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from application.accounts import services_webhooks
from application.deliveries import sending, services, services_log
from application.deliveries.backoff import FIRST, LONGEST, pause_before
from application.deliveries.messages import Content, Due, Message, Outcome, Skip
from application.platform import claims
from application.platform.database import transaction
from application.registry import DeliveryKind, registry
from tests.people import Person, Queue

SEND = [()]
Sql = Callable[..., Any]


@pytest.fixture
def later() -> datetime:
    """An instant that is not over for a while."""
    return datetime.now(UTC) + timedelta(hours=3)


def ask(person: Person, expires_at: datetime, period: str = "2026-11-21", **more: Any) -> None:
    with transaction():
        services.ask("notice", person.user_id, period, "webhook", "example.org", expires_at, **more)


def claim_one() -> tuple[str, Message]:
    token, messages, late = services.claim()
    assert not late
    return token, messages[0]


def settle(token: str, message: Message, outcome: Outcome) -> None:
    with transaction():
        services.record(token, {message.id: outcome}, {message.id: message})


def test_asked_twice_it_is_one_message(
    app: Flask, alice: Person, later: datetime, sql: Sql, queue: Queue
) -> None:
    with app.app_context():
        ask(alice, later)
        ask(alice, later)
    assert sql("SELECT count(*), min(state) FROM deliveries") == [(1, "due")]
    assert queue.take("deliveries.send") == SEND * 2


def test_planning_writes_one_row_a_person_and_period(
    app: Flask, alice: Person, bob: Person, later: datetime, sql: Sql, queue: Queue
) -> None:
    people = (alice.user_id, bob.user_id)

    def due(now: datetime) -> list[Due]:
        return [Due(one, "2026-11", "webhook", "example.org", later) for one in people]

    with app.app_context():
        kinds = registry().deliveries
        kinds["test"] = DeliveryKind("test", "Test", lambda messages, now: {}, plan=due)
        try:
            assert [services.plan(), services.plan()] == [2, 0]
            assert services.sweep() == 2
            assert services.sweep() == 0  # a message is on its way
        finally:
            del kinds["test"]
    assert queue.take("deliveries.send") == SEND
    assert len(set(sql("SELECT message_id FROM deliveries"))) == 2


def test_what_arrived_is_recorded_and_never_claimed_again(
    app: Flask, alice: Person, later: datetime, sql: Sql, queue: Queue
) -> None:
    with app.app_context():
        ask(alice, later, params={"host": "word"})
        token, message = claim_one()
        assert (message.attempts, message.user_id) == (1, alice.user_id)
        assert services.claim()[1] == []
        settle(token, message, Outcome("sent", 204))
        assert services.claim()[1] == []
    row = sql("SELECT state, last_status, claim, params FROM deliveries")[0]
    assert tuple(row)[:3] == ("sent", 204, None)
    assert "word" in str(row.params)  # its words are made anew when it is sent once more
    queue.take()


def test_what_did_not_arrive_is_due_again_after_a_pause(
    app: Flask, alice: Person, later: datetime, sql: Sql, queue: Queue
) -> None:
    with app.app_context():
        ask(alice, later)
        token, message = claim_one()
        before = claims.present()
        settle(token, message, Outcome("retry", 503, "It answered 503.", retry_after=120))
    row = sql("SELECT state, last_status, last_error, next_at FROM deliveries")[0]
    assert tuple(row)[:3] == ("due", 503, "It answered 503.")
    assert at(row.next_at) >= before + timedelta(seconds=119)
    queue.take()


def at(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value + "+00:00")


def test_a_try_that_would_come_too_late_is_the_last_one(
    app: Flask, alice: Person, sql: Sql, queue: Queue
) -> None:
    with app.app_context():
        ask(alice, datetime.now(UTC) + timedelta(seconds=60))
        token, message = claim_one()
        settle(token, message, Outcome("retry", 503, "It answered 503.", retry_after=3600))
    assert sql("SELECT state, last_error FROM deliveries") == [("failed", "It answered 503.")]
    queue.take()


def test_what_is_late_is_skipped_and_not_handed_out(
    app: Flask, alice: Person, sql: Sql, queue: Queue
) -> None:
    with app.app_context():
        ask(alice, datetime.now(UTC) - timedelta(seconds=1))
        token, messages, late = services.claim()
        assert messages == []
        with transaction():
            services.end_late(token, late)
    assert sql("SELECT state, last_error, attempts FROM deliveries") == [
        ("skipped", services.SAY_LATE, 0)
    ]
    queue.take()


def test_whose_worker_fell_over_is_found_and_the_old_one_cannot_write(
    app: Flask,
    alice: Person,
    later: datetime,
    sql: Sql,
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with app.app_context():
        ask(alice, later)
        monkeypatch.setattr(services, "LEASE", timedelta(seconds=-1))
        old, message = claim_one()
        monkeypatch.undo()
        monkeypatch.setattr("application.platform.background.publish", lambda *_, **__: True)
        assert services.sweep() == 1
        new, again = claim_one()
        assert again.message_id == message.message_id
        settle(old, message, Outcome("failed", 400, "No."))
        assert sql("SELECT state, claim FROM deliveries") == [("sending", new)]
        settle(new, again, Outcome("sent", 200))
    assert sql("SELECT state, attempts FROM deliveries") == [("sent", 2)]
    queue.take()


def test_what_was_not_tried_goes_back_without_counting(
    app: Flask, alice: Person, later: datetime, sql: Sql, queue: Queue
) -> None:
    with app.app_context():
        ask(alice, later)
        token, message = claim_one()
        with transaction():
            services.give_back(token, {message.id: 0.0})
        assert claim_one()[1].attempts == 1
    queue.take()


def test_pauses_grow_and_are_never_the_same_for_all() -> None:
    pauses = [[pause_before(attempt) for _ in range(50)] for attempt in (2, 3, 4, 30)]
    for place, (low, high) in enumerate([(FIRST, 5), (15, 15), (45, 45), (LONGEST, LONGEST)]):
        assert low / 2 <= min(pauses[place]) < max(pauses[place]) <= high
    assert pause_before(2, retry_after=90) == 90


def settings_of(sql: Sql, person: Person) -> Any:
    return sql(
        "SELECT webhook_failing_since, webhook_off_at, webhook_off_reason FROM users"
        " WHERE id = :id",
        id=person.user_id,
    )[0]


def with_webhook(person: Person) -> None:
    from application.accounts.queries import find_user

    with transaction():
        find_user(person.user_id).webhook = "https://hooks.example.org/x"


def test_a_webhook_that_is_gone_is_turned_off_and_its_person_told(
    app: Flask, alice: Person, later: datetime, sql: Sql, queue: Queue
) -> None:
    with app.app_context():
        with_webhook(alice)
        ask(alice, later)
        token, message = claim_one()
        settle(token, message, Outcome("gone", 410, "It says that it is gone."))
    assert settings_of(sql, alice)[1] is not None
    assert settings_of(sql, alice)[2] == "It says that it is gone."
    assert sql("SELECT target FROM deliveries WHERE channel = 'mail'") == [("alice@example.org",)]
    queue.take()


def test_the_notice_says_which_webhook_and_why_when_it_is_sent_again_too(
    app: Flask, alice: Person, later: datetime, queue: Queue
) -> None:
    with app.app_context():
        with_webhook(alice)
        ask(alice, later)
        settle(*claim_one(), Outcome("gone", 410, "It says that it is gone."))
        for _ in range(2):
            token, message = claim_one()
            said = sending.compose([message], later)[message.id]
            assert isinstance(said, Content)
            assert said.letter is not None
            assert said.letter.context["host"] == "hooks.example.org"
            assert said.letter.context["reason"] == "It says that it is gone."
            settle(token, message, Outcome("sent", 250))
            with transaction():
                services_log.resend(alice.user_id, message.id)
        with transaction():
            services_webhooks.enable(alice.user_id)
        _, message = claim_one()
        assert isinstance(sending.compose([message], later)[message.id], Skip)
    queue.take()


def test_a_webhook_that_does_not_work_for_five_days_is_turned_off(
    app: Flask, alice: Person, later: datetime, sql: Sql, queue: Queue
) -> None:
    from application.accounts.queries import find_user

    with app.app_context():
        with_webhook(alice)
        for period, days, off in (("a", 0, False), ("b", 4, False), ("c", 6, True)):
            ask(alice, later, period)
            if days:
                with transaction():
                    find_user(alice.user_id).webhook_failing_since = datetime.now(UTC) - timedelta(
                        days=days
                    )
            token, message = claim_one()
            settle(token, message, Outcome("failed", 404, "It answered 404."))
            assert (settings_of(sql, alice)[1] is not None) is off
    queue.take()


def test_one_that_works_again_starts_from_nothing(
    app: Flask, alice: Person, later: datetime, sql: Sql, queue: Queue
) -> None:
    with app.app_context():
        with_webhook(alice)
        ask(alice, later, "a")
        settle(*claim_one(), Outcome("failed", 404, "It answered 404."))
        assert settings_of(sql, alice)[0] is not None
        ask(alice, later, "b")
        settle(*claim_one(), Outcome("sent", 200))
    assert settings_of(sql, alice)[0] is None
    queue.take()
