"""Recording: values and moments land as they should, and the newest value stays true."""

from datetime import UTC, date, datetime

import pytest

from application.logs import queries, services
from application.platform.database import transaction
from application.platform.errors import Invalid, LostRace, NotFound
from application.platform.extensions import db
from application.trackers import services as trackers
from application.trackers.models import Tracker
from application.trackers.schemas import NewTracker


@pytest.fixture
def water(app, alice):
    with app.app_context(), transaction():
        return trackers.create(
            alice.user_id, NewTracker(name="Water", kind="numerical", unit="l")
        ).id


@pytest.fixture(autouse=True)
def _context(app):
    with app.app_context():
        yield


def record(person, tracker_id, raw, **more):
    with transaction():
        return services.record(person.user_id, tracker_id, raw, **more)


def last(tracker_id):
    tracker = db.session.get_one(Tracker, tracker_id, populate_existing=True)
    return tracker.last_value, tracker.last_local_day


def row(tracker_id, **more):
    return {
        "tracker_id": tracker_id,
        "user_id": None,
        "logged_at": datetime(2026, 11, 1, tzinfo=UTC),
        "utc_offset": 60,
        "local_day": date(2026, 11, 1),
        "timed": True,
        "value": 1.0,
        "choice_id": None,
        "note": "",
        "source": "import",
        "import_id": None,
    } | more


def test_it_records_by_the_loggers_zone(alice, water):
    entry = record(alice, water, "1,5", logged_at="2026-11-19T23:30:00Z", note="late")
    assert entry.log.value == 1.5
    assert entry.log.local_day == date(2026, 11, 20)  # half past midnight in Vienna
    assert entry.log.utc_offset == 60
    assert entry.by == "alice"


def test_it_names_both_fields_when_both_are_wrong(alice, water):
    with pytest.raises(Invalid) as refused:
        record(alice, water, True, logged_at="yesterday")
    assert [error.field for error in refused.value.errors] == ["value", "logged_at"]


def test_it_keeps_the_newest_value_true(alice, water):
    second = record(alice, water, 2, logged_at="2026-11-19").log.id
    first = record(alice, water, 1, logged_at="2026-11-18").log.id
    assert last(water) == (2, date(2026, 11, 19))
    with transaction():
        services.edit(alice.user_id, first, {"logged_at": "2026-11-20"})
    assert last(water) == (1, date(2026, 11, 20))
    with transaction():
        services.delete(alice.user_id, first)
    assert last(water) == (2, date(2026, 11, 19))
    with transaction():
        services.delete(alice.user_id, second)
    assert last(water) == (None, None)
    with transaction():
        services.restore(alice.user_id, first)
    assert last(water) == (1, date(2026, 11, 20))


def test_it_refuses_a_stale_edit_in_words(alice, water):
    log = record(alice, water, 2).log
    with transaction():
        services.edit(alice.user_id, log.id, {"value": 3}, if_match=1)
    with pytest.raises(LostRace, match="Changed elsewhere: 3\u00a0l now"), transaction():
        services.edit(alice.user_id, log.id, {"value": 4}, if_match=1)


def test_it_hides_what_is_not_shared(alice, bob, water):
    with pytest.raises(NotFound):
        record(bob, water, 1)


def test_it_inserts_many_and_recounts(water):
    with transaction():
        services.insert_many([row(water), row(water, value=2.0, local_day=date(2026, 11, 2))])
        services.recount(water)
    assert last(water) == (2, date(2026, 11, 2))
    assert queries.count_logs(water) == 2


def test_it_finds_the_newest_ten_values_of_each(alice, water):
    for value in range(12):
        record(alice, water, value, logged_at=f"2026-11-{value + 1:02}")
    assert queries.list_last_values([water]) == {water: [float(v) for v in range(11, 1, -1)]}
