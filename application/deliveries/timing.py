"""When something is due: local dates and clocks as instants, and until when it is worth it. Pure.

What is due belongs to a local date or a local month, never to an instant: each is asked for once
in every zone, whatever its clocks do that night (reliability.md 2.14).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

REPORT_CLOCK: Final = time(6)
REPORT_CATCH_UP: Final = timedelta(days=7)
# What is due in the last minute of a day may still come as late as is promised of anything.
PUNCTUAL: Final = timedelta(seconds=120)

LATEST_START: Final = 6  # no day starts later than this hour

_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """Something due once: `period` names it, and from `expires` on it is not worth sending."""

    period: str
    due: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """Which of a zone's people may have something due of `day`, as a database can compare it.

    Those whose clock is at most `latest` and whose day starts after the hour `after`. It lets a
    few too many in and nobody too few; `daily` decides.
    """

    day: date
    latest: time
    after: int = -1


def due_at(day: date, clock: time, zone: ZoneInfo) -> datetime | None:
    """The instant at which `zone` shows `clock` on `day`, in UTC; None when it has no such day.

    A clock that is skipped lands after the gap, one that is shown twice is the first. Where the
    gap runs over midnight (Nuuk in spring), it is the last minute before it: still that day.
    """
    instant = _at(day, clock, zone)
    if instant.astimezone(zone).date() == day:
        return instant
    if _at(day, time.min, zone).astimezone(zone).date() != day:
        return None
    return end_of_day(day, zone) - _MINUTE


def end_of_day(day: date, zone: ZoneInfo, day_starts_at: int = 0) -> datetime:
    """The instant, in UTC, from which on it is no longer `day`, days starting at that hour."""
    clock = time(day_starts_at)
    late = _at(day + _DAY, clock, zone)
    early = _at(day + _DAY, clock.replace(fold=1), zone)
    # Both differ the other way round where the clock shows that hour twice: the first counts.
    return late if late <= early else _leap(early, late, zone)


def daily(now: datetime, clock: time, zone: ZoneInfo, day_starts_at: int) -> list[Slot]:
    """What is due every day at `clock` and worth sending at `now`: mostly one slot, or none.

    The period is the local date on which it is due. It expires with the day that it asks about:
    with a day that starts at 03:00, what is due at 01:00 asks about the day before and expires at
    03:00, and what is due at 20:00 may still come at 02:00.
    """
    today = now.astimezone(zone).date()
    slots = []
    for day in (today - _DAY, today):
        due = due_at(day, clock, zone)
        if due is None or due > now:
            continue
        asked = day - _DAY if due.astimezone(zone).hour < day_starts_at else day
        expires = max(end_of_day(asked, zone, day_starts_at), due + PUNCTUAL)
        if now < expires:
            slots.append(Slot(day.isoformat(), due, expires))
    return slots


def openings(now: datetime, zone: ZoneInfo) -> list[Opening]:
    """The dates of which something may be due in `zone` at `now` (see `daily`)."""
    local = now.astimezone(zone)
    today = local.date()
    # An hour that comes twice was over once already; a gap may take the last clocks of a day.
    ending = end_of_day(today, zone) - now <= PUNCTUAL
    found = [Opening(today, time.max if local.fold or ending else local.time())]
    if local.hour < LATEST_START:
        midnight = now < end_of_day(today - _DAY, zone) + PUNCTUAL
        found.append(Opening(today - _DAY, time.max, -1 if midnight else local.hour))
    return found


def monthly(now: datetime, zone: ZoneInfo) -> Slot | None:
    """The report that is due in `zone` and worth sending at `now`: of the month that ended."""
    first = now.astimezone(zone).date().replace(day=1)
    due = due_at(first, REPORT_CLOCK, zone)
    if due is None or not due <= now < due + REPORT_CATCH_UP:
        return None
    return Slot(month_of(first - _DAY), due, due + REPORT_CATCH_UP)


def month_of(day: date) -> str:
    """The month that `day` is in, as a period: `2026-10`."""
    return f"{day:%Y-%m}"


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def _leap(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two at which the clock leaps, to the second."""
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
