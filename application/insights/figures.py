"""What a tracker's values say in a range of days; docs/figures.md tells how each is counted."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from application.insights import queries, queries_choices
from application.insights.queries import Followed
from application.insights.ranges import RangeName, Span, resolve
from application.insights.schemas import (
    AnswerStats,
    ChoiceCount,
    ChoiceStats,
    DayList,
    DayOut,
    DayTotals,
    NumberStats,
    StatsOut,
)
from application.insights.series import WINDOW, Day, rolling_mean
from application.insights.theme import Size, Theme
from application.trackers.kinds import Kind

NUMBERS = frozenset({Kind.NUMERICAL, Kind.TIME_DURATION})


def tidy(value: float | None) -> float | int | None:
    """To 15 significant digits, as many as are typed, so that 0.1 and 0.2 make 0.3."""
    if value is None:
        return None
    value = float(f"{float(value):.15g}")
    return int(value) if value.is_integer() else value


def find_span(
    owner_id: int,
    tracker_id: int,
    name: RangeName | None,
    first: date | None,
    last: date | None,
    today: date,
) -> tuple[Followed, Span]:
    """The tracker and the days that are meant. Raises NotFound, then BadRange."""
    tracker = queries.find_followed(owner_id, tracker_id)
    logged = queries.find_logged(tracker_id) if name == "all" else None
    return tracker, resolve(name, first, last, today=today, logged=logged)


def stats(tracker: Followed, span: Span, today: date) -> StatsOut:
    """The figures of `tracker` in `span`; `today` is the asker's, still open for an entry."""
    if tracker.kind in NUMBERS:
        return StatsOut(_numbers(tracker, span))
    if tracker.kind is Kind.BOOLEAN:
        return StatsOut(_answers(tracker, span, today))
    return StatsOut(_choices(tracker, span))


def _frame(tracker: Followed, span: Span) -> dict[str, Any]:
    return {
        "kind": tracker.kind.value,
        "range": span.name,
        "from_": span.first,
        "to": span.last,
        "days": span.days,
    }


def _numbers(tracker: Followed, span: Span) -> NumberStats:
    row = queries.count_numbers(tracker.id, span)
    total = row.total or 0.0
    return NumberStats(
        **_frame(tracker, span),
        count=row.entries,
        days_logged=row.days,
        min=tidy(row.low),
        max=tidy(row.high),
        mean=tidy(total / row.entries) if row.entries else None,
        median=tidy(row.median),
        total=tidy(total) or 0,
        by_day=DayTotals(
            min=tidy(row.day_low),
            max=tidy(row.day_high),
            mean=tidy(total / row.days) if row.days else None,
            median=tidy(row.day_median),
        ),
    )


def _answers(tracker: Followed, span: Span, today: date) -> AnswerStats:
    row = queries.count_answers(tracker.id, span)
    streak, best = runs(tracker, span, today)
    return AnswerStats(
        **_frame(tracker, span),
        count=row.entries,
        days_logged=row.days,
        yes=row.yes,
        no=row.entries - row.yes,
        share=tidy(row.yes / row.entries) if row.entries else None,
        yes_days=row.yes_days,
        no_days=row.days - row.yes_days,
        streak=streak,
        best_streak=best,
    )


def runs(tracker: Followed, span: Span, today: date) -> tuple[int, int]:
    """Days in a row at the end of the span, and the most: with a yes, or with any entry."""
    found = queries.count_runs(tracker.id, span, any_entry=tracker.kind is not Kind.BOOLEAN)
    # A day that is not over yet breaks nothing: the run stands as it did in the evening before.
    open_day = span.last >= today and not found.answered
    return found.to_eve if open_day else found.to_last, found.best


def _choices(tracker: Followed, span: Span) -> ChoiceStats:
    entries, logged = queries_choices.count_logged(tracker.id, span)
    shown = [
        ChoiceCount(label=one.label, archived=one.archived, count=one.entries, days=one.days)
        for one in queries_choices.count_choices(tracker.id, span)
        if one.entries or not one.archived
    ]
    most = max((one.count for one in shown), default=0)
    offered = [one for one in shown if not one.archived]
    least = min((one.count for one in offered), default=0)
    return ChoiceStats(
        **_frame(tracker, span),
        count=entries,
        days_logged=logged,
        choices=shown,
        most_used=[one.label for one in shown if most and one.count == most],
        least_used=[one.label for one in offered if most and one.count == least],
    )


def days(tracker: Followed, span: Span) -> DayList:
    """Every day of the span with its count and value, and the mean of its last seven days."""
    if tracker.kind is Kind.MULTIPLE_CHOICE:
        return DayList(items=list(_choice_days(tracker, span)))
    rows = {row.day: row for row in queries.list_days(tracker.id, _with_lead(span))}
    if tracker.kind is Kind.BOOLEAN:
        return DayList(
            items=[
                DayOut(day=day, count=row.entries, value=bool(row.high), mean7=None)
                if (row := rows.get(day))
                else DayOut(day=day, count=0, value=None, mean7=None)
                for day in _each(span)
            ]
        )
    series, means = _series(span, {day: row.total for day, row in rows.items()})
    return DayList(
        items=[
            DayOut(
                day=one.day,
                count=rows[one.day].entries if one.day in rows else 0,
                value=tidy(one.value),
                mean7=tidy(mean),
            )
            for one, mean in zip(series, means, strict=True)
        ]
    )


def _choice_days(tracker: Followed, span: Span) -> Iterator[DayOut]:
    found = queries_choices.list_choice_days(tracker.id, span)
    rows = {day: list(group) for day, group in groupby(found, key=lambda row: row.day)}
    last = queries_choices.find_last_choices(tracker.id, span)
    for day in _each(span):
        answers = rows.get(day, [])
        yield DayOut(
            day=day,
            count=sum(one.entries for one in answers),
            value=last.get(day),
            mean7=None,
            counts={one.label: one.entries for one in answers},
        )


def chart(tracker: Followed, span: Span, size: Size, theme: Theme) -> bytes:
    """The picture of the span as SVG: a line of days, or a bar an answer."""
    from application.insights import charts  # late: matplotlib takes half a second to import

    if tracker.kind is Kind.BOOLEAN:
        row = queries.count_answers(tracker.id, span)
        answers = [("Yes", row.yes_days), ("No", row.days - row.yes_days)]
        return charts.bars(answers, kind=tracker.kind, size=size, theme=theme)
    if tracker.kind is Kind.MULTIPLE_CHOICE:
        choices = queries_choices.count_choices(tracker.id, span)
        rows = [(one.label, one.days) for one in choices if one.days or not one.archived]
        return charts.bars(rows, kind=tracker.kind, size=size, theme=theme)
    found = queries.list_days(tracker.id, _with_lead(span))
    series, means = _series(span, {row.day: row.total for row in found})
    return charts.line(
        series, kind=tracker.kind, unit=tracker.unit, size=size, theme=theme, means=means
    )


def _series(span: Span, totals: dict[date, float]) -> tuple[list[Day], list[float | None]]:
    """The span's days and their 7-day means, which look back before its first day."""
    series = [Day(day, totals.get(day)) for day in _each(_with_lead(span))]
    means = rolling_mean(series)
    return series[-span.days :], means[-span.days :]


def _with_lead(span: Span) -> Span:
    return Span(span.first - timedelta(days=WINDOW - 1), span.last)


def _each(span: Span) -> Iterator[date]:
    return (span.first + timedelta(days=place) for place in range(span.days))
