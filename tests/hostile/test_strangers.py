"""Two people: what is somebody else's answers exactly as what is nobody's, on every route there is.

The routes come from the URL map, so that a new one is asked too, or fails here until it can be.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from api import openapi
from api.openapi import Operation
from application.accounts.models import Identity, Passkey
from application.deliveries import services as deliveries
from application.platform.database import transaction
from tests.api.test_transfers import upload
from tests.hostile import bodies
from tests.people import Person, Queue, problem
from tests.things import items, log, script, share, tracker

MARK = "zephyrine"  # in every text that alice wrote
NOBODYS = 987_654
WITHOUT_IDS = {"token"}  # what stands in a path and is no id

# Good bodies: a bad one would be refused before anybody looks whose it is.
BODIES: dict[str, dict[str, Any]] = {
    "tracker.put": {"name": "Mine now"},
    "tracker.patch": {"name": "Mine now", "archived": True},
    "choices.post": {"label": "Mine"},
    "choices.put": {"choices": [{"label": "Mine"}]},
    "choice.patch": {"label": "Mine"},
    "people.post": {"username": "charlie", "role": "editor"},
    "person.patch": {"role": "owner"},
    "logs.post": {"value": "Calm"},
    "log.put": {"value": "Calm", "logged_at": "2026-01-01", "note": ""},
    "log.patch": {"note": "mine"},
    "import.patch": {"options": {"header": True}},
    "admin_person.patch": {"active": False},
    "passkey.patch": {"name": "Mine"},
    "import_confirm.post": {"conflicts": "replace"},
}


@dataclass(frozen=True, slots=True)
class Home:
    """What alice has, by the name of a route's argument; `trash` is what she deleted."""

    ids: dict[str, int]
    trash: dict[str, int]

    def id_for(self, endpoint: str, argument: str) -> int:
        gone = endpoint.endswith("_restore") or endpoint.startswith("deleted_")
        return self.trash[argument] if gone else self.ids[argument]


@pytest.fixture
def home(app: Flask, alice: Person, bob: Person, queue: Queue) -> Home:
    """One of everything of alice's, some of it shared with bob."""
    mood = tracker(alice, "multiple_choice", name=f"{MARK} mood", description=MARK)
    entry = log(alice, mood["id"], "Calm", note=MARK)["id"]
    gone_entry = log(alice, mood["id"], "Low", note=MARK)["id"]
    alice.delete(f"logs/{gone_entry}")
    gone = tracker(alice, name=f"{MARK} gone")["id"]
    alice.delete(f"trackers/{gone}")
    walk = tracker(alice, "time_duration", name=f"{MARK} walk")["id"]
    alice.post(f"trackers/{walk}/timer")
    share(alice, bob, mood["id"], "viewer")
    alice.post(f"trackers/{walk}/people", {"username": "bob", "role": "editor"})
    link = items(bob, "invitations")[0]["id"]
    report, gone_report = (
        alice.post("reports", {"period": period}).get_json()["id"] for period in ("2025", "2026")
    )
    alice.delete(f"reports/{gone_report}")
    job = upload(alice, f"date,value,note\n2026-11-01,1,{MARK}\n", f"{MARK}.csv").get_json()["id"]
    queue.run(app)
    delivery = delivered(app, alice)
    script(alice, name=MARK)
    queue.take()
    return Home(
        {
            "tracker_id": mood["id"],
            "choice_id": mood["choices"][0]["id"],
            "link_id": link,
            "log_id": entry,
            "job_id": job,
            "delivery_id": delivery,
            "report_id": report,
            "number": 1,
            "session_id": items(alice, "account/sessions")[0]["id"],
            "token_id": items(alice, "account/tokens")[0]["id"],
            "user_id": alice.user_id,
            "passkey_id": passkey(app, alice),
            "identity_id": identity(app, alice),
        },
        {"tracker_id": gone, "log_id": gone_entry, "report_id": gone_report},
    )


def passkey(app: Flask, person: Person) -> int:
    """A passkey of that person; its id."""
    with app.app_context(), transaction() as session:
        found = Passkey(
            user_id=person.user_id,
            credential_id=MARK.encode(),
            public_key=b"key",
            name=MARK,
            usage="first",
        )
        session.add(found)
        session.flush()
        return found.id


def identity(app: Flask, person: Person) -> int:
    """An account elsewhere that signs in to that person's; its id."""
    with app.app_context(), transaction() as session:
        found = Identity(user_id=person.user_id, issuer="https://issuer.example", subject=MARK)
        session.add(found)
        session.flush()
        return found.id


