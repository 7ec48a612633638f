"""deleted, deleted/trackers/{id}, deleted/logs/{id}, and the end of the thirty days."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from application.logs.services_trash import purge_old
from tests.people import problem
from tests.things import items, log, share, tracker


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 11, 21, 18, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def seen(person, query=""):
    return [(item["type"], item["id"]) for item in items(person, f"deleted{query}")]


def test_it_lists_what_can_be_put_back(alice, clock):
    mood = tracker(alice, "multiple_choice")["id"]
    entry = log(alice, mood, "good")
    water = tracker(alice)["id"]
    log(alice, water, 2)
    alice.delete(f"logs/{entry['id']}")
    clock.shift(60)
    alice.delete(f"trackers/{water}")
    tracked, logged = items(alice, "deleted")
    assert tracked == {
        "type": "tracker",
        "id": water,
        "tracker_id": water,
        "name": "Water",
        "kind": "numerical",
        "value": None,
        "logged_at": None,
        "log_count": 1,
        "deleted_at": "2026-11-21T18:01:00Z",
        "gone_at": "2026-12-21T18:01:00Z",
    }
    assert (logged["type"], logged["value"], logged["name"]) == ("log", "Good", "Mood")
    assert logged["tracker_id"] == mood
    assert logged["logged_at"] == "2026-11-21T18:00:00Z"


def test_it_pages_even_through_one_instant(alice, clock):
    keep = tracker(alice)["id"]
    logs = [log(alice, keep, n)["id"] for n in range(3)]
    gone = [tracker(alice, "boolean", name=f"t{n}")["id"] for n in range(3)]
    for log_id in logs:
        alice.delete(f"logs/{log_id}")
    for tracker_id in gone:
        alice.delete(f"trackers/{tracker_id}")
    wanted = [("tracker", n) for n in reversed(gone)] + [("log", n) for n in reversed(logs)]
    for limit in (1, 2, 4):
        found, after = [], ""
        while True:
            page = alice.get(f"deleted?limit={limit}{after}").get_json()
            found += [(item["type"], item["id"]) for item in page["items"]]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        assert found == wanted
    assert seen(alice) == wanted


def test_it_erases_for_good(alice, sql):
    water = tracker(alice)["id"]
    entry = log(alice, water, 1)["id"]
    other = log(alice, water, 2)["id"]
    problem(alice.delete(f"deleted/logs/{entry}"), 404)  # not in the trash
    problem(alice.delete(f"deleted/trackers/{water}"), 404)
    alice.delete(f"logs/{entry}")
    assert alice.delete(f"deleted/logs/{entry}").status_code == 204
    problem(alice.post(f"logs/{entry}/restore"), 404)
    alice.delete(f"trackers/{water}")
    assert alice.delete(f"deleted/trackers/{water}").status_code == 204
    problem(alice.post(f"trackers/{water}/restore"), 404)
    assert sql("SELECT count(*) FROM logs WHERE id = :id", id=other)[0][0] == 0
    assert seen(alice) == []


def test_it_shows_each_what_they_may_put_back(alice, bob, charlie, visitor):
    water = tracker(alice)["id"]
    share(alice, bob, water, "editor")
    share(alice, charlie, water, "viewer")
    entry = log(alice, water, 1)["id"]
    alice.delete(f"logs/{entry}")
    assert seen(alice) == seen(bob) == [("log", entry)]
    assert seen(charlie) == []
    problem(charlie.delete(f"deleted/logs/{entry}"), 404)
    alice.delete(f"trackers/{water}")
    assert seen(alice) == [("tracker", water)]
    assert seen(bob) == []
    problem(bob.delete(f"deleted/trackers/{water}"), 404)
    problem(bob.post(f"trackers/{water}/restore"), 404)
    for answer in (
        visitor.get("deleted"),
        visitor.delete(f"deleted/trackers/{water}"),
        visitor.delete(f"deleted/logs/{entry}"),
    ):
        problem(answer, 401)
    problem(alice.delete("deleted/trackers/999999"), 404)
    problem(alice.delete("deleted/logs/999999"), 404)


@pytest.mark.parametrize("query", ["after=1", "after=1.2.3", "limit=0", "state=all"])
def test_it_refuses(alice, query):
    problem(alice.get(f"deleted?{query}"), 400)


def test_a_far_cursor_is_no_error(alice):
    assert seen(alice, "?after=1763748000000000.1.999999999999999") == []


def test_after_thirty_days_it_is_gone(app, alice, clock, sql, monkeypatch):
    monkeypatch.setattr("application.logs.services_trash.PURGE_BATCH", 2)
    water, tea = tracker(alice)["id"], tracker(alice, name="Tea")["id"]
    for n in range(5):
        log(alice, water, n)
    old, kept = log(alice, tea, 1)["id"], log(alice, tea, 2)["id"]
    alice.delete(f"trackers/{water}")
    alice.delete(f"logs/{old}")
    clock.shift(timedelta(days=30) - timedelta(seconds=1))
    with app.app_context():
        purge_old()
    assert len(sql("SELECT id FROM logs")) == 7
    clock.shift(timedelta(seconds=2))
    with app.app_context():
        purge_old()
    assert sql("SELECT id FROM trackers") == [(tea,)]
    assert [row[0] for row in sql("SELECT id FROM logs")] == [kept]


def test_the_lists_count_no_statement_more_for_many(alice, statements, clock):
    counts = []
    for wanted in (1, 10):
        for n in range(wanted):
            made = tracker(alice, "boolean", name=f"t{wanted}-{n}")["id"]
            alice.delete(f"trackers/{made}")
        statements.clear()
        seen(alice)
        counts.append(len(statements))
    assert counts[0] == counts[1] == 4
