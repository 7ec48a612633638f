"""Two thousand people in 38 zones through three months: each period once, on time, never early.

The whole size takes a quarter of an hour and runs with TEND_THREE_MONTHS=1; the short form goes
through the days around the autumn's changes of clocks.
"""

import os
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from application.accounts.models import User
from application.deliveries.messages import Outcome
from application.deliveries.timing import due_at
from application.platform.database import transaction
from application.platform.extensions import db
from tests.application import crowd
from tests.rehearsal import Rehearsal

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
LATE = timedelta(seconds=120)
PHASE = timedelta(seconds=37)  # beat ticks when it ticks, not on the minute
WHOLE = "TEND_THREE_MONTHS" in os.environ
# In the night of a change, in the last minute of a day, and when most people want it.
CLOCKS = (time(2, 30), time(23, 59), *([time(20)] if WHOLE else []))


def utc(*parts):
    return datetime(*parts).replace(tzinfo=UTC)


# From when to when. The end of October and the first of November change most clocks.
TIMES = [(utc(2026, 9, 20), utc(2026, 12, 20))]
SHORT = [(utc(2026, 10, 24, 12), utc(2026, 10, 26)), (utc(2026, 10, 31, 12), utc(2026, 11, 2))]


def expected(people, first, last):
    """When each (person, kind, period) is due, of what is due in those instants."""
    found = {}
    for user_id, zone, clock in people:
        day = first.date() - 2 * DAY
        while day <= last.date() + 2 * DAY:
            found[user_id, "reminder", day.isoformat()] = due_at(day, clock, zone)
            if day.day == 1:
                month = f"{day - DAY:%Y-%m}"
                found[user_id, "report", month] = due_at(day, time(6), zone)
            day += DAY
    return {key: due for key, due in found.items() if due and first <= due < last}


def ticks(instants):
    """The beat's tick at or after each of these instants, and the one before it."""
    found = set()
    for instant in instants:
        tick = instant.replace(second=0, microsecond=0) + PHASE
        tick = tick if tick >= instant else tick + MINUTE
        found |= {tick, tick - MINUTE}
    return sorted(found)


def settle(count, first):
    """The people, by id, with zone and clock; nothing before `first` is for them."""
    ids = crowd.settle(
        count,
        zones=crowd.ZONES,
        clocks=CLOCKS,
        reminder_since=first,
        report_since=first,
        day_starts_at=2,
    )
    zones, clocks = crowd.ZONES, CLOCKS
    return [
        (user_id, ZoneInfo(zones[n % len(zones)]), clocks[n // len(zones) % len(clocks)])
        for n, user_id in enumerate(ids)
    ]


@pytest.mark.row("R1")
@pytest.mark.timeout(3600 if WHOLE else 300)
def test_r1_each_period_reaches_each_person_once_and_on_time(app, monkeypatch, sql):
    """Pass: a row for each person and period, once each, none early, none over 120 s late."""
    count, times = (2000, TIMES) if WHOLE else (200, SHORT)
    everything: dict[tuple[int, str, str], datetime] = {}
    with app.app_context():
        people = settle(count, times[0][0])
        rehearsal = Rehearsal(times[0][0])
        rehearsal.begin(monkeypatch)
        for first, last in times:
            with transaction():  # what was due between two of the times is nobody's concern
                db.session.execute(update(User).values(reminder_since=first, report_since=first))
            due = expected(people, first, last)
            for tick in ticks(due.values()):
                rehearsal.tick(tick)
                db.session.remove()
            everything |= due
    received = {(user, kind, period): at for user, kind, period, at in rehearsal.received}
    assert len(rehearsal.received) == len(received)  # none twice
    assert set(received) == set(everything)
    late = [received[key] - everything[key] for key in everything]
    assert min(late) >= timedelta()
    assert max(late) <= LATE
    assert sql("SELECT state, count(*) FROM deliveries GROUP BY state") == [
        ("sent", len(everything))
    ]
    assert {kind for _, kind, _ in received} == {"reminder", "report"}
    zones = {zone for _, zone, _ in people}
    offsets = [{at.astimezone(zone).utcoffset() for at in received.values()} for zone in zones]
    assert sum(len(seen) > 1 for seen in offsets) > 10  # clocks did change on the way


@pytest.mark.parametrize(("hours", "arrives"), [(6, True), (26, False)])
def test_a_beat_that_stood_still_catches_up_within_the_day(app, monkeypatch, hours, arrives):
    stops = utc(2026, 11, 20, 16)  # before it is 17:30 in Vienna
    with app.app_context():
        crowd.settle(3, clocks=[time(17, 30)], report_on=False, reminder_since=stops)
        rehearsal = Rehearsal(stops)
        rehearsal.begin(monkeypatch)
        for minutes in [0, *range(hours * 60, hours * 60 + 48 * 60, 10)]:
            rehearsal.tick(stops + minutes * MINUTE)
    found = Counter(period for _, _, period, _ in rehearsal.received)
    assert found.pop("2026-11-20", 0) == (3 if arrives else 0)
    assert found["2026-11-21"] == 3
    assert set(found.values()) == {3}


def test_what_waits_past_the_local_day_is_skipped(app, monkeypatch, sql):
    """The workers are down, not the beat: rows are there, and say what became of them."""
    evening = utc(2026, 11, 21, 19)
    with app.app_context():
        crowd.settle(3, report_on=False)
        rehearsal = Rehearsal(evening)
        rehearsal.begin(monkeypatch)
        monkeypatch.setattr(rehearsal, "send", lambda: None)
        assert rehearsal.tick(evening) == 3
        monkeypatch.undo()
        rehearsal.begin(monkeypatch)
        rehearsal.now = evening + timedelta(hours=4)
        rehearsal.send()
        assert rehearsal.received == []
        assert sql("SELECT state, count(*) FROM deliveries GROUP BY state") == [("skipped", 3)]
        rehearsal.tick(evening + DAY)
    assert len(rehearsal.received) == 3


def test_a_webhook_that_answers_late_gets_it_within_the_day(app, monkeypatch, sql):
    evening = utc(2026, 11, 21, 19)
    with app.app_context():
        crowd.settle(3, report_on=False)
        rehearsal = Rehearsal(evening, answer=lambda _: Outcome("retry", 500, "It said 500."))
        rehearsal.begin(monkeypatch)
        rehearsal.tick(evening)
        assert rehearsal.received == []
        rehearsal.answer = lambda _: Outcome("sent", 200)
        rehearsal.now = evening + timedelta(hours=1)
        rehearsal.send()
        assert len(rehearsal.received) == 3
    assert {day for _, _, day, _ in rehearsal.received} == {date(2026, 11, 21).isoformat()}


@pytest.mark.row("R6")
def test_r6_a_clock_that_jumps_a_day_and_back_loses_and_repeats_nothing(app, monkeypatch):
    """Pass: nothing twice, nothing lost, and the next evening's reminder is sent."""
    noon = utc(2026, 11, 21, 12)
    with app.app_context():
        crowd.settle(3, report_on=False)
        rehearsal = Rehearsal(noon)
        rehearsal.begin(monkeypatch)
        for now in (noon, noon + DAY, noon + MINUTE, noon - 1.5 * MINUTE):
            rehearsal.tick(now)
        for minutes in range(0, 3 * 24 * 60, 15):
            rehearsal.tick(noon + minutes * MINUTE)
    found = Counter(period for _, _, period, _ in rehearsal.received)
    assert found == {f"2026-11-{day}": 3 for day in (21, 22, 23)}
