"""Where the lines and dates of a chart stand: matplotlib's own search for them takes too long."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil, floor, isclose, log10
from typing import Final

from application.trackers.kinds import Kind

MINUS: Final = "\u2212"
STEPS_AT_MOST: Final = 4
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NEAR: Final = 0.2  # values this close to their mean are drawn from the data, not from zero

MANY: Final = ((1e15, "q"), (1e12, "tn"), (1e9, "bn"), (1e6, "M"))
TIME_UNITS: Final = ((7200.0, 3600.0, "Hours"), (120.0, 60.0, "Minutes"), (0.0, 1.0, "Seconds"))
HOUR_STEPS: Final = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 24.0)
CLOCK_STEPS: Final = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0)  # minutes and seconds
UNIT_WORDS: Final = {
    "l": "Litres", "ml": "Millilitres", "dl": "Decilitres", "cl": "Centilitres",
    "g": "Grams", "mg": "Milligrams", "kg": "Kilograms", "lb": "Pounds",
    "m": "Metres", "km": "Kilometres", "mi": "Miles", "cm": "Centimetres",
    "h": "Hours", "min": "Minutes", "s": "Seconds", "kcal": "Kilocalories", "%": "Per cent",
}  # fmt: skip
TINY: Final = 1e-300


@dataclass(frozen=True, slots=True)
class Scale:
    """The vertical axis: its two ends and the lines across it, in the values' own unit."""

    low: float
    high: float
    lines: tuple[tuple[float, str], ...]


def scale(values: Sequence[float], kind: Kind) -> Scale:
    """At most four steps from zero, or from the data when all of it lies near its mean."""
    if not values:
        return Scale(0.0, 3.0, tuple((float(line), "") for line in range(4)))
    low, high = _ends(values)
    unit = time_unit(values)[0] if kind is Kind.TIME_DURATION else 1.0
    clock: tuple[float, ...] = ()
    if kind is Kind.TIME_DURATION:
        clock = HOUR_STEPS if unit == 3600 else CLOCK_STEPS
    step = _step((high - low) / unit / STEPS_AT_MOST, clock) * unit
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    places = [n * step for n in range(first, last + 1)]
    labels = [number(place / unit) for place in places]
    if len(set(labels)) < len(labels):
        labels = [number(place / unit, whole=True) for place in places]
    return Scale(low, high, tuple(zip(places, labels, strict=True)))


def _ends(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    if max(-low, high) < TINY:  # zero, or too near to it to be divided into steps
        return (-1.0 if low < 0 else 0.0), 1.0
    mean = sum(value / len(values) for value in values)
    if mean and max(high - mean, mean - low) <= NEAR * abs(mean):
        room = 0.15 * (high - low) if not isclose(low, high) else 0.1 * abs(mean)
        return low - room, high + room
    low, high = min(low, 0.0), max(high, 0.0)
    room = 0.08 * (high - low)
    return (low - room if low < 0 else 0.0), (high + room if high > 0 else 0.0)


def _step(least: float, clock: Sequence[float]) -> float:
    """The smallest step of at least this size: a clock's, else 1, 2, 2.5 or 5 times ten."""
    if clock and clock[0] <= least <= clock[-1]:
        return next(step for step in clock if step >= least)
    power = 10.0 ** floor(log10(least))
    return next(
        (many * power for many in (1, 2, 2.5, 5) if many * power >= least * (1 - 1e-9)), 10 * power
    )


def time_unit(values: Sequence[float]) -> tuple[float, str]:
    """Seconds in the unit that fits the longest day, and that unit's name."""
    longest = max(values, default=7200.0)
    return next((size, name) for least, size, name in TIME_UNITS if longest >= least)


def number(value: float, whole: bool = False) -> str:
    """A tick's number: grouped, a true minus; a million and more as 1.5 M unless `whole`."""
    size = abs(value)
    if size >= 1e18 or 0 < size < 1e-4:
        short = f"{size:g}"
    elif size >= 1e6 and not whole:
        short = next(f"{size / many:g} {word}" for many, word in MANY if size >= many)
    else:
        short = f"{size:,.4f}".rstrip("0").rstrip(".")
    return f"{MINUS}{short}" if value < 0 else short


def title(kind: Kind, unit: str, values: Sequence[float]) -> str:
    """What one circle measures: "Litres a day", "Minutes a day"; a unit of one's own stays."""
    if kind is Kind.TIME_DURATION:
        return f"{time_unit(values)[1]} a day"
    unit = unit.strip()
    if not unit:
        return "Total a day"
    if unit in UNIT_WORDS:
        return f"{UNIT_WORDS[unit]} a day"
    # Short ones are symbols, where a capital changes the meaning: mg is not Mg.
    spoken = unit.isalpha() and unit.islower() and len(unit) >= 4
    return f"{unit.capitalize() if spoken else unit} a day"


def dates(
    first: date, last: date, width: float, room: Callable[[str], float], most: int
) -> list[tuple[int, str]]:
    """Days of the axis that carry a label, as (day's place, label).

    Days up to a fortnight, Mondays up to 120 days, months up to two years, quarters, then years:
    the densest of these of which at most `most` fit side by side in `width`.
    """
    span = (last - first).days
    pitch = width / span if span else width
    for marks in _ladders(first, last):
        widest = max((room(label) for _, label in marks), default=0.0)
        gaps = [right[0] - left[0] for left, right in pairwise(marks)]
        if marks and len(marks) <= most and (not gaps or min(gaps) * pitch >= widest + 14):
            return marks
    return [(0, day_label(first))]


def day_label(day: date) -> str:
    """26 Oct."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def _ladders(first: date, last: date) -> list[list[tuple[int, str]]]:
    """Sets of marks from dense to sparse, beginning where the length of the range says."""
    span = (last - first).days + 1
    ladders: list[list[tuple[int, str]]] = []
    if span <= 14:
        ladders = [_every(last, span, stride) for stride in (1, 2, 3, 4, 7)]
    elif span <= 120:
        ladders = [_mondays(first, span, stride) for stride in (1, 2, 4, 8)]
    else:
        strides = (1, 2, 3, 6) if span <= 731 else (3, 6)
        ladders = [_months(first, last, stride) for stride in strides]
        ladders += [_years(first, last, stride) for stride in (1, 2, 5, 10, 20, 50)]
    return ladders


def _every(last: date, span: int, stride: int) -> list[tuple[int, str]]:
    """Counted back from the last day, which is the one people look for."""
    places = range(span - 1, -1, -stride)
    return [(at, day_label(last - timedelta(days=span - 1 - at))) for at in reversed(places)]


def _mondays(first: date, span: int, stride: int) -> list[tuple[int, str]]:
    start = -first.weekday() % 7
    return [(at, day_label(first + timedelta(days=at))) for at in range(start, span, 7 * stride)]


def _months(first: date, last: date, stride: int) -> list[tuple[int, str]]:
    """First days of months; January is written as its year."""
    marks: list[tuple[int, str]] = []
    for year in range(first.year, last.year + 1):
        for month in range(1, 13, stride):
            day = date(year, month, 1)
            if first <= day <= last:
                label = str(year) if month == 1 else MONTHS[month - 1]
                marks.append(((day - first).days, label))
    return marks


def _years(first: date, last: date, stride: int) -> list[tuple[int, str]]:
    years = (year for year in range(first.year, last.year + 1) if year % stride == 0)
    starts = ((date(year, 1, 1), year) for year in years)
    return [((day - first).days, str(year)) for day, year in starts if first <= day <= last]
