"""Dates and times as tables write them, read the same for every row. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from application.logs.days import (
    SAY_AHEAD,
    SAY_WHEN,
    BadWhen,
    bare_day,
    logical_day,
    make_day,
    offset_minutes,
    parse_when,
)
from application.transfers.formats import DateOrder

MAX_REMEMBERED: Final = 20_000
EARLIEST: Final = datetime(1900, 1, 2, tzinfo=UTC)

SAY_SWAPPED: Final = "Day and month could be swapped here. Choose the date order."


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when the person who brings the file in lives."""

    zone: ZoneInfo
    day_starts_at: int
    now: datetime


Moment = tuple[datetime, date, int, bool]
"""When an entry was: instant (UTC), its day, offset in minutes, whether it had a time."""

ReadMoment = Callable[[str], Moment]

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ].*)?", re.DOTALL)
_OTHER = re.compile(
    r"([0-9]{1,4})([-/.])([0-9]{1,2})\2([0-9]{1,4})"
    r"(?:,?[T ]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?\s*([AaPp][Mm])?)?"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[+-](?:0[0-9]|1[0-4]):[0-5][0-9]|Z)?")
_OWN_NOON = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T12:00[+-][0-9]{2}:[0-9]{2}")


def looks_like_a_date(text: str) -> bool:
    """Whether a cell is meant as a date, right or wrong."""
    return bool(_ISO.fullmatch(text) or _OTHER.fullmatch(text))


def order_told(text: str) -> DateOrder | None:
    """What this cell alone proves about the order of day and month; None when it could be both."""
    match = _OTHER.fullmatch(text)
    if match is None or len(match[1]) == 4:
        return "ymd"
    if match[2] == ".":
        return "dmy"
    first, second = int(match[1]), int(match[3])
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else None


def moments(place: Place, order: DateOrder, *, own: bool = False) -> ReadMoment:
    """A reader of one file's dates; `own` knows our export's mark for an entry without a time.

    `2026-11-19T18:05:09+01:00` is the common form and is put together from parts that were read
    before: midnight of that day, the hour and minute, the second. The rest goes the long way.
    """
    bare: dict[str, Moment] = {}
    days: dict[str, _Day | None] = {}
    minutes, seconds = _minutes(place.day_starts_at), _seconds()

    def read(text: str) -> Moment:
        found = bare.get(text)
        if found is not None:
            return found
        if len(text) > 64:
            raise BadWhen(SAY_WHEN)
        key = text[:10] + text[19:]
        if key not in days:
            if len(days) >= MAX_REMEMBERED:
                days.clear()
            days[key] = _day(key, place)
        day, minute, second = days[key], minutes.get(text[10:16]), seconds.get(text[16:19])
        if day is not None and minute is not None and second is not None:
            midnight, dates, offset = day
            return midnight + (minute[0] + second), dates[minute[1]], offset, True
        moment = _read(text, place, order, own)
        if not moment[3]:
            if len(bare) >= MAX_REMEMBERED:
                bare.clear()
            bare[text] = moment
        return moment

    return read


_Day = tuple[datetime, tuple[date, date], int]
"""Midnight in UTC; that date and the one before; the offset in minutes."""


def _minutes(day_starts_at: int) -> dict[str, tuple[timedelta, bool]]:
    """Every hour and minute as written, and whether the day before still lasts then."""
    return {
        f"{mark}{hour:02}:{minute:02}": (
            timedelta(hours=hour, minutes=minute),
            hour < day_starts_at,
        )
        for mark in "T "
        for hour in range(24)
        for minute in range(60)
    }


def _seconds() -> dict[str, timedelta]:
    return {f":{second:02}": timedelta(seconds=second) for second in range(60)}


def _day(key: str, place: Place) -> _Day | None:
    """A day without surprises; None sends its rows the long way, where bounds are checked."""
    if not _DAY.fullmatch(key):
        return None
    try:
        midnight = datetime.fromisoformat(f"{key[:10]}T00:00{key[10:]}")
    except ValueError:
        return None
    if not EARLIEST < midnight.replace(tzinfo=UTC) < place.now - timedelta(days=2):
        return None
    if midnight.tzinfo is None:
        midnight = midnight.replace(tzinfo=place.zone)
        hours = (timedelta(hours=hour) for hour in (6, 12, 18, 24))
        if any((midnight + later).utcoffset() != midnight.utcoffset() for later in hours):
            return None  # the clock changes on this day
    offset = midnight.utcoffset() or timedelta()
    date_ = midnight.date()
    dates = (date_, date_ - timedelta(days=1))
    return midnight.astimezone(UTC), dates, round(offset.total_seconds() / 60)


def _at(written: datetime, day_starts_at: int) -> Moment:
    """The day is the one that the written clock showed: an entry made elsewhere keeps it."""
    offset = written.utcoffset() or timedelta()
    day = written.date()
    if written.hour < day_starts_at:
        day -= timedelta(days=1)
    return written.astimezone(UTC), day, round(offset.total_seconds() / 60), True


def _read(text: str, place: Place, order: DateOrder, own: bool) -> Moment:
    text = text.strip()
    if own and _OWN_NOON.fullmatch(text):
        when = parse_when(text, place.zone, now=place.now)
        return when.instant, _day_of(text), when.offset or 0, False
    if not _ISO.fullmatch(text):
        return _other(text, place, order)
    when = parse_when(text, place.zone, now=place.now)
    if when.day is not None:
        return _bare(when.day, place)
    if when.offset is not None:
        written = when.instant.astimezone(timezone(timedelta(minutes=when.offset)))
        return _at(written, place.day_starts_at)
    return _local(when.instant, place)


def _day_of(text: str) -> date:
    return make_day(int(text[:4]), int(text[5:7]), int(text[8:10]))


def _bare(day: date, place: Place) -> Moment:
    when = bare_day(day, place.zone, now=place.now)
    return when.instant, day, offset_minutes(when.instant, place.zone), False


def _local(instant: datetime, place: Place) -> Moment:
    day = logical_day(instant, place.zone, place.day_starts_at)
    return instant, day, offset_minutes(instant, place.zone), True


def _other(text: str, place: Place, order: DateOrder) -> Moment:
    match = _OTHER.fullmatch(text)
    if match is None:
        raise BadWhen(SAY_WHEN)
    first, second, third = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        day = make_day(first, second, third)
    elif len(match[4]) != 4:
        raise BadWhen("Write the year with four digits, like 2026-11-19.")
    elif order == "ymd" and match[2] != ".":
        raise BadWhen(SAY_SWAPPED)
    else:
        day = make_day(third, first, second) if order == "mdy" else make_day(third, second, first)
    if match[5] is None:
        return _bare(day, place)
    return _at_clock(day, match, place)


def _at_clock(day: date, match: re.Match[str], place: Place) -> Moment:
    hour, minute, second = int(match[5]), int(match[6]), int(match[7] or 0)
    if half := (match[8] or "").casefold():
        if not 1 <= hour <= 12:
            raise BadWhen(SAY_WHEN)
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        local = datetime.combine(day, time(hour, minute, second), tzinfo=place.zone)
    except ValueError:
        raise BadWhen(SAY_WHEN) from None
    bare_day(day, place.zone, now=place.now)
    instant = local.astimezone(UTC)
    if instant > place.now + timedelta(days=1):
        raise BadWhen(SAY_AHEAD)
    return _local(instant, place)