def delivered(app: Flask, person: Person) -> int:
    """Something that is on its way to that person; its id."""
    later = datetime.now(UTC) + timedelta(hours=3)
    with app.app_context(), transaction():
        deliveries.ask("notice", person.user_id, MARK, "mail", f"{MARK}@example.org", later)
    found: int = items(person, "deliveries")[0]["id"]
    return found


def arguments(operation: Operation) -> list[str]:
    """The names in the path that are ids."""
    found = [name for _, name in openapi.PART.findall(operation.path)]
    return [name for name in found if name not in WITHOUT_IDS]


def ask(person: Person, operation: Operation, ids: dict[str, int]) -> TestResponse:
    """The operation, with those ids in its path."""
    path = openapi.PART.sub(lambda part: str(ids.get(part[2], "x")), operation.path)
    key = f"{operation.endpoint}.{operation.method}"
    body = BODIES.get(key, bodies.named(key))
    more: dict[str, Any] = {} if body is None else {"json": body}
    return person.call(operation.method.upper(), path.lstrip("/"), **more)


def told(answer: TestResponse) -> tuple[int, str, bytes]:
    """All that an asker could compare."""
    return answer.status_code, answer.content_type, answer.get_data()


def private() -> Iterator[Operation]:
    """Every operation that names something of somebody's by an id."""
    yield from (operation for operation in openapi.operations() if arguments(operation))


def snapshot(person: Person) -> list[Any]:
    """Everything that the person sees."""
    paths = ["trackers", "today", "deleted", "timers", "exports", "imports", "deliveries"]
    paths += ["reports", "reports?state=deleted"]
    paths += ["account/sessions", "account/tokens", "account/events"]
    found = [person.get(path).get_json() for path in paths]
    for item in found[0]["items"]:
        found += [person.get(f"trackers/{item['id']}/{p}").get_json() for p in ("logs", "people")]
    return found


def test_the_routes_are_those_that_are_served(app: Flask) -> None:
    said = {re.sub(r"<\w+:", "<", operation.path) for operation in private()}
    assert said == {
        re.sub(r"<\w+:", "<", rule.rule).removeprefix("/api/v1")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and set(rule.arguments) - WITHOUT_IDS
    }


@pytest.mark.row("S1")
def test_anothers_is_nobodys(app: Flask, alice: Person, charlie: Person, home: Home) -> None:
    own = tracker(charlie, "multiple_choice")["id"]
    before = snapshot(alice)
    for operation in private():
        names = arguments(operation)
        nobodys = told(ask(charlie, operation, dict.fromkeys(names, NOBODYS)))
        anothers = {name: home.id_for(operation.endpoint, name) for name in names}
        where = (operation.method, operation.path)
        assert nobodys[0] == 404, (where, nobodys)
        assert told(ask(charlie, operation, anothers)) == nobodys, where
        if len(names) > 1:  # one's own tracker is no way to what hangs on another's
            mixed = told(ask(charlie, operation, anothers | {"tracker_id": own}))
            assert mixed == nobodys, where
    assert snapshot(alice) == before


@pytest.mark.row("S1")
def test_a_visitor_is_told_nothing_at_all(app: Flask, visitor: Person, home: Home) -> None:
    for operation in private():
        names = arguments(operation)
        anothers = {name: home.id_for(operation.endpoint, name) for name in names}
        nobodys = told(ask(visitor, operation, dict.fromkeys(names, NOBODYS)))
        assert nobodys[0] == 401, operation.path
        assert told(ask(visitor, operation, anothers)) == nobodys, operation.path


@pytest.mark.row("S1")
def test_no_list_holds_what_is_anothers(app: Flask, charlie: Person, home: Home) -> None:
    for operation in openapi.operations():
        if operation.method == "get" and not openapi.PART.search(operation.path):
            answer = charlie.get(operation.path.lstrip("/"))
            assert MARK not in answer.get_data(as_text=True), operation.path
            assert "alice" not in answer.get_data(as_text=True), operation.path


@pytest.mark.row("S1")
def test_bodies_name_no_trackers_of_others(alice: Person, charlie: Person, home: Home) -> None:
    mood = home.ids["tracker_id"]
    for tracker_id in (mood, NOBODYS):
        assert charlie.post("exports", {"tracker_ids": [tracker_id]}).status_code == 404
        assert upload(charlie, tracker_id=str(tracker_id)).status_code == 404
        report = charlie.post("reports", {"period": "2026", "tracker_ids": [tracker_id]})
        assert "tracker_ids.0" in problem(report, 422)
    assert items(charlie, "exports") == items(charlie, "imports") == []
