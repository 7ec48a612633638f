"""A session that is over opens nothing: on no route of the URL map, whatever ended it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from api.sessions import COOKIE
from application.accounts import recovery
from application.accounts.queries import find_user
from application.platform import clock, database
from tests.hostile import bodies
from tests.hostile.routes import openapi_path, routes
from tests.hostile.tally import Tally
from tests.people import PASSWORD, Person, Queue

NEW = "another long walk by the river"
IDS = {"tracker_id": 1, "choice_id": 1, "link_id": 1, "log_id": 1, "job_id": 1, "report_id": 1,
       "delivery_id": 1, "session_id": 1, "passkey_id": 1, "token_id": 1, "user_id": 1,
       "identity_id": 1, "person_id": 1, "number": 1}  # fmt: skip
Ending = Callable[[Flask, Person, Person], None]


def leave(app: Flask, here: Person, there: Person) -> None:
    """The very browser signs out; what it had is tried again."""
    kept = here.browser.get_cookie(COOKIE)
    assert kept is not None
    assert here.post("accounts/logout").status_code == 200
    here.browser.set_cookie(COOKIE, kept.value)


def end_it_from_there(app: Flask, here: Person, there: Person) -> None:
    for item in there.get("account/sessions").get_json()["items"]:
        if not item["current"]:
            assert there.delete(f"account/sessions/{item['id']}").status_code == 204


def end_all_others(app: Flask, here: Person, there: Person) -> None:
    assert there.delete("account/sessions").status_code == 204


def change_the_password(app: Flask, here: Person, there: Person) -> None:
    body = {"password": PASSWORD, "new_password": NEW}
    assert there.post("accounts/change", body).status_code == 200


def reset_the_password(app: Flask, here: Person, there: Person) -> None:
    with app.app_context():
        token = recovery.mint(find_user(here.user_id))
    visitor = Person(app, "visitor")
    assert visitor.post(f"accounts/reset/{token}", {"password": NEW}).status_code == 200


def disable_the_account(app: Flask, here: Person, there: Person) -> None:
    with app.app_context(), database.transaction():
        find_user(here.user_id).active = False


def erase_the_account(app: Flask, here: Person, there: Person) -> None:
    assert there.delete("account", {"password": PASSWORD}).status_code == 204


ENDINGS = (leave, end_it_from_there, end_all_others, change_the_password, reset_the_password,
           disable_the_account, erase_the_account)  # fmt: skip


@pytest.fixture
def there(app: Flask, alice: Person) -> Person:
    """Alice's other device."""
    other = Person(app, "alice", alice.user_id)
    body = {"identity": "alice", "password": PASSWORD}
    assert other.post("accounts/login", body).status_code == 200
    return other


def knock(app: Flask, person: Person, tally: Tally) -> None:
    """Every route of the API that is not open to anybody, with the old cookie."""
    person.get("account")  # hands out the token that the old cookie asks for
    open_ = {(one.path, one.method.upper()) for one in bodies.operations() if one.open}
    for route in routes(app):
        path = openapi_path(route.rule)
        if not route.rule.rule.startswith("/api/v1/") or (path, route.method) in open_:
            continue
        body = None if route.method == "GET" else route.body()
        more = {} if body is None else {"json": body}
        answer = person.call(route.method, route.url(IDS), **more)
        tally.answered(answer.status_code)
        if answer.status_code != 401:
            tally.failed(f"{route.where}: {answer.status_code}")


@pytest.mark.row("S3")
@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
def test_its_old_cookie_opens_nothing(
    app: Flask, alice: Person, there: Person, queue: Queue, tally: Tally, ending: Ending,
    unlimited: None,
) -> None:  # fmt: skip
    """S3: sign-out, end, change, reset, disable, erase: 401 at once on every route there is."""
    alice.get("account")
    ending(app, alice, there)
    queue.take()
    knock(app, alice, tally)
    tally.check()
    assert tally.inputs > 60


@pytest.mark.row("S3")
@pytest.mark.parametrize("days", [31, 181])
def test_one_that_is_too_old_opens_nothing(
    app: Flask, alice: Person, queue: Queue, tally: Tally, days: int, unlimited: None
) -> None:
    """S3: idle for 30 days, or 180 days old whatever it was used for: 401 on every route."""
    began = clock.now()
    for day in range(20, days - 10, 20) if days > 100 else ():
        with time_machine.travel(began + timedelta(days=day)):
            alice.get("account").close()
    with time_machine.travel(began + timedelta(days=days)):
        knock(app, alice, tally)
    tally.check()


@pytest.mark.row("S3")
def test_signing_in_makes_another_session(app: Flask, alice: Person, there: Person) -> None:
    """S3: the session id changes at sign-in; the one before, a visitor's or one's own, is over."""
    before = there.browser.get_cookie(COOKIE)
    assert before is not None
    body = {"identity": "alice", "password": PASSWORD}
    assert there.post("accounts/login", body).status_code == 200
    after = there.browser.get_cookie(COOKIE)
    assert after is not None
    assert after.value != before.value
    stale = Person(app, "alice", alice.user_id)
    stale.browser.set_cookie(COOKIE, before.value)
    assert stale.get("account").status_code == 401
