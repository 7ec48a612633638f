"""The facts of a report survive being kept as JSON."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from application.reports.facts import Facts, Mark, Quote, Row, from_json, to_json
from application.trackers.kinds import Kind

FIRST = date(2026, 10, 1)


def a_row(**changes) -> Row:
    marks = (
        Mark(FIRST, 1.5, 2),
        Mark(FIRST + timedelta(days=1), None, None),
        Mark(FIRST + timedelta(days=2), 0.1 + 0.2, 0),
    )
    row = Row(
        7, "Water", Kind.NUMERICAL, "l", 2, 3, "mean 1.6\u00a0l a day", "+0.2\u00a0l", 1, 14,
        marks, (1.5, None, 1e-300), (), "Water by day.", "Number in litres",
    )  # fmt: skip
    return replace(row, **changes)


def some_facts(**changes) -> Facts:
    mood = a_row(
        kind=Kind.MULTIPLE_CHOICE,
        marks=tuple(Mark(FIRST + timedelta(days=n), None, n + 2) for n in range(3)),
        means=(),
        bars=(("Calm", 12), ("<b>", 0)),
    )
    facts = Facts(
        "Mira", "Europe/Vienna", "2026-10", "October 2026", "September", FIRST,
        date(2026, 10, 3), datetime(2026, 11, 1, 5, tzinfo=UTC), 3, 2, "October was steady.",
        (a_row(), mood), "Sunday 18 October", "", (Quote(FIRST, "Mood", Kind.NUMERICAL, "x"),),
        ("Journal had no entry.",), ("Days are yours.",), empty=False,
    )  # fmt: skip
    return replace(facts, **changes)


def test_facts_come_back_from_json_as_they_were():
    facts = some_facts()
    assert from_json(json.loads(json.dumps(to_json(facts)))) == facts


def test_a_row_without_pictures_and_a_report_without_rows_come_back_too():
    facts = some_facts(rows=(a_row(marks=(), means=()),), notes=(), resting=(), counted=())
    assert from_json(json.loads(json.dumps(to_json(facts)))) == facts
    assert from_json(to_json(replace(facts, rows=(), empty=True))).rows == ()


def test_a_year_of_a_tracker_is_small():
    days = tuple(Mark(FIRST + timedelta(days=n), 1.5, 3) for n in range(365))
    facts = some_facts(rows=(a_row(marks=days, means=(1.5,) * 365),))
    assert len(json.dumps(to_json(facts))) < 7_000
