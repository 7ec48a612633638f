"""trackers/{id}/timer and timers."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.people import problem
from tests.things import items, share, tracker


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 11, 21, 18, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def walk(alice, clock):
    return tracker(alice, "time_duration")["id"]


def test_it_starts_once_and_logs_when_stopped(alice, walk, clock):
    path = f"trackers/{walk}/timer"
    started = alice.post(path)
    assert started.status_code == 201
    timer = {"tracker_id": walk, "name": "Walk", "started_at": "2026-11-21T18:12:00Z"}
    assert started.get_json() == timer
    clock.shift(timedelta(minutes=12, seconds=41))
    again = alice.post(path)
    assert again.status_code == 200
    assert again.get_json() == timer
    assert items(alice, "timers") == [timer]
    assert items(alice, "today")[0]["timer_started_at"] == "2026-11-21T18:12:00Z"
    stopped = alice.delete(path)
    assert stopped.status_code == 201
    entry = stopped.get_json()
    assert (entry["value"], entry["source"]) == (761, "timer")
    assert entry["logged_at"] == "2026-11-21T19:24:41+01:00"
    assert items(alice, "timers") == []
    problem(alice.delete(path), 409)
    assert len(items(alice, f"trackers/{walk}/logs")) == 1


def test_a_repeated_stop_logs_once(alice, walk, clock):
    path, key = f"trackers/{walk}/timer", {"Idempotency-Key": "stop"}
    alice.post(path)
    clock.shift(timedelta(minutes=1))
    first, again = (alice.delete(path, headers=key) for _ in range(2))
    assert first.get_json() == again.get_json()
    assert len(items(alice, f"trackers/{walk}/logs")) == 1


def test_it_can_be_dropped(alice, walk):
    path = f"trackers/{walk}/timer"
    alice.post(path)
    assert alice.delete(f"{path}?discard=true").status_code == 204
    assert items(alice, "timers") == []
    assert items(alice, f"trackers/{walk}/logs") == []
    problem(alice.delete(f"{path}?discard=maybe"), 400)


def test_everybody_has_their_own(alice, bob, walk, clock):
    share(alice, bob, walk, "editor")
    alice.post(f"trackers/{walk}/timer")
    assert items(bob, "timers") == []
    assert bob.post(f"trackers/{walk}/timer").status_code == 201
    alice.delete(f"trackers/{walk}/timer?discard=true")
    assert len(items(bob, "timers")) == 1


def test_only_a_duration_has_one(alice, clock):
    water = tracker(alice)["id"]
    problem(alice.post(f"trackers/{water}/timer"), 409)


def test_it_hides_and_guards(alice, bob, charlie, visitor, walk):
    share(alice, charlie, walk, "viewer")
    alice.post(f"trackers/{walk}/timer")
    path = f"trackers/{walk}/timer"
    for person, status in ((bob, 404), (charlie, 404), (visitor, 401)):
        problem(person.post(path), status)
        problem(person.delete(path), status)
    problem(visitor.get("timers"), 401)
    problem(alice.post("trackers/999999/timer"), 404)
    assert len(items(alice, "timers")) == 1


def test_a_deleted_tracker_shows_no_timer(alice, walk):
    alice.post(f"trackers/{walk}/timer")
    alice.delete(f"trackers/{walk}")
    assert items(alice, "timers") == []


def test_a_running_timer_keeps_the_kind(alice, bob, walk, clock):
    share(alice, bob, walk, "editor")
    bob.post(f"trackers/{walk}/timer")
    refused = problem(alice.patch(f"trackers/{walk}", {"kind": "numerical"}), 422)
    assert refused == {"kind": "A timer is running here. Stop it first."}
    assert alice.patch(f"trackers/{walk}", {"kind": "time_duration"}).status_code == 200
    bob.delete(f"trackers/{walk}/timer?discard=true")
    assert alice.patch(f"trackers/{walk}", {"kind": "numerical"}).status_code == 200


def test_who_only_looks_from_now_on_has_no_timer(alice, bob, walk):
    share(alice, bob, walk, "editor")
    bob.post(f"trackers/{walk}/timer")
    [link] = [each for each in items(alice, f"trackers/{walk}/people") if each["role"] == "editor"]
    answer = alice.patch(f"trackers/{walk}/people/{link['id']}", {"role": "viewer"})
    assert answer.status_code == 200
    assert items(bob, "timers") == []
    assert alice.patch(f"trackers/{walk}", {"kind": "numerical"}).status_code == 200
