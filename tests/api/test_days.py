"""GET trackers/{id}/days (its guards and refusals stand in test_stats.py)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine

from application.trackers.kinds import Kind
from tests.filled import make_tracker, share
from tests.people import Person

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


@time_machine.travel(NOW, tick=False)
def days(person: Person, tracker: int, query: str = "?range=7d") -> Any:
    response = person.get(f"trackers/{tracker}/days{query}")
    assert response.status_code == 200, response.text
    assert response.get_json()["next"] is None
    return response.get_json()["items"]


def test_it_works(alice: Person) -> None:
    tracker = make_tracker(alice, Kind.NUMERICAL, [(TODAY, 1.5), (TODAY, 2.0), (YESTERDAY, 0.5)])
    found = days(alice, tracker)
    assert [day["day"] for day in found] == [f"2026-11-{day}" for day in range(15, 22)]
    assert found[-1] == {
        "day": "2026-11-21", "count": 2, "value": 3.5, "mean7": 2, "counts": None,
    }  # fmt: skip
    assert found[0] == {
        "day": "2026-11-15", "count": 0, "value": None, "mean7": None, "counts": None,
    }  # fmt: skip


def test_it_answers_for_each_kind(alice: Person) -> None:
    walk = make_tracker(alice, Kind.TIME_DURATION, [(TODAY, 60.0)])
    pill = make_tracker(alice, Kind.BOOLEAN, [(TODAY, 1), (YESTERDAY, 0)])
    mood = make_tracker(alice, Kind.MULTIPLE_CHOICE, [(TODAY, "Low")], ["Calm", "Low"])
    assert days(alice, walk)[-1]["value"] == 60
    assert [day["value"] for day in days(alice, pill)[-3:]] == [None, False, True]
    assert days(alice, mood)[-1]["value"] == "Low"
    assert days(alice, mood)[-1]["counts"] == {"Low": 1}


def test_it_lists_all_days_since_the_first_entry(alice: Person) -> None:
    tracker = make_tracker(alice, Kind.NUMERICAL, [(TODAY - timedelta(days=3000), 1.0)])
    assert len(days(alice, tracker, "?range=all")) == 3001
    assert len(days(alice, make_tracker(alice, Kind.NUMERICAL), "?range=all")) == 1


def test_it_shows_shared_ones(alice: Person, bob: Person) -> None:
    tracker = make_tracker(alice, Kind.NUMERICAL, [(TODAY, 1.5)])
    share(tracker, bob)
    assert days(bob, tracker)[-1]["value"] == 1.5
