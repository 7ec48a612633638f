"""GET trackers/{id}/chart.svg (its guards and refusals of days stand in test_stats.py)."""

from datetime import UTC, datetime, timedelta
from itertools import product
from xml.etree import ElementTree

import pytest
import time_machine

from application.trackers.kinds import Kind
from tests.filled import add_entries, make_tracker, share
from tests.people import Person, problem

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOW, tick=False):
        yield


def chart(person: Person, tracker: int, query: str = "") -> str:
    response = person.get(f"trackers/{tracker}/chart.svg{query}")
    assert response.status_code == 200, response.text
    assert response.content_type == "image/svg+xml"
    ElementTree.fromstring(response.data)
    return response.text


def test_it_works(alice: Person) -> None:
    tracker = make_tracker(alice, Kind.NUMERICAL, [(TODAY, 1.5), (TODAY, 2.0)])
    picture = chart(alice, tracker)
    assert "Litres a day" in picture
    assert 'width="760" height="280"' in picture
    for size, theme in product(("wide", "narrow", "mail", "print"), ("light", "dark", "print")):
        chart(alice, tracker, f"?range=7d&size={size}&theme={theme}")
    assert "2026" in chart(alice, tracker, "?range=1y")


def test_it_draws_each_kind(alice: Person) -> None:
    walk = make_tracker(alice, Kind.TIME_DURATION, [(TODAY, 600.0)])
    pill = make_tracker(alice, Kind.BOOLEAN, [(TODAY, 1), (TODAY - timedelta(days=1), 0)])
    mood = make_tracker(alice, Kind.MULTIPLE_CHOICE, [(TODAY, "Low")], ["Calm", "Low"])
    assert "Minutes a day" in chart(alice, walk)
    assert "1 day " in chart(alice, pill)
    assert "Calm" in chart(alice, mood)


@pytest.mark.parametrize("kind", list(Kind))
def test_it_draws_nothing_yet(alice: Person, kind: Kind) -> None:
    tracker = make_tracker(alice, kind, choices=["Calm"])
    for query in ("", "?range=all", "?range=7d&theme=dark"):
        assert "Nothing here yet" in chart(alice, tracker, query)


def test_it_shows_the_latest_write_and_is_not_sent_twice(alice: Person) -> None:
    tracker = make_tracker(alice, Kind.NUMERICAL, [(TODAY, 1.5)])
    path = f"trackers/{tracker}/chart.svg"
    first = alice.get(path)
    again = alice.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    add_entries(alice.app, tracker, [(TODAY, 10.0)], alice)
    assert alice.get(path).data != first.data


def test_it_shows_shared_ones(alice: Person, bob: Person) -> None:
    tracker = make_tracker(alice, Kind.NUMERICAL, [(TODAY, 1.5)])
    share(tracker, bob)
    assert chart(bob, tracker) == chart(alice, tracker)


@pytest.mark.parametrize("field", ["size", "theme"])
def test_it_refuses(alice: Person, field: str) -> None:
    tracker = make_tracker(alice, Kind.NUMERICAL)
    for value in ("huge", "", "WIDE", "1"):
        response = alice.get(f"trackers/{tracker}/chart.svg?{field}={value}")
        assert field in problem(response, 400)
    assert "size" in problem(alice.get(f"trackers/{tracker}/stats?size=wide"), 400)
