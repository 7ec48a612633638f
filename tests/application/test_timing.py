"""When things are due: every zone, every change of clocks, every date once."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from application.accounts.zones import known
from application.deliveries.timing import (
    PUNCTUAL,
    REPORT_CATCH_UP,
    Slot,
    daily,
    due_at,
    end_of_day,
    monthly,
    openings,
)
from application.logs.days import logical_day

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
CLOCKS = [time(0), time(2, 30), time(18), time(23, 59)]
ODD_NIGHTS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),  # half an hour
    ("Antarctica/Troll", date(2026, 3, 29)),  # two hours
    ("America/Nuuk", date(2026, 3, 28)),  # 23:00 becomes 00:00
    ("America/Nuuk", date(2026, 10, 24)),
    ("America/Havana", date(2026, 11, 1)),  # 01:00 becomes 00:00
    ("Asia/Beirut", date(2026, 3, 29)),  # there is no midnight
    ("Pacific/Apia", date(2011, 12, 30)),  # there is no such day
]


def utc(*parts):
    return datetime(*parts).replace(tzinfo=UTC)


def due(day, clock, zone):
    """The instant, where there is one."""
    instant = due_at(day, clock, zone)
    assert instant is not None, (day, clock, zone)
    return instant


@cache
def changes(first=2024, last=2030):
    """(zone, date) of every change of clocks in those years, in every zone."""
    found = []
    days = [utc(first, 1, 1) + DAY * n for n in range((last - first + 1) * 366)]
    for name in sorted(known()):
        zone = ZoneInfo(name)
        offsets = [day.astimezone(zone).utcoffset() for day in days]
        found += [
            (zone, days[n].astimezone(zone).date())
            for n in range(1, len(days))
            if offsets[n] != offsets[n - 1]
        ]
    return found


def around(day):
    return [day + DAY * n for n in range(-2, 3)]


@pytest.mark.row("R7")
@pytest.mark.parametrize("clock", CLOCKS)
def test_r7_every_date_has_one_due_instant_in_every_zone(clock):
    """Pass: one due instant for each local date there is, strictly increasing, in every zone."""
    assert len(changes()) > 2500
    for zone, day in changes():
        instants = [due(date_, clock, zone) for date_ in around(day)]
        shown = [instant.astimezone(zone).date() for instant in instants]
        assert shown == around(day), (zone, day)
        steps = [later - one for one, later in pairwise(instants)]
        assert all(step > timedelta(hours=20) for step in steps), (zone, day)


@pytest.mark.parametrize("starts", range(7))
def test_a_day_ends_where_the_next_begins_in_every_zone(starts):
    for zone, day in changes():
        for date_ in around(day):
            end = end_of_day(date_, zone, starts)
            before = logical_day(end - timedelta(seconds=1), zone, starts)
            assert (before, logical_day(end, zone, starts)) == (date_, date_ + DAY), (zone, day)


@pytest.mark.parametrize(
    ("zone", "day", "clock", "instant"),
    [
        ("Europe/Berlin", date(2026, 11, 21), time(20), utc(2026, 11, 21, 19)),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), utc(2026, 3, 29, 1, 30)),  # shows 03:30
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30)),  # the first
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), utc(2026, 10, 3, 15, 45)),
        ("Pacific/Kiritimati", date(2026, 11, 21), time(20), utc(2026, 11, 21, 6)),
        ("Pacific/Pago_Pago", date(2026, 11, 21), time(20), utc(2026, 11, 22, 7)),
        ("America/Nuuk", date(2026, 3, 28), time(23, 30), utc(2026, 3, 29, 0, 59)),  # shows 22:59
        ("Pacific/Apia", date(2011, 12, 29), time(20), utc(2011, 12, 30, 6)),
        ("Pacific/Apia", date(2011, 12, 31), time(20), utc(2011, 12, 31, 6)),
    ],
)
def test_it_knows_the_instant(zone, day, clock, instant):
    assert due_at(day, clock, ZoneInfo(zone)) == instant


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Pacific/Apia", date(2011, 12, 30)),
        ("Pacific/Kwajalein", date(1993, 8, 21)),
        ("Pacific/Kiritimati", date(1994, 12, 31)),
    ],
)
def test_a_date_that_never_was_has_none(zone, day, clock):
    assert due_at(day, clock, ZoneInfo(zone)) is None
    assert due(day - DAY, clock, ZoneInfo(zone)) < due(day + DAY, clock, ZoneInfo(zone))


@pytest.mark.parametrize(("zone", "day"), ODD_NIGHTS)
@pytest.mark.parametrize("clock", [*CLOCKS, time(1), time(20)])
@pytest.mark.parametrize("starts", [0, 3])
def test_minute_by_minute_each_date_opens_once_and_on_time(zone, day, clock, starts):
    zone = ZoneInfo(zone)
    opened: dict[str, tuple[datetime, Slot]] = {}
    closed: set[str] = set()
    seen: set[str] = set()
    now = end_of_day(day - 3 * DAY, zone)
    while now < end_of_day(day + 2 * DAY, zone):
        slots = {slot.period: slot for slot in daily(now, clock, zone, starts)}
        assert not closed & set(slots)  # what expired never comes again
        closed |= seen - set(slots)
        seen = set(slots)
        let_in = {
            one.day.isoformat()
            for one in openings(now, zone)
            if clock <= one.latest and starts > one.after
        }
        assert let_in >= set(slots)
        for period, slot in slots.items():
            opened.setdefault(period, (now, slot))
            assert opened[period][1] == slot
            asked = logical_day(slot.due, zone, starts)
            assert logical_day(now, zone, starts) == asked or now < slot.due + PUNCTUAL
        now += MINUTE
    wanted = [date_ for date_ in around(day) if due_at(date_, clock, zone)]
    assert set(opened) >= {date_.isoformat() for date_ in wanted}
    for date_ in wanted:
        first, slot = opened[date_.isoformat()]
        assert first == slot.due == due_at(date_, clock, zone)


def test_a_clock_before_the_day_starts_asks_about_the_day_before():
    berlin = ZoneInfo("Europe/Berlin")
    [slot] = daily(utc(2026, 11, 21, 0, 30), time(1), berlin, 3)  # 01:30
    assert slot == Slot("2026-11-21", utc(2026, 11, 21, 0), utc(2026, 11, 21, 2))
    assert daily(utc(2026, 11, 21, 2), time(1), berlin, 3) == []


def test_an_evening_lasts_until_the_next_day_starts():
    berlin = ZoneInfo("Europe/Berlin")
    [slot] = daily(utc(2026, 11, 22, 1, 59), time(20), berlin, 3)  # 02:59
    assert slot == Slot("2026-11-21", utc(2026, 11, 21, 19), utc(2026, 11, 22, 2))
    assert daily(utc(2026, 11, 22, 2), time(20), berlin, 3) == []
    assert daily(utc(2026, 11, 21, 23), time(20), berlin, 0) == []


def test_the_last_minute_of_a_day_leaves_time_to_send():
    [slot] = daily(utc(2026, 11, 22, 0, 0, 30), time(23, 59), ZoneInfo("UTC"), 0)
    assert slot.expires - slot.due == PUNCTUAL
    assert daily(slot.expires, time(23, 59), ZoneInfo("UTC"), 0) == []


def test_a_month_ends_in_each_zone_by_itself():
    now = utc(2026, 3, 31, 23, 30)
    assert monthly(now, ZoneInfo("America/New_York")) is None
    assert monthly(now, ZoneInfo("Europe/Berlin")) is None  # April there, but not yet 06:00
    assert monthly(now, ZoneInfo("Asia/Tokyo")) == Slot(
        "2026-03", utc(2026, 3, 31, 21), utc(2026, 4, 7, 21)
    )


def test_every_month_is_reported_once_in_every_zone_of_the_world():
    for zone in {zone for zone, _ in changes()} | {ZoneInfo("Pacific/Kiritimati")}:
        seen: Counter[tuple[str, datetime]] = Counter()
        now = utc(2025, 12, 31, 0, 30)
        while now < utc(2027, 1, 1):
            slot = monthly(now, zone)
            if slot is not None:
                seen[slot.period, slot.due] += 1
            now += timedelta(hours=6)
        assert {period for period, _ in seen} >= {f"2026-{month:02}" for month in range(1, 12)}
        assert len(seen) == len({period for period, _ in seen})
        assert all(hours <= REPORT_CATCH_UP // timedelta(hours=6) for hours in seen.values())
