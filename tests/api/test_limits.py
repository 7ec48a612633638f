"""The table of limits: every line holds and is documented, and what is counted here is bounded."""

import tracemalloc
from typing import Any

import pytest
from flask import Flask

from api import limits, limits_page
from application.platform.throttle import Throttle
from tests.people import PASSWORD, Person, problem
from tests.things import tracker


def test_the_page_is_made_from_the_table() -> None:
    """`python -m api.limits_page` writes it anew."""
    assert limits_page.PAGE.read_text(encoding="utf-8") == limits_page.table()


def test_every_limit_is_a_line_of_the_table() -> None:
    names = [said.name for said in limits.LINES]
    assert len(set(names)) == len(names)
    on_routes = {
        found.scope
        for known in limits.limiter.limit_manager._decorated_limits.values()
        for found in known
    }
    assert on_routes <= set(names)
    wanted = (
        "sign_in sign_in_account register recover reset export import test report password_again"
    )
    assert set(wanted.split()) <= on_routes


@pytest.mark.parametrize(
    ("line", "path", "body"),
    [
        (limits.TEST, "webhook/test", None),
        (limits.NEW_SECRET, "webhook/secret", None),
        (limits.EXPORT, "exports", {"tracker_ids": [1]}),
        (limits.IMPORT, "imports", {}),
        (limits.REPORT, "reports", {}),
        (limits.PASSWORD_AGAIN, "accounts/change", {"password": "x", "new_password": "y"}),
        (limits.REGISTER, "accounts/register", {}),
        (limits.STRENGTH, "accounts/password-strength", {}),
    ],
)
def test_it_ends_where_the_table_says(alice: Person, line: Any, path: str, body: Any) -> None:
    often = next(said for said in limits.LINES if said.name == line.scope).often
    most = int(often.split()[0])
    statuses = [alice.post(path, body).status_code for _ in range(most)]
    assert 429 not in statuses
    answer = alice.post(path, body)
    problem(answer, 429)
    assert int(answer.headers["Retry-After"]) >= 1


def test_the_same_password_is_asked_as_often_wherever(alice: Person) -> None:
    for _ in range(10):
        alice.post("accounts/change", {"password": "x", "new_password": "y"})
    problem(alice.delete("account", {"password": PASSWORD}), 429)
    assert alice.get("account").status_code == 200


def test_codes_are_guessed_no_more_than_sixty_times_a_day(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever took a session over has as few tries as whoever knows the password."""
    monkeypatch.setattr(limits, "many_times", lambda often: often.replace("10 per", "999 per"))
    statuses = [alice.post("accounts/verify", {"code": "x"}).status_code for _ in range(61)]
    assert statuses == [422] * 60 + [429]


def test_a_new_password_is_asked_for_from_many_addresses(
    app: Flask, visitor: Person, queue: Any
) -> None:
    """Nobody's mailbox is filled by somebody with many addresses."""
    visitor.get("account")
    typed = ["nobody@example.org", "Nobody@EXAMPLE.org", "nobody@\uff45xample\u3002org"]
    statuses = [
        visitor.post(
            "accounts/reset",
            {"email": typed[number % 3]},
            environ_base={"REMOTE_ADDR": f"203.0.113.{number}"},
        ).status_code
        for number in range(12)
    ]
    assert statuses == [200] * 10 + [429] * 2
    assert len(queue.take()) == 10


@pytest.mark.parametrize(("counter", "method"), [("writes", "patch"), ("reads", "get")])
def test_everything_else_is_counted_for_each_person(
    app: Flask,
    alice: Person,
    bob: Person,
    monkeypatch: pytest.MonkeyPatch,
    counter: str,
    method: str,
) -> None:
    for person in (alice, bob):
        person.patch("account", {})  # a token, once
    monkeypatch.setattr(limits, counter, Throttle(5, 60))
    body: tuple[Any, ...] = () if method == "get" else ({},)
    for _ in range(5):
        assert getattr(alice, method)("account", *body).status_code == 200
    answer = getattr(alice, method)("account", *body)
    problem(answer, 429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert getattr(bob, method)("account", *body).status_code == 200
    other = "get" if method == "patch" else "patch"
    assert getattr(alice, other)("account", *(() if other == "get" else ({},))).status_code == 200


def test_a_look_asks_redis_nothing(
    app: Flask, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does a logged value: what is counted often is counted here."""
    water = tracker(alice)["id"]

    def asked(*_: Any, **__: Any) -> None:
        raise AssertionError("Redis was asked")

    monkeypatch.setattr(limits.limiter._limiter, "hit", asked)
    monkeypatch.setattr(limits.limiter._limiter, "test", asked)
    assert alice.get("trackers").status_code == 200
    assert alice.post(f"trackers/{water}/logs", {"value": 1}).status_code == 201
    assert not limits.limiter._storage_dead


def test_an_operator_can_raise_them_all(
    app: Flask, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = app.config["TEND"].model_copy(update={"limit_times": 2.0})
    monkeypatch.setitem(app.config, "TEND", more)
    statuses = [alice.post("webhook/test").status_code for _ in range(11)]
    assert statuses[9] != 429
    assert statuses[10] == 429
    doubled = limits.throttle(limits.Line("x", "2 per minute", "", ""), more.limit_times)
    monkeypatch.setattr(limits, "reads", doubled)
    assert [alice.get("account").status_code for _ in range(5)] == [200] * 4 + [429]


def test_the_counter_lets_a_burst_in_and_then_a_steady_rate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr("application.platform.throttle.time.monotonic", lambda: now)
    counter = Throttle(10, 60)
    assert [counter.wait("a") for _ in range(10)] == [0.0] * 10
    assert counter.wait("a") == pytest.approx(6)
    assert counter.wait("b") == 0.0
    now += 6
    assert counter.wait("a") == 0.0
    assert counter.wait("a") > 0
    now += 1000
    assert [counter.wait("a") for _ in range(11)].count(0.0) == 10


def test_the_counter_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("application.platform.throttle.time.monotonic", lambda: now)
    counter = Throttle(10, 60, most=1000)
    tracemalloc.start()
    for number in range(50_000):
        now += 0.001
        counter.wait(f"address {number}")
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(counter._until) <= 1000
    assert kept < 1_000_000
