"""Days and moments: which day a log belongs to, and how a written time is read."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.logs.days import (
    BadWhen,
    bare_day,
    local_noon,
    logical_day,
    make_day,
    offset_minutes,
    parse_when,
)

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "America/Sao_Paulo",
    )
]


def utc(*parts):
    return datetime(*parts).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "day_starts_at", "day"),
    [
        (utc(2026, 11, 21, 22, 59), 0, date(2026, 11, 21)),
        (utc(2026, 11, 21, 23, 0), 0, date(2026, 11, 22)),
        (utc(2026, 11, 22, 1, 59), 3, date(2026, 11, 21)),
        (utc(2026, 11, 22, 2, 0), 3, date(2026, 11, 22)),
        # The clocks go forward at 02:00: 03:00 is the very next moment, and the day begins.
        (utc(2026, 3, 29, 0, 59), 3, date(2026, 3, 28)),
        (utc(2026, 3, 29, 1, 0), 3, date(2026, 3, 29)),
        # The clocks go back at 03:00: both times it shows 02:30 it is still the day before.
        (utc(2026, 10, 25, 0, 30), 3, date(2026, 10, 24)),
        (utc(2026, 10, 25, 1, 30), 3, date(2026, 10, 24)),
        (utc(2026, 10, 25, 2, 0), 3, date(2026, 10, 25)),
    ],
)
def test_it_finds_the_logical_day(instant, day_starts_at, day):
    assert logical_day(instant, BERLIN, day_starts_at) == day


def test_it_wants_an_instant():
    with pytest.raises(ValueError, match="time zone"):
        logical_day(datetime(2026, 1, 1), BERLIN, 0)


def test_it_puts_noon_where_the_zone_has_it():
    assert local_noon(date(2026, 7, 1), BERLIN) == utc(2026, 7, 1, 10)
    assert local_noon(date(2026, 11, 1), BERLIN) == utc(2026, 11, 1, 11)
    kiritimati = ZoneInfo("Pacific/Kiritimati")
    assert local_noon(date(2026, 7, 1), kiritimati) == utc(2026, 6, 30, 22)
    # That day did not exist in Samoa; noon lands on the next.
    assert local_noon(date(2011, 12, 30), ZoneInfo("Pacific/Apia")) == utc(2011, 12, 30, 22)


def test_it_knows_the_offset_of_a_moment():
    assert offset_minutes(utc(2026, 7, 1), BERLIN) == 120
    assert offset_minutes(utc(2026, 12, 1), ZoneInfo("Asia/Kolkata")) == 330


@pytest.mark.parametrize(
    ("text", "instant", "offset"),
    [
        ("2026-11-19T18:05", utc(2026, 11, 19, 17, 5), None),
        ("2026-11-19 18:05:09", utc(2026, 11, 19, 17, 5, 9), None),
        ("2026-11-19T18:05:09.5", utc(2026, 11, 19, 17, 5, 9, 500000), None),
        ("2026-11-19T18:05:09.123456789Z", utc(2026, 11, 19, 18, 5, 9, 123456), 0),
        ("2026-11-19t18:05:09z", utc(2026, 11, 19, 18, 5, 9), 0),
        ("2026-11-19T18:05+05:30", utc(2026, 11, 19, 12, 35), 330),
        ("2026-11-19T18:05-0930", utc(2026, 11, 20, 3, 35), -570),
        (" 2026-11-19T18:05Z ", utc(2026, 11, 19, 18, 5), 0),
        # Skipped by the clock: lands after the gap. Shown twice: the first.
        ("2026-03-29T02:30", utc(2026, 3, 29, 1, 30), None),
        ("2026-10-25T02:30", utc(2026, 10, 25, 0, 30), None),
        ("1900-01-01T00:00Z", utc(1900, 1, 1), 0),
    ],
)
def test_it_reads_a_time(text, instant, offset):
    when = parse_when(text, BERLIN, now=NOW)
    assert (when.instant, when.day, when.timed, when.offset) == (instant, None, True, offset)
    assert when.instant.tzinfo is UTC


def test_it_reads_a_bare_date_as_local_noon():
    when = parse_when("2026-07-01", BERLIN, now=NOW)
    assert (when.day, when.timed, when.offset) == (date(2026, 7, 1), False, None)
    assert when.instant == utc(2026, 7, 1, 10)


@pytest.mark.parametrize(
    ("text", "zone", "allowed"),
    [
        ("2026-11-22", "Europe/Berlin", True),
        ("2026-11-23", "Europe/Berlin", False),
        # In Kiritimati it is the 22nd already, so the 23rd is only a day ahead.
        ("2026-11-23", "Pacific/Kiritimati", True),
        ("2026-11-22T18:00Z", "UTC", True),
        ("2026-11-22T18:01Z", "UTC", False),
        ("9999-12-31", "UTC", False),
        ("9999-12-31T23:59:59", "Pacific/Pago_Pago", False),
        ("9999-12-31T23:59:59-12:00", "UTC", False),
        ("1900-01-01", "UTC", True),
        ("1900-01-01", "Pacific/Kiritimati", True),
        ("1899-12-31", "UTC", False),
        ("1899-12-31T23:59Z", "UTC", False),
        ("0001-01-01", "Asia/Tokyo", False),
        ("0001-01-01T00:00+14:00", "UTC", False),
    ],
)
def test_it_keeps_to_the_years_people_live_in(text, zone, allowed):
    if allowed:
        parse_when(text, ZoneInfo(zone), now=NOW)
    else:
        with pytest.raises(BadWhen, match=r"still ahead|before 1900"):
            parse_when(text, ZoneInfo(zone), now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "today",
        "20261119",
        "2026-W47-4",
        "2026-323",
        "2026-1-9",
        "26-11-19",
        "19.11.2026",
        "2026-11-19T",
        "2026-11-19T24:00",
        "2026-11-19T18",
        "2026-11-19T18:60",
        "2026-11-19T18:05:60",
        "2026-11-19T18:05+24:00",
        "2026-11-19T18:05+19:00",
        "2026-13-01",
        "2026-00-10",
        "2026-11-00",
        "0000-01-01",
        "２０２６-11-19",
        "2026-11-19\x00",
        "2026-11-19T18:05:09,5",
        "2026-11-19T18:05 +01:00",
        "+2026-11-19",
        "9" * 10**6,
        "\ud800",
    ],
    ids=lambda text: ascii(text)[:30],
)
def test_it_refuses_what_is_no_date(text):
    with pytest.raises(BadWhen, match="Write a date like 2026-11-19"):
        parse_when(text, BERLIN, now=NOW)


def test_it_names_a_day_that_does_not_exist():
    with pytest.raises(BadWhen, match=r"There is no 31 February 2025\."):
        parse_when("2025-02-31", BERLIN, now=NOW)
    with pytest.raises(BadWhen, match=r"There is no 29 February 2025\."):
        make_day(2025, 2, 29)


def test_it_bounds_a_bare_day():
    assert bare_day(date(2026, 11, 22), BERLIN, now=NOW).day == date(2026, 11, 22)
    with pytest.raises(BadWhen, match="still ahead"):
        bare_day(date(2026, 11, 23), BERLIN, now=NOW)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2026, 11, 20)),
    st.sampled_from(ZONES),
    st.integers(0, 6),
)
def test_it_reads_back_every_moment_and_its_day(moment, zone, day_starts_at):
    instant = moment.replace(tzinfo=UTC)
    local = instant.astimezone(zone)
    when = parse_when(local.isoformat(), BERLIN, now=NOW)
    assert when.instant == instant
    assert when.offset == offset_minutes(instant, zone)
    day = logical_day(instant, zone, day_starts_at)
    assert local.date() - timedelta(days=1) <= day <= local.date()
    assert logical_day(instant + timedelta(days=1), zone, day_starts_at) > day


@given(st.dates(date(1900, 1, 1), date(2026, 11, 21)), st.sampled_from(ZONES), st.integers(0, 6))
def test_it_keeps_a_bare_date_whatever_the_zone(day, zone, day_starts_at):
    when = parse_when(day.isoformat(), zone, now=NOW)
    assert when.day == day
    assert logical_day(when.instant, zone, day_starts_at) == day


@given(st.one_of(st.text(), st.text("0123456789-T:Z+. ")), st.sampled_from(ZONES))
def test_it_reads_or_refuses_any_text(text, zone):
    try:
        when = parse_when(text, zone, now=NOW)
    except BadWhen:
        return
    assert when.instant <= NOW + timedelta(days=2)
