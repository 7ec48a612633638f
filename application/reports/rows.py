"""One tracker's row of a report: its figures in words, what changed, its days for the picture.

What is counted comes from insights; here it becomes text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Final

from application.insights import figures
from application.insights.ranges import Span
from application.insights.schemas import AnswerStats, ChoiceStats, DayOut, NumberStats
from application.insights.ticks import MINUS, NEAR, UNIT_WORDS
from application.reports.facts import Mark, Row
from application.reports.periods import Period, days_between
from application.reports.queries_content import Told
from application.reports.wording import NUMBERS, SAME, Change, cut
from application.trackers.kinds import Kind, say, say_number

Stats = NumberStats | AnswerStats | ChoiceStats

AS_BEFORE: Final = "as before"
DAYS_TO_COMPARE: Final = 3  # fewer tell of chance
ANSWERS_SAID: Final = 12
TOP_LEVEL: Final = 4


@dataclass(frozen=True, slots=True)
class Spans:
    """The days of the report, those before it, and the present day of its reader."""

    period: Period
    now: Span
    before: Span
    today: date
    days: int  # that are possible for this tracker
    days_before: int


def make(told: Told, spans: Spans, *, drawn: bool) -> tuple[Row, Change | None] | None:
    """The row, and the change worth telling; None without an entry. `drawn`: with its days."""
    one = told.followed
    stats = figures.stats(one, spans.now, spans.today).root
    if not stats.count:
        return None
    past = figures.stats(one, spans.before, spans.before.last).root
    streak, best = figures.runs(one, spans.now, spans.today)
    said, change = _changed(told, stats, past if past.count else None, spans)
    days = figures.days(one, spans.now).items if drawn else []
    numbers = one.kind in figures.NUMBERS
    row = Row(
        tracker_id=one.id,
        name=told.name,
        kind=one.kind,
        unit=one.unit,
        days_logged=stats.days_logged,
        days=max(spans.days, stats.days_logged),
        figures=figures_in_words(stats, one.unit),
        change=said,
        streak=streak,
        best_streak=best,
        marks=_marks(one.kind, days),
        means=tuple(day.mean7 for day in days) if numbers else (),
        bars=bars(stats),
        alt=alt(told.name, stats, one.unit, spans),
        note=kind_in_words(one.kind, one.unit, stats),
    )
    return row, change


# Amounts


def rough(value: float, kind: Kind) -> float:
    """A mean as far as it is worth reading: whole minutes; 1.6, 16.2, 162."""
    size = abs(value)
    if kind is Kind.TIME_DURATION:
        return round(value / 60) * 60.0 if size >= 60 else float(round(value))
    if size >= 100:
        return float(round(value))
    if size >= 1:
        return round(value, 1)
    return float(f"{value:.2g}")


def _rough(value: float | None, kind: Kind, unit: str) -> str:
    return say(kind, rough(value or 0.0, kind), unit)


def figures_in_words(stats: Stats, unit: str) -> str:
    """The figures of its kind: "mean 1.6 l a day, total 42.1 l"."""
    if isinstance(stats, NumberStats):
        return _amounts(stats, Kind(stats.kind), unit)
    if isinstance(stats, AnswerStats):
        if stats.days_logged == 1:
            return "yes on one day" if stats.yes_days else "no on one day"
        share = round(100 * stats.yes_days / stats.days_logged)
        one = "day" if stats.yes_days == 1 else "days"
        return f"yes on {stats.yes_days:,} {one}, {share}%"
    return _answers(stats)


def _amounts(stats: NumberStats, kind: Kind, unit: str) -> str:
    day = stats.by_day
    mean, low, high = day.mean or 0.0, day.min or 0.0, day.max or 0.0
    if stats.days_logged == 1:
        return f"{say(kind, float(stats.total), unit)} on one day"
    if low == high:
        return f"{say(kind, float(low), unit)} each day"
    if mean and max(high - mean, mean - low) <= NEAR * abs(mean):
        # Values close together, such as a weight: their sum says nothing, their ends do.
        lowest, highest = say(kind, float(low)), say(kind, float(high), unit)
        return f"mean {_rough(mean, kind, unit)} a day, {lowest} to {highest}"
    return f"mean {_rough(mean, kind, unit)} a day, total {say(kind, float(stats.total), unit)}"


def _answers(stats: ChoiceStats) -> str:
    used = [one.days for one in stats.choices if one.days]
    most = max(used)
    tops = [one.label for one in stats.choices if one.days == most]
    offered = [one.days for one in stats.choices if not one.archived]
    least = min(offered, default=most)
    lows = [one.label for one in stats.choices if not one.archived and one.days == least]
    days = f"{most:,} {'day' if most == 1 else 'days'}"
    if len(tops) > 1:
        said = f"{_listed(tops)} alike ({days} each)"
    else:
        said = f"mostly {cut(tops[0], 30)} ({days})"
    if least == most or not lows:
        return said
    if len(lows) > 2:
        return f"{said}, {len(lows)} others least ({least:,} each)"
    return f"{said}, least {_listed(lows)} ({least:,}{' each' if len(lows) > 1 else ''})"


def _listed(labels: Sequence[str]) -> str:
    shown = [cut(label, 30) for label in labels[:3]]
    if len(labels) > 3:
        return f"{', '.join(shown)} and {len(labels) - 3:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


# Changes


def _changed(
    told: Told,
    stats: Stats,
    past: Stats | None,
    spans: Spans,
) -> tuple[str, Change | None]:
    if past is None:
        return "", None
    name = cut(told.name)
    few = min(stats.days_logged, past.days_logged) < DAYS_TO_COMPARE
    if isinstance(stats, NumberStats) and isinstance(past, NumberStats):
        said, change = _of_means(stats, past, Kind(stats.kind), told.followed.unit, name)
    elif isinstance(stats, AnswerStats) and isinstance(past, AnswerStats):
        said, change = _of_days(stats.yes_days, past.yes_days, spans, name)
    else:
        assert isinstance(stats, ChoiceStats) and isinstance(past, ChoiceStats)  # noqa: PT018
        top = max(stats.choices, key=lambda one: one.days)
        before = next((one.days for one in past.choices if one.label == top.label), 0)
        said, change = _of_days(top.days, before, spans, f"{cut(top.label, 30)} in {name}")
        if change:
            said = f"{cut(top.label, 14)} {said}"
    return said, None if few else change


def _of_means(
    stats: NumberStats, past: NumberStats, kind: Kind, unit: str, name: str
) -> tuple[str, Change | None]:
    now, before = float(stats.by_day.mean or 0), float(past.by_day.mean or 0)
    difference = rough(now, kind) - rough(before, kind)
    if abs(now - before) < SAME * abs(before) or say_number(abs(difference)) == "0":
        return AS_BEFORE, None
    said = f"{'+' if difference > 0 else MINUS}{say(kind, abs(difference), unit)}"
    if not before or (now < 0) != (before < 0):
        return said, None  # no share of nothing
    size = (now - before) / abs(before)
    mine, theirs = f"{_rough(now, kind, unit)} a day", _rough(before, kind, unit)
    return said, Change(name, size, mine, theirs)


def _of_days(now: int, before: int, spans: Spans, name: str) -> tuple[str, Change | None]:
    """Days are told as days, and compared as shares: February has fewer than January.

    A tracker that was there for less than half of the days before tells nothing.
    """
    if spans.days_before * 2 < spans.days:
        return "", None
    share, share_before = now / max(spans.days, 1), before / max(spans.days_before, 1)
    close = abs(share - share_before) < SAME * share_before
    if close or now == before or (now > before) != (share > share_before):
        return AS_BEFORE, None
    many = abs(now - before)
    sign = "+" if now > before else MINUS
    said = f"{sign}{many:,}\u00a0{'day' if many == 1 else 'days'}"
    if not before:
        return said, None if not now else Change(name, 1.0, f"{now:,} days", "none")
    size = share / share_before - 1
    return said, Change(name, size, f"{now:,} {'day' if now == 1 else 'days'}", f"{before:,}")


# Pictures


def bars(stats: Stats) -> tuple[tuple[str, int], ...]:
    """Days of each answer, as the page draws them."""
    if isinstance(stats, AnswerStats):
        return (("Yes", stats.yes_days), ("No", stats.no_days))
    if isinstance(stats, ChoiceStats):
        return tuple((one.label, one.days) for one in stats.choices if one.days or not one.archived)
    return ()


def _marks(kind: Kind, days: Sequence[DayOut]) -> tuple[Mark, ...]:
    """The days with the steps of the page's calendar (static/src/lib/calendar.ts)."""
    numbers = [float(one.value) for one in days if isinstance(one.value, int | float)]
    most = max(numbers, default=0.0)
    least = min(numbers, default=0.0)
    start = least if least > 0 and least > most * (1 - NEAR) else 0.0
    marks = []
    for one in days:
        number = float(one.value) if isinstance(one.value, int | float) else None
        level: int | None = TOP_LEVEL
        if not one.count:
            level = None
        elif kind is Kind.BOOLEAN:
            level = TOP_LEVEL if one.value else 0
        elif number is not None and most > start:
            step = ceil((number - start) / (most - start) * (TOP_LEVEL + 1)) - 1
            level = min(max(step, 0), TOP_LEVEL)
        marks.append(Mark(one.day, number, level))
    return tuple(marks)


