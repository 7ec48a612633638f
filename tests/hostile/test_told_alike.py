"""Who has an account here is nobody's business: known and unknown are answered alike."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from application.accounts import identity
from application.accounts.queries import find_user
from application.platform import database
from tests.hostile.tally import FULL, Tally, size
from tests.people import Person, Queue

WRONG = "a wrong walk by the river"
SAMPLES = size(2, 60)
Try = tuple[str, str, Callable[[str], dict[str, Any]]]
TRIES: tuple[Try, ...] = (
    ("signing in by name", "accounts/login", lambda n: {"identity": n, "password": WRONG}),
    (
        "signing in by address",
        "accounts/login",
        lambda n: {"identity": f"{n}@example.org", "password": WRONG},
    ),
    ("asking for a new password", "accounts/reset", lambda n: {"email": f"{n}@example.org"}),
)
HEADERS = {"Date", "Set-Cookie", "X-Request-ID"}  # the same kinds, other values


def told(answer: Any) -> tuple[Any, ...]:
    headers = sorted((k, v) for k, v in answer.headers.items() if k not in HEADERS)
    cookies = sorted(said.partition("=")[0] for said in answer.headers.getlist("Set-Cookie"))
    return answer.status_code, headers, cookies, answer.get_data()


@pytest.mark.row("S5")
@pytest.mark.parametrize(("path", "body"), [one[1:] for one in TRIES], ids=[t[0] for t in TRIES])
def test_known_and_unknown_are_answered_alike(
    app: Flask, alice: Person, bob: Person, queue: Queue, tally: Tally, unlimited: None,
    path: str, body: Any,
) -> None:  # fmt: skip
    """S5: the same status, body and headers for an account, none, and one that is disabled."""
    with app.app_context(), database.transaction():
        find_user(bob.user_id).active = False
    visitor = Person(app, "visitor")
    visitor.get("account")
    answers = [told(visitor.post(path, body(name))) for name in ("alice", "nobdy", "bob")]
    for answer in answers:
        tally.answered(answer[0])
    tally.failures += [str(one) for one in answers[1:] if one != answers[0]]
    queue.take()
    tally.check()


@pytest.mark.row("S5")
def test_an_invitation_tells_nothing(
    alice: Person, bob: Person, queue: Queue, tally: Tally
) -> None:
    """S5: asking somebody to follow a tracker is answered alike whoever has that name."""
    made = alice.post("trackers", {"kind": "boolean", "name": "Walk"}).get_json()["id"]
    answers = []
    for name in ("bob", "nobdy"):
        body = {"username": name, "role": "viewer"}
        answers.append(told(alice.post(f"trackers/{made}/people", body)))
        tally.answered(answers[-1][0])
    assert answers[0] == answers[1]


@pytest.mark.row("S5")
@pytest.mark.skipif(not FULL, reason="times are judged by make fuzz alone")
@pytest.mark.parametrize(("path", "body"), [one[1:] for one in TRIES], ids=[t[0] for t in TRIES])
def test_it_takes_as_long(
    app: Flask, alice: Person, queue: Queue, tally: Tally, unlimited: None, path: str, body: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """S5: medians of 60 tries each, in turns, within 10 % of each other."""
    context = app.extensions["security"].pwd_context
    before = context.to_dict()
    real = {"argon2__memory_cost": 46 * 1024, "argon2__time_cost": 2}
    assert set(real) <= set(identity.HASHING)
    context.update(**real)
    app.extensions.pop("tend_decoy", None)  # it was hashed with less work, as other tests do
    try:
        with app.app_context(), database.transaction():
            from flask_security import hash_password

            find_user(alice.user_id).password = hash_password("the same walk by the river")
        visitor = Person(app, "visitor")
        visitor.get("account")
        spent: dict[str, list[float]] = {"alice": [], "nobdy": []}
        for turn in range(SAMPLES + 4):
            turns = list(spent.items())
            for name, times in turns if turn % 2 else reversed(turns):
                began = time.perf_counter()
                answer = visitor.post(path, body(name))
                times += [time.perf_counter() - began] if turn >= 4 else []
                tally.answered(answer.status_code)
            queue.take()
    finally:
        context.load(before)
        app.extensions.pop("tend_decoy", None)
    known, unknown = (statistics.median(times) * 1000 for times in spent.values())
    tally.note = f"known {known:.1f} ms, unknown {unknown:.1f} ms"
    if abs(known - unknown) > 0.1 * max(known, unknown):
        tally.failed(tally.note)
    tally.check()
