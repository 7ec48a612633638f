"""Several at once: what only one of them may do is done once, and nobody is told of a crash."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from application.accounts.queries import Asker
from application.jobs import services as jobs
from application.jobs.models import Job
from application.logs import services as logs
from application.logs import services_imports, services_trash
from application.logs.models import Log
from application.logs.services import Row
from application.platform.database import engine_options, transaction
from application.platform.extensions import db
from application.trackers import services
from application.trackers.models import Tracker
from application.transfers import services as transfers
from application.transfers import services_undo, services_write
from tests.api.test_transfers import upload
from tests.people import PASSWORD, Person, Queue, problem
from tests.things import items, log, tracker

Call = Callable[[Person], TestResponse]


def twin(person: Person) -> Person:
    """The same person at another device that has the same session."""
    other = Person(person.app, person.name, person.user_id)
    other.browser._cookies = dict(person.browser._cookies or {})
    return other


def together(person: Person, calls: Sequence[Call]) -> list[int]:
    """The statuses of calls that begin at the same moment, sorted."""
    person.get("account")
    start, found = threading.Barrier(len(calls)), list[int]()

    def run(call: Call) -> None:
        own = twin(person)
        start.wait()
        found.append(call(own).status_code)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


@pytest.fixture
def preview(app: Flask, alice: Person, queue: Queue) -> Callable[[str], int]:
    """A new import that waits for its confirmation."""

    def make(name: str) -> int:
        job_id: int = upload(alice, filename=name).get_json()["id"]
        queue.run(app)
        return job_id

    return make


def test_an_import_is_confirmed_and_undone_once(
    app: Flask, alice: Person, queue: Queue, preview: Callable[[str], int]
) -> None:
    job_id = preview("Water.csv")
    said = together(alice, [lambda p: p.post(f"imports/{job_id}/confirm", {})] * 4)
    assert said == [202, 409, 409, 409]
    assert len(queue) == 1
    queue.run(app)
    said = together(alice, [lambda p: p.post(f"imports/{job_id}/undo")] * 4)
    assert said == [202, 409, 409, 409]
    queue.take()


def test_of_two_imports_one_begins(
    app: Flask, alice: Person, queue: Queue, preview: Callable[[str], int]
) -> None:
    first, second = preview("Water.csv"), preview("Tea.csv")
    calls: list[Call] = [
        lambda p: p.post(f"imports/{first}/confirm", {}),
        lambda p: p.post(f"imports/{second}/confirm", {}),
    ]
    assert together(alice, calls) == [202, 409]
    queue.take()


def test_an_undo_runs_to_its_end(
    app: Flask, alice: Person, queue: Queue, preview: Callable[[str], int]
) -> None:
    """Cancelled before it began, it would leave everything there and no way to take it back."""
    job_id = preview("Water.csv")
    alice.post(f"imports/{job_id}/confirm", {})
    queue.run(app)
    alice.post(f"imports/{job_id}/undo")
    problem(alice.post(f"jobs/{job_id}/cancel"), 409)
    queue.run(app)
    assert alice.get(f"imports/{job_id}").get_json()["state"] == "undone"
    assert items(alice, "trackers") == []


def test_a_timer_starts_and_stops_once(alice: Person) -> None:
    walk = tracker(alice, "time_duration")["id"]
    assert together(alice, [lambda p: p.post(f"trackers/{walk}/timer")] * 4) == [200, 200, 200, 201]
    said = together(alice, [lambda p: p.delete(f"trackers/{walk}/timer")] * 4)
    assert said == [201, 409, 409, 409]
    assert len(items(alice, f"trackers/{walk}/logs")) == 1


def test_an_invitation_is_accepted_or_taken_back(alice: Person, bob: Person) -> None:
    """Both lock in one order: on PostgreSQL the other order ends in a deadlock."""
    alice.get("account")
    for _ in range(3):
        water = tracker(alice)["id"]
        alice.post(f"trackers/{water}/people", {"username": "bob", "role": "editor"})
        link = items(bob, "invitations")[0]["id"]
        calls: list[Call] = [
            lambda p, link=link: p.delete(f"invitations/{link}"),  # type: ignore[misc]
            lambda p, link=link: p.post(f"invitations/{link}/accept"),  # type: ignore[misc]
            lambda _, link=link, water=water: twin(alice).delete(  # type: ignore[misc]
                f"trackers/{water}/people/{link}"
            ),
        ]
        assert set(together(bob, calls)) <= {200, 204, 404}
        alice.delete(f"trackers/{water}")


def test_a_name_taken_while_a_tracker_is_restored(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tracker(alice)["id"]
    alice.delete(f"trackers/{first}")
    tracker(alice)
    monkeypatch.setattr(services, "_check_name", lambda *_: None)  # it was free a moment ago
    answer = alice.post(f"trackers/{first}/restore")
    problem(answer, 409)
    assert "called Water now" in answer.get_json()["detail"]


WRITES: list[Call] = [
    lambda p: p.post("exports", {}),
    lambda p: p.post("trackers", {"kind": "boolean", "name": "Late"}),
    lambda p: p.post("exports", {}, headers={"Idempotency-Key": "late"}),
    lambda p: p.patch("account", {"day_starts_at": 3}),
    lambda p: p.post("reports", {"period": "2025"}),
    lambda p: p.post("reports", {"period": "2025"}, headers={"Idempotency-Key": "late"}),
]


@pytest.mark.parametrize("number", range(len(WRITES)))
def test_an_account_that_goes_while_it_asks(
    alice: Person, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """It was there when the request began, and is gone when it writes: that is 401, no crash."""
    alice.get("account")
    late = twin(alice)
    assert alice.delete("account", {"password": PASSWORD}).status_code == 204
    asker = Asker(alice.user_id, 1, 1, "UTC", 0, datetime.now(UTC))
    monkeypatch.setattr("api.sessions.find_asker", lambda _: asker)
    answer = WRITES[number](late)
    assert answer.status_code in {401, 404, 422}
    problem(answer, answer.status_code)


def test_two_things_with_one_key_are_told_apart_by_their_query(alice: Person) -> None:
    walk, key = tracker(alice, "time_duration")["id"], {"Idempotency-Key": "stop"}
    alice.post(f"trackers/{walk}/timer")
    assert alice.delete(f"trackers/{walk}/timer", headers=key).status_code == 201
    problem(alice.delete(f"trackers/{walk}/timer?discard=true", headers=key), 409)


def test_no_value_can_pass_for_another_parameter(alice: Person) -> None:
    """Finished answers are kept by their parameters: a line break in one must not forge a key."""
    water = tracker(alice)["id"]
    gone = log(alice, water, 1, note="gone")["id"]
    alice.delete(f"logs/{gone}")
    forged = items(alice, f"trackers/{water}/logs?q=gone%0Astate=deleted")
    assert forged == []
    assert [e["id"] for e in items(alice, f"trackers/{water}/logs?q=gone&state=deleted")] == [gone]


@pytest.mark.parametrize("path", ["today", "trackers/1/stats", "trackers/1/logs"])
def test_an_answer_of_any_kind_is_asked_for(alice: Person, path: str) -> None:
    """`*` fits every answer, so it would say "unchanged" of what the asker never saw."""
    answer = alice.get(path, headers={"If-None-Match": "*"})
    assert answer.status_code == (200 if path == "today" else 404)


def test_errors_of_the_database_do_not_repeat_what_people_wrote() -> None:
    for url in ("sqlite:///x", "postgresql+psycopg:///x"):
        assert engine_options(url)["hide_parameters"] is True


def while_held(app: Flask, change: Callable[[], object], then: Callable[[], object]) -> None:
    """Do `change`, and commit it when `then`, begun meanwhile elsewhere, waits for it."""

    def wait() -> None:
        with app.app_context():
            then()

    waiting = threading.Thread(target=wait)
    with app.app_context(), transaction():
        change()
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
    waiting.join()


def test_an_entry_edited_while_its_import_is_undone_stays(
    app: Flask, alice: Person, queue: Queue, preview: Callable[[str], int], sql: Callable[..., Any]
) -> None:
    job_id = preview("Water.csv")
    alice.post(f"imports/{job_id}/confirm", {})
    queue.run(app)
    (log_id,), *_ = sql("SELECT id FROM logs ORDER BY id")

    def undo() -> None:
        with transaction():
            services_imports.remove_imported(job_id, 2000)

    while_held(app, lambda: logs.edit(alice.user_id, log_id, {"note": "kept"}), undo)
    assert [tuple(row) for row in sql("SELECT id, note FROM logs")] == [(log_id, "kept")]


def test_an_entry_put_back_while_the_trash_is_emptied_stays(
    app: Flask, alice: Person, sql: Callable[..., Any]
) -> None:
    entry = log(alice, tracker(alice)["id"], 1)["id"]
    alice.delete(f"logs/{entry}")
    with app.app_context(), transaction() as session:
        session.get_one(Log, entry).deleted_at = datetime(2020, 1, 1, tzinfo=UTC)
    while_held(app, lambda: logs.restore(alice.user_id, entry), services_trash.purge_old)
    assert len(sql("SELECT 1 FROM logs WHERE deleted_at IS NULL")) == 1


def test_a_tracker_put_back_while_the_trash_is_emptied_stays(
    app: Flask, alice: Person, sql: Callable[..., Any]
) -> None:
    walk = tracker(alice)["id"]
    log(alice, walk, 1)
    alice.delete(f"trackers/{walk}")
    with app.app_context(), transaction() as session:
        session.get_one(Tracker, walk).deleted_at = datetime(2020, 1, 1, tzinfo=UTC)
    while_held(app, lambda: services.restore(alice.user_id, walk), services_trash.purge_old)
    assert [each["id"] for each in items(alice, "trackers")] == [walk]
    assert len(sql("SELECT 1 FROM logs")) == 1


def test_an_entry_made_while_its_trackers_import_is_undone_stays(
    app: Flask, alice: Person, queue: Queue, sql: Callable[..., Any]
) -> None:
    mention = b"tracker,kind,unit,timestamp,value,choice,note\nWalk,boolean,,,,,\n"
    job_id = upload(alice, mention).get_json()["id"]
    queue.run(app)
    alice.post(f"imports/{job_id}/confirm", {})
    queue.run(app)
    (walk,) = items(alice, "trackers")
    alice.post(f"imports/{job_id}/undo")
    while_held(
        app, lambda: logs.record(alice.user_id, walk["id"], raw=True), lambda: queue.run(app)
    )
    assert len(sql("SELECT 1 FROM logs")) == 1


def test_a_preview_confirmed_while_old_files_go_keeps_its_file(
    app: Flask, alice: Person, queue: Queue, preview: Callable[[str], int], sql: Callable[..., Any]
) -> None:
    job_id = preview("Water.csv")
    with app.app_context(), transaction() as session:
        session.get_one(Job, job_id).expires_at = datetime(2020, 1, 1, tzinfo=UTC)
    while_held(app, lambda: transfers.confirm(alice.user_id, job_id, "keep", {}), jobs.expire)
    queue.run(app)
    assert [row[0] for row in sql("SELECT state FROM jobs")] == ["done"]


@pytest.mark.parametrize("undone_first", [True, False])
def test_a_value_replaced_twice_is_given_back_though_two_people_do_it_at_once(
    app: Flask, alice: Person, queue: Queue, sql: Callable[..., Any], undone_first: bool
) -> None:
    """Of a shared tracker: one person's imports wait for each other, two people's do not."""
    log(alice, tracker(alice)["id"], 1)

    def take(value: float, job_id: int) -> None:
        was = db.session.scalars(select(Log)).one()
        row = {"tracker_id": was.tracker_id, "local_day": was.local_day, "value": value}
        services_write._replace(cast(Row, {**row, "choice_id": None, "note": ""}), job_id)

    def undo(job_id: int) -> None:
        with transaction():
            services_undo._put_back(job_id)

    with app.app_context(), transaction():
        first, second = (jobs.create(None, "import", {}, step="done").id for _ in "ab")
        take(5, first)
    queue.take()  # they are over already
    if undone_first:
        while_held(app, lambda: take(9, second), lambda: undo(first))
        last = second
    else:
        with app.app_context(), transaction():
            take(9, second)
        while_held(app, lambda: services_undo._put_back(first), lambda: undo(second))
        last = first
    with app.app_context():
        undo(last)
    assert [row[0] for row in sql("SELECT value FROM logs")] == [1]
