"""today: everything to log on one day."""

from datetime import UTC, datetime

import pytest
import time_machine

from tests.people import problem
from tests.things import items, log, share, tracker

EVENING = datetime(2026, 11, 21, 17, 5, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(EVENING, tick=False) as traveller:
        yield traveller


def today(person, query=""):
    answer = person.get(f"today{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def test_it_shows_what_there_is_to_log(alice, clock):
    water, mood = tracker(alice)["id"], tracker(alice, "multiple_choice")["id"]
    tracker(alice, "boolean")
    walk = tracker(alice, "time_duration")["id"]
    log(alice, water, 1.5, logged_at="2026-11-20")
    log(alice, water, 0.1)
    log(alice, water, 0.2)
    log(alice, mood, "good", logged_at="2026-11-21T08:00")
    log(alice, mood, "low", logged_at="2026-11-21T07:00")
    log(alice, walk, "40 min", logged_at="2026-11-14")
    found = today(alice)
    assert (found["day"], found["today"], found["until"]) == ("2026-11-21", "2026-11-21", None)
    assert found["days"] == [f"2026-11-{day}" for day in range(15, 22)]
    assert found["logged"] == 2
    one, two, three, four = found["items"]
    assert [entry["value"] for entry in one["entries"]] == [0.1, 0.2]
    assert one["last_days"][-2:] == [
        {"day": "2026-11-20", "count": 1, "value": 1.5},
        {"day": "2026-11-21", "count": 2, "value": 0.3},
    ]
    assert (one["step_used"], one["usual"]) == (0.1, 0.2)
    assert [entry["value"] for entry in two["entries"]] == ["Low", "Good"]
    assert two["last_days"][-1] == {"day": "2026-11-21", "count": 2, "value": "Good"}
    assert (three["entries"], three["last_days"][-1]["value"]) == ([], None)
    assert (four["step_used"], four["usual"]) == (None, 2400)
    assert [day["count"] for day in four["last_days"]] == [0] * 7


def test_the_trackers_own_step_wins(alice, clock):
    water = tracker(alice, step=0.25)["id"]
    log(alice, water, 5)
    assert today(alice)["items"][0]["step_used"] == 0.25


def test_a_past_day_shows_its_entries(alice, clock):
    water = tracker(alice)["id"]
    log(alice, water, 2, logged_at="2026-11-19")
    log(alice, water, 3)
    found = today(alice, "?day=2026-11-19")
    assert (found["day"], found["today"], found["logged"]) == ("2026-11-19", "2026-11-21", 1)
    assert [entry["value"] for entry in found["items"][0]["entries"]] == [2]
    assert found["days"][-1] == "2026-11-21"


def test_midnight_passes_without_a_write(alice, clock):
    log(alice, tracker(alice)["id"], 2)
    assert (today(alice)["today"], today(alice)["logged"]) == ("2026-11-21", 1)
    assert items(alice, "trackers")[0]["last_days"][-1]["count"] == 1
    etag = alice.get("today").headers["ETag"]
    clock.move_to(datetime(2026, 11, 21, 22, 59, 59, tzinfo=UTC))
    assert alice.get("today", headers={"If-None-Match": etag}).status_code == 304
    clock.move_to(datetime(2026, 11, 21, 23, 0, tzinfo=UTC))  # midnight in Vienna
    assert alice.get("today", headers={"If-None-Match": etag}).status_code == 200
    assert (today(alice)["today"], today(alice)["logged"]) == ("2026-11-22", 0)
    days = items(alice, "trackers")[0]["last_days"]
    assert [day["count"] for day in days[-2:]] == [1, 0]


def test_a_day_that_starts_at_three_lasts_until_then(alice, clock):
    alice.patch("account", {"day_starts_at": 3})
    tracker(alice)
    clock.move_to(datetime(2026, 11, 22, 1, 59, tzinfo=UTC))
    assert (today(alice)["today"], today(alice)["until"]) == ("2026-11-21", "03:00")
    clock.move_to(datetime(2026, 11, 22, 2, 0, tzinfo=UTC))
    assert today(alice)["today"] == "2026-11-22"


def test_it_leaves_out_what_one_only_looks_at_or_rests(alice, bob, clock):
    water, tea = tracker(alice)["id"], tracker(alice, name="Tea")["id"]
    share(alice, bob, water, "viewer")
    share(alice, bob, tea, "editor")
    assert [item["name"] for item in today(bob)["items"]] == ["Tea"]
    alice.patch(f"trackers/{tea}", {"archived": True})
    assert today(bob)["items"] == []
    assert [item["name"] for item in today(alice)["items"]] == ["Water"]


@pytest.mark.parametrize(
    "query",
    ["day=1899-12-31", "day=2026-11-23", "day=yesterday", "day=2026-13-01", "on=2026-11-20"],
)
def test_it_refuses(alice, clock, query):
    assert set(problem(alice.get(f"today?{query}"), 400)) == {query.partition("=")[0]}


def test_it_guards_and_hides(alice, bob, visitor, clock):
    log(alice, tracker(alice)["id"], 2)
    problem(visitor.get("today"), 401)
    assert today(bob)["items"] == []


def test_it_takes_as_many_statements_for_one_as_for_many(alice, statements, clock):
    counts = []
    for wanted in (1, 15):
        for n in range(wanted):
            log(alice, tracker(alice, name=f"n{wanted}-{n}")["id"], 1)
            log(alice, tracker(alice, "multiple_choice", name=f"m{wanted}-{n}")["id"], "low")
        statements.clear()
        today(alice)
        counts.append(len(statements))
    assert counts[0] == counts[1] == 6, statements
