"""GET trackers/{id}/stats."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from application.trackers.kinds import Kind
from application.trackers.models import LinkState
from tests.filled import add_entries, change, make_tracker, share
from tests.people import Person, problem

# 00:30 on 22 November in Vienna: still the 21st for UTC.
NOW = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
TODAY = datetime(2026, 11, 22).date()


@pytest.fixture(autouse=True)
def _evening():
    with time_machine.travel(NOW, tick=False):
        yield


def water(person: Person) -> int:
    entries = [(TODAY, 1.5), (TODAY - timedelta(days=1), 2.5), (TODAY - timedelta(days=40), 9.0)]
    return make_tracker(person, Kind.NUMERICAL, entries)


def stats(person: Person, tracker: int, query: str = "") -> Any:
    response = person.get(f"trackers/{tracker}/stats{query}")
    assert response.status_code == 200, response.text
    return response.get_json()


def test_it_works(alice: Person) -> None:
    found = stats(alice, water(alice))
    assert (found["from"], found["to"], found["range"]) == ("2026-10-24", "2026-11-22", "30d")
    assert (found["count"], found["days_logged"], found["days"]) == (2, 2, 30)
    assert (found["min"], found["max"], found["mean"], found["total"]) == (1.5, 2.5, 2, 4)


def test_it_answers_for_each_kind(alice: Person) -> None:
    walk = make_tracker(alice, Kind.TIME_DURATION, [(TODAY, 60.0)])
    pill = make_tracker(alice, Kind.BOOLEAN, [(TODAY, 1)])
    mood = make_tracker(alice, Kind.MULTIPLE_CHOICE, [(TODAY, "Low")], ["Calm", "Low"])
    assert stats(alice, walk)["total"] == 60
    assert (stats(alice, pill)["share"], stats(alice, pill)["streak"]) == (1, 1)
    assert stats(alice, mood)["most_used"] == ["Low"]
    assert stats(alice, mood)["least_used"] == ["Calm"]


def test_it_takes_ranges_and_days(alice: Person) -> None:
    tracker = water(alice)
    assert stats(alice, tracker, "?range=7d")["days"] == 7
    assert stats(alice, tracker, "?range=90d")["count"] == 3
    assert stats(alice, tracker, "?range=1y")["days"] == 365
    everything = stats(alice, tracker, "?range=all")
    assert (everything["from"], everything["days"]) == ("2026-10-13", 41)
    chosen = stats(alice, tracker, "?from=2026-10-13&to=2026-10-13")
    assert (chosen["count"], chosen["days"], chosen["range"]) == (1, 1, None)


def test_it_shows_the_latest_write_and_the_new_day(alice: Person) -> None:
    tracker = water(alice)
    assert stats(alice, tracker)["count"] == 2
    add_entries(alice.app, tracker, [(TODAY, 1.0)], alice)
    assert stats(alice, tracker)["count"] == 3
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert stats(alice, tracker)["to"] == "2026-11-23"


def test_it_is_not_sent_twice(alice: Person, statements: list[str]) -> None:
    path = f"trackers/{water(alice)}/stats"
    tag = alice.get(path).headers["ETag"]
    assert alice.get(path, headers={"If-None-Match": tag}).status_code == 304
    statements.clear()
    alice.get(path)
    assert not any("logs" in statement for statement in statements)


def test_it_shows_shared_and_archived_ones(alice: Person, bob: Person) -> None:
    tracker = water(alice)
    change(alice, tracker, archived_at=NOW)
    assert stats(alice, tracker)["count"] == 2
    share(tracker, bob)
    assert stats(bob, tracker)["count"] == 2


@pytest.mark.parametrize("what", ["stats", "days", "chart.svg"])
def test_it_guards(visitor: Person, alice: Person, what: str) -> None:
    problem(visitor.get(f"trackers/{water(alice)}/{what}"), 401)


@pytest.mark.parametrize("what", ["stats", "days", "chart.svg"])
def test_it_hides_others(alice: Person, bob: Person, charlie: Person, what: str) -> None:
    tracker = water(alice)
    problem(charlie.get(f"trackers/{tracker}/{what}"), 404)
    share(tracker, bob, LinkState.PENDING)
    problem(bob.get(f"trackers/{tracker}/{what}"), 404)


@pytest.mark.parametrize("what", ["stats", "days", "chart.svg"])
def test_it_is_missing(alice: Person, what: str) -> None:
    for tracker in (0, 10**9, 2**63, 10**40):
        problem(alice.get(f"trackers/{tracker}/{what}"), 404)
    tracker = water(alice)
    change(alice, tracker, deleted_at=NOW)
    problem(alice.get(f"trackers/{tracker}/{what}"), 404)


@pytest.mark.parametrize("what", ["stats", "days", "chart.svg"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("range=31d", "range"),
        ("range=", "range"),
        ("range=7d&range=30d", "range"),
        ("range=7d&from=2026-11-01", "range"),
        ("from=2026-11-31", "from"),
        ("from=1764547200", "from"),
        ("from=2026-11-01T00:00:00", "from"),
        ("from=20261101", "from"),
        ("from=٢٠٢٦-١١-٠١", "from"),
        ("from=1899-12-31", "from"),
        ("from=0000-01-01", "from"),
        ("from=2026-11-22&to=2026-11-21", "from"),
        ("to=2026-11-21", "from"),
        ("from=2026-11-01&to=2026-11-24", "to"),
        ("from=2026-11-01&to=9999-12-31", "to"),
        ("from_=2026-11-01", "from_"),
        ("sort=asc", "sort"),
    ],
)
def test_it_refuses(alice: Person, what: str, query: str, field: str) -> None:
    response = alice.get(f"trackers/{water(alice)}/{what}?{query}")
    assert field in problem(response, 400)


def test_it_refuses_nul(alice: Person) -> None:
    problem(alice.get(f"trackers/{water(alice)}/stats?range=%00"), 400)


def test_it_needs_three_statements(alice: Person, statements: list[str]) -> None:
    path = f"trackers/{water(alice)}/stats"
    alice.get("trackers/0/stats")
    statements.clear()
    alice.get("trackers/0/stats")
    asking = len(statements)
    statements.clear()
    alice.get(path)
    assert len(statements) == asking + 1, "finding the tracker, then one for all figures"
