"""A believable report without a database: for looking at, for measuring, for tests. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from application.demo.year import DAYS, STORIES, Story, live
from application.insights.series import Day, rolling_mean
from application.insights.ticks import UNIT_WORDS
from application.reports.facts import Facts, Mark, Quote, Row
from application.trackers.kinds import Kind

PERSON: Final = "Mira"
LEVELS: Final = 4
NOTES: Final = 6

COUNTED: Final = (
    "Days follow your own day start; an entry belongs to the day it was made for.",
    "A mean is taken over days with an entry; days without one are left out, never zero.",
    "The line through a chart is the mean of the last seven days.",
    "Change compares with September; under 5 % it reads “as before”.",
)


def facts(
    trackers: int = 4, first: date = date(2026, 10, 1), last: date = date(2026, 10, 31)
) -> Facts:
    """A report with that many trackers about those days, the same for the same arguments."""
    rows, notes = [], list[Quote]()
    for place in range(trackers):
        story = STORIES[place % len(STORIES)]
        name = story.name if place < len(STORIES) else f"{story.name} {place // len(STORIES) + 1}"
        row, said = _row(story, name, place, first, last)
        rows.append(row)
        notes += said
    days = (last - first).days + 1
    logged = len({mark.day for row in rows for mark in row.marks if mark.level is not None})
    month = f"{first:%B}"
    return Facts(
        person=PERSON,
        zone="Europe/Vienna",
        period=f"{first:%Y-%m}",
        title=f"{first:%B %Y}",
        before="September",
        first=first,
        last=last,
        made_at=datetime.combine(last, datetime.min.time(), UTC) + timedelta(days=1, hours=5),
        days=days,
        days_logged=logged,
        sentence=f"{month} was a steady month: you logged on {logged} of {days} days and slept"
        " 20 minutes longer than in September.",
        rows=tuple(rows),
        fullest="Sunday 18 October had the most: all four logged, a walk of 1 h 20 min.",
        lightest="Tuesday 6 October had the least.",
        notes=tuple(sorted(notes, key=lambda note: note.day)[:NOTES]),
        resting=("Journal had no entry. It can stay, rest in the archive, or go.",),
        counted=COUNTED,
        empty=not logged,
    )


def _lived(
    story: Story, name: str, place: int, first: date, last: date
) -> tuple[dict[date, float], dict[date, str], list[Quote]]:
    """What those days were like: the amount of each, or its last answer, and the notes."""
    totals: dict[date, float] = {}
    answers: dict[date, str] = {}
    notes = []
    # Each tracker lives its own year; longer reports live it again.
    for turn in range((last - first).days // DAYS + 1):
        end = last + timedelta(days=1 - turn * DAYS)
        for entry in live(story, end, seed=7 + place):
            day = entry.at.date()
            if not first <= day <= last:
                continue
            if isinstance(entry.value, str):
                answers[day] = entry.value
            elif isinstance(entry.value, bool):
                answers[day] = "Yes" if entry.value else "No"
            else:
                totals[day] = totals.get(day, 0.0) + entry.value
            if entry.note:
                notes.append(Quote(day, name, story.kind, entry.note))
    return totals, answers, notes


def _row(
    story: Story, name: str, place: int, first: date, last: date
) -> tuple[Row, Sequence[Quote]]:
    totals, answers, notes = _lived(story, name, place, first, last)
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    days = [Day(day, totals.get(day)) for day in span]
    counts = Counter(answers.values())
    labels = story.choices or ["Yes", "No"]
    streak, best = _streaks([day in totals or day in answers for day in span])
    figures = _figures(story, list(totals.values()), counts)
    logged = len(totals) or len(answers)
    row = Row(
        tracker_id=place + 1,
        name=name,
        kind=story.kind,
        unit=story.unit,
        days_logged=logged,
        days=len(span),
        figures=figures,
        change=_CHANGES[story.kind],
        streak=streak,
        best_streak=best,
        marks=tuple(
            Mark(day, totals.get(day), _level(day, totals, answers, labels)) for day in span
        ),
        means=tuple(rolling_mean(days)) if totals else (),
        bars=() if totals else tuple((label, counts[label]) for label in labels),
        alt=f"{name} by day: {figures}, {logged} of {len(span)} days.",
        note=_KINDS[story.kind]
        if story.kind is not Kind.NUMERICAL
        else f"Number in {UNIT_WORDS[story.unit].lower()}",
    )
    return row, notes


_CHANGES: Final = {
    Kind.NUMERICAL: "+0.2 l",
    Kind.MULTIPLE_CHOICE: "Calm +4",
    Kind.BOOLEAN: "+3 days",
    Kind.TIME_DURATION: "as before",
}
_KINDS: Final = {
    Kind.MULTIPLE_CHOICE: "Choice of four",
    Kind.BOOLEAN: "Yes or no",
    Kind.TIME_DURATION: "Duration",
}


def _figures(story: Story, totals: Sequence[float], counts: Counter[str]) -> str:
    if not totals:
        return ", ".join(f"{label} on {many} days" for label, many in counts.most_common(2))
    mean, total = sum(totals) / len(totals), sum(totals)
    if story.kind is Kind.TIME_DURATION:
        return f"mean {mean / 60:.0f} min, total {total // 3600:.0f} h {total % 3600 / 60:.0f} min"
    return f"mean {mean:.1f} {story.unit} a day, total {total:.1f} {story.unit}"


def _level(
    day: date, totals: dict[date, float], answers: dict[date, str], labels: Sequence[str]
) -> int | None:
    if day in answers:
        place = labels.index(answers[day])
        return round(LEVELS * (1 - place / (len(labels) - 1)))
    if day not in totals:
        return None
    return min(LEVELS, int((LEVELS + 1) * totals[day] / (max(totals.values()) or 1)))


def _streaks(logged: Sequence[bool]) -> tuple[int, int]:
    """How many days in a row at the end, and at most."""
    now = best = 0
    for there in logged:
        now = now + 1 if there else 0
        best = max(best, now)
    return now, best