def alt(name: str, stats: Stats, unit: str, spans: Spans) -> str:
    """One sentence made of the figures, for whoever does not see the picture."""
    when = days_between(spans.now.first, spans.now.last)
    days = f"{stats.days_logged:,} of {max(spans.days, stats.days_logged):,} days"
    if isinstance(stats, NumberStats):
        kind = Kind(stats.kind)
        low, high = (float(v or 0) for v in (stats.by_day.min, stats.by_day.max))
        word = UNIT_WORDS.get(unit, "").lower() or unit
        if kind is Kind.TIME_DURATION:
            ends, mean = (
                f"{say(kind, low)} to {say(kind, high)}",
                _rough(stats.by_day.mean, kind, ""),
            )
        else:
            ends = f"{say_number(low)} to {say_number(high)}" + (f" {word}" if word else "")
            mean = say_number(rough(float(stats.by_day.mean or 0), kind))
        return f"{name} by day, {when}: {ends}, mean {mean}, {days}."
    shown = sorted(bars(stats), key=lambda bar: -bar[1])[:ANSWERS_SAID]
    counts = ", ".join(f"{label} {many:,}" for label, many in shown)
    return f"{name}, days with each answer, {when}: {counts}; {days}."


def kind_in_words(kind: Kind, unit: str, stats: Stats) -> str:
    """Number in litres, Choice of four, Yes or no, Duration."""
    if kind is Kind.NUMERICAL:
        word = UNIT_WORDS.get(unit, "").lower() or unit
        return f"Number in {word}" if word else "Number"
    if isinstance(stats, ChoiceStats):
        many = len(stats.choices)
        return f"Choice of {NUMBERS[many] if many < len(NUMBERS) else many}"
    return "Yes or no" if kind is Kind.BOOLEAN else "Duration"
