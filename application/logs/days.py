"""Which day a moment belongs to, and how a written date or time is read. Pure."""

import re
from calendar import month_name
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

EARLIEST: Final = date(1900, 1, 1)
MAX_OFFSET: Final = timedelta(hours=18)

SAY_WHEN: Final = "Write a date like 2026-11-19, or a time like 2026-11-19T18:05."
SAY_AHEAD: Final = "That day is still ahead. Choose today or earlier."
SAY_EARLY: Final = "That day is before 1900. Choose a later one."


class BadWhen(ValueError):
    """The text is no date or time that a log can have; the message is for a person."""


@dataclass(frozen=True, slots=True)
class When:
    """A moment as it was written: `instant` in UTC; `day` only when no time of day was given.

    `timed` is False for a bare date, which stands at local noon and keeps its date whatever the
    zone. `offset` is the UTC offset in minutes if the text had one.
    """

    instant: datetime
    day: date | None
    timed: bool
    offset: int | None = None


def logical_day(instant: datetime, zone: ZoneInfo, day_starts_at: int) -> date:
    """The local date of `instant` when a day begins at `day_starts_at` o'clock (0 to 6).

    The wall clock decides: on a night of clock change the day still begins when the clock shows
    that hour, which subtracting hours from the instant would miss.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    local = instant.astimezone(zone)
    return local.date() - timedelta(days=1) if local.hour < day_starts_at else local.date()


def local_noon(day: date, zone: ZoneInfo) -> datetime:
    """Noon of `day` in `zone`, in UTC: where an entry stands that brought only a date."""
    return datetime.combine(day, time(12), tzinfo=zone).astimezone(UTC)


def offset_minutes(instant: datetime, zone: ZoneInfo) -> int:
    """The UTC offset that `zone` had at `instant`, in whole minutes."""
    offset = instant.astimezone(zone).utcoffset() or timedelta()
    return round(offset.total_seconds() / 60)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970, exactly: for cursors."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """The instant of `to_micros`. Raises OverflowError outside the years 1 to 9999."""
    return _EPOCH + timedelta(microseconds=micros)


_WHEN = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)


def parse_when(text: str, zone: ZoneInfo, *, now: datetime) -> When:
    """The moment in ISO 8601 `text`: a date, or a time with offset or else in `zone`.

    BadWhen when it is not one, before 1900, or more than a day after `now`. A time that the
    clock skips lands after the gap; one that it shows twice is the first.
    """
    match = _WHEN.fullmatch(text.strip().upper()) if len(text) <= 64 else None
    if match is None:
        raise BadWhen(SAY_WHEN)
    day = make_day(int(match[1]), int(match[2]), int(match[3]))
    if match[4] is None:
        return bare_day(day, zone, now=now)
    if day < EARLIEST:
        raise BadWhen(SAY_EARLY)
    try:
        written = datetime.fromisoformat(f"{day.isoformat()}T{match[4]}{match[5] or ''}")
    except ValueError:
        raise BadWhen(SAY_WHEN) from None
    offset = written.utcoffset()
    if offset is not None and abs(offset) > MAX_OFFSET:
        raise BadWhen(SAY_WHEN)
    return _timed(written, offset, zone, now)


def _timed(written: datetime, offset: timedelta | None, zone: ZoneInfo, now: datetime) -> When:
    # Checked on the wall clock first: astimezone overflows in the last hours of year 9999.
    if written.replace(tzinfo=UTC) > now + timedelta(days=3):
        raise BadWhen(SAY_AHEAD)
    aware = written.replace(tzinfo=zone) if offset is None else written
    instant = aware.astimezone(UTC)
    if instant > now + timedelta(days=1):
        raise BadWhen(SAY_AHEAD)
    minutes = None if offset is None else round(offset.total_seconds() / 60)
    return When(instant, None, timed=True, offset=minutes)


def bare_day(day: date, zone: ZoneInfo, *, now: datetime) -> When:
    """A log that has a date and no time; BadWhen before 1900 or more than a day ahead."""
    if day < EARLIEST:
        raise BadWhen(SAY_EARLY)
    if day > now.astimezone(zone).date() + timedelta(days=1):
        raise BadWhen(SAY_AHEAD)
    return When(local_noon(day, zone), day, timed=False)


def make_day(year: int, month: int, day: int) -> date:
    """That date, or BadWhen in words: `There is no 31 February 2025.`"""
    try:
        return date(year, month, day)
    except ValueError:
        if 1 <= month <= 12 and 1 <= day <= 31 and year >= 1:
            raise BadWhen(f"There is no {day} {month_name[month]} {year}.") from None
        raise BadWhen(SAY_WHEN) from None
