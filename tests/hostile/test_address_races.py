"""Several at once at one address: each link is followed once, and one account gets the address."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from flask import Flask

from application.accounts import addresses
from application.accounts.queries import find_user
from application.accounts.queries_addresses import find_pending
from tests.hostile.test_races import together
from tests.people import Person, Queue

NEW = "new@elsewhere.example"


def move_token(app: Flask, person: Person, queue: Queue) -> str:
    """The token of the link to NEW that `person` asked for."""
    assert person.post("account/email", {"email": NEW}).status_code == 202
    queue.take("deliveries.send")
    with app.app_context():
        change = find_pending(person.user_id)
        assert change is not None
        return addresses.move_link(find_user(person.user_id), change).rpartition("/")[2]


def test_a_link_is_followed_once(
    app: Flask, alice: Person, queue: Queue, sql: Callable[..., Any]
) -> None:
    token = move_token(app, alice, queue)
    said = together(alice, [lambda p: p.post(f"accounts/confirm/{token}")] * 4)
    assert said == [200, 410, 410, 410]
    assert sql("SELECT count(*) FROM audit_events WHERE kind = 'email_changed'") == [(1,)]


def test_one_of_two_accounts_gets_the_address(
    app: Flask, alice: Person, bob: Person, queue: Queue, sql: Callable[..., Any]
) -> None:
    people = [(person, move_token(app, person, queue)) for person in (alice, bob)]
    start, said = Barrier(2), list[int]()

    def run(person: Person, token: str) -> None:
        start.wait()
        said.append(person.post(f"accounts/confirm/{token}").status_code)

    threads = [Thread(target=run, args=pair) for pair in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [200, 409]
    assert sql("SELECT count(*) FROM users WHERE email = :email", email=NEW) == [(1,)]


def test_asked_many_times_at_once_one_move_waits(
    app: Flask, alice: Person, queue: Queue, sql: Callable[..., Any]
) -> None:
    calls = [lambda p, n=n: p.post("account/email", {"email": f"n{n}@x.example"}) for n in range(4)]
    assert together(alice, calls) == [202] * 4
    queue.take()
    assert sql("SELECT count(*) FROM email_changes WHERE ended_at IS NULL") == [(1,)]


def test_following_and_taking_back_end_in_one_of_the_two(
    app: Flask, alice: Person, queue: Queue, sql: Callable[..., Any]
) -> None:
    token = move_token(app, alice, queue)
    said = together(
        alice,
        [lambda p: p.post(f"accounts/confirm/{token}"), lambda p: p.delete("account/email")],
    )
    [(email,)] = sql("SELECT email FROM users")
    assert said in ([200, 204], [204, 410])
    assert email == (NEW if 200 in said else "alice@example.org")
